//! The links in the form of the profile: rows of a label and a URL, some of them empty, to add
//! more.

use super::form::Form;
use crate::domain::accounts::links::{MAX_LINKS, NewLink, SentLink, links};
use crate::domain::accounts::profile::Link;
use crate::error::Result;
use crate::normalization::trim;
use crate::words::{Texts, fill};

/// Empty rows after those with a link.
const EMPTY_ROWS: usize = 2;

/// A row of the form.
pub(super) struct LinkRow {
    /// The index with which the names of its fields end.
    pub index: usize,
    pub label: String,
    pub url: String,
    /// The names of the fields for screen readers, which do not show the row.
    pub label_name: String,
    pub url_name: String,
    pub is_label_wrong: bool,
    pub is_url_wrong: bool,
}

impl LinkRow {
    fn new(t: &Texts, index: usize, SentLink { label, value }: SentLink) -> Self {
        let is_wrong = |label: Option<&String>| {
            let link = SentLink { label: label.cloned(), value: value.clone() };
            !value.is_empty() && NewLink::parse(link).is_err()
        };
        let is_url_wrong = is_wrong(None);
        Self {
            index,
            is_label_wrong: !is_url_wrong && is_wrong(label.as_ref()),
            is_url_wrong,
            label: label.unwrap_or_default(),
            url: value,
            label_name: fill(t.link_label, index + 1),
            url_name: fill(t.link_url, index + 1),
        }
    }
}

/// The rows for the stored links of a user.
pub(super) fn rows(t: &Texts, stored: &[Link]) -> Vec<LinkRow> {
    let has =
        stored.iter().map(|link| SentLink { label: link.label.clone(), value: link.value.clone() });
    let none = std::iter::repeat_with(|| SentLink { label: None, value: String::new() });
    let count = stored.len().max(MAX_LINKS.min(stored.len() + EMPTY_ROWS));
    has.chain(none)
        .take(count)
        .enumerate()
        .map(|(index, link)| LinkRow::new(t, index, link))
        .collect()
}

/// The rows as they were typed; `None` where the form has none.
pub(super) fn typed_rows(t: &Texts, form: &Form) -> Option<Vec<LinkRow>> {
    let rows: Vec<_> = typed(form).map(|(index, link)| LinkRow::new(t, index, link)).collect();
    (!rows.is_empty()).then_some(rows)
}

/// The links of a form. A row without a URL is ignored.
///
/// # Errors
/// [`crate::error::Error::InvalidAccountField`] if a link breaks the rules.
pub(super) fn parse(form: &Form) -> Result<Vec<NewLink>> {
    links(typed(form).map(|(_, link)| link).filter(|link| !link.value.is_empty()).collect())
}

fn typed(form: &Form) -> impl Iterator<Item = (usize, SentLink)> {
    (0..MAX_LINKS).filter_map(|index| {
        let value = form.get(&format!("link_url_{index}"))?;
        let value = trim(value).to_owned();
        Some((
            index,
            SentLink {
                label: Some(trim(form.text(&format!("link_label_{index}"))).to_owned()),
                value,
            },
        ))
    })
}
