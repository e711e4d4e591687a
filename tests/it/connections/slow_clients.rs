//! Clients that let the server wait: their connections are closed, and others are not delayed.

use std::io::{ErrorKind, Read, Write};
use std::thread;
use std::time::Duration;

use crate::harness::{ME, TestApp, Wire, at_once, percentile, watch};

const LOGIN_HEAD: &str =
    "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
const NOWHERE: &str = "POST /nowhere HTTP/1.1\r\nHost: x\r\n";
const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

/// `[limits]` with these timeouts, in seconds: of heads and pauses, and of bodies and answers.
fn timeouts(head: u64, body: u64) -> String {
    format!(
        "[limits]\nhead_timeout = '{head}s'\nidle_timeout = '{head}s'\nstall_timeout = '{head}s'\n\
         body_timeout = '{body}s'\nwrite_timeout = '{body}s'\n"
    )
}

/// A client that sends this, takes an answer where one is promised, sends that, and then drips.
struct Slow {
    first: String,
    then: Option<&'static str>,
    drip: &'static str,
    /// How the answer begins.
    answer: &'static str,
    seconds: u64,
}

fn slow(first: impl Into<String>, drip: &'static str, answer: &'static str, seconds: u64) -> Slow {
    Slow { first: first.into(), then: None, drip, answer, seconds }
}

impl Slow {
    /// Behind a first request, after whose answer the client sends this.
    fn after_another(then: &'static str, drip: &'static str, seconds: u64) -> Self {
        Self { then: Some(then), ..slow(HEALTH, drip, "", seconds) }
    }

    fn run(&self, app: &TestApp) {
        let mut wire = Wire::sending(&app.server, &self.first);
        if let Some(then) = self.then {
            assert_eq!(wire.status(), 200);
            wire.send(then);
        }
        let (came, took) = wire.until_closed(self.drip);
        let told = format!("{:?} {:?} {:?}: {took:?} {came:?}", self.first, self.then, self.drip);
        assert!(
            came.starts_with(self.answer) && self.answer.is_empty() == came.is_empty(),
            "{told}"
        );
        check_took(took, self.seconds, &told);
    }
}

/// Checks a duration: not below the timeout, and not far beyond it even on a busy machine.
#[track_caller]
fn check_took(took: Duration, seconds: u64, told: &str) {
    let time = Duration::from_secs(seconds);
    let earliest = time.saturating_sub(Duration::from_secs(1));
    assert!(took > earliest && took < time + Duration::from_secs(14), "{took:?}: {told}");
}

/// Runs slow clients of all kinds at once, with these timeouts of heads and bodies in seconds.
fn check_cut_off(app: &TestApp, head: u64, body: u64) {
    const TIMEOUT: &str = "HTTP/1.1 408 ";
    const BAD: &str = "HTTP/1.1 400 ";
    const NO_PAGE: &str = "HTTP/1.1 404 ";
    let length = "Content-Length: 1000\r\n\r\n";
    let chunked = "Transfer-Encoding: chunked\r\n\r\n";
    let all = [
        // Heads.
        slow("", "", TIMEOUT, head),
        slow("GET /healthz HTTP/1.1\r\nHo", "", TIMEOUT, head),
        slow("GET /healthz HTTP/1.1\r\nHost: x\r\nA: ", "a", TIMEOUT, head),
        slow("\r\n", "\r\n", TIMEOUT, head),
        // Later heads, and pauses.
        Slow::after_another("", "", head),
        Slow::after_another("\r\n", "\r\n", head),
        Slow::after_another("GET /healthz HTTP/1.1\r\nHo", "", head),
        Slow::after_another("GET /healthz HTTP/1.1\r\nHost: x\r\nA: ", "a", head),
        // Bodies.
        slow(format!("{LOGIN_HEAD}{length}{{"), "", BAD, body),
        slow(format!("{LOGIN_HEAD}{length}{{"), " ", BAD, body),
        // Bodies that no handler reads: they are read on for as long as they do not stall, and
        // behind the answer, the rest of one in chunks is waited for as for another head.
        slow(format!("{NOWHERE}{length}{{"), " ", NO_PAGE, head),
        slow(format!("{NOWHERE}{chunked}"), "", NO_PAGE, 2 * head),
        slow(format!("{NOWHERE}{chunked}"), "1\r\n \r\n", NO_PAGE, 2 * head),
    ];
    at_once(all.len() + 1, |number| {
        if let Some(slow) = all.get(number) {
            return slow.run(app);
        }
        // A body in chunks is answered in time; then the rest is waited for as for another head.
        let mut wire = Wire::sending(&app.server, &format!("{LOGIN_HEAD}{chunked}"));
        let started = watch();
        while !wire.is_readable() {
            wire.send("1\r\n \r\n");
            thread::sleep(Duration::from_secs(1));
        }
        assert_eq!(wire.status(), 400);
        check_took(started.elapsed(), body, "a body in chunks");
    });
}

#[test]
fn slow_heads_bodies_and_pauses_are_cut_off() {
    check_cut_off(&TestApp::with(&timeouts(2, 4)).serve(), 2, 4);
}

