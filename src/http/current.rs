//! What requests see of the configuration. Reading it again replaces it for the requests that come
//! later; each worker notices that at its next request, by one number.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::dev::{Extensions, ServiceRequest};
use actix_web::web::Data;
use parking_lot::Mutex;

use super::bridge::Bridge;
use super::discovery::OpenApi;
use super::pages::{self, Sendings, Theme};
use super::ready::Ready;
use super::reuse::InProgress;
use super::service_manager::Watchdog;
use crate::domain::App;

/// What every handler may ask for.
#[derive(Clone)]
pub(super) struct Shared {
    pub bridge: Data<Bridge>,
    pub documents: Data<OpenApi>,
    pub theme: Data<Theme>,
    pub sendings: Data<Sendings>,
    pub ready: Data<Ready>,
}

/// What the requests of now see.
pub(super) struct Current {
    shared: Mutex<Shared>,
    /// How often it was replaced.
    generation: AtomicU64,
    pub watchdog: Watchdog,
}

impl Current {
    pub(super) fn new(shared: Shared) -> Arc<Self> {
        Arc::new(Self {
            shared: Mutex::new(shared),
            generation: AtomicU64::new(0),
            watchdog: Watchdog::from_environment(),
        })
    }

    /// Lets later requests see another instance and another theme.
    pub(super) fn reload(&self, app: Arc<App>, theme: Theme) {
        let mut shared = self.shared.lock();
        shared.bridge = Data::new(shared.bridge.reload(app));
        shared.theme = Data::new(theme);
        self.generation.fetch_add(1, Ordering::Release);
    }
}

/// What the requests of one worker see. It stays the same for a request from its start to its end.
pub(super) struct PerWorker {
    current: Arc<Current>,
    latest: RefCell<Latest>,
    pub in_progress: InProgress,
}

/// What a worker has found last.
struct Latest {
    generation: u64,
    bridge: Data<Bridge>,
    data: Rc<Extensions>,
}

impl PerWorker {
    pub(super) fn new(current: Arc<Current>) -> Rc<Self> {
        let latest = RefCell::new(Latest::of(&current));
        Rc::new(Self { current, latest, in_progress: InProgress::default() })
    }

    /// Gives what it sees to a request that begins.
    pub(super) fn attach(&self, request: &mut ServiceRequest) {
        self.renew();
        request.add_data_container(Rc::clone(&self.latest.borrow().data));
    }

    /// The bridge for a connection that begins.
    pub(super) fn bridge(&self) -> Data<Bridge> {
        self.renew();
        self.latest.borrow().bridge.clone()
    }

    /// The page in the place of an empty answer of the framework, to a head that cannot be read;
    /// `None` where the answer is not empty.
    pub(super) fn head_page(&self, answer: &[u8]) -> Option<Vec<u8>> {
        let latest = self.latest.borrow();
        let theme = latest.data.get::<Data<Theme>>()?;
        pages::head_page(latest.bridge.config(), theme, answer)
    }

    fn renew(&self) {
        let generation = self.current.generation.load(Ordering::Acquire);
        if generation != self.latest.borrow().generation {
            self.latest.replace(Latest::of(&self.current));
        }
    }
}

impl Latest {
    fn of(current: &Current) -> Self {
        let shared = current.shared.lock();
        let Shared { bridge, documents, theme, sendings, ready } = shared.clone();
        let mut data = Extensions::new();
        data.insert(bridge.clone());
        data.insert(documents);
        data.insert(theme);
        data.insert(sendings);
        data.insert(ready);
        let generation = current.generation.load(Ordering::Acquire);
        Self { generation, bridge, data: Rc::new(data) }
    }
}
