//! `nox user tag`.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::with_user;
use crate::cli::output::Output;
use crate::domain::App;
use crate::domain::accounts::operator;
use crate::domain::accounts::tags::GivenTag;
use crate::error::Error;
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(in crate::cli) enum Tag {
    /// Add tags
    Add(Tags),
    /// Remove tags
    Remove(Tags),
}

#[derive(Args)]
pub(in crate::cli) struct Tags {
    /// A username, an id or an email address
    name: String,
    /// Tags, such as `can_world_create` or sys:moderator
    #[arg(required = true)]
    tags: Vec<String>,
}

impl Tag {
    pub(super) fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let (Self::Add(Tags { name, tags }) | Self::Remove(Tags { name, tags })) = &self;
        let refused = |error: Error| with_user(error, name);
        let tags = tags.iter().cloned().map(GivenTag::parse).collect::<Result<Vec<_>, _>>();
        let tags = tags.map_err(refused)?;
        let before = operator::find(app, name, now).map_err(refused)?.public.tags;
        let user = match &self {
            Self::Add(_) => operator::retag(app, name, tags, &[], now),
            Self::Remove(_) => operator::retag(app, name, Vec::new(), &tags, now),
        }
        .map_err(refused)?;
        if user.public.tags == before {
            output.say(format_args!(
                "nothing was changed: {name} {}",
                match &self {
                    Self::Add(_) => "has every one of these tags already",
                    Self::Remove(_) => "has none of these tags",
                }
            ));
        }
        if output.json { output.ok(&user) } else { output.line(user.public.tags.join(" ")) }
    }
}
