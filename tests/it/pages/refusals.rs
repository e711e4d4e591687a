//! Whatever is refused on a path of the pages is refused by a page, in the reader's language, with
//! a way back. The paths are those of the route table.

use std::io::Write;

use crate::harness::{Answer, Client, TestApp, Wire};

const FRENCH: (&str, &str) = ("Accept-Language", "fr");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const MULTIPART: (&str, &str) = ("Content-Type", "multipart/form-data; boundary=x");

/// A path of the pages, and whether a form is sent there.
struct Page {
    path: String,
    takes_form: bool,
}

/// The pages in the route table.
fn pages() -> Vec<Page> {
    let table = include_str!("../../../src/http/routes.rs")
        .split_once("fn page_endpoints()")
        .and_then(|(_, rest)| rest.split_once("\n}\n"))
        .expect("the table of the pages")
        .0;
    let entries = table.split("Endpoint::at(\"").skip(1);
    let pages: Vec<_> = entries
        .map(|entry| Page {
            path: entry.split('"').next().unwrap().into(),
            takes_form: entry.contains(".post("),
        })
        .collect();
    assert!(pages.len() >= 23, "{}", pages.len());
    pages
}

/// Checks that an answer is a page of ours in French, with a link back.
#[track_caller]
fn is_page(answer: &Answer, status: u16, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.text);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{what}");
    assert!(answer.header("content-security-policy").is_some(), "{what}");
    assert!(answer.text.contains("<html lang=\"fr\">"), "{what}: {}", answer.text);
    assert!(answer.text.contains("href=\"/"), "{what}: {}", answer.text);
    assert!(!answer.text.contains("The request"), "{what}: {}", answer.text);
}

/// Who asks, and by what the server knows that they read French.
struct Reader<'a> {
    client: Client,
    headers: [(&'a str, &'a str); 2],
}

/// A way of refusal: its name, the request, and the status.
type Way = fn(&Reader, &Page) -> Option<(Answer, u16)>;

fn send(reader: &Reader, page: &Page, method: &str, header: (&str, &str), body: &[u8]) -> Answer {
    let headers = [&reader.headers[..], &[header]].concat();
    reader.client.send(method, &page.path, &headers, body)
}

const WAYS: [(&str, Way); 8] = [
    ("a method", |reader, page| Some((send(reader, page, "PUT", FORM, b"x=y"), 405))),
    ("an unknown method", |reader, page| Some((send(reader, page, "BREW", FORM, b""), 405))),
    ("a host", |reader, page| Some((send(reader, page, "GET", ("Host", "u@x"), b""), 400))),
    ("an upgrade", |reader, page| {
        Some((send(reader, page, "GET", ("Upgrade", "websocket"), b""), 400))
    }),
    ("a path below", |reader, page| {
        let below = format!("{}/x", page.path.trim_end_matches('/'));
        let path = format!("{below}?a=%ff&&=&%");
        Some((reader.client.get(&path, &reader.headers), 404))
    }),
    ("a type", |reader, page| {
        let json = ("Content-Type", "application/json");
        let form = page.takes_form && page.path != "/account/picture";
        form.then(|| (send(reader, page, "POST", json, b"{}"), 415))
    }),
    ("a size", |reader, page| {
        let form = page.takes_form && page.path != "/account/picture";
        form.then(|| (send(reader, page, "POST", FORM, &vec![b'x'; 6_000_000]), 413))
    }),
    ("a compressed form", |reader, page| {
        let [language, cookie] = reader.headers;
        let headers = [language, cookie, FORM, ("Content-Encoding", "gzip")];
        let form = page.takes_form && page.path != "/account/picture";
        form.then(|| (reader.client.send("POST", &page.path, &headers, b"x"), 415))
    }),
];

#[test]
fn every_refusal_on_every_page_path_is_a_page_in_the_readers_language() {
    let app = TestApp::logged_in();
    app.nox("user set ada --language fr");
    let session = format!("_uid={}", app.ada.token);
    // The language of the browser, one that was chosen in it, and the one of the account.
    for headers in [
        [FRENCH, ("Cookie", "x=y")],
        [("Accept-Language", "en"), ("Cookie", "nox_language_53032=fr")],
        [("Accept-Language", "en"), ("Cookie", &session)],
    ] {
        let reader = Reader { client: app.client(), headers };
        for page in pages() {
            for (name, way) in WAYS {
                if let Some((answer, status)) = way(&reader, &page) {
                    is_page(&answer, status, &format!("{} refused for {name}", page.path));
                }
            }
        }
    }
}

