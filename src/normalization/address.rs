//! Email addresses: cleaned of what is copied along with them, and folded to be compared.

use percent_encoding::percent_decode_str;

use super::{fold as fold_text, is_invisible, nfc, trim};

/// The scheme of a link to an address (RFC 6068).
const SCHEME: &str = "mailto:";

/// An address, in its own case, without what is copied along with it: blanks around it, `mailto:`,
/// and invisible characters. Those in full width become narrow, since no mail server knows them.
pub(crate) fn clean(text: &str) -> String {
    let text = trim(text);
    let address = strip_scheme(text).unwrap_or_else(|| text.to_owned());
    let narrow: String =
        address.chars().filter(|letter| !is_invisible(*letter)).map(narrow).collect();
    nfc(trim(&narrow)).into_owned()
}

/// The form in which addresses are compared: the mailbox by [`super::fold`], the domain in Unicode
/// by IDNA. What is no domain, such as an address in brackets, is folded, too.
pub(crate) fn fold(text: &str) -> String {
    let address = clean(text);
    match address.rsplit_once('@') {
        Some((mailbox, domain)) => format!("{}@{}", fold_text(mailbox), fold_domain(domain)),
        None => fold_text(&address),
    }
}

fn fold_domain(domain: &str) -> String {
    let domain = domain.strip_suffix(['.', '。']).unwrap_or(domain);
    match idna::domain_to_unicode(domain) {
        (unicode, Ok(())) => unicode,
        (_, Err(_)) => fold_text(domain),
    }
}

/// The address in a link; `None` for any other text.
fn strip_scheme(text: &str) -> Option<String> {
    let scheme = text.get(..SCHEME.len())?;
    let rest = scheme.eq_ignore_ascii_case(SCHEME).then(|| &text[SCHEME.len()..])?;
    let address = rest.split_once('?').map_or(rest, |(address, _)| address);
    Some(percent_decode_str(address).decode_utf8().map_or_else(|_| address.into(), Into::into))
}

/// The ASCII character for one in full width.
fn narrow(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(letter) - 0xff01 + 0x21).unwrap_or(letter)
        }
        _ => letter,
    }
}
