//! The visitor of a page: their language, their browser and their session.

use std::future::{Ready, ready};

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use url::form_urlencoded;

use super::form::Form;
use super::sendings::{Sendings, Turn};
use super::theme::Theme;
use crate::config::{Config, Origin};
use crate::crypto;
use crate::domain::factors::challenged;
use crate::domain::principal::{Caller, Device, Principal};
use crate::error::{Error, Result};
use crate::http::bridge::Bridge;
use crate::http::clock::Now;
use crate::http::cookie::SessionCookies;
use crate::http::envelope::Failure;
use crate::http::extract::{browsers, caller, device, session_cookies};
use crate::http::origin::{self, FormOrigin};
use crate::http::{cookie, forwarded};
use crate::time::Timestamp;
use crate::words::Language;
use crate::words::Texts;

const LANGUAGE: &str = "nox_language";
/// The challenge of a login that waits for its second factor.
pub(super) const CHALLENGE: &str = "nox_login";
/// The proof of a pending login.
pub(super) const PENDING: &str = "nox_pending";
/// Between the two parts of a form token.
const USER_MARK: char = '.';
const PERSISTENT: Duration = Duration::days(365);

/// The visitor of a page, as the request shows them.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own of the request")]
pub(in crate::http) struct Visitor {
    pub bridge: Data<Bridge>,
    pub theme: Data<Theme>,
    sendings: Data<Sendings>,
    pub language: Language,
    pub(super) t: &'static Texts,
    pub principal: Option<Principal>,
    pub device: Device,
    pub now: Timestamp,
    /// The origin that the browser sent the request to, where it is known.
    pub requested_origin: Option<Origin>,
    /// The challenge that the browser holds.
    pub challenge: Option<String>,
    /// The proof of a pending login that the browser holds.
    pub pending: Option<String>,
    /// Whether the browser holds the cookie of a session that is over.
    pub has_ended_session: bool,
    /// How the session cookie is set and removed.
    pub session_cookies: SessionCookies,
    browser: Browser,
    /// Whether this request itself chose the language.
    is_language_chosen: bool,
    /// From where a form was sent, as its headers say.
    pub(super) form_origin: FormOrigin,
    /// The origin that the request names.
    pub(super) sender: Option<Origin>,
    pub(super) came_over_http: bool,
    path: String,
    pub(super) query: Vec<(String, String)>,
    /// Whether the request can be repeated as a link.
    pub(super) is_get: bool,
}

/// Identifies this browser, so that it is recognized at the next login.
struct Browser {
    secret: String,
    /// Other secrets that came with the request. One of them may be the secret that a form was made
    /// for: a browser does not send the same cookies to each path.
    others: Vec<String>,
    is_new: bool,
}

impl Browser {
    /// The browser that a request names by its cookie, else a new one.
    fn of(request: &HttpRequest, config: &Config) -> Result<Self> {
        let mut secrets = browsers(request, config).map(ToOwned::to_owned);
        let known = secrets.next();
        let is_new = known.is_none();
        let new = || Ok(BASE64_URL_SAFE_NO_PAD.encode(crypto::random::<16>()?));
        let secret = known.map_or_else(new, Ok::<_, Error>)?;
        Ok(Self { secret, others: secrets.collect(), is_new })
    }

    fn secrets(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.secret).chain(&self.others).map(String::as_str)
    }
}

/// What names a browser while a user is logged in.
fn browser_of(secret: &str, principal: &Principal) -> String {
    format!("{secret}:{}", principal.user.id)
}

impl FromRequest for Visitor {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).map_err(Failure::from))
    }
}

impl Visitor {
    pub(super) fn of(request: &HttpRequest) -> Result<Self> {
        match caller(request) {
            Ok(caller) => Self::new(request, Some(caller)),
            Err(Error::NotLogged) => Self::new(request, None),
            Err(error) => Err(error),
        }
    }

    /// The visitor of a page that needs no session, and is shown where the database is out of
    /// reach, too.
    pub(super) fn without_session(request: &HttpRequest) -> Result<Self> {
        Self::new(request, None)
    }

