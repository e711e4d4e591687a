//! Pictures: the URL of one elsewhere, or the file of an uploaded one.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use url::Url;

use super::account::AssetPicture;
use super::context::Context;
use super::gathered::Gathered;
use super::loss::LossKind;
use crate::config::Config;
use crate::domain::accounts::fields::is_url;
use crate::domain::import::dump::Row;
use crate::domain::pictures::{PictureKind, hex};
use crate::storage::users::PictureRef;

/// What a column says.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// A picture elsewhere.
    Url,
    /// The name of a file in the folder of assets.
    File(String),
    /// The address of the picture itself, which would lead to itself.
    Itself,
    Unknown,
}

/// The pictures of an account, and what its columns refer to.
#[derive(Default)]
pub(super) struct Pictures {
    pub thumbnail: Option<PictureRef>,
    pub banner: Option<PictureRef>,
    pub files: Vec<AssetPicture>,
}

pub(super) fn pictures(gathered: &mut Gathered, context: &Context<'_>, row: &Row) -> Pictures {
    let mut pictures = Pictures::default();
    for kind in [PictureKind::Thumbnail, PictureKind::Banner] {
        let Some(text) = row.text(kind.as_str()).filter(|text| !text.is_empty()) else { continue };
        let found = match find(context.config, text) {
            Found::Url => Ok(PictureRef::Url(text.into())),
            Found::File(name) => file(&mut pictures.files, context, kind, name),
            Found::Itself => Err("it only led to itself".into()),
            Found::Unknown => Err("it is of no form that is known".into()),
        };
        let found = found.map_err(|why| {
            gathered.lose(LossKind::Picture, format!("{}: {why}", kind.as_str()));
        });
        match kind {
            PictureKind::Thumbnail => pictures.thumbnail = found.ok(),
            PictureKind::Banner => pictures.banner = found.ok(),
        }
    }
    pictures
}

/// Looks at the file of a picture, which is read again when it is stored.
fn file(
    files: &mut Vec<AssetPicture>,
    context: &Context<'_>,
    kind: PictureKind,
    name: String,
) -> Result<PictureRef, String> {
    let assets = context.assets.ok_or("its file is in the folder of --assets DIR")?;
    let picture = assets.read(kind, &name).map_err(|why| why.to_string())?;
    files.push(AssetPicture { kind, name });
    Ok(PictureRef::Uploaded(hex(&picture.sha256)))
}

fn find(config: &Config, text: &str) -> Found {
    if let Some(name) = text.strip_prefix("file://").filter(|name| is_first_name(name)) {
        return Found::File(name.into());
    }
    if let Some(name) = text.strip_prefix("local://").and_then(second_name) {
        return Found::File(name);
    }
    match Url::parse(text) {
        Ok(url) if is_url(text) => at(config, &url),
        _ => Found::Unknown,
    }
}

/// What a URL leads to. Clients stored the address at which they saw a picture, which here leads to
/// itself; the second generation's has the name of its file.
fn at(config: &Config, url: &Url) -> Found {
    let host = url.host_str().unwrap_or_default();
    let is_own = host == config.host() || host == config.server.address.host();
    let mut last = url.path_segments().into_iter().flatten().rev();
    let [last, before, third] =
        [last.next(), last.next(), last.next()].map(Option::unwrap_or_default);
    match (is_own, last) {
        (true, "thumbnail" | "banner") if third == "users" => Found::Itself,
        (true, key) if before == "files" => second_name(key).map_or(Found::Itself, Found::File),
        _ => Found::Url,
    }
}

/// Whether it is the name of a file of the first generation: `<sha256>-<type>.<extension>`.
fn is_first_name(name: &str) -> bool {
    let Some((hash, rest)) = name.split_at_checked(64) else { return false };
    let Some((kind, extension)) = rest.strip_prefix('-').and_then(|rest| rest.rsplit_once('.'))
    else {
        return false;
    };
    let is_kind = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'+' | b'-');
    is_hex(hash)
        && (1..=20).contains(&kind.len())
        && kind.bytes().all(is_kind)
        && (1..=10).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The name of a file of the second generation, of 32 hexadecimal digits, from its key: the name
/// with its time and type behind, in base64.
fn second_name(key: &str) -> Option<String> {
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(key).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (name, _) = text.split_once('?').unwrap_or((&text, ""));
    (name.len() == 32 && is_hex(name)).then(|| name.into())
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests;
