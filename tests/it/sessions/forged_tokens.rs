//! Forged tokens.

use std::fs;

use base64::Engine;
use base64::prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD as B64};
use hmac::{Hmac, KeyInit, Mac};
use nox::crypto::Key;
use nox::time::Timestamp;
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};

use crate::harness::{Client, ME, NOT_LOGGED, TestApp};

const HS256: &str = r#"{"typ":"JWT","alg":"HS256"}"#;

/// A forger who knows everything, the signing key included.
struct Forger {
    key: Vec<u8>,
    claims: Value,
    token: String,
}

impl Forger {
    /// Starts from a session of `ada`.
    fn new(app: &TestApp) -> Self {
        let key =
            Key::load_or_create(&app.instance.path("nox.key")).unwrap().derive("token").to_vec();
        let claims = B64.decode(app.ada.token.split('.').nth(1).unwrap()).unwrap();
        Self { key, claims: serde_json::from_slice(&claims).unwrap(), token: app.ada.token.clone() }
    }

    /// The claims of the session with one of them changed; `null` removes it.
    fn with(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        claims.as_object_mut().unwrap().insert(name.into(), value);
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        claims.to_string()
    }

    /// A token of this header and these claims, signed with the real key.
    fn sign(&self, header: &str, claims: &str) -> String {
        signed(header, claims, |message| hs256(&self.key, message))
    }
}

