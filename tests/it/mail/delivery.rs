//! `nox mail test`, connections to the mail server, and what every mail contains.

use std::time::Duration;

use crate::harness::{Instance, MailServer, Mode, Ran, TestApp, watch};

const TEST: [&str; 3] = ["mail", "test", "ada@b.example"];
const TAKEN: &str = "250 2.0.0 taken as 4711";

fn test(settings: &str) -> Ran {
    Instance::with(settings).run(&TEST, "")
}

/// Checks that the test fails with these words, and that nothing arrives.
#[track_caller]
fn fails(mails: MailServer, settings: &str, words: &str) {
    let ran = test(settings);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains(words), "{}", ran.stderr);
    assert_eq!(mails.rest(), [""; 0]);
}

#[test]
fn test_mail_arrives_and_the_answer_of_the_server_is_shown() {
    let mails = MailServer::start(Mode::Plain);
    let instance = Instance::with(&mails.settings());
    assert_eq!(instance.ok(&TEST, ""), format!("{TAKEN}\n"));
    let mail = mails.next_mail();
    assert_eq!((mail.to(), mail.subject()), ("ada@b.example", "Nox can send mail"));
    let shown = instance.nox_json("mail test ada@b.example --json");
    assert_eq!(shown, serde_json::json!({ "answer": TAKEN }));
    assert_eq!(mails.rest(), ["Nox can send mail"]);
}

#[test]
fn mail_has_the_headers_and_parts_that_clients_expect() {
    let mails = MailServer::start(Mode::Plain);
    let settings = format!(
        "{}[server]\naddress = 'nox.example'\npublic_url = 'https://login.example'\n",
        mails.settings()
    );
    let instance = Instance::with(&settings);
    let send = || {
        instance.ok(&TEST, "");
        mails.next_mail()
    };
    let (mail, other) = (send(), send());
    assert_eq!(mail.sender(), "nox@test.example");
    assert_eq!(mail.header("from"), "Nox <nox@test.example>");
    assert_eq!(mail.header("to"), "ada@b.example");
    assert_eq!(mail.header("auto-submitted"), "auto-generated");
    assert_eq!(mail.header("mime-version"), "1.0");
    assert!(mail.header("content-type").starts_with("multipart/alternative;"), "{mail:?}");
    assert!(mail.header("date").ends_with("+0000"), "{mail:?}");
    let id = mail.header("message-id");
    assert!(id.starts_with('<') && id.ends_with("@login.example>"), "{id}");
    assert_ne!(id, other.header("message-id"));
    assert!(mail.text().contains("nox.example") && !mail.text().contains('<'), "{mail:?}");
    assert!(mail.html().contains("<html") && mail.html().contains("nox.example"), "{mail:?}");
}

#[test]
fn mail_goes_out_encrypted_where_the_settings_say_so() {
    for mode in [Mode::StartTls, Mode::Tls] {
        let mails = MailServer::start(mode);
        assert_eq!(test(&mails.settings()).stdout, format!("{TAKEN}\n"));
        assert!(mails.next_mail().is_encrypted());
    }
}

#[test]
fn mail_server_without_starttls_gets_no_mail() {
    let mails = MailServer::start(Mode::Plain);
    let settings = mails.with_tls("starttls");
    fails(mails, &settings, "STARTTLS");
}

#[test]
fn mail_certificate_of_an_unknown_authority_is_refused() {
    for (mode, tls) in [(Mode::StartTls, "starttls"), (Mode::Tls, "required")] {
        let mails = MailServer::start(mode);
        let settings = mails.with_tls(tls);
        fails(mails, &settings, "certificate");
    }
}

#[test]
fn mail_certificate_of_another_host_is_refused() {
    let mails = MailServer::start(Mode::Tls);
    // The certificate is for the address alone.
    let settings = mails.settings().replace("'127.0.0.1'", "'localhost'");
    fails(mails, &settings, "certificate");
}

#[test]
fn mail_login_takes_the_password_or_the_password_file() {
    let mails = MailServer::start(Mode::Login);
    let with_password = mails.settings();
    assert_eq!(test(&with_password).stdout, format!("{TAKEN}\n"));
    assert!(mails.next_mail().is_encrypted());

    let password = format!("password = '{}'", MailServer::PASSWORD);
    let instance =
        Instance::with(&with_password.replace(&password, "password_file = 'mail.password'"));
    instance.write("mail.password", format!("{}\nand a remark\n", MailServer::PASSWORD));
    assert_eq!(instance.ok(&TEST, ""), format!("{TAKEN}\n"));
    assert_eq!(mails.rest().len(), 1);
}

