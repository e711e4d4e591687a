//! The options of `nox import`.

use serde_json::Value;

use super::moving::{database_of, dump_of, files, import, imported, refused};
use super::people::{LONG_SECRET, PASSWORD, of_the_first, of_the_second};
use super::postgres::Row;
use super::shapes::{FIRST, RENAMED, SECOND, SHAPES};
use crate::harness::{Instance, Ran};

#[test]
fn dry_run_says_the_same_as_the_import_and_writes_nothing() {
    for (number, shape) in SHAPES.into_iter().enumerate() {
        let people = if number < 2 { of_the_first() } else { of_the_second() };
        let dump = database_of(shape, &people).dump();
        for options in ["", "--json"] {
            let instance = Instance::new();
            instance.write("node.sql", &dump);
            let before = files(&instance);
            let dry = import(&instance, &dump, &format!("--dry-run {options}"));
            assert_eq!(dry.status, 0, "{}", dry.stderr);
            assert_eq!(files(&instance), before);
            let real = import(&instance, &dump, options);
            assert_eq!(real.status, 0, "{}", real.stderr);
            if options == "--json" {
                let parsed = |ran: &Ran| serde_json::from_str::<Value>(&ran.stdout).unwrap();
                let (dry, real) = (parsed(&dry), parsed(&real));
                for key in ["read", "imported", "refused", "lost", "hashes", "next_id", "users"] {
                    assert!(!real[key].is_null(), "{key} is missing: {real}");
                    assert_eq!(dry[key], real[key], "{key}");
                }
            }
        }
    }
}

#[test]
fn dry_run_of_an_import_that_would_be_refused_is_refused() {
    let dump = dump_of(&FIRST, &[Row::new().set("username", "12345")]);
    let said = refused(&Instance::new(), &dump, "--dry-run");
    assert!(said.contains("--rename"), "{said}");
    let ran = import(&Instance::new(), &dump, "--dry-run --json");
    assert_eq!(ran.status, 1);
}

#[test]
fn nothing_that_is_said_holds_a_secret() {
    for (shape, people) in [(&FIRST, of_the_first()), (&SECOND, of_the_second())] {
        let database = database_of(shape, &people);
        database.add(&[
            Row::new().set("id", "20").set("username", "12345").set("email", "secret@b.example"),
            Row::new()
                .set("id", "21")
                .set("username", "clear")
                .set("password", "a password in clear text"),
        ]);
        let dump = database.dump();
        let options = [
            "",
            "--json",
            "--dry-run",
            "--skip 12345 --skip-passwords",
            "--skip 12345 --skip-passwords --json",
        ];
        for options in options {
            let instance = Instance::new();
            let ran = import(&instance, &dump, options);
            let said = (ran.stderr + &ran.stdout).to_lowercase();
            let hashes = people.iter().filter_map(|person| person.value("password"));
            let secrets = hashes
                .chain(people.iter().filter_map(|person| person.value("email")))
                .chain([LONG_SECRET, "secret@b.example", "a password in clear text"]);
            for secret in secrets {
                assert!(!said.contains(&secret.to_lowercase()), "{secret} is in {said}");
                let start = &secret.to_lowercase()[..secret.len().min(12)];
                assert!(!said.contains(start), "{start} is in {said}");
            }
        }
    }
}

#[test]
fn dump_is_read_from_stdin() {
    let dump = String::from_utf8(database_of(&RENAMED, &of_the_first()).dump()).unwrap();
    let instance = Instance::new();
    let ran = instance.run(&["import", "-", "--json"], &dump);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(instance.nox("user list --json").lines().count(), of_the_first().len());
    let other = Instance::new();
    let ran = other.run(&["import", "-", "--check", "ada"], &dump);
    assert_eq!(ran.status, 2, "{}", ran.stderr);
}

#[test]
fn instance_with_users_is_left_alone() {
    let dump = database_of(&FIRST, &of_the_first()).dump();
    for names in [&["ada"][..], &["ada", "bob"]] {
        let instance = Instance::new();
        for name in names {
            instance.add_user(name, "hunter22");
        }
        for options in ["", "--dry-run"] {
            let ran = import(&instance, &dump, options);
            assert_ne!(ran.status, 0);
            assert_eq!(instance.nox("user list --json").lines().count(), names.len());
        }
        let ran = import(&instance, &dump, "--replace-first-user");
        assert_eq!(ran.status == 0, names.len() == 1, "{}", ran.stderr);
    }
}

#[test]
fn first_user_makes_room_for_the_one_of_the_dump() {
    let instance = Instance::new();
    instance.nox("user add admin --admin --generate");
    let dump = database_of(&FIRST, &of_the_first()).dump();
    imported(&instance, dump, "--replace-first-user");
    assert_eq!(instance.run(&["user", "show", "admin"], "").status, 3);
    assert_eq!(instance.user("root")["id"], 1);
    assert_eq!(instance.nox("user list --json").lines().count(), of_the_first().len());
}

#[test]
fn served_instance_is_not_imported_into() {
    let instance = Instance::new();
    let server = instance.serve();
    let dump = database_of(&FIRST, &of_the_first()).dump();
    let ran = import(&instance, &dump, "");
    assert_ne!(ran.status, 0);
    drop(server);
    imported(&instance, &dump, "");
}

#[test]
fn database_without_its_key_is_left_alone() {
    let instance = Instance::new();
    instance.nox("user add admin --admin --generate");
    instance.sql("DELETE FROM users");
    std::fs::remove_file(instance.path("nox.key")).unwrap();
    let ran = import(&instance, database_of(&FIRST, &of_the_first()).dump(), "");
    assert_ne!(ran.status, 0);
    assert!(!instance.path("nox.key").exists());
}

#[test]
fn check_proves_one_password_before_anything_is_written() {
    for (shape, people, password) in
        [(&FIRST, of_the_first(), "pässwörd🌙"), (&SECOND, of_the_second(), PASSWORD)]
    {
        let instance = Instance::new();
        instance.write("node.sql", database_of(shape, &people).dump());
        let check = |name: &str, password: &str| {
            instance.run(&["import", "node.sql", "--check", name], password)
        };
        let before = files(&instance);
        for (name, password, status) in
            [("carl.-_0", "wrong one", 7), ("none", "something", 7), ("nobody", "something", 3)]
        {
            let ran = check(name, password);
            assert_eq!(ran.status, status, "{name}: {}", ran.stderr);
            assert_eq!(files(&instance), before);
            assert!(!ran.stderr.contains(password), "{}", ran.stderr);
        }
        let ran = check("carl.-_0", password);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains("the password is that of carl.-_0"), "{}", ran.stderr);
        assert_eq!(instance.nox("user list --json").lines().count(), people.len());
    }
}
