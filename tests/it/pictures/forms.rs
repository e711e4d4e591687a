//! Pictures in a form, as web clients send them, and malformed forms.

use std::io::Read;
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::harness::{
    Answer, INVALID_FIELD, ME, NOT_FOUND, NOT_LOGGED, PAYLOAD_TOO_LARGE, TestApp,
    UNSUPPORTED_MEDIA_TYPE, User, Wire, at_once, watch,
};

const OWN: &str = "/api/users/@me/thumbnail";
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";
/// SHA-256 of [`PNG`], by sha256sum.
const HASH: &str = "4ffd8bb30991e3a6f28d1d03f1aedcd02ccf8e0cc16bb9e969e7bc2bda1ddf03";

/// One part of a form.
fn part(name: &str, rest: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"{rest}\r\n\r\n");
    [head.as_bytes(), content, b"\r\n"].concat()
}

fn file(content: &[u8]) -> Vec<u8> {
    part("file", "; filename=\"a.bin\"", content)
}

fn form(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat(), b"--xyz--\r\n".to_vec()].concat()
}

fn send(person: &User, body: &[u8], headers: &[(&str, &str)]) -> Answer {
    let kind = ("Content-Type", "multipart/form-data; boundary=xyz");
    person.send("POST", OWN, &[&[kind], headers].concat(), body)
}

#[test]
fn form_uploads_its_part_file_whatever_else_it_has() {
    let app = TestApp::logged_in();
    let forms = [
        form(&[file(PNG)]),
        form(&[part("file", "", PNG)]),
        form(&[
            part("kind", "", b"thumbnail"),
            file(PNG),
            part("other", "; filename=\"b\"", &[0; 9000]),
        ]),
        form(&[part("file", "; filename=\"../\u{e4}.exe\"\r\nContent-Type: text/html", PNG)]),
        form(&[
            vec![part("x", "", b"y"); 100].concat(),
            part(&"n".repeat(1000), "", b"x"),
            file(PNG),
        ]),
        // A form may end without its last line.
        [file(PNG), b"--xyz--".to_vec()].concat(),
    ];
    for body in forms {
        let answer = send(&app.ada, &body, &[]).data();
        let url = format!("http://localhost:53032/api/users/1/thumbnail?t={}", &HASH[..16]);
        assert_eq!((&answer["thumbnail"], &answer["url"]), (&json!(url), &json!(url)));
        assert_eq!((&answer["id"], &answer["username"]), (&json!(1), &json!("ada")));
        assert_eq!(
            app.client().get("/api/users/1/thumbnail", &[]).header("content-type"),
            Some("image/png")
        );
        app.ada.post(ME, &json!({ "thumbnail": null })).data();
    }
    let banner = app.ada.send(
        "POST",
        "/api/v2/users/@me/banner",
        &[("Content-Type", "multipart/form-data; boundary=xyz")],
        &form(&[file(PNG)]),
    );
    assert_eq!(banner.data()["url"], app.ada.me()["banner"]);
}

#[test]
fn form_without_exactly_one_file_is_refused_and_changes_nothing() {
    let app = TestApp::logged_in();
    let many: Vec<Vec<u8>> = (0..10_000).map(|_| part("x", "", b"y")).chain([file(PNG)]).collect();
    let whole = form(&[file(PNG)]);
    for (what, body) in [
        ("no file", form(&[part("picture", "; filename=\"a.png\"", PNG)])),
        ("no parts", b"--xyz--\r\n".to_vec()),
        ("nothing", Vec::new()),
        ("two files", form(&[file(PNG), file(PNG)])),
        ("cut off in the file", whole[..whole.len() - 20].to_vec()),
        ("cut off in the head", whole[..30].to_vec()),
        ("a boundary that never comes", [b"--abc\r\n".to_vec(), vec![b'x'; 100_000]].concat()),
        ("10,000 parts", form(&many)),
        ("a name of a megabyte", form(&[part(&"n".repeat(1 << 20), "", b"x"), file(PNG)])),
        ("a long name", form(&[part(&"n".repeat(1100), "", b"x"), file(PNG)])),
        ("no name", form(&[b"--xyz\r\nContent-Type: image/png\r\n\r\n\r\n".to_vec(), file(PNG)])),
    ] {
        let clause = send(&app.ada, &body, &[]).refused_field("file", OWN);
        assert!(clause.starts_with("must be "), "{what}: {clause}");
    }
    for content in [&b"<html>"[..], b""] {
        send(&app.ada, &form(&[file(content)]), &[]).refused(UNSUPPORTED_MEDIA_TYPE, OWN);
    }
    assert_eq!(app.ada.me()["thumbnail"], json!(null));
    app.client().get("/api/users/1/thumbnail", &[]).refused(NOT_FOUND, "/api/users/1/thumbnail");
    app.client()
        .send("POST", OWN, &[("Content-Type", "multipart/form-data; boundary=xyz")], &whole)
        .refused(NOT_LOGGED, OWN);
}

