//! `nox user set`.

use std::fs;

use anyhow::{Context, Result};
use clap::{Args, value_parser};

use super::{Account, Permission, show, with_user};
use crate::cli::offered::offered;
use crate::cli::output::{Output, Stop};
use crate::domain::App;
use crate::domain::accounts::changes::Changes;
use crate::domain::accounts::fields::{
    Avatar, BannerUrl, Bio, Clearable, Display, Email, Home, PresenceText, Pronoun, Status,
    ThumbnailUrl,
};
use crate::domain::accounts::links::{SentLink, links};
use crate::domain::accounts::operator::{self, PictureUpdate, Update, Updated};
use crate::domain::accounts::tags::GivenTag;
use crate::domain::pictures::{self, NewPicture, PictureKind};
use crate::error::{Error, PictureFault, Result as Checked};
use crate::files;
use crate::time::Timestamp;
use crate::words::Language;

#[derive(Args)]
#[command(override_usage = "nox user set [OPTIONS] <NAME>")]
#[group(required = true, multiple = true, id = "field", args = [
    "display", "email", "verified", "admin", "bio", "links", "home", "pronoun", "avatar",
    "presence", "presence_text", "rank", "tags", "thumbnail", "banner", "language",
])]
pub(in crate::cli) struct Set {
    #[command(flatten)]
    account: Account,
    /// The display name, at most 50 characters
    #[arg(long, value_name = "NAME")]
    display: Option<String>,
    /// An email address; it is unverified unless --verified true is given
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Whether the email address is verified
    #[arg(long, value_name = "true|false")]
    verified: Option<bool>,
    /// Whether the user is an administrator
    #[arg(long, value_name = "true|false")]
    admin: Option<bool>,
    /// A text about the user, at most 4096 characters
    #[arg(long, value_name = "TEXT")]
    bio: Option<String>,
    /// At most ten links, separated by commas: URL, or LABEL=URL with a label of at most 32
    /// characters, such as "My page=https://a.example,https://b.example"; write a comma in a URL
    /// as %2C
    #[arg(long, value_name = "LINKS")]
    links: Option<String>,
    /// The home world of the user
    #[arg(long, value_name = "TEXT")]
    home: Option<String>,
    /// The pronoun of the user, at most 32 characters
    #[arg(long, value_name = "TEXT")]
    pronoun: Option<String>,
    /// The avatar: ID@SERVER, where :: is this server
    #[arg(long, value_name = "AVATAR")]
    avatar: Option<String>,
    /// The presence: online, busy, dnd, oja, ojf, stream, offline, idle or invisible
    #[arg(long, value_name = "STATUS")]
    presence: Option<String>,
    /// The text of the presence, at most 128 characters
    #[arg(long, value_name = "TEXT")]
    presence_text: Option<String>,
    /// The rank; users of rank 0 have the tag sys:unverified
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    #[arg(value_parser = value_parser!(i64).range(i64::from(i32::MIN)..=i64::from(i32::MAX)))]
    rank: Option<i64>,
    /// The tags, separated by commas; they replace all others
    #[arg(long, value_name = "TAGS", value_delimiter = ',')]
    tags: Option<Vec<String>>,
    /// A small picture: a file, or an http or https URL
    #[arg(long, value_name = "FILE|URL")]
    thumbnail: Option<String>,
    /// A wide picture: a file, or an http or https URL
    #[arg(long, value_name = "FILE|URL")]
    banner: Option<String>,
    /// The language of mails and pages
    #[arg(long, value_parser = offered(Language::TAGS.iter().copied(), read_language))]
    language: Option<Language>,
    #[command(flatten)]
    permission: Permission,
}