fn signed(header: &str, claims: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", B64.encode(header), B64.encode(claims));
    let signature = B64.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

macro_rules! mac {
    ($name:ident, $hash:ty) => {
        fn $name(key: &[u8], message: &[u8]) -> Vec<u8> {
            Hmac::<$hash>::new_from_slice(key)
                .unwrap()
                .chain_update(message)
                .finalize()
                .into_bytes()
                .to_vec()
        }
    };
}

mac!(hs256, Sha256);

mac!(hs384, Sha384);

mac!(hs512, Sha512);

/// Checks that a token is refused as a bearer and as a cookie.
fn assert_refused(client: &Client, token: &str) {
    let (bearer, cookie) = (format!("Bearer {token}"), format!("_uid={token}"));
    for header in [("Authorization", bearer.as_str()), ("Cookie", &cookie)] {
        client.get(ME, &[header]).refused(NOT_LOGGED, ME);
        client.get("/api/v2/users/@me", &[header]).refused_as("UNAUTHORIZED", 401);
        let changed = client.send(
            "POST",
            "/api/auth/logout",
            &[header, ("Origin", "http://localhost:53032")],
            b"",
        );
        changed.refused(NOT_LOGGED, "/api/auth/logout");
        let page = client.get("/account", &[header]);
        let login = match header {
            ("Cookie", cookie) if cookie != "_uid=" => "/login?because=session&return_to=/account",
            _ => "/login",
        };
        assert_eq!((page.status, page.header("location")), (303, Some(login)), "{header:?}");
        assert_eq!(client.get("/login", &[header]).status, 200);
    }
}

#[test]
fn token_of_another_algorithm_or_key_is_refused() {
    let app = TestApp::logged_in();
    let forger = Forger::new(&app);
    let client = app.client();
    let claims = forger.claims.to_string();
    assert_eq!(client.me(&forger.sign(HS256, &claims)).status, 200, "the forgery itself is sound");
    for name in [
        "none", "None", "NONE", "nOnE", "HS384", "HS512", "RS256", "ES256", "EdDSA", "hs256", "",
        "HS256 ",
    ] {
        let header = json!({ "typ": "JWT", "alg": name }).to_string();
        assert_refused(&client, &signed(&header, &claims, |_| Vec::new()));
        assert_refused(&client, &forger.sign(&header, &claims));
    }
    let header = |name| json!({ "typ": "JWT", "alg": name }).to_string();
    assert_refused(
        &client,
        &signed(&header("HS384"), &claims, |message| hs384(&forger.key, message)),
    );
    assert_refused(
        &client,
        &signed(&header("HS512"), &claims, |message| hs512(&forger.key, message)),
    );
    assert_refused(&client, &signed(HS256, &claims, |message| hs512(&forger.key, message)));
    for header in [
        "",
        "{}",
        "null",
        "[]",
        "HS256",
        r#"{"alg":["HS256"]}"#,
        r#"{"alg":null}"#,
        r#"{"alg":256}"#,
    ] {
        assert_refused(&client, &forger.sign(header, &claims));
    }
    let master = fs::read(app.instance.path("nox.key")).unwrap();
    for key in [b"".as_slice(), &[0; 32], &master, b"secret", b"localhost:53032", b"token"] {
        assert_refused(&client, &signed(HS256, &claims, |message| hs256(key, message)));
    }
    assert_eq!(app.ada.get(ME).status, 200, "none of it ended the session");
}

#[test]
fn token_header_that_names_a_key_is_refused() {
    let app = TestApp::logged_in();
    let forger = Forger::new(&app);
    let client = app.client();
    let (claims, own) = (forger.claims.to_string(), b"a key of my own".as_slice());
    let jwk = json!({ "kty": "oct", "alg": "HS256", "k": B64.encode(own) });
    for (name, value, key) in [
        ("jwk", jwk.clone(), own),
        ("jku", json!(format!("http://{}/keys", app.server.address)), own),
        ("x5u", json!("http://127.0.0.1:9/cert.pem"), own),
        ("x5c", json!([BASE64_URL_SAFE.encode(own)]), own),
        ("kid", json!("../../../../../../dev/null"), b""),
        ("kid", json!("/dev/null"), b""),
        ("kid", json!("nox.toml"), own),
        ("kid", json!("' UNION SELECT 'x' --"), b"x"),
        ("kid", json!("x\u{0}"), b""),
        ("kid", json!(7), own),
        ("kid", json!("k".repeat(4000)), own),
        ("crit", json!(["jwk"]), own),
        ("zip", json!("DEF"), own),
        ("cty", json!("JWT"), own),
    ] {
        let header = json!({ "typ": "JWT", "alg": "HS256", name: value }).to_string();
        assert_refused(&client, &signed(&header, &claims, |message| hs256(key, message)));
    }
}

#[test]
fn signed_token_with_wrong_claims_is_refused() {
    let app = TestApp::builder().user("bob").session().serve();
    let forger = Forger::new(&app);
    let client = app.client();
    let now = Timestamp::now().seconds();
    for (name, value) in [
        ("exp", json!("9999999999")),
        ("exp", Value::Null),
        ("exp", json!(now - 1)),
        ("exp", json!(0)),
        ("exp", json!(-1)),
        ("exp", json!(1e300)),
        ("exp", json!(u64::MAX)),
        ("exp", json!([now + 60])),
        ("iss", Value::Null),
        ("iss", json!("elsewhere.example")),
        ("iss", json!("")),
        ("sub", Value::Null),
        ("sub", json!("2")),
        ("sub", json!("0")),
        ("sub", json!("-1")),
        ("sub", json!("99999999999999999999")),
        ("sub", json!("1' OR '1'='1")),
        ("sub", json!(1)),
        ("sub", json!({ "$ne": 0 })),
        ("jti", Value::Null),
        ("jti", json!("00000000-0000-0000-0000-000000000000")),
        ("jti", json!("0190a000-0000-7000-8000-000000000001")),
        ("jti", json!("%")),
        ("jti", json!("' OR 1=1 --")),
    ] {
        assert_refused(&client, &forger.sign(HS256, &forger.with(name, value)));
    }
    let claims = forger.claims.to_string();
    let again = format!("{{\"sub\":\"2\",{}", &claims[1..]);
    for claims in [again.as_str(), "", "{}", "[]", "null", "7", &claims[1..], &"[".repeat(3000)] {
        assert_refused(&client, &forger.sign(HS256, claims));
    }
    assert_eq!(app.ada.me()["username"], "ada");
    // The forged token is as good as the session that it names, and ends with it.
    app.ada.post("/api/auth/logout", &json!({})).data();
    assert_refused(&client, &forger.sign(HS256, &forger.claims.to_string()));
}

#[test]
fn token_of_another_server_is_refused() {
    let app = TestApp::logged_in();
    let other = TestApp::new();
    assert_refused(&other.client(), &app.ada.token);
    // A token of a server with the same key and sessions but another address is refused, too.
    app.instance.configure("[server]\naddress = 'copy.example'\n");
    let app = app.restart();
    assert_refused(&app.client(), &app.ada.token);
    app.instance.configure("");
    assert_eq!(app.restart().ada.get(ME).status, 200);
}

#[test]
fn token_with_other_than_three_parts_is_refused() {
    let app = TestApp::logged_in();
    let forger = Forger::new(&app);
    let client = app.client();
    let token = &forger.token;
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("{token}")
    };
    for bent in [
        "",
        ".",
        "..",
        "...",
        header,
        &format!("{header}.{claims}"),
        &format!("{header}.{claims}."),
        &format!(".{claims}.{signature}"),
        &format!("{header}..{signature}"),
        &format!("{token}."),
        &format!("{token}.{signature}"),
        &format!(".{token}"),
        &format!("{token}="),
        &format!("{token}~"),
        &format!("{header}.{claims}.{}", &signature[..42]),
        &format!("{header}.{claims}.{signature}A"),
        &format!("{header} .{claims}.{signature}"),
        &format!("{header}.{claims} {signature}"),
        &format!("\"{token}"),
        &format!("{token},{token}"),
        &token.to_lowercase(),
        &"a".repeat(8000),
    ] {
        assert_refused(&client, bent);
    }
    assert_eq!(app.ada.get(ME).status, 200);
}

#[test]
fn removal_of_an_account_ends_its_sessions_at_once() {
    let app = TestApp::logged_in();
    let forger = Forger::new(&app);
    let client = app.client();
    app.nox("user remove ada --yes");
    assert_refused(&client, &app.ada.token);
    // A new account of the same name does not inherit them.
    app.instance.add_user("ada", "hunter22");
    assert_refused(&client, &app.ada.token);
    assert_refused(&client, &forger.sign(HS256, &forger.with("sub", json!("2"))));
    assert_eq!(client.log_in("ada", "hunter22").status, 200);
}
