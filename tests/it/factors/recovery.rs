//! Recovery codes, and the codes that an operator hands out.

use std::fs::OpenOptions;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::harness::{Instance, LOGIN, Person, oathtool, texts};

const ME: &str = "/api/users/@me";

pub(super) const DISABLE: &str = "/api/auth/totp/disable";

const RENEW: &str = "/api/auth/recovery/renew";

/// Without `I`, `O`, `0` and `1`.
const ALPHABET: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

fn assert_ten_of_their_kind(codes: &[String]) {
    assert_eq!(codes.len(), 10, "{codes:?}");
    for (index, code) in codes.iter().enumerate() {
        let (one, two) = code.split_once('-').unwrap();
        assert_eq!((one.len(), two.len()), (5, 5), "{code}");
        assert!([one, two].concat().chars().all(|letter| ALPHABET.contains(letter)), "{code}");
        assert!(!codes[..index].contains(code), "{code} is there twice");
    }
}

pub(super) fn status(instance: &Instance) -> Value {
    serde_json::from_str(&instance.ok(&["totp", "status", "ada", "--json"], "")).unwrap()
}

/// A code of the same form that is none.
fn another(codes: &[String]) -> String {
    ["AAAAA-AAAAA", "BBBBB-BBBBB"]
        .into_iter()
        .find(|code| !codes.iter().any(|one| one == code))
        .unwrap()
        .into()
}

#[test]
fn there_are_ten_with_fifty_bits_each() {
    let (_instance, _server, ada, (_, codes)) = Person::with_codes("");
    assert_ten_of_their_kind(&codes);
    // A hundred letters of 32: most of the alphabet is there.
    let used = ALPHABET.chars().filter(|letter| codes.concat().contains(*letter)).count();
    assert!(used > 20, "{codes:?}");
    assert!(!ada.get(ME).text.contains(&codes[0]));
}

#[test]
fn each_is_good_once_in_any_case_with_and_without_its_dash() {
    let (instance, server, ada, (_, codes)) = Person::with_codes("");
    let client = server.client();
    let forms: [&dyn Fn(&str) -> String; 5] = [
        &str::to_owned,
        &str::to_lowercase,
        &|code| code.replace('-', ""),
        &|code| code.replace('-', "").to_lowercase(),
        &|code| [&code[..5], &code[5..].to_lowercase()].concat(),
    ];
    for (index, form) in forms.iter().enumerate() {
        let left = 9 - index;
        assert_eq!(client.ada_by(&form(&codes[index])).status, 200);
        assert_eq!(ada.codes_left(), left as u64);
        assert_eq!(status(&instance)["recovery_codes"], left);
        for form in forms {
            client.ada_by(&form(&codes[index])).refused_code();
        }
    }
    let left = instance.ok(&["totp", "status", "ada"], "");
    assert!(left.contains("recovery codes left: 5\n"), "{left}");
}

#[test]
fn one_that_was_used_does_not_count_towards_the_lock_out_and_one_that_is_none_does() {
    let (_instance, server, _ada, (_, codes)) = Person::with_codes("");
    let client = server.client();
    assert_eq!(client.ada_by(&codes[0]).status, 200);
    for _ in 0..10 {
        client.ada_by(&codes[0]).refused_code();
    }
    assert_eq!(client.ada_by(&codes[1]).status, 200);
    let none = another(&codes);
    for _ in 0..5 {
        client.ada_by(&none).refused_code();
    }
    client.ada_by(&codes[2]).failure(1001, 429, LOGIN);
}

#[test]
fn one_is_accepted_wherever_a_code_is() {
    let (_instance, server, ada, (_, codes)) = Person::with_codes("");
    for (index, field) in ["twofa_token", "factor_code"].into_iter().enumerate() {
        let body = json!({ "identifier": "ada", "password": "hunter22", field: codes[index] });
        assert_eq!(server.client().post(LOGIN, &body).status, 200);
    }
    let rename =
        |field: &str, code: &str| ada.post(ME, &json!({ "username": "lovelace", field: code }));
    assert_eq!(rename("factor_code", &codes[2].to_lowercase()).data()["username"], "lovelace");
    let change =
        json!({ "password": "hunter33", "current_password": "hunter22", "twofa_token": codes[3] });
    ada.post(ME, &change).data();
    assert_eq!(
        ada.post(ME, &json!({ "email": "a@b.example", "twofa_token": codes[4] })).status,
        200
    );
    assert_eq!(ada.codes_left(), 5);
    assert_eq!(ada.post(DISABLE, &json!({ "token": codes[5] })).data()["disabled"], true);
}

