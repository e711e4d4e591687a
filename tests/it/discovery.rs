//! How programs find the server, what it says of itself, and in which dialect.

use serde_json::{Value, json};

use crate::harness::{
    Client, INVALID_FIELD, METHOD_NOT_ALLOWED, NOT_FOUND, NOT_IMPLEMENTED, NOT_LOGGED,
    SESSION_NOT_FOUND, TestApp, USER_NOT_FOUND,
};

const SETTINGS: &str = "[server]
address = 'nox.example'
public_url = 'https://nox.example:8443'
[users]
registration = 'open'
[instance]
title = 'Our Nox'
description = 'For all of us'
icon = 'https://nox.example/icon.png'
contact = 'admin@nox.example'
maintenance = 'Back at noon'
terms = 'https://nox.example/terms'
privacy = 'https://nox.example/privacy'
rules = 'https://nox.example/rules'
";
const URL: &str = "https://nox.example:8443";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The document at a path outside the envelope.
fn document(client: &Client, path: &str, media_type: &str) -> Value {
    let answer = client.get(path, &[]);
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.header("content-type").unwrap().starts_with(media_type), "{:?}", answer.headers);
    answer.json()
}

fn nox(client: &Client) -> Value {
    document(client, "/.well-known/nox", "application/json")
}

#[test]
fn nox_document_shows_the_configuration() {
    let app = TestApp::with(SETTINGS).empty().serve();
    let nox = nox(&app.client());
    let started = &nox["started"];
    assert!(started.as_i64().unwrap() > 1_700_000_000_000);
    assert_eq!(
        nox,
        json!({
            "id": "nox.example", "software": { "name": "nox", "version": VERSION },
            "status": "maintenance", "started": started, "started_at": started, "public": null,
            "address": "nox.example", "port": 8443,
            "gateway": { "web": URL, "ws": "", "api": "https://nox.example:8443/api/v2/" },
            "endpoints": {
                "wellknown": format!("{URL}/.well-known/nox"),
                "webfinger": format!("{URL}/.well-known/webfinger"),
                "nodeinfo": format!("{URL}/.well-known/nodeinfo"),
                "configs": format!("{URL}/api/v2/configs"),
                "server": format!("{URL}/api/server"), "terms": "https://nox.example/terms",
                "privacy": "https://nox.example/privacy", "rules": "https://nox.example/rules",
            },
            "versions": { "server": VERSION }, "version": VERSION,
            "metadata": {
                "title": "Our Nox", "description": "For all of us",
                "icon": "https://nox.example/icon.png", "contact": "admin@nox.example",
                "socials": {},
            },
            "features": ["user"], "capabilities": [], "maintenance": "Back at noon",
            "contact": "admin@nox.example", "security": nox["security"],
        })
    );
}

#[test]
fn nox_document_without_configuration_has_every_key() {
    let app = TestApp::builder().empty().serve();
    let nox = nox(&app.client());
    for key in [
        "id",
        "software",
        "status",
        "started",
        "public",
        "address",
        "port",
        "gateway",
        "endpoints",
        "versions",
        "metadata",
        "features",
        "capabilities",
        "maintenance",
        "contact",
        "version",
        "started_at",
        "security",
    ] {
        assert!(nox.as_object().unwrap().contains_key(key), "{key}");
    }
    assert_eq!((&nox["status"], &nox["maintenance"]), (&json!("online"), &Value::Null));
    assert_eq!(
        (&nox["port"], &nox["gateway"]["api"]),
        (&json!(53032), &json!("http://localhost:53032/api/v2/"))
    );
    for part in ["gateway", "endpoints", "versions"] {
        let values: Vec<_> = nox[part].as_object().unwrap().values().collect();
        assert!(
            !values.is_empty() && values.iter().all(|value| value.is_string()),
            "{part}: {values:?}"
        );
    }
    assert!(nox["metadata"]["title"].is_string() && nox["metadata"]["socials"].is_object());
}

#[test]
fn nodeinfo_links_to_its_document_and_to_the_nox_document() {
    let app = TestApp::with(SETTINGS).serve();
    let links =
        document(&app.client(), "/.well-known/nodeinfo", "application/json")["links"].clone();
    let href = |rel: &str| {
        let link = links.as_array().unwrap().iter().find(|link| link["rel"] == rel).unwrap();
        link["href"].as_str().unwrap().to_owned()
    };
    assert_eq!(href("nox/1.0"), "https://nox.example:8443/.well-known/nox");
    let path = href("http://nodeinfo.diaspora.software/ns/schema/2.1");
    let path = path.strip_prefix("https://nox.example:8443").unwrap();
    assert_eq!(
        document(&app.client(), path, "application/json"),
        json!({
            "version": "2.1", "software": { "name": "nox", "version": VERSION },
            "protocols": [],
            "services": { "inbound": [], "outbound": [] }, "openRegistrations": true,
            "usage": {
                "users": { "total": 1, "activeMonth": 0, "activeHalfyear": 0 },
                "localPosts": 0, "localComments": 0,
            },
            "metadata": { "nodeName": "Our Nox", "nodeDescription": "For all of us" },
        })
    );
}

