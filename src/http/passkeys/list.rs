//! The passkeys that a user has: listed, renamed and removed.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ProofRequest, optional, proof};
use crate::domain::App;
use crate::domain::passkeys::names::{self, PasskeyName};
use crate::domain::passkeys::{self, PasskeyId, PasskeyView};
use crate::error::{Error, Result};
use crate::http::body::{Body, OptionalBody};
use crate::http::bridge::Bridge;
use crate::http::clock::Now;
use crate::http::envelope::{Failure, Reply};
use crate::http::extract::{Authenticated, AuthenticatedChange};
use crate::http::openapi::operation::{Operation, Refusal, answer, schema};
use crate::time::Timestamp;

/// A passkey. `synced` and `backed_up` are the same, under both names that clients read.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Passkey)]
#[expect(clippy::struct_excessive_bools, reason = "clients look for each of them")]
pub(in crate::http) struct PasskeyItem {
    id: String,
    name: String,
    #[schema(value_type = i64)]
    created_at: Timestamp,
    #[schema(value_type = Option<i64>)]
    last_used_at: Option<Timestamp>,
    /// Whether it is copied to other devices.
    synced: bool,
    backed_up: bool,
    /// `multiDevice` where it may be copied, and else `singleDevice`.
    device_type: &'static str,
    /// Always `true`: a browser finds it without a name.
    discoverable: bool,
    transports: Vec<String>,
    /// Which program its device claims to be.
    aaguid: String,
    /// The domain that it was made for.
    rp_id: String,
    /// Whether it logs in to this server as that is configured.
    usable: bool,
}

impl From<PasskeyView> for PasskeyItem {
    fn from(passkey: PasskeyView) -> Self {
        Self {
            id: passkey.id.to_string(),
            name: passkey.name,
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
            synced: passkey.is_synced,
            backed_up: passkey.is_synced,
            device_type: if passkey.is_syncable { "multiDevice" } else { "singleDevice" },
            discoverable: true,
            transports: passkey.transports,
            aaguid: passkey.aaguid.to_string(),
            rp_id: passkey.rp_id,
            usable: passkey.is_usable,
        }
    }
}

/// The passkeys of a user, the oldest first. `items` and `passkeys` are the same, under both names
/// that clients read.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct PasskeyList {
    total: usize,
    items: Vec<PasskeyItem>,
    passkeys: Vec<PasskeyItem>,
}

pub(in crate::http) const LIST: Operation =
    Operation::new("List the caller's passkeys").reads().gives(answer::<PasskeyList>);

/// `GET /auth/passkey` and `/auth/passkeys`
pub(in crate::http) async fn list(
    bridge: Data<Bridge>,
    Authenticated(caller): Authenticated,
) -> Result<Reply<PasskeyList>, Failure> {
    let found = bridge.read(|app| passkeys::list(app, caller.user.id))?;
    let items: Vec<PasskeyItem> = found.into_iter().map(Into::into).collect();
    Ok(Reply::new(PasskeyList { total: items.len(), passkeys: items.clone(), items }))
}

#[derive(ToSchema)]
#[schema(as = PasskeyRename)]
#[expect(dead_code, reason = "it only describes the wire")]
pub(in crate::http) struct RenameRequest {
    #[schema(min_length = 1, max_length = 64)]
    name: String,
}

pub(in crate::http) const RENAME: Operation = Operation::new("Rename one of the caller's passkeys")
    .changes()
    .takes(schema::<RenameRequest>)
    .gives(answer::<PasskeyItem>)
    .fails(&[Refusal::NotFound, Refusal::InvalidField]);

/// `PATCH /auth/passkey/{id}`
pub(in crate::http) async fn rename(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    request: HttpRequest,
    Body(mut body): Body,
) -> Result<Reply<PasskeyItem>, Failure> {
    let id = id(&request)?;
    let name = optional(&mut body, "name")?;
    let name = name.map(|text| PasskeyName::parse(&text)).transpose()?.flatten();
    let name = name.ok_or(names::RULE)?;
    let renamed = bridge.run(move |app| passkeys::rename(app, &principal, id, name, now)).await?;
    Ok(Reply::new(renamed.into()))
}

/// A passkey is removed.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyRemoved)]
pub(in crate::http) struct Removed {
    success: bool,
    removed: bool,
}

pub(in crate::http) const REMOVE: Operation =
    Operation::new("Remove one of the caller's passkeys, and end every other session")
        .changes()
        .takes_optionally(schema::<ProofRequest>)
        .gives(answer::<Removed>)
        .fails(&[
            Refusal::NotFound,
            Refusal::InvalidField,
            Refusal::VerificationRequired,
            Refusal::TooManyRequests,
        ]);

/// `DELETE /auth/passkey/{id}`
pub(in crate::http) async fn remove(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    request: HttpRequest,
    OptionalBody(mut body): OptionalBody,
) -> Result<Reply<Removed>, Failure> {
    let id = id(&request)?;
    let proof = proof(&mut body)?;
    let has_password = proof.password.is_some();
    let work = move |app: &App| passkeys::remove(app, &principal, id, &proof, now);
    if has_password {
        bridge.hash(work).await?;
    } else {
        bridge.run(work).await?;
    }
    Ok(Reply::new(Removed { success: true, removed: true }))
}

fn id(request: &HttpRequest) -> Result<PasskeyId> {
    let id = request.match_info().get("id").and_then(PasskeyId::parse);
    id.ok_or(Error::NotFound { what: "Passkey" })
}