#[test]
fn a_refused_change_uses_none_up() {
    let (instance, _server, ada, (_, codes)) = Person::with_codes("");
    instance.add_user("bob", "hunter22");
    ada.post(ME, &json!({ "username": "bob", "factor_code": codes[0] })).failure(6, 409, ME);
    assert_eq!(ada.codes_left(), 10);
    ada.post(ME, &json!({ "username": "lovelace", "factor_code": codes[0] })).data();
    assert_eq!(ada.codes_left(), 9);
}

#[test]
fn those_of_one_account_are_worth_nothing_to_another() {
    let (instance, server, _ada, (_, codes)) = Person::with_codes("");
    instance.add_user("bob", "hunter22");
    let (_, of_bob) = Person::log_in(&server, "bob").enable_app();
    server.client().log_in_with_code("bob", "hunter22", &codes[0]).refused_code();
    assert_eq!(server.client().log_in_with_code("bob", "hunter22", &of_bob[0]).status, 200);
    assert_eq!(server.client().ada_by(&codes[0]).status, 200);
}

#[test]
fn renewing_them_needs_a_code_and_kills_the_old_ones() {
    let (_instance, server, ada, (secret, old)) = Person::with_codes("");
    ada.post(RENEW, &json!({})).failure(20, 428, RENEW);
    ada.post(RENEW, &json!({ "token": oathtool(&secret, 9) })).failure(5, 400, RENEW);
    assert_eq!(server.client().ada_by(&old[0]).status, 200);
    let renewed = ada.post(RENEW, &json!({ "token": oathtool(&secret, 1) }));
    assert_eq!(renewed.header("cache-control"), Some("no-store"));
    let new = texts(&renewed.data()["backup_codes"]);
    assert_ten_of_their_kind(&new);
    assert_eq!(ada.codes_left(), 10);
    server.client().ada_by(&old[1]).refused_code();
    assert_eq!(server.client().ada_by(&new[0]).status, 200);
    // One of them pays for the next ten.
    let newer =
        ada.post("/api/auth/methods/recovery/renew", &json!({ "twofa_token": new[1] })).data();
    assert_eq!(texts(&newer["backup_codes"]).len(), 10);
    server.client().ada_by(&new[2]).refused_code();
    assert_eq!(ada.codes_left(), 10);
}

#[test]
fn the_operator_prints_new_ones_and_the_old_ones_die() {
    let (instance, server, _ada, (_, old)) = Person::with_codes("");
    let printed = instance.ok(&["totp", "recovery", "ada"], "");
    let new: Vec<String> = printed.lines().map(Into::into).collect();
    assert_ten_of_their_kind(&new);
    server.client().ada_by(&old[0]).refused_code();
    assert_eq!(server.client().ada_by(&new[0]).status, 200);
    let shown: Value =
        serde_json::from_str(&instance.ok(&["totp", "recovery", "ada", "--json"], "")).unwrap();
    let newer = texts(&shown["recovery_codes"]);
    assert_ten_of_their_kind(&newer);
    server.client().ada_by(&new[1]).refused_code();
    assert_eq!(server.client().ada_by(&newer[1]).status, 200);
    assert_eq!(status(&instance)["recovery_codes"], 9);
}

#[test]
fn they_die_with_the_last_factor() {
    for by_operator in [true, false] {
        let (instance, server, ada, (_, old)) = Person::with_codes("");
        if by_operator {
            instance.ok(&["totp", "reset", "ada"], "");
        } else {
            ada.post(DISABLE, &json!({ "token": old[0] })).data();
        }
        assert_eq!(status(&instance)["recovery_codes"], 0);
        instance.enroll("ada");
        assert_eq!(status(&instance)["recovery_codes"], 0);
        server.client().ada_by(&old[1]).refused_code();
    }
}

#[test]
fn what_nobody_could_read_replaces_nothing() {
    let (instance, server, _ada, (_, codes)) = Person::with_codes("");
    let code = instance.issue_code("ada");
    for command in ["code", "recovery"] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = instance.command(["totp", command, "ada"]);
        let status = command.stdout(full).stderr(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), Some(1));
    }
    assert_eq!(server.client().ada_by(&code).status, 200);
    assert_eq!(server.client().ada_by(&codes[0]).status, 200);
}
