//! How programs find the server, what it says of itself, and in which dialect.

use serde_json::{Value, json};

use crate::harness::{Client, Instance, Person};

const SETTINGS: &str = "[server]\naddress = 'nox.example'\npublic_url = 'https://nox.example:8443'\n\
    [users]\nregistration = 'open'\n\
    [instance]\ntitle = 'Our Nox'\ndescription = 'For all of us'\nicon = 'https://nox.example/icon.png'\n\
    contact = 'admin@nox.example'\nmaintenance = 'Back at noon'\n\
    terms = 'https://nox.example/terms'\nprivacy = 'https://nox.example/privacy'\nrules = 'https://nox.example/rules'";

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
fn the_nox_document_says_what_the_operator_set() {
    let instance = Instance::with(SETTINGS);
    let server = instance.serve();
    let nox = nox(&server.client());
    let (started, version) = (&nox["started"], env!("CARGO_PKG_VERSION"));
    assert!(started.as_i64().unwrap() > 1_700_000_000_000);
    let url = "https://nox.example:8443";
    assert_eq!(
        nox,
        json!({
            "id": "nox.example", "software": { "name": "nox", "version": version }, "status": "maintenance",
            "started": started, "started_at": started, "public": null, "address": "nox.example", "port": 8443,
            "gateway": {
                "web": url, "ws": "", "api": "https://nox.example:8443/api/v2/",
            },
            "endpoints": {
                "wellknown": format!("{url}/.well-known/nox"), "webfinger": format!("{url}/.well-known/webfinger"),
                "nodeinfo": format!("{url}/.well-known/nodeinfo"), "configs": format!("{url}/api/v2/configs"),
                "server": format!("{url}/api/server"), "terms": "https://nox.example/terms",
                "privacy": "https://nox.example/privacy", "rules": "https://nox.example/rules",
            },
            "versions": { "server": version }, "version": version,
            "metadata": {
                "title": "Our Nox", "description": "For all of us", "icon": "https://nox.example/icon.png",
                "contact": "admin@nox.example", "socials": {},
            },
            "features": ["user"], "capabilities": [], "maintenance": "Back at noon",
            "contact": "admin@nox.example", "security": nox["security"],
        })
    );
}

#[test]
fn the_nox_document_of_a_server_without_configuration_has_every_key_too() {
    let instance = Instance::new();
    let server = instance.serve();
    let nox = nox(&server.client());
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
    let instance = Instance::with(SETTINGS);
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let links =
        document(&server.client(), "/.well-known/nodeinfo", "application/json")["links"].clone();
    let href = |rel: &str| {
        let link = links.as_array().unwrap().iter().find(|link| link["rel"] == rel).unwrap();
        link["href"].as_str().unwrap().to_owned()
    };
    assert_eq!(href("nox/1.0"), "https://nox.example:8443/.well-known/nox");
    let path = href("http://nodeinfo.diaspora.software/ns/schema/2.1");
    let path = path.strip_prefix("https://nox.example:8443").unwrap();
    assert_eq!(
        document(&server.client(), path, "application/json"),
        json!({
            "version": "2.1", "software": { "name": "nox", "version": env!("CARGO_PKG_VERSION") }, "protocols": [],
            "services": { "inbound": [], "outbound": [] }, "openRegistrations": true,
            "usage": {
                "users": { "total": 1, "activeMonth": 0, "activeHalfyear": 0 }, "localPosts": 0, "localComments": 0,
            },
            "metadata": { "nodeName": "Our Nox", "nodeDescription": "For all of us" },
        })
    );
}