    fn new(request: &HttpRequest, caller: Option<Caller>) -> Result<Self> {
        let theme = request
            .app_data::<Data<Theme>>()
            .ok_or_else(|| Error::internal("show a page", "no theme is set up"))?;
        let sendings = request
            .app_data::<Data<Sendings>>()
            .ok_or_else(|| Error::internal("show a page", "no forms are remembered"))?;
        let bridge = Bridge::of(request)?;
        let config = bridge.config();
        let query: Vec<(String, String)> =
            form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect();
        let device = device(request)?;
        let chosen = query
            .iter()
            .find(|(key, _)| key == "lang")
            .and_then(|(_, tag)| Language::from_tag(tag));
        // A choice in this browser comes before the choice of the account.
        let name = cookie::page_name(config, LANGUAGE);
        let language = chosen
            .or_else(|| cookie::values(request, &name).find_map(Language::from_tag))
            .or_else(|| caller.as_ref()?.user.language)
            .or(device.language)
            .unwrap_or(config.instance.language);
        let browser = Browser::of(request, config)?;
        let has_ended_session =
            caller.is_none() && cookie::tokens(request, config).any(|token| !token.is_empty());
        Ok(Self {
            bridge: bridge.clone(),
            theme: theme.clone(),
            sendings: sendings.clone(),
            language,
            t: &language.words().pages,
            principal: caller.map(|caller| caller.at(device.clone())),
            device,
            now: Now::of(request).0,
            requested_origin: forwarded::target(request, &config.server),
            challenge: challenge(request, bridge),
            pending: pending(request, bridge.config()),
            has_ended_session,
            session_cookies: session_cookies(request)?,
            browser,
            is_language_chosen: chosen.is_some(),
            form_origin: origin::of_form(request, &config.server),
            sender: origin::sender(request),
            came_over_http: origin::came_over_http(request, &config.server),
            path: request.path().to_owned(),
            query,
            is_get: request.method().is_safe(),
        })
    }

    /// The form token, by which a form is known to come from our page (CSRF). On a page for a user
    /// who is logged in, it has a second part that tells which user that is.
    pub(super) fn form_token(&self) -> String {
        let app = self.bridge.app();
        let of_browser = app.form_token(&self.browser.secret);
        match &self.principal {
            None => of_browser,
            Some(principal) => {
                let of_user = app.form_token(&browser_of(&self.browser.secret, principal));
                format!("{of_browser}{USER_MARK}{of_user}")
            }
        }
    }

    /// Whether the browser had no cookie of ours.
    pub(super) const fn has_new_browser(&self) -> bool {
        self.browser.is_new
    }

    /// Whether a form carries this browser's token.
    pub(super) fn has_form_token(&self, form: &Form) -> bool {
        let token = form.text("token");
        let of_browser = token.split_once(USER_MARK).map_or(token, |(browser, _)| browser);
        let app = self.bridge.app();
        self.browser.secrets().any(|secret| app.is_form_token(secret, of_browser))
    }

    /// Whether the page of a form was made for this user, or for no one.
    pub(super) fn is_page_of(&self, principal: &Principal, form: &Form) -> bool {
        let of_user = form.text("token").split_once(USER_MARK);
        let app = self.bridge.app();
        let is_token = |secret, user: &str| app.is_form_token(&browser_of(secret, principal), user);
        of_user.is_none_or(|(_, user)| self.browser.secrets().any(|secret| is_token(secret, user)))
    }

    /// Waits until no other form of this browser runs.
    pub(super) async fn turn(&self) -> Turn {
        self.sendings.turn(&self.browser.secret, self.now).await
    }

    /// The path of the request.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The first value of a query parameter.
    pub(super) fn query(&self, key: &str) -> &str {
        self.query.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value)
    }

    /// The cookies that the response sets.
    pub(super) fn cookies(&self) -> Vec<Cookie<'static>> {
        let browser = self.browser.is_new.then(|| {
            self.cookie(
                cookie::browser_name(self.bridge.config()),
                self.browser.secret.clone(),
                PERSISTENT,
            )
        });
        let language = self
            .is_language_chosen
            .then(|| self.page_cookie(LANGUAGE, self.language.tag().into(), PERSISTENT));
        browser.into_iter().chain(language).collect()
    }

    pub(super) fn page_cookie(
        &self,
        name: &str,
        value: String,
        lifetime: Duration,
    ) -> Cookie<'static> {
        self.cookie(cookie::page_name(self.bridge.config(), name), value, lifetime)
    }

    fn cookie(&self, name: String, value: String, lifetime: Duration) -> Cookie<'static> {
        Cookie::build(name, value)
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.bridge.config().is_https())
            .max_age(lifetime)
            .finish()
    }
}

/// The challenge that the browser holds: the first that is good, else the first, which is refused
/// with its own words.
fn challenge(request: &HttpRequest, bridge: &Bridge) -> Option<String> {
    let Now(now) = Now::of(request);
    let name = cookie::page_name(bridge.config(), CHALLENGE);
    let found: Vec<_> = cookie::values(request, &name).collect();
    let is_good = |text: &&&str| bridge.read(|app| challenged(app, text, now)).is_ok();
    // A single one is judged where it is used.
    let good = found.iter().filter(|_| found.len() > 1).find(is_good);
    good.or(found.first()).map(|text| (*text).to_owned())
}

/// The proof of a pending login that the browser holds.
fn pending(request: &HttpRequest, config: &Config) -> Option<String> {
    cookie::values(request, &cookie::page_name(config, PENDING)).next().map(ToOwned::to_owned)
}
