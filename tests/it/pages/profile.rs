//! The forms of the profile and of the picture, as a browser without scripts sends them.

use serde_json::{Value, json};

use crate::harness::{Answer, Browser, GIF, PNG, TestApp};

/// An app where `ada` has these two rights alone, whatever the configuration grants.
pub(super) fn serve(settings: &str) -> TestApp {
    let app = TestApp::with(settings).serve();
    app.nox("user set ada --tags can_self_edit,can_file_upload");
    app
}

/// The browser of `ada`, which shows the account page.
pub(super) fn open_account(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    browser.log_in("ada");
    browser.get("/account");
    browser
}

/// The public profile.
fn seen(app: &TestApp) -> Value {
    app.client().get("/api/users/1", &[]).json()["data"].clone()
}

/// Saves a profile with these links.
fn save(browser: &mut Browser, links: &[(&str, &str)]) -> Answer {
    let names: Vec<_> = (0..links.len())
        .map(|row| (format!("link_label_{row}"), format!("link_url_{row}")))
        .collect();
    let rows = names
        .iter()
        .zip(links)
        .flat_map(|((label, url), link)| [(&**label, link.0), (&**url, link.1)]);
    let fields: Vec<_> = [("display", "Ada"), ("bio", "")].into_iter().chain(rows).collect();
    browser.submit("/account/profile", &fields)
}

/// The rows of links on the page.
fn rows(browser: &Browser) -> Vec<(String, String)> {
    (0..)
        .map_while(|row| {
            Some((
                browser.value(&format!("link_label_{row}"))?,
                browser.value(&format!("link_url_{row}"))?,
            ))
        })
        .collect()
}

fn own(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(label, url)| ((*label).into(), (*url).into())).collect()
}

#[test]
fn profile_form_adds_changes_and_removes_links() {
    let app = serve("");
    let mut browser = open_account(&app);
    assert_eq!(rows(&browser), own(&[("", ""), ("", "")]));
    let links =
        [(" My <page> ", " https://ada.example/?a=b&c "), ("", ""), ("", "http://second.example")];
    save(&mut browser, &links).leads("/account?done=saved#message");
    browser.get("/account");
    let shown =
        [("My &#60;page&#62;", "https://ada.example/?a=b&#38;c"), ("", "http://second.example")];
    assert_eq!(rows(&browser), own(&[shown[0], shown[1], ("", ""), ("", "")]));
    assert_eq!(seen(&app)["links"], json!(["https://ada.example/?a=b&c", "http://second.example"]));
    for name in ["Link 2: label", "Link 2: address"] {
        assert!(browser.page.contains(&format!("aria-label=\"{name}\"")), "{}", browser.page);
    }
    // A row without a URL is no link, whatever its label.
    save(&mut browser, &[("My page", ""), ("Second", "http://second.example")])
        .leads("/account?done=saved#message");
    browser.get("/account");
    assert_eq!(rows(&browser), own(&[("Second", "http://second.example"), ("", ""), ("", "")]));
    save(&mut browser, &[]).leads("/account?done=saved#message");
    assert_eq!(seen(&app)["links"], json!([]));
}

#[test]
fn profile_form_has_at_most_ten_rows_of_links() {
    let app = serve("");
    let mut browser = open_account(&app);
    let urls: Vec<_> = (1..=10).map(|count| format!("https://{count}.example")).collect();
    for (links, expected) in [(8, 10), (9, 10), (10, 10)] {
        let links: Vec<_> = urls[..links].iter().map(|url| ("", url.as_str())).collect();
        save(&mut browser, &links).leads("/account?done=saved#message");
        assert_eq!(seen(&app)["links"].as_array().unwrap().len(), links.len());
        browser.get("/account");
        assert_eq!(rows(&browser).len(), expected, "{}", browser.page);
    }
}