#[test]
fn webfinger_finds_the_users_of_this_server_alone() {
    let instance = Instance::with(SETTINGS);
    instance.add_user("ada", "hunter22");
    let client = instance.serve();
    let client = client.client();
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
fn the_server_and_its_configuration_are_shown_in_the_envelope() {
    let instance = Instance::with(SETTINGS);
    let server = instance.serve();
    let url = "https://nox.example:8443";
    for prefix in ["/api", "/api/v2", "/api/v2/api"] {
        let path = format!("{prefix}/server");
        let answer = server.client().get(&path, &[]);
        let shown = answer.data();
        assert_eq!(answer.json()["request"], path);
        assert!(shown["ready_at"].as_i64().unwrap() > 1_700_000_000_000);
        assert_eq!(
            shown,
            json!({
                "id": "nox.example", "title": "Our Nox", "description": "For all of us", "address": "nox.example",
                "gateways": { "http": url, "ws": "", "web": url }, "features": ["user"],
                "version": env!("CARGO_PKG_VERSION"), "ready_at": shown["ready_at"],
                "icon": "https://nox.example/icon.png",
            })
        );
        assert_eq!(
            server.client().get(&format!("{prefix}/configs"), &[]).data(),
            json!({
                "registration": "open", "password_min_length": 8, "password_max_length": 128,
                "picture_max_bytes": 4_194_304, "maintenance": "Back at noon", "allow_user_registration": true,
                "allowUserRegistration": true, "support_passkey": false, "regions": [],
                "allow_world_creation": false, "allow_world_creation_by_external": false,
                "allow_avatar_creation": false, "allow_avatar_creation_by_external": false,
                "allow_instance_creation": false, "allow_instance_creation_by_external": false,
            })
        );
    }
}

#[test]
fn a_front_offers_registration_only_where_it_is_open_to_everybody() {
    for registration in ["closed", "invite"] {
        let instance = Instance::with(&format!("[users]\nregistration = '{registration}'"));
        let configs = instance.serve().client().get("/api/v2/configs", &[]).data();
        assert_eq!(
            (&configs["registration"], &configs["allow_user_registration"]),
            (&json!(registration), &json!(false))
        );
    }
}

#[test]
fn nodeinfo_is_below_each_prefix_too_and_counts_who_was_there_of_late() {
    let instance = Instance::new();
    for name in ["ada", "bob", "eve"] {
        instance.add_user(name, "hunter22");
    }
    let server = instance.serve();
    Person::log_in(&server, "ada");
    Person::log_in(&server, "bob").ask("/api/auth/logout");
    let quarter = 90_i64 * 24 * 60 * 60 * 1000;
    let database = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
    database
        .execute("UPDATE devices SET last_seen_at = last_seen_at - ?1 WHERE user_id = 2", [quarter])
        .unwrap();
    for path in ["/nodeinfo/2.1", "/api/nodeinfo/2.1", "/api/v2/nodeinfo/2.1"] {
        let users = document(&server.client(), path, "application/json")["usage"]["users"].clone();
        assert_eq!(users, json!({ "total": 3, "activeMonth": 1, "activeHalfyear": 2 }), "{path}");
    }
}

#[test]
fn failures_have_names_in_one_dialect_and_numbers_in_the_other() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let (client, ada) = (server.client(), Person::log_in(&server, "ada"));
    let gets = [
        ("/nothing", "NOT_IMPLEMENTED", 501, 1, 501),
        ("/users/nobody", "NOT_FOUND", 404, 2, 404),
        ("/users/1/banner", "NOT_FOUND", 404, 3, 404),
        ("/users/@me/sessions/x", "NOT_FOUND", 404, 15, 404),
        ("/users?limit=x", "VALIDATION_ERROR", 422, 5, 400),
        ("/auth/login", "METHOD_NOT_ALLOWED", 405, 1004, 405),
    ];
    for (path, name, status, code, number_status) in gets {
        ada.get(&format!("/api/v2{path}")).named_failure(name, status);
        for prefix in ["/api", "/api/v2/api"] {
            let path = format!("{prefix}{path}");
            ada.get(&path).failure(code, number_status, &path);
        }
    }
    client.get("/api/v2/users/@me", &[]).named_failure("UNAUTHORIZED", 401);
    // A path is one, however it is encoded.
    client.get("/api/%762/users/@me", &[]).named_failure("UNAUTHORIZED", 401);
    client.get("/%61pi/users/@me", &[]).failure(7, 401, "/%61pi/users/@me");
    client.post("/api/v2/auth/login", &json!([])).named_failure("BAD_REQUEST", 400);
    client.post("/api/v2/auth/register", &json!({})).named_failure("FORBIDDEN", 403);
    client.send("POST", "/api/v2/auth/login", &[], b"{}").named_failure("BAD_REQUEST", 415);
    let large = json!({ "identifier": "x".repeat(20_000) });
    client.post("/api/v2/auth/login", &large).named_failure("BAD_REQUEST", 413);
    let body = json!({ "identifier": "ada", "password": "hunter22" });
    for prefix in ["/api/v2", "/api/v2/api"] {
        assert_eq!(client.post(&format!("{prefix}/auth/login"), &body).status, 200);
    }
    instance.ok(&["user", "disable", "ada"], "");
    client.post("/api/v2/auth/login", &body).named_failure("FORBIDDEN", 403);
}
