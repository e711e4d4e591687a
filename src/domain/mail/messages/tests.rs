use std::path::PathBuf;
use std::{env, fs};

use super::*;
use crate::domain::testing::{add_user, app_with};
use crate::storage::users;

const AT: Timestamp = Timestamp::from_millis(1_750_936_113_726);
const AGENT: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0";
const LINK: &str = "https://nox.example/x?a=b&c";
const NOTICES: [Notice; 18] = [
    Notice::AccountDeleted,
    Notice::AccountRenamed,
    Notice::AccountExported,
    Notice::PasswordChanged,
    Notice::PasswordReset,
    Notice::EmailChanged,
    Notice::SessionOpenedElsewhere,
    Notice::TotpEnabled,
    Notice::TotpDisabled,
    Notice::EmailFactorEnabled,
    Notice::EmailFactorDisabled,
    Notice::PasskeyAdded,
    Notice::PasskeyRemoved,
    Notice::PasskeyCloned,
    Notice::PasskeyFactorEnabled,
    Notice::PasskeyFactorDisabled,
    Notice::RecoveryCodeUsed,
    Notice::RecoveryCodesRenewed,
];

fn device(agent: &str) -> Device {
    Device {
        ip: [192, 0, 2, 1].into(),
        is_forwarded: false,
        user_agent: Some(agent.into()),
        language: None,
        browser: None,
    }
}

/// Every message, with a name for its file.
fn messages<'a>(device: &'a Device, username: &'a str) -> Vec<(String, Message<'a>)> {
    let until = Some(AT);
    let mut all = vec![
        Message::Code("123456"),
        Message::Confirmation(LINK),
        Message::Invitation(LINK),
        Message::PasswordLink { url: LINK, username },
        Message::NoPasswordLink(NoLink::Unconfirmed),
        Message::NoPasswordLink(NoLink::Suspended { until: None }),
        Message::NoPasswordLink(NoLink::Suspended { until }),
        Message::Test,
    ];
    for notice in NOTICES {
        for device in [Some(device), None] {
            let is_renamed = notice == Notice::AccountRenamed;
            let renamed = is_renamed.then_some(Renamed { from: username, to: username });
            all.push(Message::Notice { notice, device, at: AT, renamed });
        }
    }
    all.into_iter().map(|message| (name(&message), message)).collect()
}

/// A new message has no name here, which the compiler says: it belongs into [`messages`], too.
fn name(message: &Message<'_>) -> String {
    match message {
        Message::Code(_) => "code".into(),
        Message::Confirmation(_) => "confirmation".into(),
        Message::Invitation(_) => "invitation".into(),
        Message::PasswordLink { .. } => "password-link".into(),
        Message::NoPasswordLink(NoLink::Unconfirmed) => "no-link-unconfirmed".into(),
        Message::NoPasswordLink(NoLink::Suspended { until: None }) => "no-link-suspended".into(),
        Message::NoPasswordLink(NoLink::Suspended { .. }) => "no-link-suspended-until".into(),
        Message::Notice { notice, device, .. } => {
            let by = if device.is_some() { "" } else { "-by-operator" };
            format!("notice-{notice:?}{by}")
        }
        Message::Test => "test".into(),
    }
}