#[test]
fn invalid_link_is_refused_and_the_form_keeps_what_was_typed() {
    let app = serve("");
    let mut browser = open_account(&app);
    save(&mut browser, &[("", "https://ada.example")]);
    let label = "ä".repeat(33);
    for (lang, words) in
        [("en", "A link needs an address that begins with"), ("fr", "Un lien demande une adresse")]
    {
        browser.get(&format!("/account?lang={lang}"));
        for (wrong, field) in [
            (("x", "javascript:alert(1)"), "link_url_1"),
            (("x", "ada.example"), "link_url_1"),
            ((label.as_str(), "https://b.example"), "link_label_1"),
        ] {
            let typed = [("", ""), wrong, ("Third", "https://c.example")];
            let fields = [
                ("display", "Countess"),
                ("pronoun", "she"),
                ("bio", "Typed"),
                ("language", "fr"),
                ("link_label_0", typed[0].0),
                ("link_url_0", typed[0].1),
                ("link_label_1", typed[1].0),
                ("link_url_1", typed[1].1),
                ("link_label_2", typed[2].0),
                ("link_url_2", typed[2].1),
            ];
            let refused = browser.submit("/account/profile", &fields);
            assert!(
                refused.status == 400 && refused.text.contains(words),
                "{wrong:?}: {}",
                refused.text
            );
            assert_eq!(rows(&browser), own(&typed));
            assert_eq!(browser.value("display").as_deref(), Some("Countess"));
            assert_eq!(browser.value("pronoun").as_deref(), Some("she"));
            assert!(
                refused.text.contains("Typed</textarea>")
                    && refused.text.contains("value=\"fr\" lang=\"fr\" selected")
            );
            // Only the invalid field is marked.
            assert_eq!(refused.text.matches("aria-invalid=\"true\"").count(), 1, "{wrong:?}");
            let marked =
                refused.text.split_once("aria-invalid").unwrap().0.rsplit_once("<input").unwrap().1;
            assert!(marked.contains(&format!("name=\"{field}\"")), "{marked}");
        }
    }
    assert!(app.nox("user show ada").contains("display       Ada"));
    assert_eq!(seen(&app)["links"].as_array().unwrap().len(), 1);
}

#[test]
fn empty_profile_form_clears_the_profile() {
    let app = serve("");
    let mut browser = open_account(&app);
    let full = [("display", "A"), ("pronoun", " she/her "), ("bio", " One\r\ntwo ")];
    browser.submit("/account/profile", &full).leads("/account?done=saved#message");
    let profile = seen(&app);
    assert_eq!((&profile["display"], &profile["bio"]), (&json!("A"), &json!("One\ntwo")));
    browser.get("/account");
    assert_eq!(browser.value("pronoun").as_deref(), Some("she/her"));
    // An emptied field stays empty where another field is refused.
    browser.submit("/account/profile", &[("display", " "), ("pronoun", ""), ("bio", "")]);
    assert!(browser.page.contains(">\n</textarea>"), "{}", browser.page);
    assert_eq!(browser.value("pronoun").as_deref(), Some(""));
    browser
        .submit("/account/profile", &[("display", "A"), ("pronoun", ""), ("bio", "")])
        .leads("/account?done=saved#message");
    browser.get("/account");
    assert_eq!((browser.value("pronoun").as_deref(), &seen(&app)["bio"]), (Some(""), &Value::Null));
}

#[test]
fn profile_fields_take_as_much_as_their_hints_say() {
    let app = serve("");
    let mut browser = open_account(&app);
    for (field, most, words) in [
        ("display", 50, "The display name must be 1 to 50 characters long."),
        ("pronoun", 32, "The pronoun must be at most 32 characters long."),
        ("bio", 4096, "The text must be at most 4096 characters long."),
    ] {
        assert!(browser.page.contains(&format!("{most} characters.")), "{field}");
        // Browsers count an emoji as two.
        assert!(browser.page.contains(&format!("maxlength=\"{}\"", 2 * most)), "{field}");
        let mut send = |count| {
            let text = "🌙".repeat(count);
            let fields = if field == "display" {
                vec![(field, &*text)]
            } else {
                vec![("display", "Ada"), (field, &text)]
            };
            browser.get("/account");
            browser.submit("/account/profile", &fields)
        };
        send(most).leads("/account?done=saved#message");
        let refused = send(most + 1);
        assert!(refused.status == 400 && refused.text.contains(words), "{field}: {}", refused.text);
    }
    // Ten links of full length beside a full text.
    let url = format!("https://a.example/{}", "%".repeat(2048 - 18));
    let names: Vec<_> = (0..10).map(|row| format!("link_url_{row}")).collect();
    let bio = "🌙".repeat(4096);
    let fields = [("display", "Ada"), ("bio", &bio)]
        .into_iter()
        .chain(names.iter().map(|name| (name.as_str(), &*url)));
    let fields: Vec<_> = fields.collect();
    browser.submit("/account/profile", &fields).leads("/account?done=saved#message");
}

#[test]
fn new_picture_is_shown_at_once() {
    let app = serve("");
    let mut browser = open_account(&app);
    assert!(browser.page.contains("class=\"initial\""));
    let mut seen = Vec::new();
    for picture in [PNG, GIF] {
        browser
            .submit_file("/account/picture", ("file", picture))
            .leads("/account?done=picture#message");
        browser.get("/account");
        let path = browser
            .page
            .split_once("<img src=\"/api/")
            .unwrap()
            .1
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        assert!(path.starts_with("users/1/thumbnail?t="), "{path}");
        let shown = app.client().get(&format!("/api/{path}"), &[]);
        assert!(
            shown.header("x-file-hash").unwrap().starts_with(path.split_once("?t=").unwrap().1),
            "{path}"
        );
        seen.push(path);
    }
    assert_ne!(seen[0], seen[1]);
}
