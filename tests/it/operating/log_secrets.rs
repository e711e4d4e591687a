//! Secrets of callers stay out of the log.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use super::log_lines::serve;
use crate::harness::{Ended, LOGIN, ME, TestApp};

/// Puts the secret into paths, queries, cookies and other headers.
fn leave_in_heads(app: &TestApp, secret: &str) {
    let client = app.client();
    let cookies =
        format!("_uid={secret}; nox_browser={secret}; nox_challenge={secret}; x={secret}");
    let page = format!("https://evil.example/?{secret}");
    let schemes = ["Bearer ", "Bearer", "Basic ", ""].map(|scheme| format!("{scheme}{secret}"));
    let mut heads = vec![
        vec![],
        vec![("Cookie", cookies.as_str())],
        vec![("Proxy-Authorization", secret), ("X-Api-Key", secret)],
        vec![("User-Agent", secret), ("Accept-Language", secret)],
        vec![("Origin", &page), ("Cookie", &cookies)],
        vec![("Referer", &page), ("Cookie", &cookies)],
        vec![
            ("X-Forwarded-For", secret),
            ("X-Forwarded-Host", secret),
            ("X-Forwarded-Proto", secret),
        ],
    ];
    heads.extend(schemes.iter().map(|value| vec![("Authorization", value.as_str())]));
    for path in [
        format!("/api/users/{secret}"),
        format!("/api/users/@me/sessions/{secret}"),
        format!("/api/{secret}"),
        format!("/{secret}/x"),
        format!("/static/{secret}"),
        format!("/login?return_to=/{secret}"),
        format!("/email/confirmation?token={secret}"),
        format!("/reset/{secret}"),
        format!("/register/{secret}"),
        format!("/api/email/confirmation?token={secret}"),
        format!("/.well-known/webfinger?resource={secret}"),
        format!("{LOGIN}?password={secret}&token={secret}"),
    ] {
        for headers in &heads {
            client.get(&path, headers);
            client.send("POST", &path, headers, b"");
        }
    }
}

/// Puts the secret into bodies, most of which are malformed.
fn leave_in_bodies(app: &TestApp, secret: &str, bearer: &str) {
    const KIND: &str = "application/json";
    let form = format!("token={secret}&password={secret}&%zz={secret}");
    let part = format!("--x\r\nContent-Disposition: {secret}\r\n\r\n{secret}");
    for path in [
        LOGIN,
        "/api/auth/register",
        ME,
        "/api/relays/checkbearer",
        "/login",
        "/account",
        "/reset/password",
    ] {
        for (kind, body) in [
            (KIND, &format!("{{\"password\": \"{secret}\"")),
            (KIND, &secret.to_owned()),
            (KIND, &format!("[\"{secret}\"]")),
            (KIND, &json!({ "identifier": [secret], "password": secret }).to_string()),
            (KIND, &json!({ "identifier": secret, "password": { "x": secret } }).to_string()),
            (
                KIND,
                &json!({ "identifier": "ada", "password": secret, "twofa_token": secret })
                    .to_string(),
            ),
            (KIND, &format!("{{\"password\": \"{secret}\", \"password\": \"{secret}\"}}")),
            ("text/plain", &secret.to_owned()),
            ("application/x-www-form-urlencoded", &form),
            ("multipart/form-data; boundary=x", &part),
            (secret, &form),
        ] {
            let headers = [("Content-Type", kind), ("Authorization", bearer)];
            app.client().send("POST", path, &headers, body.as_bytes());
            app.client().send("POST", path, &headers[..1], body.as_bytes());
        }
    }
}

/// Puts the secret into requests that are hardly HTTP.
fn leave_in_pieces(app: &TestApp, secret: &str) {
    for request in [
        format!(
            "GET /{secret} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \u{7f}{secret}\r\n\r\n"
        ),
        format!("GET /{secret} HTTP/9.9\r\n\r\n"),
        format!("GET http://{secret}/?{secret} HTTP/1.1\r\nHost: {secret}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: x\r\n{secret}\r\n\r\n"),
        format!("POST {LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Length: {secret}\r\n\r\n{secret}"),
        format!(
            "POST {LOGIN} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{secret}\r\n"
        ),
        format!("{secret}\r\n\r\n"),
    ] {
        let mut stream = TcpStream::connect(&app.server.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        // The connection may be closed without an answer.
        let _ = stream.read(&mut [0; 64]);
    }
}

#[test]
fn secret_is_not_logged_wherever_a_caller_puts_it() {
    const SECRET: &str = "s3cr3t-of-the-caller";
    for format in ["text", "json"] {
        let app = serve(format);
        let ada = app.log_in("ada");
        let bearer = ada.bearer();
        for secret in [SECRET, &ada.token] {
            leave_in_heads(&app, secret);
            leave_in_bodies(&app, secret, &bearer);
            leave_in_pieces(&app, secret);
        }
        let Ended { status, stdout, log } = app.server.stop();
        assert_eq!((status.code(), stdout.as_str()), (Some(0), ""));
        assert!(
            log.lines().count() > 600 && log.contains("DEBUG") && !log.contains("ERROR"),
            "{log}"
        );
        let signature = ada.token.rsplit('.').next().unwrap();
        for secret in [SECRET, signature, "hunter22", "return_to", "password="] {
            let line = log.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{secret}");
        }
    }
}
