//! Everyone who moves in logs in as before.

use serde_json::{Value, json};

use super::moving::{database_of, imported};
use super::people::{Person, of_the_first, of_the_second};
use super::postgres::Row;
use super::shapes::{FIRST, RENAMED, SECOND};
use crate::harness::{
    INVALID_FIELD, Instance, LOGIN, Server, User, VERIFICATION_REQUIRED, oathtool, texts,
};

/// Checks that a user logs in with password and code, and in no other way, and opens a session.
fn arrive(instance: &Instance, server: &Server, person: &Person) -> Option<User> {
    instance.reset_limits();
    let client = server.client();
    client.log_in(&*person.name, "hunter22").refused(INVALID_FIELD, LOGIN);
    let password = person.password.as_deref()?;
    let answer = client.log_in(&*person.name, password);
    let answer = match person.secret {
        None => answer,
        Some(secret) => {
            answer.refused(VERIFICATION_REQUIRED, LOGIN);
            client.log_in_with_code(&person.name, password, &oathtool(secret, 0))
        }
    };
    let user = User::new(client, answer.token());
    assert_eq!(user.me()["id"], person.id, "{}", person.name);
    Some(user)
}

#[test]
fn every_user_of_every_shape_logs_in_with_password_and_code() {
    for (shape, people) in
        [(&FIRST, of_the_first()), (&RENAMED, of_the_first()), (&SECOND, of_the_second())]
    {
        let database = database_of(shape, &people);
        let dumps = [
            (database.dump(), people.len()),
            (database.dump_with(&["--quote-all-identifiers"]), 2),
            (database.pg_dump(["--data-only"]), 2),
        ];
        for (dump, arriving) in dumps {
            let instance = Instance::new();
            imported(&instance, dump, "");
            let server = instance.serve();
            for person in people.iter().take(arriving) {
                arrive(&instance, &server, person);
            }
            let listed = instance.nox("user list --json");
            assert_eq!(listed.lines().count(), people.len());
        }
    }
}

#[test]
fn profile_is_as_it_was() {
    for (shape, people) in [(&FIRST, of_the_first()), (&SECOND, of_the_second())] {
        let instance = Instance::with("[server]\naddress = 'nox.example'\n");
        imported(&instance, database_of(shape, &people).dump(), "");
        let user = |name: &str| instance.user(name);
        let ada = user("ada");
        assert_eq!(ada["display"], "Ädä \"L\" 🌙🌙");
        let bio = "tab\there\nnew\\line {a,b} \\N \r end\n\\.\nCOPY public.users (id) FROM stdin;";
        assert_eq!(ada["bio"], bio);
        assert_eq!(
            (&ada["email"], &ada["email_verified"]),
            (&json!("Ada@Example.org"), &json!(false))
        );
        assert_eq!(ada["home"], "3@nox.example");
        assert_eq!(ada["presence"], json!({ "status": "dnd", "text": "a\\nb c" }));
        assert_eq!(ada["pronoun"], "she/her");
        assert_eq!(ada["created_at"], 1_749_768_327_100_u64);
        assert_eq!(ada["rank"], 1, "a rank that is none would show another tag");
        let tags = texts(&ada["tags"]);
        assert!(tags.contains(&"sys:can_self_edit".into()) && tags.contains(&"usr:builder".into()));
        assert!(
            !tags.iter().any(|tag| tag.contains([' ', '"', '\\']) || tag.is_empty()),
            "{tags:?}"
        );
        let carl = user("carl.-_0");
        assert_eq!(texts(&carl["links"]), ["https://x.example/", "https://y.example"]);
        assert_eq!(carl["link_labels"][0], "a\\b\"c");
        assert_eq!(carl["presence"]["status"], "online");
        assert!(!texts(&carl["tags"]).iter().any(|tag| tag.ends_with(":admin")));
        assert!(texts(&carl["tags"]).contains(&"mod:helper".into()));
        // As long as a description can be here.
        assert_eq!(user("dora")["bio"], "x".repeat(4096));
        assert_eq!((&user("dora")["rank"], &user("emil")["rank"]), (&json!(0), &json!(0)));
        assert_eq!(user("fred")["factors"]["totp"], false);
        assert_eq!(user("copy")["email"], "Two@b.example");
        assert_eq!(user("cope")["email"], Value::Null);
        assert!(texts(&user("root")["tags"]).contains(&"sys:admin".into()));
        assert_eq!(user("far-away")["created_at"], 946_684_799_999_u64);
        assert_eq!(user("last")["home"], "w:5@other.example");
    }
}

#[test]
fn next_id_is_the_one_of_the_old_sequence() {
    for shape in [&FIRST, &RENAMED, &SECOND] {
        for (last, used, expected) in [(50, true, 51), (50, false, 50), (3, true, 9), (1, false, 9)]
        {
            let instance = Instance::new();
            let database = database_of(shape, &[]);
            database.add(&[Row::new().set("id", "8").set("username", "eve")]);
            let sequence = format!("pg_get_serial_sequence('{}', 'id')", shape.users);
            database.sql(&format!("SELECT setval({sequence}, {last}, {used})"));
            let report = imported(&instance, database.dump(), "");
            assert_eq!(report["next_id"], expected, "{report}");
            instance.add_user("fay", "hunter22");
            assert_eq!(instance.user("fay")["id"], expected);
        }
    }
}

#[test]
fn weak_hash_is_wrapped_at_once_and_replaced_at_the_login() {
    let instance = Instance::new();
    let people = of_the_first();
    imported(&instance, database_of(&FIRST, &people).dump(), "");
    let kinds = || -> Vec<String> {
        let database = instance.database();
        let mut hashes = database.prepare("SELECT password_hash FROM users ORDER BY id").unwrap();
        let kind = |hash: String| hash.split('$').nth(1).unwrap_or(&hash).to_owned();
        hashes.query_map([], |row| Ok(kind(row.get(0)?))).unwrap().map(Result::unwrap).collect()
    };
    let wrapped = |kinds: &[String]| kinds.iter().filter(|kind| *kind == WRAPPED).count();
    assert_eq!(wrapped(&kinds()), people.len() - 1, "{:?}", kinds());
    let server = instance.serve();
    for person in &people {
        arrive(&instance, &server, person);
    }
    let after = kinds();
    assert_eq!(
        after.iter().filter(|kind| *kind == "argon2id").count(),
        people.len() - 1,
        "{after:?}"
    );
    assert_eq!(wrapped(&after), 0);
    // A replaced hash fits the same password.
    arrive(&instance, &server, &people[0]);
}

const WRAPPED: &str = "argon2id-pbkdf2-sha256";