#[test]
fn form_may_be_a_little_larger_than_its_file() {
    let app = TestApp::with("[limits]\npicture_bytes = 100000").session().serve();
    let mut content = PNG.to_vec();
    content.resize(100_000, 0);
    send(&app.ada, &form(&[part("x", "", &[0; 10_000]), file(&content)]), &[]).data();
    content.push(0);
    let too_large = [form(&[file(&content)]), form(&[part("x", "", &vec![0; 200_000]), file(PNG)])];
    for body in too_large {
        let message = send(&app.ada, &body, &[]).refused(PAYLOAD_TOO_LARGE, OWN);
        assert_eq!(message, "The request body is larger than 100000 bytes.");
    }
}

#[test]
fn announced_hash_must_be_that_of_the_file() {
    let app = TestApp::logged_in();
    let upper = HASH.to_uppercase();
    let bodies =
        [("multipart/form-data; boundary=xyz", form(&[file(PNG)])), ("image/png", PNG.to_vec())];
    for (kind, body) in bodies {
        let send = |hash: &str| {
            app.ada.send("POST", OWN, &[("Content-Type", kind), ("X-File-Hash", hash)], &body)
        };
        for right in [HASH, &upper] {
            send(right).data();
        }
        for wrong in
            ["", "x", &HASH[1..], &format!("{HASH}0"), &HASH.replace('f', "g"), &"0".repeat(64)]
        {
            let clause = send(wrong).refused_field("x-file-hash", OWN);
            assert!(clause.starts_with("must be "), "{clause}");
        }
        let twice = |second: &str| {
            let headers = [("Content-Type", kind), ("X-File-Hash", HASH), ("X-File-Hash", second)];
            app.ada.send("POST", OWN, &headers, &body)
        };
        twice(&upper).data();
        for other in ["", &"0".repeat(64)] {
            twice(other).refused(INVALID_FIELD, OWN);
        }
    }
}

#[test]
fn repeated_media_type_counts_once() {
    let app = TestApp::logged_in();
    let once = "multipart/form-data; boundary=xyz";
    for kinds in [
        &[("Content-Type", "multipart/form-data; boundary=xyz, multipart/form-data; boundary=xyz")]
            [..],
        &[("Content-Type", once), ("Content-Type", once)],
    ] {
        app.ada.send("POST", OWN, kinds, &form(&[file(PNG)])).data();
    }
}

#[test]
fn picture_replaced_during_a_download_is_cut_off_and_never_mixed() {
    // More than the socket buffers hold before the client reads.
    let size = 16 << 20;
    let app = TestApp::with(&format!("[limits]\npicture_bytes = {size}")).session().serve();
    let picture = |byte: u8| {
        let mut content = PNG.to_vec();
        content.resize(size, byte);
        form(&[file(&content)])
    };
    send(&app.ada, &picture(b'1'), &[]).data();
    let head = "GET /api/users/1/thumbnail HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut wire = Wire::sending(&app.server, head);
    let mut read = vec![0; 1000];
    wire.stream.read_exact(&mut read).unwrap();
    send(&app.ada, &picture(b'2'), &[]).data();
    read.clear();
    // Cut off, a connection may end with an error.
    let _ = wire.stream.read_to_end(&mut read);
    assert!(read.len() < size && read.iter().all(|byte| *byte == b'1'), "{} bytes", read.len());
}

#[test]
fn slow_client_gets_the_whole_of_a_large_picture() {
    let size = 8 << 20;
    let limits = format!("[limits]\npicture_bytes = {size}\nwrite_timeout = '2s'");
    let app = TestApp::with(&limits).session().serve();
    let mut content = PNG.to_vec();
    content.resize(size, 7);
    send(&app.ada, &form(&[file(&content)]), &[]).data();
    let head = "GET /api/users/1/thumbnail HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut wire = Wire::sending(&app.server, head);
    let (started, mut read) = (watch(), 0);
    let mut part = [0; 8192];
    // A megabyte a second, which takes far longer than a small answer may.
    loop {
        match wire.stream.read(&mut part).unwrap() {
            0 => break,
            count => read += count,
        }
        thread::sleep(Duration::from_millis(read as u64 / 1000).saturating_sub(started.elapsed()));
    }
    assert!(
        read > size && started.elapsed() > Duration::from_secs(8),
        "{read} {:?}",
        started.elapsed()
    );
}

#[test]
#[ignore = "measures"]
#[expect(clippy::print_stderr, reason = "figures are of interest")]
fn thirty_two_uploads_at_once_cost_little_memory() {
    let app = TestApp::logged_in();
    let mut content = PNG.to_vec();
    content.resize(4 << 20, 7);
    let body = form(&[file(&content)]);
    at_once(32, |_| assert_eq!(send(&app.ada, &body, &[]).status, 200));
    let status = app.server.status("status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let highest = line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024;
    eprintln!("{highest} MiB with 32 uploads of 4 MiB at once");
    assert!(highest < 96, "{highest} MiB");
}
