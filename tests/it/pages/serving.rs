//! Headers, files and sizes of the pages; `tests/browser` looks at them in a browser.

use crate::harness::{Instance, TestApp};

#[test]
fn visitor_is_redirected_to_the_login_page_and_on() {
    let app = TestApp::new();
    let client = app.client();
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

/// What a page loads from the server.
fn loaded(page: &str) -> Vec<&str> {
    page.split('"').filter(|part| part.starts_with("/static/")).collect()
}

#[test]
fn page_loads_own_files_alone_under_a_tight_policy() {
    let app = TestApp::new();
    let client = app.client();
    let page = client.get("/login", &[]);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(page.header(name), Some(value));
    }
    let permissions = page.header("permissions-policy").unwrap();
    assert!(permissions.contains("camera=()"));
    assert!(!permissions.contains("publickey-credentials"), "passkeys stay possible");
    assert_eq!(page.header("strict-transport-security"), None, "the public URL is http");
    let loaded = loaded(&page.text);
    assert_eq!(loaded.len(), 3, "with the page itself, four requests");
    for path in loaded {
        let file = client.get(path, &[]);
        assert_eq!(
            (file.status, file.header("x-content-type-options")),
            (200, Some("nosniff")),
            "{path}"
        );
        assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
    }
    // The server's own address is said where passkeys do not work at another one.
    let text = page.text.replace("http://localhost:53032", "");
    assert!(!text.contains("://"), "nothing from elsewhere");
    for inline in ["<script>", "<style", " style=", " onclick=", "javascript:"] {
        assert!(!page.text.contains(inline), "{inline}");
    }
}

#[test]
fn public_url_of_https_sets_strict_transport_security() {
    let settings = "[server]\npublic_url = 'https://nox.example'\n";
    let app = TestApp::with(settings).serve();
    for (method, path) in [
        ("GET", "/login"),
        ("GET", "/account"),
        ("GET", "/static/nothing"),
        ("GET", "/nothing"),
        ("GET", "/healthz"),
        ("GET", "/api/server"),
        ("GET", "/api/users/@me"),
        ("PUT", "/api/auth/login"),
        ("OPTIONS", "/api/auth/login"),
        ("GET", "/.well-known/nox"),
    ] {
        let answer = app.client().send(method, path, &[], b"");
        let header = answer.header("strict-transport-security");
        assert_eq!(header, Some("max-age=63072000"), "{method} {path}");
    }
    let without = TestApp::with(&format!("{settings}hsts = false")).serve();
    let answer = without.client().get("/login", &[]);
    assert_eq!(answer.header("strict-transport-security"), None);
    let page = app.client().get("/login", &[]);
    let cookie = page.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-nox_browser=") && cookie.contains("; Secure"), "{cookie}");
}

#[test]
fn login_page_is_small() {
    let app = TestApp::new();
    let client = app.client();
    let page = client.get("/login", &[]).text;
    let length = |path: &str, headers| {
        client.get(path, headers).header("content-length").unwrap().parse::<usize>().unwrap()
    };
    let plain: usize = loaded(&page).into_iter().map(|path| length(path, &[])).sum();
    let gzip = [("Accept-Encoding", "gzip")];
    let compressed: usize = loaded(&page).into_iter().map(|path| length(path, &gzip)).sum();
    assert!(page.len() + plain <= 24 * 1024, "{} + {plain}", page.len());
    assert!(page.len() + compressed <= 9 * 1024, "{} + {compressed}", page.len());
}

#[test]
fn cached_file_is_answered_304() {
    let app = TestApp::new();
    let client = app.client();
    let page = client.get("/login", &[]).text;
    let path = loaded(&page)[0];
    let tag = |headers| client.get(path, headers).header("etag").unwrap().to_owned();
    let (plain, gzip) = (tag(&[]), tag(&[("Accept-Encoding", "br, gzip")]));
    assert_ne!(plain, gzip);
    let again = client.get(path, &[("If-None-Match", &plain)]);
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    assert_eq!(client.get(path, &[("If-None-Match", "\"other\"")]).status, 200);
    let head = client.send("HEAD", path, &[], b"");
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert_eq!(client.get("/static/nox-0000000000000000.css", &[]).status, 404);
}

#[test]
fn unknown_page_is_html_and_unknown_endpoint_an_envelope() {
    let app = TestApp::new();
    let page = app.client().get("/elsewhere?lang=fr", &[]);
    assert_eq!((page.status, page.header("content-type")), (404, Some("text/html; charset=utf-8")));
    assert!(
        page.text.contains("<html lang=\"fr\">") && page.text.contains("Il n’y a rien ici"),
        "{}",
        page.text
    );
    assert_eq!(app.client().get("/api/elsewhere", &[]).json()["error"]["code"], 1);
}

