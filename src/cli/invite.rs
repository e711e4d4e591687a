//! `nox invite`.

use anyhow::Result;
use clap::{Args, Subcommand, value_parser};
use serde_json::{Value, json};

use super::moment;
use super::offered::offered;
use super::output::{Output, Stop};
use super::user::warn_of_unknown;
use crate::config::Registration;
use crate::domain::App;
use crate::domain::accounts::fields::Email;
use crate::domain::accounts::rights::Right;
use crate::domain::accounts::tags::GivenTag;
use crate::domain::invitations::{self, Invitation, NewInvitation};
use crate::domain::mail::{Mailed, Sending};
use crate::error::Error;
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(super) enum Invite {
    /// Make an invitation and print its link, by which a visitor may register
    Add(Add),
    /// List the invitations
    List,
    /// Remove an invitation; accounts that it made stay
    Remove {
        /// The id of the invitation
        id: u32,
    },
}

#[derive(Args)]
pub(super) struct Add {
    /// How many accounts it may make
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "email")]
    #[arg(value_parser = value_parser!(u32).range(1..))]
    uses: u32,
    /// Until when it is good: a length of time such as 7d, a date (its beginning in UTC), or a time
    /// such as 2026-12-31T18:00:00Z
    #[arg(long, value_name = "TIME", default_value = "7d")]
    expires: String,
    /// A tag that its accounts get; may be given several times
    #[arg(long = "tag", value_name = "TAG")]
    #[arg(value_parser = offered(Right::ALL.map(Right::tag), |text| Ok(text.to_owned())))]
    tags: Vec<String>,
    /// The only address that its accounts may have; the link is mailed there, too
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// A note, which users do not see
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    note: String,
}

impl Invite {
    pub(super) fn run(self, app: &App, output: Output) -> Result<()> {
        match self {
            Self::Add(command) => command.run(app, output, Timestamp::now()),
            Self::List => list(app, output),
            Self::Remove { id } => {
                let removed = invitations::remove(app, id, Timestamp::now())
                    .map_err(|error| with_id(error, id))?;
                output.done(&to_json(&removed), format_args!("removed the invitation {id}"))
            }
        }
    }
}

impl Add {
    fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let tags = self.tags.iter().cloned().map(GivenTag::parse).collect::<Result<_, _>>();
        let new = NewInvitation {
            uses: self.uses,
            expires_at: moment::later("--expires", &self.expires, now)?,
            tags: tags.map_err(refused)?,
            email: self.email.map(Email::parse).transpose().map_err(refused)?,
            note: self.note,
        };
        self.tags.iter().for_each(|tag| warn_of_unknown(tag));
        let reveal = |new: &Invitation| output.reveal(&to_json(new), url(new));
        let mail = invitations::add(app, new, now, reveal).map_err(refused_by)?;
        if app.config.users.registration == Registration::Closed {
            tracing::warn!(
                "the link works only while users.registration is \"invite\" or \"open\""
            );
        }
        warn_of_local_address(app);
        match mail.map(Sending::wait_for_first_answer) {
            None => {}
            Some(Ok(Mailed::OnItsWay)) => output.say("mailed the link"),
            Some(Ok(Mailed::Delayed)) => {
                let text = "made the invitation, but its link was not mailed: the mail server \
                    takes no mail at the moment; pass the link on yourself, or remove the \
                    invitation and try again";
                return Err(Stop::failed(text).into());
            }
            Some(Err(error)) => {
                let text = format!("made the invitation, but its link was not mailed: {error}");
                return Err(Stop::failed(text).into());
            }
        }
        Ok(())
    }
}

/// Warns of a link that opens on this machine alone.
pub(super) fn warn_of_local_address(app: &App) {
    if app.config.is_local() {
        tracing::warn!(
            "the link opens on this machine alone: set server.public_url to the address by which \
             others reach the server"
        );
    }
}

fn list(app: &App, output: Output) -> Result<()> {
    let mut list = output.list(["ID", "LINK", "USED", "EXPIRES", "EMAIL", "TAGS", "NOTE"]);
    for invitation in invitations::list(app)? {
        if list.is_json() {
            list.json(&to_json(&invitation))?;
            continue;
        }
        let link = url(&invitation).to_owned();
        let Invitation { id, uses, used, expires_at, tags, email, note, .. } = invitation;
        list.row([
            id.to_string(),
            link,
            format!("{used}/{uses}"),
            expires_at.to_string(),
            email.unwrap_or_else(|| "-".into()),
            tags.join(","),
            note,
        ])?;
    }
    list.finish()
}

/// The link; a dash if the key file was replaced since.
fn url(invitation: &Invitation) -> &str {
    invitation.link.as_ref().map_or("-", |link| link.url.as_str())
}

fn to_json(invitation: &Invitation) -> Value {
    let Invitation { id, link, uses, used, expires_at, tags, email, note } = invitation;
    json!({
        "id": id,
        "url": link.as_ref().map(|link| link.url.as_str()),
        "code": link.as_ref().map(|link| link.code.as_str()),
        "uses": uses,
        "used": used,
        "expires": expires_at,
        "tags": tags,
        "email": email,
        "note": note,
    })
}

fn with_id(error: Error, id: u32) -> anyhow::Error {
    match error {
        Error::NotFound { .. } => {
            let text = format!("there is no invitation {id}; nox invite list prints all of them");
            Stop::refused(&error, text).into()
        }
        error => error.into(),
    }
}

fn refused(error: Error) -> anyhow::Error {
    refused_by(error.into())
}

fn refused_by(error: anyhow::Error) -> anyhow::Error {
    let Some(refusal) = error.downcast_ref::<Error>() else { return error };
    match refusal.invalid_field() {
        Some((field, rule)) => Stop::refused(refusal, format!("the {field} {rule}")).into(),
        None => error,
    }
}
