//! `nox user tag`.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::{show, with_user};
use crate::cli::offered::offered;
use crate::cli::output::Output;
use crate::domain::App;
use crate::domain::accounts::operator;
use crate::domain::accounts::rights::{Right, is_known};
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
    #[arg(value_parser = offered(Right::ALL.map(Right::tag), |text| Ok(text.to_owned())))]
    tags: Vec<String>,
}

impl Tag {
    pub(super) fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let (Self::Add(Tags { name, tags }) | Self::Remove(Tags { name, tags })) = &self;
        let refused = |error: Error| with_user(error, name);
        let tags = tags.iter().cloned().map(GivenTag::parse).collect::<Result<Vec<_>, _>>();
        let tags = tags.map_err(refused)?;
        let before = operator::find(app, name, now).map_err(refused)?.public.tags;
        let given: Vec<String> = tags.iter().cloned().map(GivenTag::into_text).collect();
        let user = match &self {
            Self::Add(_) => operator::retag(app, name, tags, &[], now),
            Self::Remove(_) => operator::retag(app, name, Vec::new(), &tags, now),
        }
        .map_err(refused)?;
        match &self {
            Self::Add(_) => given.iter().for_each(|tag| warn_of_unknown(tag)),
            Self::Remove(_) => {
                for tag in given.iter().filter(|tag| !before.contains(tag)) {
                    output.say(not_removed(name, tag, &before));
                }
            }
        }
        if user.public.tags == before {
            let has = matches!(self, Self::Add(_));
            let why = if has { "has every one of these tags already" } else { "has none of them" };
            output.say(format_args!("nothing was changed: {name} {why}"));
        }
        if output.json {
            return show::done(app, output, &user.public.username, "");
        }
        output.line(user.public.tags.join(" "))
    }
}

/// Warns of a tag that gives no known right: it may be misspelt.
pub(in crate::cli) fn warn_of_unknown(tag: &str) {
    if !is_known(tag) {
        let known = Right::ALL.map(Right::tag).join(", ");
        tracing::warn!("no right is known by the tag {tag}; known are {known}");
    }
}

/// Why a tag cannot be removed that the user does not have.
fn not_removed(name: &str, tag: &str, tags: &[String]) -> String {
    if tags.contains(&format!("dft:{tag}")) {
        format!("{name} has {tag} by users.default_tags, which gives it to every user")
    } else {
        format!("{name} does not have the tag {tag}")
    }
}
