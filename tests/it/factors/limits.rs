//! How often a code may be tried, and that each is good once: in races, after a crash, and where
//! clocks differ.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::thread;

use nox::time::Timestamp;
use rustix::process::Signal;
use serde_json::json;

use crate::harness::{Answer, Client, Instance, LOGIN, Person, Server, oathtool};

pub(super) fn ada_with_app(settings: &str) -> (Instance, Server, String) {
    let instance = Instance::with(settings);
    instance.add_user("ada", "hunter22");
    let secret = instance.enroll("ada");
    let server = instance.serve();
    (instance, server, secret)
}

/// Logs `ada` in with all these codes at once, and counts the statuses.
fn at_once(server: &Server, codes: &[String]) -> BTreeMap<u16, usize> {
    let start = Barrier::new(codes.len());
    let one = |code: &str| {
        let client = server.client();
        start.wait();
        client.ada_by(code).status
    };
    let mut counts = BTreeMap::new();
    thread::scope(|scope| {
        let all: Vec<_> = codes.iter().map(|code| scope.spawn(|| one(code))).collect();
        for one in all {
            *counts.entry(one.join().unwrap()).or_default() += 1;
        }
    });
    counts
}

fn sessions(instance: &Instance) -> usize {
    instance.ok(&["session", "list", "ada"], "").lines().count()
}

/// Does it until all of it happens within one step of the clock.
pub(super) fn within_a_step<T>(act: impl Fn() -> T) -> T {
    let step = || Timestamp::now().seconds() / 30;
    loop {
        let (before, done) = (step(), act());
        if step() == before {
            return done;
        }
    }
}

#[track_caller]
fn assert_locked(answer: &Answer) {
    answer.failure(1001, 429, LOGIN);
    let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=900).contains(&seconds), "{seconds}");
}

#[test]
fn after_five_wrong_codes_not_even_a_right_one_is_checked() {
    let (_instance, server, secret) = ada_with_app("");
    let client = server.client();
    for wrong in 8..13 {
        // A right password gives nothing back.
        assert_eq!(client.log_in("ada", "hunter22").status, 428);
        client.ada_by(&oathtool(&secret, wrong)).refused_code();
    }
    assert_locked(&client.ada_by(&oathtool(&secret, 0)));
    // Without a code there is nothing to guess, and no wrong password is hidden.
    assert_eq!(client.log_in("ada", "hunter22").status, 428);
    assert_locked(&client.ada_by(&oathtool(&secret, 0)));
    client.log_in_with_code("ada", "wrong password", &oathtool(&secret, 0)).failure(5, 400, LOGIN);
}

#[test]
fn the_count_outlives_the_process() {
    let (instance, server, secret) = ada_with_app("");
    for _ in 0..5 {
        server.client().ada_by(&oathtool(&secret, 9)).refused_code();
    }
    server.stop_with(Signal::KILL);
    assert_locked(&instance.serve().client().ada_by(&oathtool(&secret, 0)));
}

#[test]
fn a_right_code_costs_nothing_and_gives_back_only_itself() {
    let (_instance, server, ada, (secret, codes)) = Person::with_codes("");
    let client = server.client();
    let wrong = || client.ada_by(&oathtool(&secret, 9));
    (0..4).for_each(|_| wrong().refused_code());
    for code in &codes[..6] {
        assert_eq!(client.ada_by(code).status, 200);
    }
    wrong().refused_code();
    assert_locked(&client.ada_by(&codes[6]));
    assert_eq!(ada.codes_left(), 4);
}

#[test]
fn every_place_that_takes_a_code_counts_the_same() {
    let (_instance, server, ada, (secret, codes)) = Person::with_codes("");
    let wrong = json!({ "factor_code": oathtool(&secret, 9), "username": "lovelace" });
    let places = [
        "/api/auth/totp/disable",
        "/api/auth/recovery/renew",
        "/api/users/@me",
        "/api/v2/auth/methods/totp/disable",
    ];
    for (path, status) in places.into_iter().zip([400, 400, 400, 422]) {
        assert_eq!(ada.post(path, &wrong).status, status, "{path}");
    }
    assert_eq!(ada.post("/api/auth/totp/verify", &wrong).data()["verified"], false);
    assert_locked(&server.client().ada_by(&codes[0]));
    for path in places {
        let locked = ada.post(path, &json!({ "factor_code": codes[0], "username": "lovelace" }));
        assert_eq!(locked.status, 429, "{path}");
        assert!(locked.header("retry-after").is_some());
    }
    assert_eq!(ada.post("/api/auth/totp/verify", &wrong).status, 429);
    assert_eq!(ada.codes_left(), 10);
}

