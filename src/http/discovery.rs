//! Discovery: the documents by which programs find the server and learn what it offers.

use std::sync::OnceLock;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::bridge::Bridge;
use super::clock::Now;
use super::dialect::Dialect;
use super::envelope::{Failure, Reply};
use super::openapi::operation::{Operation, answer};
use super::query::Query;
use crate::config::{Config, Registration};
use crate::domain::accounts::identifier::Selector;
use crate::domain::accounts::registration::is_registration_open;
use crate::domain::accounts::search;
use crate::domain::passkeys;
use crate::domain::password::MAX_LENGTH;
use crate::error::Error;
use crate::time::Timestamp;

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The relation under which `NodeInfo` links to the Nox document.
const NOX_REL: &str = "nox/1.0";
const NODEINFO_REL: &str = "http://nodeinfo.diaspora.software/ns/schema/2.1";

/// `GET /.well-known/nox`
pub(super) async fn nox(bridge: Data<Bridge>) -> impl Responder {
    let config = bridge.config();
    let url = &config.server.public_url;
    let instance = &config.instance;
    let address = config.server.address.as_str();
    let started = bridge.started().millis();
    let contact = &instance.contact;
    HttpResponse::Ok().json(json!({
        "id": address,
        "software": { "name": "nox", "version": VERSION },
        "status": if instance.maintenance.is_some() { "maintenance" } else { "online" },
        "started": started,
        "started_at": started,
        "public": null,
        "address": address,
        "port": url.port(),
        "gateway": gateway(config),
        "endpoints": endpoints(config),
        "versions": { "server": VERSION },
        "version": VERSION,
        "metadata": {
            "title": instance.title,
            "description": instance.description,
            "icon": instance.icon,
            "contact": contact,
            "socials": {},
        },
        "contact": contact,
        "security": null,
        "features": ["user"],
        "capabilities": [],
        "maintenance": instance.maintenance,
    }))
}

/// `GET /.well-known/nodeinfo`
pub(super) async fn nodeinfo_links(bridge: Data<Bridge>) -> impl Responder {
    let url = &bridge.config().server.public_url;
    HttpResponse::Ok().json(json!({ "links": [
        { "rel": NODEINFO_REL, "href": format!("{url}/nodeinfo/2.1") },
        { "rel": NOX_REL, "href": format!("{url}/.well-known/nox") },
    ] }))
}

pub(super) const NODEINFO: Operation = Operation::new("Show the NodeInfo document").gives_plain();

/// `GET /nodeinfo/2.1` (nodeinfo.diaspora.software, schema 2.1)
pub(super) async fn nodeinfo(
    bridge: Data<Bridge>,
    Now(now): Now,
) -> Result<impl Responder, Failure> {
    let usage = bridge.search(move |app| search::usage(app, now)).await?;
    let config = bridge.config();
    let media_type =
        "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.1#\"";
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, media_type)).json(json!({
        "version": "2.1",
        "software": { "name": "nox", "version": VERSION },
        "protocols": [],
        "services": { "inbound": [], "outbound": [] },
        "openRegistrations": is_registration_open(config),
        "usage": {
            "users": {
                "total": usage.total,
                "activeMonth": usage.active_month,
                "activeHalfyear": usage.active_half_year,
            },
            "localPosts": 0,
            "localComments": 0,
        },
        "metadata": {
            "nodeName": config.instance.title,
            "nodeDescription": config.instance.description,
        },
    })))
}

/// `GET /.well-known/webfinger` (RFC 7033) for `acct:name@server`
pub(super) async fn webfinger(
    bridge: Data<Bridge>,
    Now(now): Now,
    query: Query,
) -> Result<impl Responder, Failure> {
    let config = bridge.config();
    let resource =
        query.first("resource").ok_or(Error::invalid("resource", "must be acct:name@server"))?;
    let account = resource
        .strip_prefix("acct:")
        .filter(|account| account.contains('@') && !account.starts_with('@'));
    let selector =
        account.and_then(|account| Selector::parse(account, config.server.address.as_str()));
    let Some(Selector::User(identifier)) = selector else { return Err(Error::UserNotFound.into()) };
    let user = bridge.read(|app| search::select(app, &identifier, now))?;
    let url = &config.server.public_url;
    let id = user.id;
    let subject = format!("acct:{}@{}", user.username, user.server);
    Ok(HttpResponse::Ok().content_type("application/jrd+json").body(
        json!({
            "subject": subject,
            "aliases": [format!("{url}/api/users/{id}")],
            "links": [{
                "rel": "self",
                "type": "application/json",
                "href": format!("{url}/api/users/{id}"),
            }],
        })
        .to_string(),
    ))
}

