//! Secrets in mails and of the mail server stay out of logs and database.

use std::fs;

use serde_json::json;

use crate::harness::{Instance, LOGIN, ME, MailServer, Mode, TestApp, VERIFICATION_REQUIRED};

/// Base64, the form of passwords in SMTP (RFC 4954).
fn base64(text: &str) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(text)
}

#[test]
fn log_and_database_hold_no_mailed_code_link_or_password() {
    let settings = "[log]\nlevel = 'trace'\n[users]\nregistration = 'open'\n";
    let app = TestApp::with(settings).mail_server(Mode::Login).email_factor().serve();
    let mut secrets = app.ada.recovery_codes.clone();
    app.try_password().refused(VERIFICATION_REQUIRED, LOGIN);
    let code = app.mails().next_mail().code();
    app.try_code(&code).token();
    secrets.push(code);

    let client = app.client();
    let body = json!({ "username": "bob", "password": "hunter22", "email": "bob@b.example" });
    client.post("/api/auth/register", &body).data();
    let used = app.mails().next_mail().token();
    client.get(&format!("/api/email/confirmation?token={used}"), &[]).data();
    app.instance.reset_limits();
    app.log_in("bob").post(ME, &json!({ "email": "rob@b.example" })).data();
    let unused = [app.mails().next_mail(), app.mails().next_mail()];
    let unused = unused.iter().find(|mail| mail.to() == "rob@b.example").unwrap().token();
    secrets.extend([used, unused]);
    // One more code, which stays unused.
    app.instance.reset_limits();
    app.ada.post_nothing("/api/auth/email/send").data();
    secrets.push(app.mails().next_mail().code());

    let password = MailServer::PASSWORD;
    let login = format!("\0{}\0{password}", MailServer::USER);
    secrets.extend([password.to_owned(), base64(password), base64(&login), "hunter22".into()]);

    let files = ["nox.db", "nox.db-wal"].map(|name| fs::read(app.instance.path(name)).unwrap());
    let log = app.log();
    assert!(log.contains("DEBUG") && log.contains("a code is on its way by mail"), "{log}");
    assert!(log.lines().filter(|line| line.contains("a mail was sent")).count() >= 5, "{log}");
    for secret in secrets {
        let secret_in =
            |bytes: &[u8]| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!holds(&log, &secret), "{secret}: {log}");
        // Six digits may stand in a file by chance: within an instant, or in a hash.
        assert!(secret.len() == 6 || !files.iter().any(|file| secret_in(file)), "{secret}");
    }
}

/// Whether a text holds a secret that is no part of a longer number, such as a time.
fn holds(text: &str, secret: &str) -> bool {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    text.match_indices(secret).any(|(at, _)| {
        secret.len() != 6
            || !is_digit(bytes.get(at.wrapping_sub(1))) && !is_digit(bytes.get(at + secret.len()))
    })
}

#[test]
fn mail_password_is_in_no_output_of_a_command() {
    let mails = MailServer::start(Mode::Login);
    let quoted = format!("'{}'", MailServer::PASSWORD);
    for (settings, status) in [
        (mails.settings(), 0),
        (mails.settings().replace("user = 'nox'", "user = 'other'"), 1),
        (mails.settings().replace("Nox <nox@test.example>", "nobody"), 5),
        (mails.settings().replace("tls = 'starttls'", "tls = 'perhaps'"), 5),
        (mails.settings().replace("password = ", "pasword = "), 5),
        (mails.settings().replace(&quoted, MailServer::PASSWORD), 5),
        (mails.settings().replace(&quoted, &format!("[{quoted}]")), 5),
    ] {
        let ran = Instance::with(&settings).run(&["mail", "test", "ada@b.example"], "");
        assert_eq!(ran.status, status, "{}", ran.stderr);
        for text in [ran.stdout, ran.stderr] {
            assert!(
                !text.contains(MailServer::PASSWORD)
                    && !text.contains(&base64(MailServer::PASSWORD)),
                "{text}"
            );
        }
    }
}
