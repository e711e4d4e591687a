//! Links, with their labels.

use serde_json::Value;

use super::gathered::Gathered;
use super::loss::LossKind;
use crate::domain::accounts::links::{MAX_LINKS, NewLink, SentLink};
use crate::domain::import::dump::Row;
use crate::normalization::{line, nfc};
use crate::storage::users::Link;

const LONGEST_LABEL: usize = 32;

/// The links. What is no URL is dropped; the text of it is not told, since it may be an address.
pub(super) fn links(gathered: &mut Gathered, row: &Row) -> Vec<Link> {
    let Some(text) = row.text("links") else { return Vec::new() };
    let Some(found) = listed(text, row) else {
        gathered.lose(LossKind::Link, "the column is no list");
        return Vec::new();
    };
    let mut links = Vec::new();
    for (number, sent) in (1..).zip(found) {
        match sent.and_then(|sent| link(gathered, sent)) {
            Some(link) => links.push(link),
            None => gathered.lose(LossKind::Link, format!("link {number}")),
        }
    }
    if links.len() > MAX_LINKS {
        gathered.lose(LossKind::ManyLinks, links.len().to_string());
    }
    links
}

/// The elements of the list: JSON, or an array of texts in older databases.
fn listed(text: &str, row: &Row) -> Option<Vec<Option<SentLink>>> {
    match serde_json::from_str(text) {
        Ok(Value::Array(elements)) => Some(elements.into_iter().map(element).collect()),
        Ok(Value::Null) => Some(Vec::new()),
        Ok(Value::Object(members)) if members.is_empty() => Some(Vec::new()),
        Ok(_) => None,
        Err(_) => {
            let texts = row.texts("links").ok().flatten()?;
            let plain = |value: Option<String>| value.map(|value| SentLink { label: None, value });
            Some(texts.into_iter().map(plain).collect())
        }
    }
}

fn element(element: Value) -> Option<SentLink> {
    match element {
        Value::String(value) => Some(SentLink { label: None, value }),
        Value::Object(mut members) => {
            let mut text = |name: &str| match members.remove(name) {
                Some(Value::String(text)) => Some(text),
                _ => None,
            };
            Some(SentLink { value: text("value")?, label: text("label") })
        }
        _ => None,
    }
}

fn link(gathered: &mut Gathered, sent: SentLink) -> Option<Link> {
    let SentLink { label, value } = sent;
    let shown = label.as_deref().map(|label| {
        let plain = line(&label.replace(char::is_control, " "));
        plain.trim().chars().take(LONGEST_LABEL).collect::<String>()
    });
    let is_url = label.as_deref() == Some(value.as_str());
    let link = NewLink::parse(SentLink {
        label: if is_url { label.clone() } else { shown.clone() },
        value,
    });
    let link = link.ok()?.into_link(&[]);
    if !is_url && shown.as_deref() != label.as_deref().map(nfc).as_deref() {
        gathered.lose(LossKind::LinkLabel, "");
    }
    Some(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, Vec<LossKind>) {
        let mut gathered = Gathered::default();
        let links = links(&mut gathered, &Row::of(&[("links", Some(text))]));
        assert!(gathered.losses.iter().all(|loss| !loss.what.contains('@')));
        let kinds = gathered.losses.iter().map(|loss| loss.kind).collect();
        (links.iter().map(Link::write).collect(), kinds)
    }

    #[test]
    fn links_of_every_form_are_kept_with_their_labels() {
        for (text, expected) in [
            ("[]", &[][..]),
            ("null", &[]),
            ("{}", &[]),
            ("[\"https://a.example/\"]", &["https://a.example/"]),
            (
                "[{\"label\": \"a\\\\b\\\"c\", \"value\": \"https://x.example/\"}]",
                &["https://x.example/ a\\b\"c"],
            ),
            (
                "[{\"value\": \"https://x.example/\", \"label\": null}, \"http://b.example/\"]",
                &["https://x.example/", "http://b.example/"],
            ),
            (
                "[{\"value\": \"https://x.example/\", \"label\": \"https://x.example/\"}]",
                &["https://x.example/"],
            ),
            (
                "{https://a.example/,\"https://b.example/,c\"}",
                &["https://a.example/", "https://b.example/,c"],
            ),
        ] {
            let (found, lost) = read(text);
            assert_eq!(found, expected, "{text}");
            assert_eq!(lost, [], "{text}");
        }
    }

    #[test]
    fn what_is_no_url_is_dropped_and_told_without_its_text() {
        for text in [
            "[\"javascript:alert(1)\"]",
            "[\"mailto:ada@example.org\"]",
            "[\"https://a.example/ b\"]",
            "[\"https://a.example/\\nhttps://b.example/\"]",
            "[1]",
            "[null]",
            "[{\"label\": \"x\"}]",
            "[[\"https://a.example/\"]]",
            "{NULL}",
            "\"https://a.example/\"",
            "not a list",
            "{\"value\": \"https://a.example/\"}",
        ] {
            assert_eq!(read(text), (vec![], vec![LossKind::Link]), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(read(&deep).1, [LossKind::Link]);
    }

    #[test]
    fn label_is_one_short_line_and_the_eleventh_link_is_told() {
        let label = "x".repeat(40);
        let (found, lost) =
            read(&format!("[{{\"value\": \"https://a.example/\", \"label\": \"{label}\"}}]"));
        assert_eq!(found, [format!("https://a.example/ {}", "x".repeat(32))]);
        assert_eq!(lost, [LossKind::LinkLabel]);
        let two = "[{\"value\": \"https://a.example/\", \"label\": \"two\\nlines\"}]";
        assert_eq!(read(two).0, ["https://a.example/ two lines"]);
        let longer = format!(
            "[{{\"value\": \"https://a.example/\", \"label\": \"{}\"}}]",
            "\u{958}".repeat(32)
        );
        let (found, lost) = read(&longer);
        assert_eq!((found.len(), &lost[..]), (1, &[LossKind::LinkLabel][..]));
        let many = ["\"https://a.example/\""; 11].join(",");
        let (found, lost) = read(&format!("[{many}]"));
        assert_eq!((found.len(), &lost[..]), (11, &[LossKind::ManyLinks][..]));
    }
}