#[test]
fn wrong_mail_password_is_refused_and_not_shown() {
    let mails = MailServer::start(Mode::Login);
    let settings = mails.settings().replace(MailServer::PASSWORD, "other stamps");
    let ran = test(&settings);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("535") && !ran.stderr.contains("stamps"), "{}", ran.stderr);
    assert_eq!(mails.rest(), [""; 0]);
}

#[test]
fn refusal_of_the_mail_server_is_shown() {
    let mails = MailServer::start(Mode::Refusing);
    let settings = mails.settings();
    fails(mails, &settings, "nobody of that name lives here");
}

#[test]
fn unreachable_mail_server_is_reported() {
    let mails = MailServer::start(Mode::Plain);
    let settings = mails.settings();
    drop(mails);
    let ran = test(&settings);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("efused"), "{}", ran.stderr);
}

#[test]
fn silent_mail_server_is_given_up_after_the_timeout() {
    let mails = MailServer::start(Mode::Silent);
    let started = watch();
    let ran = test(&format!("{}timeout = '1s'\n", mails.settings()));
    let took = started.elapsed();
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("did not answer within 1 second"), "{}", ran.stderr);
    assert!(took > Duration::from_millis(900) && took < Duration::from_secs(11), "{took:?}");
    mails.connected();
}

#[test]
fn mistake_in_mail_settings_is_named() {
    let whole = "[mail]\nhost = 'localhost'\nfrom = 'nox@test.example'\n";
    for (settings, words) in [
        (String::new(), "mail.host"),
        (whole.replace("nox@test.example", "nobody"), "mail.from"),
        (format!("{whole}ca_file = 'nox.toml'\n"), "mail.ca_file"),
        (format!("{whole}password = 74114711\n"), "text in quotes"),
        (whole.replace("from = 'nox@test.example'\n", ""), "mail.from"),
        (format!("{whole}ca_file = 'missing.pem'"), "mail.ca_file"),
        (format!("{whole}user = 'nox'\npassword_file = 'missing'"), "mail.password_file"),
        (format!("{whole}tls = 'perhaps'"), "tls"),
    ] {
        let ran = test(&settings);
        assert_eq!((ran.status, ran.stdout.as_str()), (5, ""), "{settings} {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{settings} {}", ran.stderr);
    }
    let ran = Instance::with(whole).run(&["mail", "test", "nobody"], "");
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("nobody"), "{}", ran.stderr);
}

#[test]
fn unusable_mail_settings_stop_the_start() {
    let ran = Instance::with("[mail]\nhost = 'localhost'\nfrom = 'nobody'")
        .run(&["serve", "--listen", "127.0.0.1:0"], "");
    assert_eq!(ran.status, 5, "{}", ran.stderr);
    assert!(ran.stderr.contains("mail.from"), "{}", ran.stderr);
}

#[test]
fn mail_language_follows_user_then_client_then_instance() {
    let french = "Votre code pour Nox";
    let english = "Your code for Nox";
    let german = "Dein Code für Nox";
    let ask = |app: &TestApp, accepted: Option<&str>| {
        app.instance.reset_limits();
        let headers: Vec<_> =
            accepted.map(|languages| ("Accept-Language", languages)).into_iter().collect();
        app.ada.send("POST", "/api/auth/email/send", &headers, b"").data();
        app.mails().next_mail().subject().to_owned()
    };
    let app = TestApp::builder().mail().serve();
    assert_eq!(ask(&app, None), english);
    assert_eq!(ask(&app, Some("fr-CA,en;q=0.5")), french);
    assert_eq!(ask(&app, Some("de-AT,fr;q=0.5")), german);
    assert_eq!(ask(&app, Some("fi")), english);
    app.nox("user set ada --language fr");
    assert_eq!(ask(&app, None), french);
    assert_eq!(ask(&app, Some("en")), french);
    app.nox("user set ada --language de");
    assert_eq!(ask(&app, Some("en")), german);
    let app = TestApp::with("[instance]\nlanguage = 'de'").mail().serve();
    assert_eq!(ask(&app, None), german);

    let app = TestApp::with("[instance]\nlanguage = 'fr'").mail().serve();
    assert_eq!(ask(&app, None), french);
    assert_eq!(ask(&app, Some("en")), english);
    app.nox("user set ada --language en");
    assert_eq!(ask(&app, None), english);
    app.instance.ok(&TEST, "");
    let test = app.mails().next_mail();
    assert_eq!(test.subject(), "Nox peut envoyer des e-mails");
    assert!(test.html().contains("lang=\"fr\""), "{test:?}");
    assert!(test.text().contains("bien arrivé"), "{test:?}");
}