/// The description of the server.
#[derive(Serialize, ToSchema)]
pub(super) struct ServerData {
    id: String,
    title: String,
    description: String,
    address: String,
    gateways: Gateways,
    features: Vec<&'static str>,
    version: &'static str,
    #[schema(value_type = i64)]
    ready_at: Timestamp,
    icon: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Gateways {
    http: String,
    /// Always empty: this server has none.
    ws: &'static str,
    web: String,
}

pub(super) const SERVER: Operation =
    Operation::new("Describe the server").gives(answer::<ServerData>);

/// `GET /server`
pub(super) async fn server(bridge: Data<Bridge>) -> Result<Reply<ServerData>, Failure> {
    let Config { server, instance, .. } = bridge.config();
    let url = server.public_url.to_string();
    Ok(Reply::new(ServerData {
        id: server.address.to_string(),
        title: instance.title.clone(),
        description: instance.description.clone(),
        address: server.address.to_string(),
        gateways: Gateways { ws: "", http: url.clone(), web: url },
        features: vec!["user"],
        version: VERSION,
        ready_at: bridge.started(),
        icon: instance.icon.clone(),
    }))
}

/// The settings that a client needs before it shows a form.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "clients look for each of them")]
pub(super) struct Configs {
    /// `closed`, `open` or `invite`.
    #[schema(value_type = String)]
    registration: Registration,
    password_min_length: u32,
    password_max_length: usize,
    picture_max_bytes: u32,
    maintenance: Option<String>,
    allow_user_registration: bool,
    /// `allow_user_registration` under the name that other fronts read.
    #[serde(rename = "allowUserRegistration")]
    old_allow_user_registration: bool,
    support_passkey: bool,
    /// The domain that passkeys belong to, where there are any.
    passkey_rp_id: Option<String>,
    /// This and what follows is always `false` or empty: this server keeps no worlds, avatars and
    /// instances.
    allow_world_creation: bool,
    allow_world_creation_by_external: bool,
    allow_avatar_creation: bool,
    allow_avatar_creation_by_external: bool,
    allow_instance_creation: bool,
    allow_instance_creation_by_external: bool,
    regions: Vec<String>,
}

pub(super) const CONFIGS: Operation =
    Operation::new("Show the settings that clients need").gives(answer::<Configs>);

/// `GET /configs`
pub(super) async fn configs(bridge: Data<Bridge>) -> Result<Reply<Configs>, Failure> {
    let config = bridge.config();
    let may_register = is_registration_open(config);
    Ok(Reply::new(Configs {
        registration: config.users.registration,
        password_min_length: config.password.min_length.get(),
        password_max_length: MAX_LENGTH,
        picture_max_bytes: config.limits.picture_bytes.get(),
        maintenance: config.instance.maintenance.clone(),
        allow_user_registration: may_register,
        old_allow_user_registration: may_register,
        support_passkey: passkeys::is_on(config),
        passkey_rp_id: passkeys::rp_id(config).filter(|_| config.passkeys.enabled),
        allow_world_creation: false,
        allow_world_creation_by_external: false,
        allow_avatar_creation: false,
        allow_avatar_creation_by_external: false,
        allow_instance_creation: false,
        allow_instance_creation_by_external: false,
        regions: Vec::new(),
    }))
}

/// The OpenAPI documents of both dialects, each written when a client asks for it first.
pub(super) struct OpenApi {
    /// The functions that make a document come from `routes`, since a document lists all routes and
    /// one of them leads here.
    write: fn(Dialect) -> String,
    numbers: OnceLock<String>,
    names: OnceLock<String>,
}

impl OpenApi {
    pub(super) fn new(write: fn(Dialect) -> String) -> Self {
        Self { write, numbers: OnceLock::new(), names: OnceLock::new() }
    }
}

/// `GET /openapi.json`
pub(super) async fn openapi(documents: Data<OpenApi>, request: HttpRequest) -> HttpResponse {
    let dialect = Dialect::of_path(request.match_info().as_str());
    let document = if dialect.has_names() { &documents.names } else { &documents.numbers };
    let text = document.get_or_init(|| (documents.write)(dialect)).clone();
    HttpResponse::Ok().content_type("application/json").body(text)
}

/// The addresses that clients use; every value is a string.
fn gateway(config: &Config) -> Value {
    let url = config.server.public_url.as_str();
    // No websocket is listed: clients would reconnect for ever to one that does not answer.
    json!({ "web": url, "ws": "", "api": format!("{url}/api/v2/") })
}

/// The URL of each part of the server; every value is a string.
fn endpoints(config: &Config) -> Value {
    let Config { server, instance, .. } = config;
    let url = &server.public_url;
    let mut endpoints = json!({
        "wellknown": format!("{url}/.well-known/nox"),
        "webfinger": format!("{url}/.well-known/webfinger"),
        "nodeinfo": format!("{url}/.well-known/nodeinfo"),
        "configs": format!("{url}/api/v2/configs"),
        "server": format!("{url}/api/server"),
    });
    for (key, url) in
        [("terms", &instance.terms), ("privacy", &instance.privacy), ("rules", &instance.rules)]
    {
        if let Some(url) = url {
            endpoints[key] = url.as_str().into();
        }
    }
    endpoints
}
