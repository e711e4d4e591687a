//! Unity builds of 2026.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ADDRESS, Done, Due, Failure, Link, Nullable, PUBLIC_KEY, Session, Somebody, Stage, User, assert_app_is_due, data,
    decode, path_of, send,
};
use crate::common::{Answer, Client};

#[derive(Deserialize)]
struct NodeInfo {
    links: Vec<NodeInfoLink>,
}

#[derive(Deserialize)]
struct NodeInfoLink {
    rel: String,
    href: String,
}

/// The Nox document: every value of its maps is a string.
#[derive(Deserialize)]
struct Nox {
    gateway: BTreeMap<String, String>,
    endpoints: BTreeMap<String, String>,
    versions: BTreeMap<String, String>,
    maintenance: Nullable<String>,
}

#[derive(Deserialize)]
struct Method {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    description: String,
    enabled: bool,
    can_send: bool,
    details: Details,
}

#[derive(Deserialize)]
struct Details {
    sendable: bool,
    data: BTreeMap<String, Value>,
    code: Shape,
}

#[derive(Deserialize)]
struct Shape {
    length: u32,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Found {
    items: Vec<Somebody>,
}

/// One that has found the server.
struct Unity {
    client: Client,
    base: String,
}

impl Unity {
    /// By `NodeInfo` and the document that it links to.
    fn discover(stage: &Stage) -> (Self, Nox) {
        let client = stage.server.client();
        let info: NodeInfo = decode(&client.get("/.well-known/nodeinfo", &[]), 200);
        let link = info.links.iter().find(|link| link.rel == "nox/1.0").unwrap();
        let nox: Nox = decode(&client.get(path_of(&link.href), &[]), 200);
        let base = path_of(&nox.gateway["api"]).to_owned();
        (Self { client, base }, nox)
    }

    fn send(&self, method: &str, path: &str, bearer: Option<&str>, body: Option<&Value>) -> Answer {
        let mut headers = vec![("X-Nox-User", "2@nox.example"), ("x-uuid", "7"), ("x-nox-mods", "[]")];
        headers.extend(bearer.map(|bearer| ("Authorization", bearer)));
        send(&self.client, (method, &format!("{}{path}", self.base)), &headers, body)
    }

    fn log_in(&self, code: Option<&str>) -> Answer {
        let body =
            json!({ "identifier": "ada", "password": "hunter22", "public_key": PUBLIC_KEY, "factor_code": code });
        self.send("POST", "auth/login", None, Some(&body))
    }
}

#[test]
fn unity_of_2026_logs_in_with_a_code_changes_its_profile_and_logs_out_again() {
    let stage = Stage::new();
    let (unity, nox) = Unity::discover(&stage);
    assert_eq!(nox.maintenance.0, None);

    let due: Failure<String, Due<Method>> = decode(&unity.log_in(None), 428);
    assert_eq!((due.error.code.as_str(), due.error.status), ("VERIFICATION_REQUIRED", 428));
    let methods = [0, 1].map(|index: usize| &due.data.methods[index]);
    assert_app_is_due(methods.map(|method| (method.kind.as_str(), method.enabled)));
    let code = &methods[0].details.code;
    assert_eq!((code.length, code.kind.as_str(), methods[0].details.sendable), (6, "numeric", false));

    let session: Session<Link> = data(&unity.log_in(Some(&stage.code(0))));
    // It files the token under what the player typed, and looks for it under what the server says.
    assert_eq!((session.user.id, session.user.server.as_str()), (1, ADDRESS));
    let bearer = Some(session.bearer());
    let bearer = bearer.as_deref();

    let user: User<Link> = data(&unity.send("GET", "users/@me", bearer, None));
    let link = || Link { label: "https://ada.example/".into(), value: "https://ada.example/".into() };
    assert_eq!((user.links, user.twofa_enabled), (vec![link()], true));
    // It sends links as it got them.
    let links = json!([{ "label": "https://ada.example/", "value": "https://ada.example/" }]);
    let body = json!({ "display": "Ada L.", "links": links });
    let user: User<Link> = data(&unity.send("POST", "users/@me", bearer, Some(&body)));
    assert_eq!((user.display.as_str(), user.links), ("Ada L.", vec![link()]));

    assert!(data::<Done>(&unity.send("POST", "auth/logout", bearer, None)).success);
    let refused: Failure<String> = decode(&unity.send("GET", "users/@me", bearer, None), 401);
    assert_eq!((refused.error.code.as_str(), refused.error.status), ("UNAUTHORIZED", 401));
}

#[test]
fn unity_of_2026_finds_others_by_id_address_and_search() {
    let stage = Stage::new();
    let (unity, _) = Unity::discover(&stage);
    let bob = || Somebody { id: 2, username: "bob".into(), display: "bob".into() };
    assert_eq!(data::<Somebody>(&unity.send("GET", "users/u:2@nox.example", None, None)), bob());
    for query in ["users?query=bo&id=", "users?query=&id=2", "users?query=bo&id=2"] {
        let found: Found = data(&unity.send("GET", query, None, None));
        assert_eq!(found.items, [bob()], "{query}");
    }
    let refused: Failure<String> = decode(&unity.send("GET", "users/u:3@nox.example", None, None), 404);
    assert_eq!(refused.error.code, "NOT_FOUND");
}

#[test]
fn unity_of_2026_reads_the_document_of_a_server_in_maintenance() {
    let stage = Stage::with("[instance]\nmaintenance = 'Back at noon.'");
    let (_, nox) = Unity::discover(&stage);
    assert_eq!(nox.maintenance.0.as_deref(), Some("Back at noon."));
}