/// Every mail in every language: its name, the language, and what is mailed.
fn written(
    app: &App,
    name: Option<&str>,
    messages: &[(String, Message<'_>)],
) -> Vec<(String, Language, Written)> {
    let all = Language::ALL.iter().flat_map(|language| {
        messages.iter().map(|(message_name, message)| {
            let written = write(&app.config, *language, name, message).unwrap();
            (message_name.clone(), *language, written)
        })
    });
    all.collect()
}

#[test]
fn every_notice_of_an_event_is_one_of_those_tested_here() {
    let found: Vec<_> = Event::ALL.iter().filter_map(|event| notice(*event, false)).collect();
    assert_eq!(found.len(), NOTICES.len(), "{found:?}");
    assert!(found.iter().all(|notice| NOTICES.contains(notice)), "{found:?}");
}

#[test]
fn hostile_texts_are_escaped_in_every_mail_and_add_no_header() {
    let marks = "<script>x</script>\"'><img/src=x>&amp;";
    let quoted = serde_json::to_string(marks).unwrap();
    let (_folder, app) = app_with(&format!("[instance]\ntitle = {quoted}\ncontact = '<i>&'"));
    let name = format!("{marks}\r\nBcc: eve@evil.example");
    let device = device(&format!("{marks}\r\nX: {{name}} {{title}}"));
    for (mail, language, written) in written(&app, Some(&name), &messages(&device, &name)) {
        let Written { subject, text, html } = written;
        assert!(!subject.contains(char::is_control), "{mail} {language:?}: {subject}");
        for mark in ["<script", "<img/", "<i>", "'><", "&amp;amp; "] {
            assert!(!html.contains(mark), "{mail} {language:?}: {html}");
        }
        for place in ["{title", "{address", "{contact", "{event", "{time", "{username", "{label"] {
            assert!(!text.contains(place), "{mail} {language:?}: {text}");
        }
        assert!(text.contains(marks), "{mail} {language:?}: {text}");
    }
}

#[test]
fn mail_of_an_added_passkey_says_that_a_new_password_does_not_stop_it() {
    let (_folder, app) = app_with("");
    let device = device(AGENT);
    for (mail, language, written) in written(&app, Some("Ada"), &messages(&device, "ada")) {
        let words = &language.words().mails;
        let is_added = mail == "notice-PasskeyAdded";
        assert_eq!(written.text.contains(words.not_you_passkey), is_added, "{mail} {language:?}");
    }
}

#[test]
fn text_says_all_that_the_html_says() {
    let (_folder, app) = app_with("[instance]\ncontact = 'help@nox.example'");
    let device = device(AGENT);
    for (mail, language, written) in written(&app, Some("Ada"), &messages(&device, "ada")) {
        let Written { subject, text, html } = written;
        let body = html.split("<body").nth(1).unwrap();
        let shown: Vec<_> = body
            .split('<')
            .filter_map(|part| Some(part.split_once('>')?.1.trim()))
            .filter(|part| !part.is_empty() && *part != "&nbsp;")
            .collect();
        assert!(shown.len() > 2, "{html}");
        for part in shown {
            let part = part.replace("&#38;", "&").replace("&#39;", "'");
            assert!(text.contains(part.trim()), "{mail} {language:?}: {part}: {text}");
        }
        let first = text.split("\n\n").nth(1).unwrap();
        assert!(!subject.contains(first.trim_end_matches('.')), "{mail} {language:?}: {first}");
        assert!(html.contains(&format!("lang=\"{}\"", language.tag())), "{mail}");
        let lines = text.lines().count();
        assert!(lines < 20 && text.ends_with('\n'), "{text}");
    }
}

#[test]
fn notice_says_who_did_it_when_where_and_what_to_do() {
    let settings = "[server]\npublic_url = 'https://login.example'\n[instance]\ncontact = 'ask@me'";
    let (_folder, app) = app_with(settings);
    let device = device(AGENT);
    for (language, date, program) in [
        (Language::English, "26 June 2025, 11:08 UTC", "Firefox on Windows"),
        (Language::French, "26 juin 2025 à 11:08 UTC", "Firefox sous Windows"),
        (Language::German, "26. Juni 2025 um 11:08 UTC", "Firefox unter Windows"),
    ] {
        let words = &&language.words().mails;
        let operator = fill_named(words.operator_did_it, &[("title", "Nox")]);
        for notice in NOTICES {
            let write = |device| {
                let message = Message::Notice { notice, device, at: AT, renamed: None };
                write(&app.config, language, None, &message).unwrap().text
            };
            let [by_user, by_operator] = [write(Some(&device)), write(None)];
            for text in [&by_user, &by_operator] {
                assert!(text.contains(date) && text.contains("ask@me"), "{text}");
                let has_link = text.contains("https://login.example/");
                assert_eq!(has_link, notice != Notice::AccountDeleted, "{text}");
            }
            assert!(by_user.contains(program) && by_user.contains("192.0.2.1"), "{by_user}");
            assert!(by_operator.contains(&operator), "{by_operator}");
            // Neither is told what is right for the other alone.
            let not_you = [words.not_you, words.not_you_password];
            assert!(!by_user.contains(&operator), "{by_user}");
            assert!(!not_you.iter().any(|text| by_operator.contains(text)), "{by_operator}");
        }
    }
}

#[test]
fn mails_show_the_accent_and_a_logo_that_mail_programs_can_show() {
    let html = |settings: &str| {
        let (_folder, app) = app_with(settings);
        write(&app.config, Language::English, None, &Message::Test).unwrap().html
    };
    let settings =
        "[server]\npublic_url = 'https://login.example'\n[instance]\naccent = '#7a1f5c'\n";
    let png = html(&format!("{settings}logo = 'logo.png'"));
    assert!(png.contains(r#"<img src="https://login.example/static/logo" alt="""#), "{png}");
    assert!(png.contains("4px solid #7a1f5c") && png.contains(".link { color: #ccaac1"), "{png}");
    for logo in ["", "logo.svg", "LOGO.SVG"] {
        let html = html(&format!("{settings}logo = '{logo}'"));
        assert!(!html.contains("<img"), "{html}");
    }
}

#[test]
fn code_and_link_are_in_text_and_html_but_not_in_the_subject() {
    let (_folder, app) = app_with("");
    for (message, holds) in [
        (Message::Code("123456"), "123456"),
        (Message::Confirmation("https://a.example/?x=y"), "https://a.example/?x=y"),
        (
            Message::PasswordLink { url: "https://a.example/z", username: "ada" },
            "https://a.example/z",
        ),
    ] {
        for language in Language::ALL {
            let written = write(&app.config, *language, Some("Ada"), &message).unwrap();
            assert!(
                written.html.contains(holds) && written.text.contains(holds),
                "{}",
                written.html
            );
            assert!(!written.subject.contains(holds));
        }
    }
}

#[test]
fn text_of_a_user_leads_no_reader_of_a_mail_elsewhere() {
    let (_folder, app) = app_with("");
    let id = add_user(&app, "ada", "hunter22");
    let user = app.db.read(|connection| users::find_by_id(connection, id)).unwrap().unwrap();
    let user = |username: &str, display: &str, email_verified| User {
        username: username.into(),
        display: display.into(),
        email_verified,
        ..user.clone()
    };
    let advert = "WIN 500$ http://evil.example/x";
    for (user, name) in [
        (user("ada", "Ada Lovelace", true), Some("Ada Lovelace")),
        // The address may be a stranger's.
        (user("ada", "Ada Lovelace", false), Some("ada")),
        (user("ada", advert, true), Some("ada")),
        (user("ada", advert, false), Some("ada")),
        (user("evil.example", advert, true), None),
        (user("www.evil", "Ada", false), None),
    ] {
        assert_eq!(greeting(&user), name, "{}", user.display);
    }
    let name = greeting(&user("evil.example", advert, true)).map(ToOwned::to_owned);
    for agent in ["Bot/1.0 (+http://evil.example/bot)", "http://evil.example/bot", "evil.example"] {
        let device = device(agent);
        for (mail, _, written) in written(&app, name.as_deref(), &messages(&device, "www.evil")) {
            let all = written.subject + &written.text + &written.html;
            assert!(!all.contains("evil"), "{mail}: {all}");
        }
    }
}

#[test]
#[ignore = "writes files for the browser tests"]
fn previews_of_every_mail_are_written() {
    let folder = PathBuf::from(env::var_os("MAIL_PREVIEWS").expect("MAIL_PREVIEWS is a folder"));
    let settings = "[server]\npublic_url = 'https://login.example'\n[instance]\n\
        title = 'Grenier VR'\naccent = '#0f6b5c'\ncontact = 'help@grenier.example'";
    let (_folder, app) = app_with(settings);
    let device = device(AGENT);
    for (mail, language, written) in written(&app, Some("Ada Lovelace"), &messages(&device, "ada"))
    {
        let stem = format!("{mail}-{}", language.tag());
        fs::write(folder.join(format!("{stem}.html")), written.html).unwrap();
        fs::write(folder.join(format!("{stem}.txt")), written.subject + "\n\n" + &written.text)
            .unwrap();
    }
}
