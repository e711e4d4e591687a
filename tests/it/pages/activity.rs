//! Recent activity: the user's own lines of the audit log, in words.

use crate::harness::{Browser, PASSWORD, TestApp};

const PATH: &str = "/account/activity";

/// The events that a page shows, each with all that is said of it.
fn shown(page: &str) -> Vec<String> {
    let list = page.split_once("aria-labelledby=\"activity-title\"").unwrap_or(("", page)).1;
    let list = list.split_once("<ul class=\"sessions\">").unwrap().1.split_once("</ul>").unwrap().0;
    let text = |row: &str| {
        let parts = row.split('<').filter_map(|part| Some(part.split_once('>')?.1.trim()));
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    list.split("<li>").skip(1).map(text).collect()
}

fn open(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    browser.get("/login");
    let agent = ("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Safari/604.1");
    let token = browser.token();
    let form = [("identifier", "ada"), ("password", PASSWORD)];
    browser.submit_with("/login", &token, &[agent, ("Origin", "null")], &form).leads("/account");
    browser
}

#[test]
fn account_page_tells_what_happened_in_words_the_newest_first() {
    let app = TestApp::builder().user("bob").serve();
    for _ in 0..3 {
        app.client().log_in("ada", "wrong horse");
    }
    app.client().log_in("bob", "wrong horse");
    let mut browser = open(&app);
    app.nox("user set ada --email ada@b.example --display Countess");
    app.nox("user tag add ada can_fly");
    let page = browser.get("/account").text;
    let rows = shown(&page);
    let starts = [
        "Roles or rights changed",
        "Profile changed",
        "Email address changed ada@b.example",
        "Login",
        "Failed login 3 times",
        "Account created",
    ];
    assert_eq!(rows.len(), starts.len(), "{rows:#?}");
    for (row, start) in rows.iter().zip(starts) {
        assert!(row.starts_with(start), "{row}");
        let is_by_operator = !["Login", "Failed login 3 times"].contains(&start);
        assert_eq!(row.contains("by the operator of the server"), is_by_operator, "{row}");
        assert_eq!(row.contains("127.0.0.1"), !is_by_operator, "{row}");
    }
    assert!(rows[3].contains("Safari on iPhone"), "{}", rows[3]);
    assert!(!page.contains("operator:"), "the name of the system user is not theirs");
    let page = browser.get("/account?lang=de").text;
    assert!(shown(&page)[4].starts_with("Fehlgeschlagene Anmeldung 3-mal"), "{page}");
    let page = browser.get("/account?lang=fr").text;
    assert!(shown(&page)[3].starts_with("Connexion"), "{page}");
}

#[test]
fn older_events_are_behind_more_and_none_is_another_users() {
    let app = TestApp::new();
    app.instance.sql(
        "DELETE FROM audit;
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 240)
         INSERT INTO audit (at, event, user_id, username)
         SELECT i * 1000, iif(i = 240, 'later.version', 'profile.changed'), iif(i % 2, 2, 1), 'ada'
         FROM n",
    );
    let mut browser = open(&app);
    let rows = shown(&browser.get("/account").text);
    assert_eq!(rows.len(), 10, "{rows:#?}");
    assert!(rows[0].starts_with("Login"));
    assert!(rows[1].starts_with("later.version"), "an event without words has its name");
    assert!(browser.page.contains("href=\"/account/activity\""));
    let mut next = PATH.to_owned();
    let mut all = Vec::new();
    for expected in [50, 50, 21] {
        let page = browser.get(&next).text;
        let rows = shown(&page);
        assert_eq!(rows.len(), expected, "{next}");
        all.extend(rows);
        let older = page.split_once("<p><a href=\"/account/activity?before=");
        assert_eq!(older.is_some(), expected == 50, "{next}");
        if let Some((_, rest)) = older {
            next = format!("{PATH}?before={}", rest.split('"').next().unwrap());
        }
    }
    assert!(all.last().unwrap().contains("1 January 1970, 00:00 UTC"), "{:?}", all.last());
    assert_eq!(shown(&browser.get("/account/activity?before=x").text).len(), 50);
    assert!(shown(&browser.get("/account/activity?before=-1").text).is_empty());
}

#[test]
fn few_events_have_no_more_and_strangers_see_none() {
    let app = TestApp::new();
    let mut browser = open(&app);
    assert!(!browser.get("/account").text.contains("href=\"/account/activity\""));
    assert_eq!(browser.get(PATH).status, 200);
    app.browser().get(PATH).leads("/login?return_to=/account/activity");
}
