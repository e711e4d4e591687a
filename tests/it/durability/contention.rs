//! Many processes and many requests at once on one database.

use std::process::Stdio;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::harness::{Ended, Instance, PASSWORD, Ran, Server, at_once};

/// `ada`, and users `usr1` to `usr200` with the same password.
fn crowd() -> Instance {
    let instance = Instance::with_users(["ada"]);
    instance.add_crowd(200);
    instance
}

/// The ten commands of round `number`, on users above 100, which do not log in.
fn commands(number: u32) -> Vec<(String, &'static str)> {
    let user = |offset: u32| format!("usr{}", 100 + number * 10 + offset);
    vec![
        (format!("user add new{number} --password-stdin"), "hunter22"),
        (format!("user set {} --bio text --rank 7", user(1)), ""),
        (format!("user passwd {} --password-stdin", user(2)), "hunter33"),
        (format!("user disable {} --reason no", user(3)), ""),
        (format!("totp enroll {} --no-confirm", user(4)), ""),
        (format!("session revoke --user {}", user(5)), ""),
        ("session list".into(), ""),
        ("throttle list".into(), ""),
        (format!("backup create copy{number}.db"), ""),
        (format!("relay add eu-{number}"), ""),
    ]
}

#[test]
fn thirty_commands_and_two_hundred_logins_at_once_succeed() {
    let instance = crowd();
    let server = instance.serve();
    let commands: Vec<_> = (0..3).flat_map(commands).collect();
    let start = Barrier::new(commands.len() + 200);
    thread::scope(|scope| {
        for (command, stdin) in &commands {
            scope.spawn(|| {
                let args: Vec<_> = command.split(' ').collect();
                start.wait();
                instance.ok(&args, stdin);
            });
        }
        for number in 0..200 {
            let (client, start) = (server.client(), &start);
            scope.spawn(move || {
                start.wait();
                client.log_in(format!("usr{}", 1 + number % 100), "hunter22").token();
            });
        }
    });
    for number in 0..3 {
        instance.nox(&format!("user show new{number}"));
        instance.nox(&format!("backup verify copy{number}.db"));
    }
    let Ended { log, .. } = server.stop();
    assert!(!log.contains("database is locked"), "{log}");
}

#[test]
fn busy_server_on_a_slow_disk_starves_no_command() {
    const SLOW: [&str; 4] =
        ["-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:delay_enter=30000"];
    let instance = crowd();
    let mut serve = instance.traced(&SLOW, &["serve", "--listen", "127.0.0.1:0"]);
    let server = Server::start(serve.stdout(Stdio::piped()).stderr(Stdio::piped()));
    let (is_over, is_busy) = (AtomicBool::new(false), Barrier::new(9));
    thread::scope(|scope| {
        for number in 1..=8 {
            let (client, is_over, is_busy) = (server.client(), &is_over, &is_busy);
            scope.spawn(move || {
                client.log_in(format!("usr{number}"), "hunter22").token();
                is_busy.wait();
                while !is_over.load(Ordering::SeqCst) {
                    client.log_in(format!("usr{number}"), "hunter22").token();
                }
            });
        }
        is_busy.wait();
        let add = |number| {
            let args = ["user", "add", &format!("new{number}"), "--password-stdin"];
            // Each command has the slow disk as well, and its own trace.
            let trace = format!("trace{number}");
            Ran::of(&mut instance.traced(&[&SLOW[..], &["-o", &trace]].concat(), &args), "hunter22")
        };
        let ran: Vec<_> = (0..8).map(|number| scope.spawn(move || add(number))).collect();
        let ran: Vec<_> = ran.into_iter().map(thread::ScopedJoinHandle::join).collect();
        is_over.store(true, Ordering::SeqCst);
        for ran in ran {
            let ran = ran.unwrap();
            assert_eq!(ran.status, 0, "{}", ran.stderr);
        }
    });
}

#[test]
fn database_created_by_eight_processes_at_once_is_whole() {
    for _ in 0..5 {
        let instance = Instance::new();
        at_once(8, |number| instance.add_user(&format!("user{number}"), PASSWORD));
        assert_eq!(instance.nox("user list").lines().count(), 8);
        let said: String =
            instance.database().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(said, "ok");
    }
}
