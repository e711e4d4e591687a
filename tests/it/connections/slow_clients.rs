//! Clients that let the server wait: it hangs up, and nobody else notices.

use std::io::{ErrorKind, Read, Write};
use std::thread;
use std::time::Duration;

use crate::harness::{Instance, ME, Server, TestApp, User, Wire, percentile, watch};

const LOGIN_HEAD: &str =
    "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
const NOWHERE: &str = "POST /nowhere HTTP/1.1\r\nHost: x\r\n";
const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

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

fn after_another(then: &'static str, drip: &'static str) -> Slow {
    Slow { then: Some(then), ..slow(HEALTH, drip, "", 15) }
}

impl Slow {
    fn run(&self, server: &Server) {
        let mut wire = Wire::sending(server, &self.first);
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
        // Not before its time; and then soon, however busy the machine is.
        let time = Duration::from_secs(self.seconds);
        assert!(
            took > time.saturating_sub(Duration::from_secs(1))
                && took < time + Duration::from_secs(14),
            "{told}"
        );
    }
}

#[test]
fn slow_heads_bodies_and_pauses_are_cut_off_by_the_default_timeouts() {
    const TIMEOUT: &str = "HTTP/1.1 408 ";
    const BAD: &str = "HTTP/1.1 400 ";
    const NO_PAGE: &str = "HTTP/1.1 404 ";
    let length = "Content-Length: 1000\r\n\r\n";
    let chunked = "Transfer-Encoding: chunked\r\n\r\n";
    let instance = Instance::new();
    let server = instance.serve();
    let all = [
        // Heads.
        slow("", "", TIMEOUT, 15),
        slow("GET /healthz HTTP/1.1\r\nHo", "", TIMEOUT, 15),
        slow("GET /healthz HTTP/1.1\r\nHost: x\r\nA: ", "a", TIMEOUT, 15),
        slow("\r\n", "\r\n", TIMEOUT, 15),
        // Later heads, and pauses.
        after_another("", ""),
        after_another("\r\n", "\r\n"),
        after_another("GET /healthz HTTP/1.1\r\nHo", ""),
        after_another("GET /healthz HTTP/1.1\r\nHost: x\r\nA: ", "a"),
        // Bodies.
        slow(format!("{LOGIN_HEAD}{length}{{"), "", BAD, 30),
        slow(format!("{LOGIN_HEAD}{length}{{"), " ", BAD, 30),
        // Bodies that nobody reads.
        slow(format!("{NOWHERE}{length}{{"), " ", NO_PAGE, 1),
        slow(format!("{NOWHERE}{chunked}"), "", NO_PAGE, 15),
        slow(format!("{NOWHERE}{chunked}"), "1\r\n \r\n", NO_PAGE, 15),
    ];
    thread::scope(|scope| {
        for slow in &all {
            let server = &server;
            scope.spawn(move || slow.run(server));
        }
        scope.spawn(|| {
            // It is answered in time; then the rest is waited for as for another head.
            let mut wire = Wire::sending(&server, &format!("{LOGIN_HEAD}{chunked}"));
            let started = watch();
            while !wire.is_readable() {
                wire.send("1\r\n \r\n");
                thread::sleep(Duration::from_secs(1));
            }
            assert_eq!(wire.status(), 400);
            let took = started.elapsed();
            assert!(took > Duration::from_secs(29) && took < Duration::from_secs(45), "{took:?}");
        });
    });
}

#[test]
fn connection_in_use_is_kept() {
    let instance = Instance::new();
    let server = instance.serve();
    let mut wire = Wire::to(&server);
    let started = watch();
    while started.elapsed() < Duration::from_secs(20) {
        wire.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(wire.status(), 200);
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn slow_uploads_of_one_user_delay_no_other_users() {
    let app = TestApp::builder().user("bob").session().serve();
    let bob = app.log_in("bob");
    let head = format!(
        "POST /api/users/@me/banner HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\n\
         Content-Length: 4000000\r\n\r\nGIF89a",
        app.ada.bearer()
    );
    let mut all: Vec<_> = (0..12).map(|_| Wire::sending(&app.server, &head)).collect();
    let picture = [&b"GIF89a"[..], &vec![1; 400_000]].concat();
    let started = watch();
    for _ in 0..20 {
        bob.send("POST", "/api/users/@me/banner", &[("Content-Type", "image/gif")], &picture)
            .data();
    }
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    // Who sends nothing more keeps no room.
    assert_eq!(all[0].status(), 400);
    assert!(started.elapsed() < Duration::from_secs(25), "{:?}", started.elapsed());
}

#[test]
fn answer_that_is_not_read_ends_with_its_connection() {
    let instance = Instance::new();
    let server = instance.serve();
    let before = server.sockets();
    let mut wire = Wire::to(&server);
    let started = watch();
    // More answers than the system keeps, until no further question is taken either.
    wire.stream.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
    let questions = "GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100);
    while wire.stream.write_all(questions.as_bytes()).is_ok() {}
    // A byte a second is no taking.
    wire.stream.set_nonblocking(true).unwrap();
    let is_open = |stream: &mut std::net::TcpStream| {
        assert_eq!(stream.read(&mut [0]).unwrap(), 1);
        stream.write(b"G").is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    };
    while is_open(&mut wire.stream) {
        thread::sleep(Duration::from_secs(1));
        assert!(started.elapsed() < Duration::from_secs(45), "it is kept");
    }
    assert!(started.elapsed() > Duration::from_secs(29), "{:?}", started.elapsed());
    assert_eq!(server.sockets(), before);
    let computed = server.computed();
    assert!(computed < Duration::from_secs(5), "it computed for {computed:?} meanwhile");
}

/// The times of so many requests of somebody who is logged in, and of ten logins.
fn times(server: &Server, ada: &User) -> (Vec<Duration>, Vec<Duration>) {
    let time = |request: &dyn Fn() -> u16| {
        let started = watch();
        assert_eq!(request(), 200);
        started.elapsed()
    };
    let me = (0..1000).map(|_| time(&|| ada.get(ME).status)).collect();
    (me, (0..10).map(|_| time(&|| server.client().log_in("ada", "hunter22").status)).collect())
}

#[test]
#[ignore = "measures"]
#[expect(clippy::print_stderr, reason = "figures are of interest")]
fn four_hundred_slow_clients_delay_no_others() {
    let app = TestApp::logged_in();
    let (mut me_before, mut logins_before) = times(&app.server, &app.ada);
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
        let others = scope.spawn(|| times(&app.server, &app.ada));
        // They drip on while the others ask.
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