#[test]
#[ignore = "measures"]
fn default_timeouts_cut_off_slow_heads_bodies_and_pauses() {
    check_cut_off(&TestApp::new(), 15, 30);
}

#[test]
fn connection_in_use_is_kept() {
    let app = TestApp::with(&timeouts(1, 1)).serve();
    let mut wire = Wire::to(&app.server);
    let started = watch();
    while started.elapsed() < Duration::from_secs(3) {
        wire.send(HEALTH);
        assert_eq!(wire.status(), 200);
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn slow_uploads_of_one_user_delay_no_other_users() {
    let app = TestApp::with(&timeouts(8, 8)).user("bob").session().serve();
    let bob = app.log_in("bob");
    let head = format!(
        "POST /api/users/@me/banner HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\n\
         Content-Length: 4000000\r\n\r\nGIF89a",
        app.ada.bearer()
    );
    let started = watch();
    let mut all: Vec<_> = (0..12).map(|_| Wire::sending(&app.server, &head)).collect();
    let picture = [&b"GIF89a"[..], &vec![1; 400_000]].concat();
    for _ in 0..10 {
        bob.send("POST", "/api/users/@me/banner", &[("Content-Type", "image/gif")], &picture)
            .data();
    }
    let elapsed = started.elapsed();
    assert!(!all.iter().any(Wire::is_readable), "the slow uploads are over: {elapsed:?}");
    // An upload of which nothing more comes is given up. Which of them came first is not known.
    let given_up = loop {
        if let Some(wire) = all.iter_mut().find(|wire| wire.is_readable()) {
            break wire;
        }
        thread::sleep(Duration::from_millis(20));
        assert!(started.elapsed() < Duration::from_mins(1), "no upload is given up");
    };
    check_took(started.elapsed(), 8, "an upload that stalls");
    assert_eq!(given_up.status(), 400);
}

#[test]
fn answer_that_is_not_read_ends_with_its_connection() {
    let app = TestApp::with(&timeouts(2, 3)).serve();
    let before = app.server.sockets();
    let mut wire = Wire::to(&app.server);
    // More answers than the socket buffers hold, until the server reads no further request.
    wire.stream.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
    let requests = "GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100);
    while wire.stream.write_all(requests.as_bytes()).is_ok() {}
    let started = watch();
    // A byte every half second is too little.
    wire.stream.set_nonblocking(true).unwrap();
    let is_open = |stream: &mut std::net::TcpStream| {
        assert_eq!(stream.read(&mut [0]).unwrap(), 1);
        stream.write(b"G").is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    };
    while is_open(&mut wire.stream) {
        thread::sleep(Duration::from_millis(500));
        assert!(started.elapsed() < Duration::from_secs(15), "the connection is kept");
    }
    assert_eq!(app.server.sockets(), before);
    let computed = app.server.computed();
    assert!(computed < Duration::from_secs(5), "the server computed for {computed:?} meanwhile");
}

/// The times of a thousand session checks and of ten logins.
fn times(app: &TestApp) -> (Vec<Duration>, Vec<Duration>) {
    let time = |request: &dyn Fn() -> u16| {
        let started = watch();
        assert_eq!(request(), 200);
        started.elapsed()
    };
    let me = (0..1000).map(|_| time(&|| app.ada.get(ME).status)).collect();
    (me, (0..10).map(|_| time(&|| app.try_password().status)).collect())
}

#[test]
#[ignore = "measures"]
#[expect(clippy::print_stderr, reason = "figures are of interest")]
fn four_hundred_slow_clients_delay_no_others() {
    let app = TestApp::logged_in();
    let (mut me_before, mut logins_before) = times(&app);
    let forms = [
        ("GET /api/users/@me HTTP/1.1\r\nHost: x\r\nA: ".to_owned(), "a"),
        ("GET /api/users/@me HTTP/1.1\r\nHo".into(), ""),
        (format!("{LOGIN_HEAD}Content-Length: 10000\r\n\r\n{{"), " "),
        (format!("{LOGIN_HEAD}Transfer-Encoding: chunked\r\n\r\n"), "1\r\n \r\n"),
    ];
    let mut slow: Vec<_> = (0..400)
        .map(|n| &forms[n % 4])
        .map(|form| (Wire::sending(&app.server, &form.0), form.1))
        .collect();
    let (mut me, mut logins) = thread::scope(|scope| {
        let others = scope.spawn(|| times(&app));
        // The slow clients go on while the others send requests.
        while !others.is_finished() {
            for (wire, drip) in &mut slow {
                wire.send(drip);
            }
            thread::sleep(Duration::from_millis(50));
        }
        others.join().unwrap()
    });
    assert!(app.server.sockets() > 400, "the slow ones are still there");
    let told =
        [&mut me_before, &mut me].map(|times| (percentile(times, 50), percentile(times, 99)));
    let logins = [&mut logins_before, &mut logins]
        .map(|times| (percentile(times, 50), percentile(times, 99)));
    eprintln!("@me without and with, median and p99: {told:?}; logins: {logins:?}");
    assert!(told[1].1 < Duration::from_millis(50), "{told:?}");
    assert!(logins[1].0 < logins[0].0 * 2 + Duration::from_millis(20), "{logins:?}");
}