#[test]
fn webfinger_finds_users_of_this_server_alone() {
    let app = TestApp::with(SETTINGS).serve();
    let client = app.client();
    for resource in ["acct:ada@nox.example", "acct%3Aada%40nox.example", "acct:ADA@NOX.example"] {
        let path = format!("/.well-known/webfinger?resource={resource}");
        let found = document(&client, &path, "application/jrd+json");
        assert_eq!(found["subject"], "acct:ada@nox.example");
        let hrefs: Vec<_> = found["links"]
            .as_array()
            .unwrap()
            .iter()
            .map(|link| link["href"].as_str().unwrap())
            .collect();
        assert_eq!(hrefs, ["https://nox.example:8443/api/users/1"]);
    }
    for (query, status) in [
        ("?resource=acct:bob@nox.example", 404),
        ("?resource=acct:ada@elsewhere.example", 404),
        ("?resource=acct:ada", 404),
        ("?resource=acct:@me@nox.example", 404),
        ("?resource=https://nox.example/ada", 404),
        ("?resource=", 400),
        ("", 400),
    ] {
        assert_eq!(
            client.get(&format!("/.well-known/webfinger{query}"), &[]).status,
            status,
            "{query}"
        );
    }
}

#[test]
fn server_and_its_configuration_are_answered_in_the_envelope() {
    let app = TestApp::with(SETTINGS).empty().serve();
    for prefix in ["/api", "/api/v2", "/api/v2/api"] {
        let path = format!("{prefix}/server");
        let answer = app.client().get(&path, &[]);
        let shown = answer.data();
        assert_eq!(answer.json()["request"], path);
        assert!(shown["ready_at"].as_i64().unwrap() > 1_700_000_000_000);
        assert_eq!(
            shown,
            json!({
                "id": "nox.example", "title": "Our Nox", "description": "For all of us",
                "address": "nox.example", "features": ["user"], "version": VERSION,
                "gateways": { "http": URL, "ws": "", "web": URL }, "ready_at": shown["ready_at"],
                "icon": "https://nox.example/icon.png",
            })
        );
        assert_eq!(
            app.client().get(&format!("{prefix}/configs"), &[]).data(),
            json!({
                "registration": "open", "password_min_length": 8, "password_max_length": 128,
                "picture_max_bytes": 4_194_304, "maintenance": "Back at noon",
                "allow_user_registration": true, "allowUserRegistration": true,
                "support_passkey": true, "passkey_rp_id": "nox.example", "regions": [],
                "allow_world_creation": false, "allow_world_creation_by_external": false,
                "allow_avatar_creation": false, "allow_avatar_creation_by_external": false,
                "allow_instance_creation": false, "allow_instance_creation_by_external": false,
            })
        );
    }
}

#[test]
fn registration_is_offered_only_where_it_is_open() {
    for registration in ["closed", "invite"] {
        let app = TestApp::with(&format!("[users]\nregistration = '{registration}'")).serve();
        let configs = app.client().get("/api/v2/configs", &[]).data();
        assert_eq!(
            (&configs["registration"], &configs["allow_user_registration"]),
            (&json!(registration), &json!(false))
        );
    }
}

#[test]
fn nodeinfo_counts_recent_users_below_each_prefix() {
    let app = TestApp::builder().user("bob").user("eve").serve();
    app.log_in("ada");
    app.log_in("bob").post_nothing("/api/auth/logout");
    let quarter = 90_i64 * 24 * 60 * 60 * 1000;
    let age = "UPDATE devices SET last_seen_at = last_seen_at - ?1 WHERE user_id = 2";
    app.instance.database().execute(age, [quarter]).unwrap();
    for path in ["/nodeinfo/2.1", "/api/nodeinfo/2.1", "/api/v2/nodeinfo/2.1"] {
        let users = document(&app.client(), path, "application/json")["usage"]["users"].clone();
        assert_eq!(users, json!({ "total": 3, "activeMonth": 1, "activeHalfyear": 2 }), "{path}");
    }
}

#[test]
fn refusals_have_names_in_one_dialect_and_numbers_in_the_other() {
    let app = TestApp::new();
    let (client, ada) = (app.client(), app.log_in("ada"));
    let gets = [
        ("/nothing", "NOT_IMPLEMENTED", 501, NOT_IMPLEMENTED),
        ("/users/nobody", "NOT_FOUND", 404, USER_NOT_FOUND),
        ("/users/1/banner", "NOT_FOUND", 404, NOT_FOUND),
        ("/users/@me/sessions/x", "NOT_FOUND", 404, SESSION_NOT_FOUND),
        ("/users?limit=x", "VALIDATION_ERROR", 422, INVALID_FIELD),
        ("/auth/login", "METHOD_NOT_ALLOWED", 405, METHOD_NOT_ALLOWED),
    ];
    for (path, name, status, refusal) in gets {
        ada.get(&format!("/api/v2{path}")).refused_as(name, status);
        for prefix in ["/api", "/api/v2/api"] {
            let path = format!("{prefix}{path}");
            ada.get(&path).refused(refusal, &path);
        }
    }
    client.get("/api/v2/users/@me", &[]).refused_as("UNAUTHORIZED", 401);
    // A path is one, however it is encoded.
    client.get("/api/%762/users/@me", &[]).refused_as("UNAUTHORIZED", 401);
    client.get("/%61pi/users/@me", &[]).refused(NOT_LOGGED, "/%61pi/users/@me");
    client.post("/api/v2/auth/login", &json!([])).refused_as("BAD_REQUEST", 400);
    client.post("/api/v2/auth/register", &json!({})).refused_as("FORBIDDEN", 403);
    client.send("POST", "/api/v2/auth/login", &[], b"{}").refused_as("BAD_REQUEST", 415);
    let large = json!({ "identifier": "x".repeat(20_000) });
    client.post("/api/v2/auth/login", &large).refused_as("BAD_REQUEST", 413);
    let body = json!({ "identifier": "ada", "password": "hunter22" });
    for prefix in ["/api/v2", "/api/v2/api"] {
        assert_eq!(client.post(&format!("{prefix}/auth/login"), &body).status, 200);
    }
    app.nox("user disable ada");
    client.post("/api/v2/auth/login", &body).refused_as("FORBIDDEN", 403);
}
