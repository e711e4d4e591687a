//! Second factors by mail, and relays.

use serde_json::json;

use super::moving::{database_of, dump_of, import, imported, refused};
use super::people::{LONG_SECRET, pbkdf2};
use super::postgres::{Database, Row};
use super::shapes::{FIRST, RENAMED, SECOND, Shape};
use crate::harness::{Instance, JSON, LOGIN, MailServer, Mode, VERIFICATION_REQUIRED, oathtool};

/// A user with a verified address, and perhaps with an app.
fn verified(id: u32, has_app: bool) -> Row {
    let row = Row::new().set("id", id.to_string()).set("username", format!("usr{id}"));
    let row = row.set("email", format!("usr{id}@b.example")).set("email_verified", "t");
    let row = row.set("password", pbkdf2("hunter22", 9));
    if has_app { row.set("twofa_enabled", "t").set("twofa_secret", LONG_SECRET) } else { row }
}

#[test]
fn verified_address_stays_a_second_factor_where_mail_can_be_sent() {
    let mails = MailServer::start(Mode::Plain);
    let instance = Instance::with(&mails.settings());
    imported(&instance, dump_of(&FIRST, &[verified(5, false), verified(6, true)]), "");
    let server = instance.serve();
    for name in ["usr5", "usr6"] {
        assert_eq!(instance.user(name)["factors"]["email"], true);
        server.client().log_in(name, "hunter22").refused(VERIFICATION_REQUIRED, LOGIN);
    }
    let code = oathtool(LONG_SECRET, 0);
    server.client().log_in_with_code("usr6", "hunter22", &code).token();
}

#[test]
fn user_whose_only_factor_is_mail_stops_an_import_without_mail() {
    let dump = dump_of(&FIRST, &[verified(5, false), verified(6, true)]);
    let said = refused(&Instance::new(), &dump, "");
    assert!(said.contains("--without-mail-factor") && said.contains("usr5"), "{said}");
    let instance = Instance::new();
    let ran = import(&instance, &dump, "--without-mail-factor");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("usr5"), "the user who lost a factor is not named: {}", ran.stdout);
    let server = instance.serve();
    server.client().log_in("usr5", "hunter22").token();
    server.client().log_in("usr6", "hunter22").refused(VERIFICATION_REQUIRED, LOGIN);
    // The app is enough where the address was a factor, too.
    let only_app = Instance::new();
    imported(&only_app, dump_of(&FIRST, &[verified(6, true)]), "");
}

/// A database with a relay, and the token by which it asks.
fn with_relay(shape: &'static Shape, relays: &str, tokens: &str) -> Database {
    let database = database_of(shape, &[]);
    database.add(&[Row::new().set("username", "ada").set("password", pbkdf2("hunter22", 9))]);
    database.add_to(relays, &Row::new().set("id", "hub-1"));
    let token = Row::new().set("id", "t1").set("token", RELAY_TOKEN).set("relay_id", "hub-1");
    database.add_to(tokens, &token);
    database
}

const CHECK_BEARER: &str = "/api/relays/checkbearer";
const RELAY_TOKEN: &str = "q0sR+/sB3jR5x0Zkq0sR+/sB3jR5x0Zkq0sR+/sB3jR5x0Zkq0sR+/sB3jR5x0ZkAA==";

#[test]
fn relay_of_the_first_generation_asks_with_its_old_token() {
    for (shape, relays, tokens) in [
        (&FIRST, "\"Relay\"", "\"Badger\""),
        (&RENAMED, "relays", "badgers"),
        (&SECOND, "relays", "relay_tokens"),
    ] {
        let instance = Instance::new();
        imported(&instance, with_relay(shape, relays, tokens).dump(), "");
        let is_taken = tokens != "relay_tokens";
        assert_eq!(instance.nox("relay list --json").lines().count(), usize::from(is_taken));
        if is_taken {
            let server = instance.serve();
            let user = server.client().log_in("ada", "hunter22").token();
            let badger = format!("Badger {RELAY_TOKEN}");
            let body = json!({ "access_token": user }).to_string();
            let headers = [JSON, ("Authorization", &*badger)];
            let client = server.client();
            let answer = client.send("POST", CHECK_BEARER, &headers, body.as_bytes()).data();
            assert_eq!(answer["valid"], true, "{answer}");
        }
    }
}
