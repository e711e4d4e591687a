//! How Unity of 2026 finds the server, and what the server says of itself.

use serde::Deserialize;

use super::Unity;
use crate::clients::documents::{Configs, ServerFacts};
use crate::clients::request::Request;
use crate::clients::values::{Map, Millis, Nullable};
use crate::clients::{ADDRESS, URL, data, decode, path_of, serve, serve_with};
use crate::harness::Client;

#[derive(Deserialize)]
pub struct NodeInfoLinks {
    links: Vec<NodeInfoLink>,
}

#[derive(Deserialize)]
pub struct NodeInfoLink {
    rel: String,
    href: String,
}

/// The Nox document: every value of its maps is a string.
#[derive(Deserialize)]
pub struct Nox {
    pub id: String,
    pub software: Software,
    pub status: Status,
    pub started: Millis,
    pub public: Nullable<String>,
    pub address: String,
    pub port: Nullable<u16>,
    pub gateway: Map<String>,
    pub endpoints: Map<String>,
    pub versions: Map<String>,
    pub metadata: Metadata,
    pub features: Vec<String>,
    pub capabilities: Vec<String>,
    pub maintenance: Nullable<String>,
    pub contact: Nullable<String>,
    pub version: String,
    pub started_at: Millis,
    pub security: Nullable<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Online,
    Maintenance,
}

#[derive(Deserialize)]
pub struct Software {
    name: String,
    version: String,
}

#[derive(Deserialize)]
pub struct Metadata {
    title: String,
    description: String,
    icon: Nullable<String>,
    contact: Nullable<String>,
    socials: Map<String>,
}

/// `NodeInfo`, schema 2.1.
#[derive(Deserialize)]
pub struct NodeInfo {
    version: String,
    software: Software,
    protocols: Vec<String>,
    #[serde(rename = "openRegistrations")]
    open_registrations: bool,
    usage: Usage,
    services: Services,
    metadata: NodeMetadata,
}

#[derive(Deserialize)]
pub struct Services {
    inbound: Vec<String>,
    outbound: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeMetadata {
    node_name: String,
    node_description: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    users: UserCounts,
    local_posts: u32,
    local_comments: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserCounts {
    total: u32,
    active_month: u32,
    active_halfyear: u32,
}

/// Finds the API by `NodeInfo` and the document that it links to.
#[track_caller]
pub fn discover(client: &Client) -> (String, Nox) {
    let info: NodeInfoLinks = decode(&client.get("/.well-known/nodeinfo", &[]), 200);
    let link = info.links.iter().find(|link| link.rel == "nox/1.0").unwrap();
    let nox: Nox = decode(&client.get(path_of(&link.href), &[]), 200);
    let base = path_of(&nox.gateway["api"]).to_owned();
    assert!(base.ends_with('/'), "{base}");
    (base, nox)
}

#[test]
fn unity_2026_reads_the_discovery_documents() {
    let app = serve();
    let (unity, nox) = Unity::discover_by(&app);
    assert_eq!(
        (nox.id.as_str(), nox.address.as_str(), nox.status),
        (ADDRESS, ADDRESS, Status::Online)
    );
    // A URL of a websocket would make it try for ever.
    assert_eq!((nox.gateway["ws"].as_str(), nox.gateway["web"].as_str()), ("", URL));
    assert_eq!(
        (nox.maintenance.text(), nox.features, nox.started),
        (None, vec!["user".into()], nox.started_at)
    );
    assert!(nox.versions.contains_key("server"));
    for key in ["terms", "privacy", "rules"] {
        assert_eq!(nox.endpoints.get(key), None);
    }
    let get = |key: &str, query: &str| {
        unity.client.get(&format!("{}{query}", path_of(&nox.endpoints[key])), &[])
    };
    decode::<Nox>(&get("wellknown", ""), 200);
    decode::<NodeInfoLinks>(&get("nodeinfo", ""), 200);
    data::<Configs>(&get("configs", "")).are_true();
    data::<ServerFacts>(&get("server", "")).is_ours();
    let found = get("webfinger", &format!("?resource=acct:ada@{ADDRESS}"));
    assert_eq!(found.status, 200, "{}", found.text);
}

#[test]
fn unity_2026_reads_the_document_of_a_server_in_maintenance() {
    let app = serve_with(
        "[instance]\nmaintenance = 'Back at noon.'\ncontact = 'mailto:ops@nox.example'\n\
         terms = 'https://nox.example/terms'\nprivacy = 'https://nox.example/privacy'\n\
         rules = 'https://nox.example/rules'",
    );
    let (_, nox) = Unity::discover_by(&app);
    assert_eq!((nox.status, nox.maintenance.text()), (Status::Maintenance, Some("Back at noon.")));
    assert_eq!(
        (nox.contact.text(), nox.metadata.contact.text()),
        (Some("mailto:ops@nox.example"), nox.contact.text())
    );
    for key in ["terms", "privacy", "rules"] {
        assert_eq!(nox.endpoints[key], format!("{URL}/{key}"));
    }
}

#[test]
fn nodeinfo_has_no_envelope_below_any_prefix() {
    let app = serve();
    app.client().log_in("bob", "hunter22").token();
    for path in ["/nodeinfo/2.1", "/api/nodeinfo/2.1", "/api/v2/nodeinfo/2.1"] {
        let info: NodeInfo = decode(&Request::get(path).send(&app.client()), 200);
        let Usage { users, local_posts, local_comments } = info.usage;
        assert_eq!((info.version.as_str(), info.software.name.as_str()), ("2.1", "nox"));
        assert_eq!((users.total, users.active_month, users.active_halfyear), (2, 1, 1), "{path}");
        assert_eq!((local_posts, local_comments, info.open_registrations), (0, 0, false));
    }
}
