//! The links to the other languages on the page of a refused form, in a browser without scripts.

use super::form_table::CASES;
use crate::harness::{Browser, Mode, TestApp};

const RETURN_TO: &str = "/account/activity?before=5";
/// What the pages have from the links that lead to them, beside where their logins lead.
const OF_LINKS: [&str; 3] = ["invite", "link", "by"];

/// Where the page leads to its French self.
fn french(page: &str) -> String {
    let (before, _) = page.split_once("\" lang=\"fr\" hreflang").expect("a link");
    let (_, url) = before.rsplit_once("href=\"").unwrap();
    url.replace("&#38;", "&")
}

fn of_links(browser: &Browser) -> [Option<String>; 3] {
    OF_LINKS.map(|name| browser.value(name))
}

#[test]
fn language_link_of_a_refused_form_keeps_what_the_link_to_its_page_said() {
    // The form with the file is sent in another way, and its page is that of the others.
    for case in CASES.into_iter().filter(|case| case.path != "/account/picture") {
        let mut app = (case.app)().serve();
        let mut browser = app.browser();
        let mut fields = (case.prepare)(&mut app, &mut browser);
        let before = of_links(&browser);
        let leads_on = browser.value("return_to").is_some();
        for (name, value) in OF_LINKS.into_iter().zip(&before) {
            fields.retain(|(known, _)| *known != name);
            fields.extend(value.clone().map(|value| (name, value)));
        }
        fields.push(("return_to", RETURN_TO.into()));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let refused = browser.submit_with(case.path, "forged", &[], &fields);
        assert_eq!(refused.status, 403, "{}", case.path);
        let link = french(&refused.text);
        let page = browser.get(&link);
        assert_eq!(page.status, 200, "{} leads to {link}", case.path);
        assert!(page.text.contains("<html lang=\"fr\">"), "{link}");
        if case.path.starts_with("/account/") {
            assert!(link.starts_with("/account"), "{link}");
            continue;
        }
        assert!(page.text.contains(&format!("action=\"{}\"", case.path)), "{link}");
        assert_eq!(of_links(&browser), before, "{link}");
        assert_eq!(browser.value("return_to").is_some(), leads_on, "{link}");
        if leads_on {
            assert_eq!(browser.value("return_to").as_deref(), Some(RETURN_TO), "{link}");
        }
    }
}

#[test]
fn way_back_to_the_login_keeps_where_it_leads() {
    let app = TestApp::with("[users]\nregistration = 'open'").mail_server(Mode::Plain);
    let app = app.serve();
    let mut browser = app.browser();
    let login = "/login?return_to=%2Faccount%2Factivity%3Fbefore%3D5";
    for page in ["/register", "/reset"] {
        let there = login.replace("/login", page);
        assert!(browser.get(login).text.contains(&format!("href=\"{there}\"")), "{page}");
        assert!(browser.get(&there).text.contains(&format!("href=\"{login}\"")), "{page}");
    }
    let fields = [("identifier", "nobody"), ("return_to", RETURN_TO)];
    let asked = "/reset?done=link&return_to=%2Faccount%2Factivity%3Fbefore%3D5";
    browser.submit("/reset", &fields).leads(asked);
    assert!(browser.get(asked).text.contains(&format!("href=\"{login}\"")));
}
