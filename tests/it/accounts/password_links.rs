//! `nox user passwd NAME --link`: a link by which a user sets the password, so that the operator
//! never sees it.

use crate::harness::{Browser, Instance, PASSWORD};

const DAY: i64 = 24 * 60 * 60 * 1000;

#[test]
fn link_is_printed_and_good_as_long_as_it_says() {
    let instance = Instance::with_users(["ada"]);
    let url = instance.nox("user passwd ada --link");
    assert!(url.starts_with("http://localhost:53032/reset/") && url.lines().count() == 1, "{url}");
    for (span, days) in
        [("", 1), (" --expires 24h", 1), (" --expires 7d", 7), (" --expires 30d", 30)]
    {
        let mut printed = instance.nox_json(&format!("--json user passwd ada --link{span}"));
        let now = nox::time::Timestamp::now().millis();
        let object = printed.as_object_mut().unwrap();
        let expires = object.remove("expires").unwrap().as_i64().unwrap();
        assert!((expires - now - days * DAY).abs() < 60_000, "{span}: {expires}");
        let url = object.remove("url").unwrap();
        assert!(url.as_str().unwrap().starts_with("http://localhost:53032/reset/"), "{url}");
        assert_eq!(object.remove("ok"), Some(true.into()));
        assert_eq!(printed, instance.user("ada"), "the rest is as nox user show prints it");
    }
    let events = instance.events("ada");
    let made = events.last().unwrap();
    assert_eq!(made["event"], "password_link.made");
    assert!(made["by"].as_str().unwrap().starts_with("operator:"), "{made}");
}

#[test]
fn link_that_cannot_be_made_is_refused_and_changes_nothing() {
    let instance = Instance::with_users(["ada", "bob"]);
    instance.nox("user disable bob");
    let count = instance.events("ada").len();
    for (args, status, says) in [
        ("user passwd ada --link --generate", 2, "cannot be used with"),
        ("user passwd ada --link --password-stdin", 2, "cannot be used with"),
        ("user passwd ada --link --password-file secret", 2, "cannot be used with"),
        ("user passwd ada --expires 3h", 2, "--link"),
        ("user passwd ada --link --expires 31d", 2, "a link is good for 30d at most"),
        ("user passwd ada --link --expires 0h", 2, "is not a length of time"),
        ("user passwd eve --link", 3, "there is no user \"eve\""),
        ("user passwd bob --link", 1, "bob is disabled, and could not log in; nox user enable bob"),
    ] {
        let ran = instance.run(&args.split(' ').collect::<Vec<_>>(), "");
        assert_eq!((ran.status, ran.stdout.as_str()), (status, ""), "{args}: {}", ran.stderr);
        assert!(ran.stderr.contains(says), "{args}: {}", ran.stderr);
    }
    assert_eq!(instance.events("ada").len(), count);
    let links: u32 = instance
        .database()
        .query_row("SELECT count(*) FROM password_links", [], |row| row.get(0))
        .unwrap();
    assert_eq!(links, 0);
}

#[test]
fn operator_is_told_of_a_factor_that_stays_and_of_a_link_that_opens_on_this_machine_alone() {
    const LOCAL: &str = "the link opens on this machine alone: set server.public_url";
    const FACTOR: &str = "a login still needs the second factor (totp)";
    let instance = Instance::with_users(["ada"]);
    let stderr = |command: &str| instance.run(&command.split(' ').collect::<Vec<_>>(), "").stderr;
    let told = stderr("user passwd ada --link");
    assert!(told.contains(LOCAL) && !told.contains(FACTOR), "{told}");
    assert!(told.contains("the link works once, until 20"), "{told}");
    instance.enroll("ada");
    instance.configure("[server]\npublic_url = 'https://nox.example'");
    let told = stderr("user passwd ada --link");
    assert!(!told.contains(LOCAL) && told.contains(FACTOR), "{told}");
    assert!(instance.nox("user passwd ada --link").starts_with("https://nox.example/reset/"));
    assert_eq!(stderr("--quiet user passwd ada --link"), "");
}

#[test]
fn user_sets_the_password_by_the_link_without_mail_and_the_present_one_works_until_then() {
    let instance = Instance::with_users(["ada"]);
    let link = instance.password_link("ada");
    let server = instance.serve();
    let mut browser = Browser::new(&server);
    browser.log_in("ada").leads("/account");
    browser.get(&link);
    let secret = browser.value("link").unwrap();
    let fields = [("link", secret.as_str()), ("new_password", "another horse")];
    browser.submit("/reset/password", &fields).leads("/login?because=reset&name=ada");
    assert_eq!(server.client().log_in("ada", PASSWORD).status, 400);
    assert_eq!(server.client().log_in("ada", "another horse").status, 200);
}
