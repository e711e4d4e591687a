//! Acknowledged writes are on the disk.

use std::fs;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use rustix::process::Signal;
use serde_json::json;

use crate::harness::{Client, Instance, JSON, LOGIN, ME, Ran, Server};

const CLIENTS: usize = 4;
const SYNCS: [&str; 2] = ["-e", "trace=fsync,fdatasync"];

/// Every fact that was acknowledged.
#[derive(Default)]
struct Ledger {
    live: Mutex<Vec<String>>,
    ended: Mutex<Vec<String>>,
    users: Mutex<Vec<String>>,
    /// How many they are.
    facts: AtomicUsize,
}

impl Ledger {
    fn note(&self, list: &Mutex<Vec<String>>, fact: String) {
        list.lock().unwrap().push(fact);
        self.facts.fetch_add(1, Ordering::SeqCst);
    }

    /// Logs in, and out again from every third session, until the server is gone.
    fn log_in_and_out(&self, client: &Client, name: &str) {
        let body = json!({ "identifier": name, "password": "hunter22" }).to_string();
        let log_in = || client.try_send("POST", LOGIN, &[JSON], body.as_bytes());
        for number in 0.. {
            let Some(answer) = log_in() else { return };
            let token = answer.token();
            if number % 3 < 2 {
                self.note(&self.live, token);
                continue;
            }
            let bearer = format!("Bearer {token}");
            let Some(answer) =
                client.try_send("POST", "/api/auth/logout", &[("Authorization", &bearer)], b"")
            else {
                return;
            };
            assert_eq!(answer.status, 200, "{}", answer.text);
            self.note(&self.ended, token);
        }
    }

    fn check(&self, server: &Server, instance: &Instance) {
        let client = server.client();
        for token in &*self.live.lock().unwrap() {
            assert_eq!(client.me(token).status, 200, "a login is lost");
        }
        for token in &*self.ended.lock().unwrap() {
            assert_eq!(client.me(token).status, 401, "a logout is lost");
        }
        let listed = instance.nox("user list");
        for name in &*self.users.lock().unwrap() {
            assert!(listed.contains(name), "{name} is lost");
        }
    }
}

#[test]
fn acknowledged_writes_survive_ten_kills_under_load() {
    let instance = Instance::with_users(["ada"]);
    instance.add_crowd(CLIENTS.try_into().unwrap());
    let ledger = Ledger::default();
    for round in 0..10 {
        let server = instance.serve();
        let is_over = AtomicBool::new(false);
        let target = ledger.facts.load(Ordering::SeqCst) + 20 + 7 * round;
        thread::scope(|scope| {
            for number in 1..=CLIENTS {
                let (client, ledger) = (server.client(), &ledger);
                scope.spawn(move || ledger.log_in_and_out(&client, &format!("usr{number}")));
            }
            scope.spawn(|| {
                for number in 0.. {
                    let name = format!("new{round}-{number}");
                    instance.add_user(&name, "hunter22");
                    ledger.note(&ledger.users, name);
                    if is_over.load(Ordering::SeqCst) {
                        return;
                    }
                }
            });
            // Should no login be answered any more, the commands alone reach the target.
            while ledger.facts.load(Ordering::SeqCst) < target {
                thread::yield_now();
            }
            server.signal(Signal::KILL);
            is_over.store(true, Ordering::SeqCst);
        });
        drop(server);
        // Attempts that a kill interrupted count as wrong ones.
        instance.reset_limits();
        ledger.check(&instance.serve(), &instance);
    }
    for list in [&ledger.live, &ledger.ended, &ledger.users] {
        assert!(list.lock().unwrap().len() >= 10);
    }
    instance.nox("backup create copy.db");
    instance.nox("backup verify copy.db");
}

/// How often the write-ahead log was synced so far.
fn syncs(instance: &Instance) -> usize {
    let trace = fs::read_to_string(instance.path("trace")).unwrap_or_default();
    assert!(!trace.contains("= -1"), "{trace}");
    trace.lines().filter(|line| line.contains("sync(") && line.contains("nox.db-wal>")).count()
}

#[test]
fn every_write_is_synced_before_it_is_answered() {
    let instance = Instance::with_users(["ada"]);
    let mut serve = instance.traced(&SYNCS, &["serve", "--listen", "127.0.0.1:0"]);
    let server = Server::start(serve.stdout(Stdio::piped()).stderr(Stdio::piped()));
    let mut so_far = syncs(&instance);
    let mut one_more = |what: &str| {
        let now = syncs(&instance);
        assert!(now > so_far, "{what} was not synced");
        so_far = now;
    };
    let people: Vec<_> = (0..20)
        .map(|_| {
            let ada = server.log_in("ada");
            one_more("a login");
            ada
        })
        .collect();
    for ada in &people[..10] {
        ada.post_nothing("/api/auth/logout").data();
        one_more("a logout");
    }
    people[10].post(ME, &json!({ "password": "hunter33", "current_password": "hunter22" })).data();
    one_more("a new password");
    // A read needs no sync.
    people[10].get(ME).data();
    assert_eq!(syncs(&instance), so_far);
}

#[test]
fn command_has_synced_its_change_when_it_ends() {
    let instance = Instance::with_users(["ada"]);
    // While a server runs, the WAL is not written back when the command ends.
    let _server = instance.serve();
    for args in
        [&["user", "add", "bob", "--password-stdin"][..], &["user", "set", "ada", "--bio", "x"]]
    {
        let ran = Ran::of(&mut instance.traced(&SYNCS, args), "hunter22");
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert!(syncs(&instance) >= 1, "{args:?}");
    }
}

#[test]
fn folder_of_each_new_file_is_synced() {
    let instance = Instance::with(
        "[storage]\ndatabase = 'data/deep/nox.db'\n[secrets]\nkey_file = 'keys/nox.key'",
    );
    let options = ["-e", "trace=/^(mkdir|open|link|fsync|fdatasync)"];
    let ran = Ran::of(
        &mut instance.traced(&options, &["user", "add", "ada", "--password-stdin"]),
        "hunter22",
    );
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let trace = fs::read_to_string(instance.path("trace")).unwrap();
    let lines: Vec<_> = trace.lines().collect();
    let folder = fs::canonicalize(instance.path(".")).unwrap();
    for (made, call, parent) in [
        ("data\"", "mkdir", ""),
        ("deep\"", "mkdir", "data"),
        ("keys\"", "mkdir", ""),
        ("nox.db\"", "O_CREAT", "data/deep"),
        ("nox.db-wal\"", "O_CREAT", "data/deep"),
        ("nox.key\"", "link", "keys"),
    ] {
        let at = lines.iter().position(|line| line.contains(made) && line.contains(call)).unwrap();
        let parent = format!("<{}>)", folder.join(parent).to_str().unwrap().trim_end_matches('/'));
        let is_synced =
            lines[at..].iter().any(|line| line.contains("sync(") && line.contains(&parent));
        assert!(is_synced, "{made} in {parent}: {trace}");
    }
}
