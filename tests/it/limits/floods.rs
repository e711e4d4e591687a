//! Many logins at once: they wait in a queue and do not delay other requests.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;

use crate::harness::{
    Instance, LOGIN, ME, NOT_READY, PASSWORD, Server, TestApp, Wire, percentile, wait_until, watch,
};

/// How many logins may be under way beside the one that is hashed.
const AHEAD: usize = 2;

/// One hasher, and a queue for two.
fn small() -> TestApp {
    TestApp::with("hashers = 1\n[limits]\nlogin_queue = 2").serve()
}

/// Holds the write lock of the database, so that every login stops where its attempt is counted.
fn hold(instance: &Instance) -> Connection {
    let database = instance.database();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    database
}

/// Starts so many logins.
fn log_in(server: &Server, count: usize) -> Vec<Wire> {
    (0..count).map(|_| Wire::logging_in(server, "ada", "hunter22")).collect()
}

/// Removes the login that is refused because the queue is full, and checks its answer.
fn take_refused(logins: &mut Vec<Wire>) {
    let started = watch();
    let refused = loop {
        assert!(started.elapsed() < Duration::from_secs(4), "no login is refused");
        match logins.iter().position(Wire::is_readable) {
            Some(index) => break index,
            None => thread::yield_now(),
        }
    };
    let head = logins.remove(refused).answer();
    assert!(head.starts_with("http/1.1 503 ") && head.contains("\r\nretry-after: "), "{head}");
    assert!(!logins.iter().any(Wire::is_readable), "one is refused, and no other");
}

#[test]
fn client_that_hangs_up_leaves_the_queue_but_not_its_hash() {
    let app = small();
    let sockets = app.server.sockets();
    let database = hold(&app.instance);
    let places = 1 + AHEAD + 2;
    let mut logins = log_in(&app.server, places + 1);
    take_refused(&mut logins);

    // The three that were under way keep their permits; two permits are free.
    drop(logins);
    wait_until("the server notices", || app.server.sockets() <= sockets);
    let mut logins = log_in(&app.server, 2 + 1);
    take_refused(&mut logins);
    database.execute_batch("ROLLBACK").unwrap();
    for login in &mut logins {
        assert_eq!(login.status(), 200);
    }

    // A login that no client waits for may be the last to get the database.
    let sessions = || -> u32 {
        let query = "SELECT count(*) FROM sessions";
        app.instance.database().query_row(query, [], |row| row.get(0)).unwrap()
    };
    wait_until("every login is done", || sessions() as usize >= 1 + AHEAD + 2);
    let log = app.log();
    assert_eq!(log.matches("login.succeeded").count(), 1 + AHEAD + 2, "{log}");
}

#[test]
fn full_queue_is_refused_with_retry_after() {
    let app = small();
    let database = hold(&app.instance);
    let mut logins = log_in(&app.server, 1 + AHEAD + 2 + 1);
    take_refused(&mut logins);
    let refused = app.try_password();
    refused.refused(NOT_READY, LOGIN);
    assert!(refused.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    database.execute_batch("ROLLBACK").unwrap();
    for login in &mut logins {
        assert_eq!(login.status(), 200);
    }
}

#[test]
fn pipelined_request_behind_a_waiting_login_is_answered_after_it() {
    let app = small();
    let database = hold(&app.instance);
    let mut logins = log_in(&app.server, 1 + AHEAD + 2 + 1);
    take_refused(&mut logins);
    for login in &mut logins {
        login.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    database.execute_batch("ROLLBACK").unwrap();
    for mut login in logins {
        assert_eq!((login.status(), login.status()), (200, 200));
    }
}

/// Memory of the server in MiB: `VmHWM` is the most that it has had, `RssAnon` what it has written.
fn memory(server: &Server, field: &str) -> u64 {
    let status = server.status("status");
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':')).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

/// A server with hashes of 19 MiB.
fn serve_by_default(names: &[String]) -> TestApp {
    let app = TestApp::builder().empty().serve();
    fs::remove_file(app.instance.path("nox.toml")).unwrap();
    for name in names {
        app.instance.add_user(name, PASSWORD);
    }
    app.restart()
}

#[test]
#[ignore = "measures"]
#[expect(clippy::print_stderr, reason = "figures are of interest")]
fn three_hundred_logins_at_once_cost_little_memory_and_delay_no_reads() {
    let names: Vec<String> = (0..10).map(|n| format!("user{n}")).collect();
    let app = serve_by_default(&names);
    let (before, at_rest) = (memory(&app.server, "VmHWM"), memory(&app.server, "RssAnon"));
    let user = app.log_in(&names[0]);
    let started = watch();
    let mut logins: Vec<Wire> =
        (0..300).map(|n| Wire::logging_in(&app.server, &names[n % 10], "hunter22")).collect();
    let is_over = AtomicBool::new(false);
    let mut times = thread::scope(|scope| {
        let others = scope.spawn(|| {
            let mut times = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let asked = watch();
                assert_eq!(user.get(ME).status, 200);
                times.push(asked.elapsed());
                thread::sleep(Duration::from_millis(2));
            }
            times
        });
        let refused = logins.iter_mut().map(Wire::status).filter(|status| *status != 200).count();
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(refused, 0);
        others.join().unwrap()
    });
    let (took, grown) = (started.elapsed(), memory(&app.server, "VmHWM") - before);
    let (median, high) = (percentile(&mut times, 50), percentile(&mut times, 99));
    eprintln!(
        "{took:?}, {grown} MiB more than {before}; {} times @me: {median:?}, p99 {high:?}",
        times.len()
    );
    assert!(times.len() > 300, "{}", times.len());
    assert!(grown <= 64, "{grown} MiB");
    assert!(high < Duration::from_millis(50), "{high:?}");
    drop(logins);
    // The framework would keep 4 MiB of the requests.
    wait_until("memory is given back", || memory(&app.server, "RssAnon") <= at_rest + 4);
}

#[test]
#[ignore = "measures"]
fn memory_of_a_hash_goes_back_to_the_system() {
    let app = serve_by_default(&["ada".to_owned()]);
    for _ in 0..3 {
        app.log_in("ada");
        let had = memory(&app.server, "RssAnon");
        assert!(had >= 19, "{had} MiB");
        wait_until("memory is given back", || memory(&app.server, "RssAnon") <= had - 18);
    }
}
