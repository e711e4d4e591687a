use super::*;
use crate::domain::testing::app_with;

const NOW: Timestamp = Timestamp::from_millis(1_750_936_113_726);

fn ada() -> Registration {
    Registration {
        username: "Ada".into(),
        display: None,
        email: Some("ada@example.org".into()),
        password: String::from("correct horse").into(),
        is_admin: true,
    }
}

#[test]
fn a_profile_has_the_sixteen_keys_and_the_effective_tags() {
    let (_folder, app) = app_with("[users]\ndefault_tags = ['can_self_edit']\n[server]\naddress = 'nox.example'");
    let shown = serde_json::to_value(register(&app, ada(), NOW).unwrap()).unwrap();
    let expected = serde_json::json!({
        "id": 1, "username": "ada", "display": "ada", "server": "nox.example",
        "tags": ["dft:can_self_edit", "sys:admin", "sys:unverified"],
        "bio": null, "thumbnail": null, "banner": null, "links": [], "rank": 0, "relations": null,
        "email": "ada@example.org", "email_verified": false, "created_at": 1_750_936_113_726_u64,
        "home": null, "twofa_enabled": false,
    });
    assert_eq!(shown, expected);
}

type Bend = fn(&mut Registration);

#[test]
fn each_field_that_breaks_its_rule_is_named() {
    let (_folder, app) = app_with("");
    let bent: [(&str, Bend); 12] = [
        ("username", |new| new.username = "ab".into()),
        ("username", |new| new.username = "a".repeat(17)),
        ("username", |new| new.username = "1234".into()),
        ("username", |new| new.username = "ad a".into()),
        ("username", |new| new.username = "adä".into()),
        ("password", |new| new.password = "7 chars".to_owned().into()),
        ("password", |new| new.password = "ä".repeat(129).into()),
        ("email", |new| new.email = Some("nobody".into())),
        ("email", |new| new.email = Some("a b@example.org".into())),
        ("email", |new| new.email = Some(format!("{}@example.org", "a".repeat(320)))),
        ("display", |new| new.display = Some("ab".into())),
        ("display", |new| new.display = Some("a\u{1b}[31mb".into())),
    ];
    for (expected, bend) in bent {
        let mut new = ada();
        bend(&mut new);
        match register(&app, new, NOW) {
            Err(Error::InvalidField { field, .. }) => assert_eq!(field, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
    assert!(is_empty(&app).unwrap());
}

#[test]
fn a_name_and_an_address_are_given_once() {
    let (_folder, app) = app_with("");
    register(&app, ada(), NOW).unwrap();
    let again = register(&app, Registration { email: None, ..ada() }, NOW).unwrap_err();
    assert_eq!(again.to_string(), "User already exists with this username.");
    let email = Some("ADA@example.org".into());
    let other = register(&app, Registration { username: "bob".into(), email, ..ada() }, NOW).unwrap_err();
    assert_eq!(other.to_string(), "User already exists with this email.");
}

#[test]
fn a_ban_holds_until_its_end() {
    let (_folder, app) = app_with("");
    register(&app, ada(), NOW).unwrap();
    let until = Timestamp::from_millis(NOW.millis() + 1000);
    disable(&app, "ada", Some("spam"), Some(until), NOW).unwrap();
    let tagged = |now| find(&app, "ada", now).unwrap().tags.contains(&"sys:blacklisted".to_owned());
    assert!(tagged(NOW) && !tagged(until));
    disable(&app, "ada", None, None, NOW).unwrap();
    assert!(tagged(until));
    enable(&app, "ada").unwrap();
    assert!(!tagged(NOW));
}