impl Set {
    pub(super) fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let name = self.account.name.clone();
        let arguments =
            [(PictureKind::Thumbnail, &self.thumbnail), (PictureKind::Banner, &self.banner)];
        let files = arguments
            .into_iter()
            .filter_map(|(kind, argument)| Some((kind, file(argument.as_deref())?)));
        let pictures = files
            .map(|(kind, file)| Ok(PictureUpdate { kind, picture: read(app, kind, &file)? }))
            .collect::<Result<Vec<_>>>()?;
        let last_administrator = self.permission.into();
        let changes = self.changes().map_err(|error| with_user(error, &name))?;
        let update = Update { changes, pictures, last_administrator };
        let Updated { profile: user, has_changed } =
            operator::set(app, &name, update, now).map_err(|error| with_user(error, &name))?;
        let username = &user.public.username;
        let sentence = if has_changed {
            format!("changed {username}")
        } else {
            format!("nothing changed: {username} has these values already")
        };
        // The address by which the account was named may be another one now.
        show::done(app, output, &user.public.id.to_string(), sentence)
    }

    fn changes(self) -> Checked<Changes> {
        let url = |text: Option<String>| text.filter(|text| file(Some(text)).is_none());
        let filled = |texts: Vec<String>| {
            texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>()
        };
        Ok(Changes {
            display: self.display.map(Display::parse).transpose()?,
            email: self.email.map(|text| Clearable::parse(text, Email::parse)).transpose()?,
            email_verified: self.verified,
            is_admin: self.admin,
            bio: self.bio.map(|text| Clearable::parse(text, Bio::parse)).transpose()?,
            thumbnail: url(self.thumbnail)
                .map(|text| Clearable::parse(text, ThumbnailUrl::parse))
                .transpose()?,
            banner: url(self.banner)
                .map(|text| Clearable::parse(text, BannerUrl::parse))
                .transpose()?,
            links: self.links.map(|text| links(split(&text))).transpose()?,
            home: self.home.map(|text| Clearable::parse(text, Home::parse)).transpose()?,
            pronoun: self.pronoun.map(|text| Clearable::parse(text, Pronoun::parse)).transpose()?,
            avatar: self.avatar.map(|text| Clearable::parse(text, Avatar::parse)).transpose()?,
            presence: self
                .presence
                .map(|text| Clearable::parse(text, Status::parse))
                .transpose()?,
            presence_text: self
                .presence_text
                .map(|text| Clearable::parse(text, PresenceText::parse))
                .transpose()?,
            rank: self.rank,
            language: self.language,
            given_tags: self
                .tags
                .map(|texts| filled(texts).into_iter().map(GivenTag::parse).collect())
                .transpose()?,
            ..Changes::default()
        })
    }
}

/// Splits a list of links at its commas, and each link into label and URL. A part without a URL is
/// the beginning of the next label, which then contains a comma.
fn split(text: &str) -> Vec<SentLink> {
    let mut links = Vec::new();
    let mut start = 0;
    let ends = text.match_indices(',').map(|(at, _)| at).chain([text.len()]);
    for end in ends {
        let part = text[start..end].trim();
        if end < text.len() && !part.contains("://") && !part.is_empty() {
            continue;
        }
        let url = part
            .find("=http")
            .filter(|at| part[at + 1..].contains("://") && !part[..*at].contains("://"));
        match url {
            Some(at) => links
                .push(SentLink { label: Some(part[..at].into()), value: part[at + 1..].into() }),
            None if part.is_empty() => (),
            None => links.push(SentLink { label: Some(String::new()), value: part.into() }),
        }
        start = end + 1;
    }
    links
}

fn read_language(text: &str) -> Result<Language, String> {
    let languages = || format!("the languages are {}", Language::TAGS.join(", "));
    Language::from_tag(text).ok_or_else(languages)
}

/// The file that `--thumbnail` or `--banner` names; `None` for a URL and for an empty text.
fn file(argument: Option<&str>) -> Option<String> {
    argument.filter(|text| !text.is_empty() && !text.contains("://")).map(Into::into)
}

fn read(app: &App, kind: PictureKind, file: &str) -> Result<NewPicture> {
    let content = fs::read(file).map_err(|error| files::explain(file.as_ref(), error));
    let content = content.with_context(|| format!("cannot read {file}"))?;
    pictures::recognize(app, kind, content).map_err(|error| {
        let text = match &error {
            Error::PayloadTooLarge { limit } => {
                format!("{file} is larger than {limit} bytes (limits.picture_bytes)")
            }
            Error::NotAPicture { format: None } => {
                format!("{file} is not a PNG, JPEG, GIF or WebP picture")
            }
            Error::NotAPicture { format: Some(name) } => {
                format!("{file} is a {name} picture, and not a PNG, JPEG, GIF or WebP one")
            }
            Error::RefusedPicture { fault: PictureFault::Broken, .. } => {
                format!("{file} is damaged: its size cannot be read")
            }
            Error::RefusedPicture {
                fault: PictureFault::TooManyPixels { width, height }, ..
            } => {
                format!(
                    "{file} must be at most 4096 pixels wide and high, and is {width} × {height}"
                )
            }
            _ => return error.into(),
        };
        Stop::usage(text).into()
    })
}
