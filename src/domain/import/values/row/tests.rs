use super::super::loss::LossKind;
use super::*;
use crate::config::Config;
use crate::domain::import::dump::Shape;
use crate::time::Timestamp;

const NOW: Timestamp = Timestamp::from_millis(1_780_000_000_000);
const HASH: &str = concat!(
    "AAECAwQFBgcICQoLDA0ODw==:5RUHDgNTp9sBOWGYS4e6u57cz/Sq3/TQgaDP/8MW6L/eNZN5updoogDm/+UZ",
    "SB3KdfSkPwIP/A2vXogU8PJ6DQ=="
);

/// The row of the design, after the dump has read it.
fn ada() -> Vec<(&'static str, Option<&'static str>)> {
    vec![
        ("id", Some("2")),
        ("username", Some("ada")),
        ("display", Some("Ädä \"L\"")),
        ("thumbnail", Some("https://a.example/x.png")),
        ("banner", None),
        ("bio", Some("tab\there\nnew\\line {a,b} \\N \r end")),
        ("email", Some("Ada@Example.org")),
        ("email_verified", Some("f")),
        ("password", Some(HASH)),
        ("rank", Some("0.5")),
        ("blacklisted", Some("{\"value\": false}")),
        ("home_ref", Some("3@::")),
        ("tags", Some("{\"usr:a b\",\"usr:q\\\"uo\\\\te\",\"\",NULL,sys:can_self_edit,NULL}")),
        ("twofa_enabled", Some("t")),
        ("twofa_secret", Some("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")),
        ("created_at", Some("2025-06-12 22:45:27")),
        ("avatar_ref", None),
        ("links", Some("[{\"label\": \"a\\\\b\", \"value\": \"https://x.example/\"}]")),
        ("presence", Some("DO_NOT_DISTURB")),
        ("presence_status", None),
        ("pronoun", Some("she/her")),
    ]
}

fn read(
    changes: &[(&'static str, Option<&str>)],
    new_name: Option<&str>,
) -> Result<Account, Refusals> {
    let config = Config::default();
    let context = Context {
        config: &config,
        shape: Shape::First,
        assets: None,
        skip_passwords: false,
        now: NOW,
    };
    let mut fields: Vec<(&'static str, Option<&str>)> = ada();
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push((*name, *value));
    }
    let new_name = new_name.map(|name| Username::parse(name.into()).unwrap());
    account(&context, &Row::of(&fields), new_name.as_ref())
}

#[test]
fn row_of_the_design_becomes_its_account() {
    let account = read(&[], None).ok().unwrap();
    let user = &account.user;
    assert_eq!((user.id.0, user.username.as_str(), user.display.as_str()), (2, "ada", "Ädä \"L\""));
    assert_eq!(user.email.as_deref(), Some("Ada@Example.org"));
    assert!(!user.email_verified && !user.has_email_factor && user.has_totp);
    assert_eq!(account.totp_secret.as_ref().unwrap()[..], *b"12345678901234567890");
    assert!(account.to_wrap.is_some() && !user.has_password(), "until the hash is wrapped");
    assert_eq!((user.rank, user.is_admin, user.suspended_at), (1, false, None));
    assert_eq!(user.tags, ["sys:can_self_edit"]);
    assert_eq!(user.created_at.millis(), 1_749_768_327_000);
    assert_eq!(user.home.as_deref(), Some("3@::"));
    assert_eq!(user.links[0].write(), "https://x.example/ a\\b");
    assert_eq!((user.presence.as_deref(), user.pronoun.as_deref()), (Some("dnd"), Some("she/her")));
    let kinds: Vec<_> = account.losses.iter().map(|loss| loss.kind).collect();
    assert_eq!(kinds, [LossKind::Tag, LossKind::Tag, LossKind::Rank]);
}

#[test]
fn row_names_everything_for_which_it_is_refused() {
    let secret = "not a hash of any form";
    let refused = read(
        &[
            ("id", Some("0")),
            ("username", Some("1\u{1b}[2J2")),
            ("password", Some(secret)),
            ("twofa_secret", Some("GEZDGNBVGY")),
            ("created_at", Some("infinity")),
            ("rank", Some("x")),
            ("email_verified", Some("x")),
            ("tags", Some("x")),
            ("blacklisted", Some("x")),
        ],
        None,
    );
    let refusals = refused.err().unwrap();
    assert_eq!(refusals.len(), 9, "{refusals:?}");
    for refusal in &refusals {
        let text = format!("{refusal:?} {} {}", refusal.reason, refusal.solution());
        assert!(!text.contains(secret) && !text.contains("GEZD") && !text.contains('\u{1b}'));
        assert!(refusal.solution().contains("--skip id:0"), "{text}");
        assert_eq!(refusal.username, "1\\u{1b}[2J2");
    }
}

#[test]
fn renamed_row_needs_no_name_that_fits() {
    for old in ["12345", "A Name", ""] {
        assert!(read(&[("username", Some(old))], None).is_err(), "{old}");
        let account = read(&[("username", Some(old))], Some("ada-2")).ok().unwrap();
        assert_eq!(account.user.username, "ada-2");
        assert!(account.losses.iter().any(|loss| loss.kind == LossKind::Renamed));
    }
}
