//! Passwords that are guessed first are refused where one is chosen, and only there.

use serde_json::json;

use crate::harness::{ME, PASSWORD, TestApp};

const REGISTER: &str = "/api/auth/register";
const SETTINGS: &str = "[instance]\ntitle = 'Grenier VR'\n[users]\nregistration = 'open'";
const FLAGS: [&str; 4] = ["--email", "zoe.f@grenier.example", "--display", "Zoé Ferrand"];

/// A password, a part of its refusal, and parts of what the English and the French page say.
struct Guessable(&'static str, &'static str, [&'static str; 2]);

/// Passwords for an account with these [`FLAGS`] and the username `player01`.
const GUESSABLE: [Guessable; 10] = [
    Guessable("password", "most common", ["that are tried first", "essaie en premier"]),
    Guessable("PassWord1", "most common", ["that are tried first", "essaie en premier"]),
    Guessable("ｐａｓｓｗｏｒｄ", "most common", ["that are tried first", "essaie en premier"]),
    Guessable("aaaaaaaa", "one character", ["one character", "un seul caractère"]),
    Guessable("player01", "username", ["your name", "votre nom"]),
    Guessable("Player2026", "username", ["your name", "votre nom"]),
    Guessable("zoe\u{301} ferrand", "display name", ["your name", "votre nom"]),
    Guessable("zoe.f@grenier.example", "email address", ["email address", "adresse e-mail"]),
    Guessable("ZOE.F-12", "email address", ["email address", "adresse e-mail"]),
    Guessable(
        "grenier vr",
        "title or the address of this server",
        ["name of this server", "nom de ce serveur"],
    ),
];

/// An instance with `player01`, whose password is [`PASSWORD`].
fn with_player() -> TestApp {
    let app = TestApp::with(SETTINGS).empty().serve();
    let add = ["user", "add", "player01", "--password-stdin"];
    app.instance.ok(&[&add[..], &FLAGS].concat(), PASSWORD);
    app
}

#[test]
fn command_refuses_a_guessable_password_like_one_that_is_too_short() {
    let app = with_player();
    app.instance.ok(&["user", "add", "other", "--generate"], "");
    let empty = TestApp::with(SETTINGS).empty().serve();
    let add = ["user", "add", "player01", "--password-stdin"];
    let from_file = ["user", "add", "player01", "--password-file", "secret"];
    let set = ["user", "passwd", "player01", "--password-stdin"];
    for Guessable(password, part, _) in GUESSABLE {
        empty.instance.write("secret", password);
        for (instance, command) in [
            (&empty.instance, [&add[..], &FLAGS].concat()),
            (&empty.instance, [&from_file[..], &FLAGS].concat()),
            (&app.instance, set.to_vec()),
        ] {
            let ran = instance.run(&command, password);
            assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{password}: {}", ran.stderr);
            assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
            assert!(ran.stderr.contains("the password must not be"), "{}", ran.stderr);
            assert!(ran.stderr.contains(part), "{password}: {}", ran.stderr);
        }
    }
    assert_eq!(empty.instance.nox("user list"), "", "nothing was half-written");
    assert_eq!(app.client().log_in("player01", PASSWORD).status, 200);
}

#[test]
fn registration_refuses_a_guessable_password_and_counts_no_attempt() {
    let app = TestApp::with(SETTINGS).empty().serve();
    for Guessable(password, part, _) in GUESSABLE {
        let body = json!({
            "username": "player01", "password": password,
            "email": "zoe.f@grenier.example", "display": "Zoé Ferrand",
        });
        let clause = app.client().post(REGISTER, &body).refused_field("password", REGISTER);
        assert!(clause.starts_with("must not be ") && clause.contains(part), "{clause}");
        app.client().post("/api/v2/auth/register", &body).refused_as("VALIDATION_ERROR", 422);
    }
    let body = json!({ "username": "player01", "password": "password of mine" });
    app.client().post(REGISTER, &body).data();
}

#[test]
fn change_refuses_a_guessable_password_and_counts_no_attempt() {
    let app = with_player();
    let player = app.log_in("player01");
    for Guessable(password, part, _) in GUESSABLE {
        let body = json!({ "password": password, "current_password": "not this one" });
        let clause = player.post(ME, &body).refused_field("password", ME);
        assert!(clause.starts_with("must not be ") && clause.contains(part), "{clause}");
        player.post("/api/v2/users/@me", &body).refused_as("VALIDATION_ERROR", 422);
    }
    let renamed = json!({
        "username": "lovelace", "password": "lovelace1", "current_password": PASSWORD,
    });
    assert!(player.post(ME, &renamed).refused_field("password", ME).contains("username"));
    let other = json!({ "password": "lovelace1", "current_password": PASSWORD });
    player.post(ME, &other).data();
}

#[test]
fn page_says_what_a_guessable_password_is() {
    let app = with_player();
    for (language, at) in [("en", 0), ("fr", 1)] {
        let mut browser = app.browser();
        browser.log_in("player01");
        for Guessable(password, _, sentences) in GUESSABLE {
            let page = browser.get("/account");
            assert_eq!(page.status, 200);
            let token = browser.token();
            let headers = [("Origin", "null"), ("Accept-Language", language)];
            let fields = [("current_password", PASSWORD), ("new_password", password)];
            let shown = browser.submit_with("/account/password", &token, &headers, &fields);
            assert_eq!(shown.status, 400);
            assert!(shown.text.contains(sentences[at]), "{password} {language}: {}", shown.text);
            assert_eq!(browser.value("new_password"), None);
        }
    }
}

#[test]
fn login_takes_a_password_that_became_guessable() {
    let app = TestApp::builder().serve();
    app.instance.sql("UPDATE users SET username = 'hunter'");
    assert_eq!(app.client().log_in("hunter", PASSWORD).status, 200);
    let refused = app.instance.run(&["user", "passwd", "hunter", "--password-stdin"], PASSWORD);
    assert_eq!(refused.status, 2, "{}", refused.stderr);
}