#[test]
fn pages_show_the_configured_theme() {
    let instance = Instance::with(
        "[instance]\ntitle = 'Héctazia & <b>'\naccent = '#7A1F5C'\nlogo = 'logo.svg'\n\
         links = [{ label = 'Terms', url = 'https://example.org/terms?a=b&c' }]",
    );
    instance.write("logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    let server = instance.serve();
    let page = server.client().get("/login", &[]).text;
    assert!(page.contains("Héctazia &#38; &#60;b&#62;") && !page.contains("<b>"), "{page}");
    assert!(
        page.contains("href=\"https://example.org/terms?a=b&#38;c\"")
            && page.contains("data:image/svg+xml;base64,PHN2Zy")
    );
    let style = server.client().get(loaded(&page)[0], &[]).text;
    assert!(style.starts_with(":root{--brand:#7a1f5c}"), "{}", &style[..60]);
    // Mails show the picture by this address.
    let logo = server.client().get("/static/logo", &[]);
    assert_eq!(logo.header("content-type"), Some("image/svg+xml"));
    assert_eq!(logo.header("cache-control"), Some("public, max-age=86400"));
    assert_eq!(logo.text, "<svg xmlns='http://www.w3.org/2000/svg'/>");
}

#[test]
fn pages_link_terms_privacy_and_rules_in_their_language() {
    let settings = "[instance]\nterms = 'https://example.org/t'\nrules = 'https://example.org/r'";
    let app = TestApp::with(settings).serve();
    let page = |tag: &str| app.client().get(&format!("/login?lang={tag}"), &[]).text;
    let (english, french) = (page("en"), page("fr"));
    assert!(english.contains(r#"<a href="https://example.org/t">Terms of use</a>"#), "{english}");
    assert!(
        english.contains(r#"<a href="https://example.org/r">Rules</a>"#)
            && !english.contains("Privacy")
    );
    assert!(
        french.contains(r#"<a href="https://example.org/t">Conditions d’utilisation</a>"#),
        "{french}"
    );
    let german = page("de");
    assert!(
        german.contains(r#"<a href="https://example.org/t">Nutzungsbedingungen</a>"#)
            && german.contains(r#"<html lang="de">"#),
        "{german}"
    );
}

#[test]
fn footer_links_have_a_label_for_each_language_or_one_for_all() {
    let settings = "[instance]\nlanguage = 'fr'\nlinks = [\
        { label = { fr = 'Aide', de = 'Hilfe <b>' }, url = 'https://example.org/help' }, \
        { label = 'Status', url = 'https://example.org/status' }]";
    let app = TestApp::with(settings).serve();
    for (tag, label) in [("fr", "Aide"), ("de", "Hilfe &#60;b&#62;"), ("en", "Aide")] {
        let page = app.client().get(&format!("/login?lang={tag}"), &[]).text;
        for link in [
            format!(r#"<a href="https://example.org/help">{label}</a>"#),
            r#"<a href="https://example.org/status">Status</a>"#.into(),
        ] {
            assert!(page.contains(&link), "{tag}: {page}");
        }
    }
}

#[test]
fn invalid_theme_is_refused_with_its_reason() {
    for (setting, reason) in [
        ("accent = '#ffcc00'", "too light"),
        ("accent = 'red'", "#4b45c6"),
        ("logo = 'missing.svg'", "missing.svg"),
        ("logo = 'nox.toml'", "picture"),
        ("links = [{ label = 'x', url = 'javascript:alert(1)' }]", "http"),
        ("links = [{ label = {}, url = 'https://a.example' }]", "one for each language"),
        ("links = [{ label = { xx = 'x' }, url = 'https://a.example' }]", "`en`, `fr`, `de`"),
        ("terms = '/terms'", "http"),
    ] {
        let instance = Instance::with(&format!("[instance]\n{setting}"));
        let ran = instance.run(&["serve", "--listen", "127.0.0.1:0"], "");
        assert_eq!(ran.status, 5, "{setting}");
        assert!(ran.stderr.contains(reason) && ran.stderr.lines().count() == 1, "{}", ran.stderr);
    }
}

#[test]
fn suspended_player_reads_until_when_why_and_whom_to_ask() {
    for (settings, options, texts) in [
        ("", "", ["This account is suspended. ", "Ask the operator of the server."]),
        (
            "[instance]\ncontact = 'help@b.example'",
            "--reason Spam. --until 2999-01-02T03:04:00Z",
            [
                "This account is suspended until 2 January 2999, 03:04 UTC. Reason: Spam. ",
                "help@b.example",
            ],
        ),
    ] {
        let app = TestApp::with(settings).serve();
        app.nox(format!("user disable ada {options}").trim_end());
        let page = app.browser().log_in("ada").text;
        assert!(texts.iter().all(|text| page.contains(text)), "{page}");
    }
}

#[test]
fn login_page_says_what_the_instance_is_and_that_it_is_maintained() {
    let settings = "[instance]\ndescription = 'A world of cats'\nmaintenance = 'Back at noon'";
    let page = TestApp::with(settings).serve().browser().get("/login").text;
    for text in ["A world of cats", "Back at noon", "Username or email"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[test]
fn time_to_wait_is_told_in_minutes() {
    let app = TestApp::new();
    let mut browser = app.browser();
    for _ in 0..5 {
        browser.get("/login");
        browser.submit("/login", &[("identifier", "ada"), ("password", "wrong horse")]);
    }
    let page = browser.log_in("ada").text;
    assert!(page.contains(">15 minutes</span>."), "{page}");
    assert!(browser.get("/login?lang=de").status == 200);
}