#[test]
fn forty_wrong_codes_at_once_are_at_most_five_tries() {
    let (_instance, server, secret) = ada_with_app("");
    let codes: Vec<String> = (0..40).map(|steps| oathtool(&secret, 10 + steps)).collect();
    assert_eq!(at_once(&server, &codes), BTreeMap::from([(400, 5), (429, 35)]));
}

#[test]
fn one_code_twenty_times_at_once_opens_one_session() {
    let (instance, server, secret) = ada_with_app("");
    let code = oathtool(&secret, 0);
    assert_eq!(at_once(&server, &vec![code; 20]), BTreeMap::from([(200, 1), (400, 19)]));
    assert_eq!(sessions(&instance), 1);
    // None of them was a guess.
    assert_eq!(server.client().ada_by(&oathtool(&secret, 1)).status, 200);
}

#[test]
fn a_code_of_the_operators_twenty_times_at_once_opens_one_session() {
    let (instance, server, _secret) = ada_with_app("");
    let code = instance.issue_code("ada");
    assert_eq!(at_once(&server, &vec![code; 20]), BTreeMap::from([(200, 1), (400, 19)]));
    assert_eq!(sessions(&instance), 1);
}

#[test]
fn two_recovery_codes_ten_times_each_at_once_open_two_sessions() {
    let (instance, server, ada, (_, codes)) = Person::with_codes("");
    let both: Vec<String> = codes[..2].iter().cycle().take(20).cloned().collect();
    assert_eq!(at_once(&server, &both), BTreeMap::from([(200, 2), (400, 18)]));
    assert_eq!((sessions(&instance), ada.codes_left()), (3, 8));
}

#[test]
fn the_accepted_code_sent_again_is_refused_and_never_locks_out() {
    let (_instance, server, secret) = ada_with_app("");
    let code = oathtool(&secret, 0);
    assert_eq!(server.client().ada_by(&code).status, 200);
    // Ten times, and within the minute and a half for which it would be right.
    for _ in 0..10 {
        server.client().ada_by(&code).refused_code();
    }
    assert_eq!(server.client().ada_by(&oathtool(&secret, 1)).status, 200);
    // One that is older than the accepted one is used, too.
    server.client().ada_by(&code).refused_code();
}

#[test]
fn a_code_that_logged_in_is_refused_after_a_crash() {
    let (instance, server, ada, (secret, codes)) = Person::with_codes("");
    let used = [oathtool(&secret, 1), codes[0].clone(), instance.issue_code("ada")];
    let mut server = server;
    for code in &used {
        assert_eq!(server.client().ada_by(code).status, 200);
        server.stop_with(Signal::KILL);
        server = instance.serve();
        server.client().ada_by(code).refused_code();
    }
    assert_eq!(server.client().me(&ada.token).status, 200);
}

/// Sends `ada`'s code four times at once and kills the server when `is_time` says so; tells how
/// many were let in.
fn crash(server: Server, code: &str, is_time: impl Fn() -> bool) -> usize {
    let body =
        json!({ "identifier": "ada", "password": "hunter22", "factor_code": code }).to_string();
    let json = [("Content-Type", "application/json")];
    let one = |client: Client| {
        client.try_send("POST", LOGIN, &json, body.as_bytes()).map(|answer| answer.status)
    };
    thread::scope(|scope| {
        let all: Vec<_> =
            (0..4).map(|_| server.client()).map(|client| scope.spawn(|| one(client))).collect();
        while !is_time() && !all.iter().all(thread::ScopedJoinHandle::is_finished) {
            thread::yield_now();
        }
        server.stop_with(Signal::KILL);
        all.into_iter()
            .filter_map(|one| one.join().unwrap())
            .filter(|status| *status == 200)
            .count()
    })
}

#[test]
fn a_crash_between_acceptance_and_answer_lets_no_code_be_used_again() {
    for moment in ["SELECT 1", "SELECT count(*) FROM budgets", "SELECT count(*) FROM sessions"] {
        for _ in 0..3 {
            let (instance, server, secret) = ada_with_app("");
            let database = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
            let is_time =
                || database.query_row(moment, [], |row| row.get::<_, u32>(0)).unwrap() > 0;
            let code = oathtool(&secret, 0);
            let let_in = crash(server, &code, is_time);
            let server = instance.serve();
            let opened = sessions(&instance);
            assert!(
                let_in <= opened && opened <= 1,
                "{let_in} were let in, {opened} sessions were opened"
            );
            let again = server.client().ada_by(&code);
            // Either its session is there, or it was never used.
            assert_eq!(again.status, if opened == 1 { 400 } else { 200 }, "{}", again.text);
            assert_eq!(sessions(&instance), 1);
        }
    }
}
