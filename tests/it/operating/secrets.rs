//! The database and the log contain no secret.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{Client, Ended, Instance, LOGIN, ME, TestApp, User, base32, oathtool, texts};

const OLD: &str = "correct horse battery";
const NEW: &str = "staple of the stable";
const WRONG: &str = "never the right one";

/// The secrets that a user sent and was given.
#[derive(Default)]
struct Story {
    /// Six digits, which may stand in a longer number by chance.
    codes: Vec<String>,
    secrets: Vec<String>,
}

impl Story {
    fn code(&mut self, code: String) -> String {
        self.codes.push(code.clone());
        code
    }

    fn secret(&mut self, secret: impl AsRef<[u8]>) {
        let secret = secret.as_ref();
        assert!(secret.len() >= 10, "{secret:?} would be found by chance");
        self.secrets.push(text(secret));
    }

    fn seed(&mut self, base32_text: &str) {
        let bytes = base32(base32_text);
        assert_eq!(bytes.len(), 20);
        self.secret(bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")));
        self.secret(format!("{bytes:?}").trim_matches(['[', ']']));
        self.secret(&bytes);
        self.secret(base32_text.to_lowercase());
        self.secret(base32_text);
    }

    fn recovery_codes(&mut self, codes: &[String]) {
        for code in codes {
            for form in [code.clone(), code.replace('-', "")] {
                self.secret(form.to_lowercase());
                self.secret(form);
            }
        }
    }

    fn token(&mut self, token: &str) {
        self.secret(token);
        // The signature is what makes a token valid; the rest is a name and times.
        self.secret(token.rsplit('.').next().unwrap());
    }

    /// The first secret that occurs in these bytes.
    fn found_in(&self, bytes: &[u8]) -> Option<&String> {
        let text = text(bytes);
        let secret = self.secrets.iter().find(|secret| text.contains(*secret));
        secret.or_else(|| self.codes.iter().find(|code| has_number(&text, code)))
    }
}

/// A character for each byte.
fn text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Whether these digits occur as a whole number that is not the fraction of a time.
fn has_number(text: &str, digits: &str) -> bool {
    text.match_indices(digits).any(|(at, _)| {
        let before = text[..at].chars().next_back().unwrap_or(' ');
        let after = text[at + digits.len()..].chars().next().unwrap_or(' ');
        !before.is_ascii_alphanumeric()
            && !after.is_ascii_alphanumeric()
            && (before, after) != ('.', 'Z')
    })
}

fn login(client: &Client, password: &str, code: Option<&str>) -> (u16, Value) {
    let body = json!({ "identifier": "ada", "password": password, "factor_code": code });
    let answer = client.post(LOGIN, &body);
    (answer.status, answer.json()["data"].clone())
}

/// The whole life of an account with a factor.
fn live(instance: &Instance, client: &Client) -> Story {
    let mut story = Story::default();
    for password in [OLD, NEW, WRONG] {
        story.secret(password);
    }
    let token =
        client.post("/api/auth/register", &json!({ "username": "ada", "password": OLD })).token();
    story.token(&token);
    let mut ada = User::new(client.clone(), token);
    let forgotten = ada.set_up_app();
    story.seed(&forgotten);
    let seed = ada.set_up_app();
    story.seed(&seed);
    let wrong = json!({ "token": story.code(oathtool(&seed, 9)) });
    assert_eq!(ada.post("/api/auth/totp/enable", &wrong).status, 400);
    let first = json!({ "token": story.code(oathtool(&seed, 0)), "secret": seed });
    let codes = texts(&ada.post("/api/auth/totp/enable", &first).data()["backup_codes"]);
    story.recovery_codes(&codes);

    assert_eq!(login(client, WRONG, None).0, 400);
    // A user may type the password into the wrong field.
    assert_eq!(client.log_in(OLD, WRONG).status, 404);
    let (status, due) = login(client, OLD, None);
    assert_eq!(status, 428);
    let challenge = due["methods"][1]["send_data"]["challenge"].as_str().unwrap();
    story.secret(challenge);
    assert_eq!(client.post("/api/auth/email/send", &json!({ "challenge": challenge })).status, 403);
    for steps in [8, -7, 30] {
        assert_eq!(login(client, OLD, Some(&story.code(oathtool(&seed, steps)))).0, 400);
    }
    let issued = story.code(instance.issue_code("ada"));
    let next = story.code(oathtool(&seed, 1));
    for code in [&next, &codes[0], &codes[1].to_lowercase().replace('-', ""), &issued] {
        let (status, session) = login(client, OLD, Some(code));
        assert_eq!(status, 200);
        story.token(session["token"].as_str().unwrap());
        assert_eq!(login(client, OLD, Some(code)).0, 400);
    }
    let bent =
        json!({ "identifier": "ada", "password": OLD, "factor_code": format!("{}x", codes[2]) });
    assert_eq!(client.post(LOGIN, &bent).status, 400);

    renew_and_change(instance, &mut ada, &mut story, &codes[2]);
    story
}

/// The second half of that life: other recovery codes, another password, another app.
fn renew_and_change(instance: &Instance, ada: &mut User, story: &mut Story, code: &str) {
    let renewed = ada.post("/api/auth/methods/recovery/renew", &json!({ "token": code })).data();
    let codes = texts(&renewed["backup_codes"]);
    story.recovery_codes(&codes);
    let printed = instance.nox("totp recovery ada");
    let printed: Vec<String> = printed.lines().map(Into::into).collect();
    story.recovery_codes(&printed);
    let wrong = json!({ "password": NEW, "current_password": WRONG, "factor_code": printed[0] });
    assert_eq!(ada.post(ME, &wrong).status, 400);
    let change = json!({ "password": NEW, "current_password": OLD, "factor_code": printed[0] });
    ada.post(ME, &change).data();
    // A query is not logged, even though no secret belongs there.
    ada.get(&format!("{ME}?token={}&code={}", ada.token, printed[1])).data();
    ada.post("/api/auth/totp/disable", &json!({ "token": printed[1] })).data();
    ada.enable_app();
    story.seed(&ada.secret);
    story.recovery_codes(&ada.recovery_codes);
    ada.post("/api/auth/logout", &json!({})).data();
}

#[test]
fn database_and_trace_log_hold_no_secret() {
    for format in ["text", "json"] {
        let settings =
            format!("[users]\nregistration = 'open'\n[log]\nlevel = 'trace'\nformat = '{format}'");
        let app = TestApp::with(&settings).empty().serve();
        let TestApp { server, instance, .. } = app;
        let story = live(&instance, &server.client());
        assert!(story.codes.len() == 7 && story.secrets.len() > 160);
        // Read while the server runs, since the WAL is removed when it stops.
        let files: Vec<_> = ["nox.db", "nox.db-wal"]
            .map(|name| (name, fs::read(instance.path(name)).unwrap()))
            .into();
        let Ended { stdout, log, .. } = server.stop();
        let stopped = fs::read(instance.path("nox.db")).unwrap();
        // A checkpoint may have moved it from the WAL into the database.
        let is_kept = |bytes: &[u8]| text(bytes).contains("recovery_code.used");
        assert!(files.iter().any(|(_, bytes)| is_kept(bytes)) && is_kept(&stopped));
        assert!(
            log.contains("login.succeeded")
                && log.contains("login.failed")
                && log.contains("clock_skew"),
            "{log}"
        );
        assert!(log.contains("\"level\"") == (format == "json") && log.contains("DEBUG"), "{log}");
        let written = [
            ("stdout", stdout.into_bytes()),
            ("the log", log.into_bytes()),
            ("nox.db, closed", stopped),
        ];
        for (name, bytes) in files.into_iter().chain(written) {
            assert_eq!(story.found_in(&bytes), None, "in {name}");
        }
    }
}

#[test]
fn search_for_secrets_finds_what_is_there() {
    assert_eq!(base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), b"12345678901234567890");
    let mut story = Story::default();
    story.code("123456".into());
    story.secret("ABCDE-FGHJK");
    for (written, is_found) in [
        ("code=123456 ", true),
        (" \"123456\" ", true),
        ("12:00:00.123456Z ", false),
        ("id=a123456b", false),
        ("xABCDE-FGHJKx", true),
        ("ABCDE-FGHJ", false),
    ] {
        assert_eq!(story.found_in(written.as_bytes()).is_some(), is_found, "{written}");
    }
}