#[test]
fn form_that_comes_too_slowly_is_answered_408_by_a_page() {
    let app = TestApp::with("[limits]\nbody_timeout = '1s'\n").serve();
    for page in pages().iter().filter(|page| page.takes_form) {
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: x\r\nAccept-Language: fr\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nx",
            page.path
        );
        let (answer, took) = Wire::sending(&app.server, &head).until_closed("");
        // Without a session, the form with a file is not read at all.
        if page.path != "/account/picture" {
            assert!(answer.starts_with("HTTP/1.1 408 "), "{}: {answer}", page.path);
            assert!(answer.contains("L’envoi a pris trop de temps."), "{answer}");
        }
        assert!(took.as_secs() < 15, "{}: {took:?}", page.path);
    }
}

/// Answers of the framework itself, to heads that no handler sees.
#[test]
fn head_that_cannot_be_read_is_answered_by_a_page_in_the_language_of_the_instance() {
    let settings = "[instance]\nlanguage = 'fr'\n[limits]\nhead_timeout = '1s'\n\
                    [server]\npublic_url = 'https://nox.example'\n";
    let app = TestApp::with(settings).serve();
    let many = "X: y\r\n".repeat(97);
    let long = "x".repeat(70_000);
    let unreadable = "Le serveur n’a pas pu lire";
    for (head, status, text) in [
        (format!("GET /login?{long} HTTP/1.1\r\nHost: x\r\n\r\n"), "400", unreadable),
        (format!("GET /login HTTP/1.1\r\nHost: x\r\n{many}\r\n"), "431", unreadable),
        ("GET /login HTTP/1.1\r\n\r\n".into(), "400", unreadable),
        ("GET /login HTTP/1.1\r\nHo".into(), "408", "L’envoi a pris trop de temps."),
    ] {
        // Also behind an answer of a handler.
        let first = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
        let mut wire = Wire::to(&app.server);
        if status != "408" {
            wire.send(first);
            assert_eq!(wire.status(), 200);
        }
        wire.send(&head);
        let (answer, _) = wire.until_closed("");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        let (head, page) = answer.split_once("\r\n\r\n").unwrap();
        let head = head.to_lowercase();
        assert!(page.contains(text) && page.contains("<html lang=\"fr\">"), "{answer}");
        assert!(page.contains("href=\"/\"") && page.ends_with("</html>"), "{answer}");
        assert!(head.contains(&format!("content-length: {}\r\n", page.len())), "{answer}");
        for name in ["content-type: text/html", "content-security-policy: ", "strict-transport"] {
            assert!(head.contains(name), "{name}: {answer}");
        }
    }
}

#[test]
fn fault_of_the_server_is_told_by_a_page() {
    let app = TestApp::logged_in();
    let cookie = ("Cookie", format!("_uid={}", app.ada.token));
    app.instance.database().execute_batch("ALTER TABLE sessions RENAME TO gone").unwrap();
    for page in pages() {
        let answer = app.client().get(&page.path, &[FRENCH, (cookie.0, &cookie.1)]);
        is_page(&answer, 500, &page.path);
        assert!(answer.text.contains("Une erreur est survenue sur le serveur."), "{}", answer.text);
    }
    assert!(app.log().contains("no such table"));
}

/// Sends a form with a picture of this size, as browsers do: the answer is read only after all of
/// it was sent.
fn upload(app: &TestApp, cookie: &str, size: usize) -> String {
    let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
    let tail = "\r\n--x--\r\n";
    let mut wire = Wire::sending(
        &app.server,
        &format!(
            "POST /account/picture HTTP/1.1\r\nHost: x\r\nAccept-Language: fr\r\n\
             Cookie: {cookie}\r\nContent-Type: {}\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{head}",
            MULTIPART.1,
            head.len() + size + tail.len()
        ),
    );
    let part = vec![0; 64 * 1024];
    let mut left = size;
    while left > 0 {
        let count = left.min(part.len());
        wire.stream.write_all(&part[..count]).expect("the server reads all of the form");
        left -= count;
    }
    wire.send(tail);
    wire.until_closed("").0
}

#[test]
fn picture_of_any_size_over_the_limit_is_refused_by_the_account_page() {
    let app = TestApp::logged_in();
    let cookie = format!("_uid={}", app.ada.token);
    for megabytes in [5, 12, 30] {
        let answer = upload(&app, &cookie, megabytes * 1_000_000);
        assert!(answer.starts_with("HTTP/1.1 413 "), "{megabytes}: {answer}");
        assert!(answer.contains("Ce fichier dépasse"), "{answer}");
        assert!(answer.contains("4\u{a0}Mio") && answer.contains("/account/logout"), "{answer}");
    }
    // Without a session, the browser gets to the login all the same.
    let answer = upload(&app, "", 30_000_000);
    assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
    assert!(answer.contains("/login?because=session"), "{answer}");
}
