//! Commands that say what they did not do, and why, before they do half of it.

use std::process::Stdio;

use crate::harness::{Instance, Ran};

fn ada() -> Instance {
    Instance::with_users(["ada"])
}

fn run(instance: &Instance, command: &str) -> Ran {
    instance.run(&command.split(' ').collect::<Vec<_>>(), "")
}

#[test]
fn totp_enroll_without_a_terminal_shows_no_secret() {
    let instance = ada();
    let mut command = instance.command(["totp", "enroll", "ada"]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{stderr}");
    assert!(stderr.contains("nothing was changed; --no-confirm enables"), "{stderr}");
    assert_eq!(instance.nox("totp status ada"), "off\n");
}

#[test]
fn rank_is_a_number_of_32_bits() {
    let instance = ada();
    for (rank, status) in [("2147483647", 0), ("2147483648", 2), ("-2147483649", 2), ("x", 2)] {
        assert_eq!(run(&instance, &format!("user set ada --rank {rank}")).status, status, "{rank}");
    }
    assert_eq!(instance.user("ada")["rank"], 2_147_483_647_i64);
}

#[test]
fn user_set_says_where_nothing_changed() {
    let instance = ada();
    let set = || run(&instance, "user set ada --admin true").stderr;
    assert!(set().contains("changed ada"), "the first time");
    assert!(set().contains("nothing changed: ada has these values already"), "the second time");
}

#[test]
fn audit_list_says_where_no_event_has_the_form() {
    let instance = ada();
    let list = |form: &str| run(&instance, &format!("audit list --event {form}"));
    for (form, is_told) in [("account.*", false), ("totp.enabled", false), ("acount.*", true)] {
        let ran = list(form);
        assert_eq!(ran.status, 0, "{form}");
        assert_eq!(ran.stderr.contains("No event has the form"), is_told, "{form}: {}", ran.stderr);
    }
}

#[test]
fn invitation_expires_at_a_time_a_date_or_after_a_length_of_time() {
    let instance = ada();
    for (time, status) in
        [("12h", 0), ("2099-12-31", 0), ("2099-12-31T18:00:00Z", 0), ("2020-01-01", 2), ("soon", 2)]
    {
        let ran = run(&instance, &format!("invite add --expires {time}"));
        assert_eq!(ran.status, status, "{time}: {}", ran.stderr);
    }
    assert!(instance.nox("invite list --json").contains("4102423200000"));
}

#[test]
fn doctor_says_once_that_there_is_no_backup() {
    let instance = Instance::with("[backup]\nevery = '1d'");
    instance.add_user("ada", "hunter22");
    instance.enroll("ada");
    let doctor = instance.nox("doctor");
    assert_eq!(doctor.matches("warning\tbackups").count(), 1, "{doctor}");
    assert!(doctor.contains("there is no backup yet"), "{doctor}");
}
