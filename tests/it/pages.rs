//! The pages, as they are delivered; `tests/browser` looks at them.

use crate::common::Instance;

#[test]
fn the_way_leads_to_the_login_page_and_behind_it() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let client = server.client();
    let leads = |path: &str, headers: &[(&str, &str)], to: &str| {
        let answer = client.get(path, headers);
        assert_eq!((answer.status, answer.header("location")), (303, Some(to)), "{path}");
    };
    leads("/", &[], "/login");
    leads("/account", &[], "/login");
    let cookie = client.log_in("ada", "hunter22").cookie();
    leads("/login", &[("Cookie", &cookie)], "/account");
    assert_eq!(client.get("/account", &[("Cookie", &cookie)]).status, 200);
    assert_eq!(client.get("/elsewhere", &[]).status, 404);
}

#[test]
fn everything_that_a_page_loads_is_its_own_and_kept_in_a_tight_policy() {
    let instance = Instance::new();
    let server = instance.serve();
    let client = server.client();
    let page = client.get("/login", &[]);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let loaded: Vec<&str> = page.text.split(['"']).filter(|part| part.starts_with("/static/")).collect();
    assert!(loaded.len() >= 3);
    for path in loaded {
        assert_eq!(client.get(path, &[]).status, 200, "{path}");
    }
    assert!(!page.text.contains("://"), "nothing from elsewhere");
}

#[test]
fn a_browser_that_has_a_file_is_told_so() {
    let instance = Instance::new();
    let server = instance.serve();
    let client = server.client();
    let first = client.get("/static/nox.css", &[]);
    let tag = first.header("etag").unwrap();
    let second = client.get("/static/nox.css", &[("If-None-Match", tag)]);
    assert_eq!((second.status, second.text.as_str()), (304, ""));
    assert_eq!(client.get("/static/nox.css", &[("If-None-Match", "\"other\"")]).status, 200);
    let head = client.send("HEAD", "/static/nox.css", &[], b"");
    assert_eq!((head.status, head.text.as_str()), (200, ""));
}
