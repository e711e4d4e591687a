//! The manual page of the configuration file: `nox.toml` as it is shipped, which describes every
//! key.

use std::io;

use clap_mangen::roff::{Roff, bold, roman};

use super::SOURCE;

const SHIPPED: &str = include_str!("../../../nox.toml");

/// The page, in the language of roff.
pub(super) fn page() -> io::Result<Vec<u8>> {
    let mut roff = Roff::new();
    roff.control("TH", ["nox.toml", "5", "", SOURCE, ""]);
    roff.control("SH", ["NAME"]).text([roman("nox.toml - the configuration of nox")]);
    roff.control("SH", ["DESCRIPTION"]);
    let mut comment = Vec::new();
    for line in SHIPPED.lines() {
        let words = line.strip_prefix("# ").unwrap_or(line);
        if line.starts_with('[') {
            roff.control("SH", [line]);
        } else if is_key(words) {
            // A key in a comment has no default.
            roff.control("TP", []).text([bold(words)]).text([roman(comment.join(" "))]);
            comment.clear();
        } else if !words.is_empty() {
            comment.push(words);
        } else if !comment.is_empty() {
            roff.text([roman(comment.join(" "))]);
            comment.clear();
        }
    }
    roff.control("SH", ["SEE ALSO"]).text([bold("nox"), roman("(1)")]);
    let mut text = Vec::new();
    roff.to_writer(&mut text)?;
    Ok(text)
}

/// Whether a line sets a key, such as `listen = "127.0.0.1:53032"`.
fn is_key(line: &str) -> bool {
    line.split_once(" = ")
        .is_some_and(|(name, _)| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_has_every_key_of_the_shipped_file_and_its_description() {
        let page = String::from_utf8(page().unwrap()).unwrap();
        for words in [
            ".SH [server]\n",
            "\\fBlisten = \"127.0.0.1:53032\"\\fR\nWhere to listen: ",
            "\\fBevery = \"1d\"\\fR\nHow often the server makes a backup",
            "\\fBprivacy = \"https://example.org/privacy\"",
        ] {
            assert!(page.replace("\\-", "-").contains(words), "{words}: {page}");
        }
        let keys = SHIPPED.lines().filter(|line| is_key(line)).count();
        assert!(keys > 40 && page.matches("\n.TP\n").count() >= keys, "{keys}");
    }
}
