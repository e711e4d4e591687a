//! Which modules a file names, by `crate::`, `super::` and `self::`.

use std::collections::BTreeSet;

use super::Source;

/// The absolute paths, part by part, that a file of `src` names.
pub fn references(source: &Source) -> BTreeSet<Vec<String>> {
    let code = without_comments_and_texts(&source.text);
    let mut found = BTreeSet::new();
    for root in ["crate", "super", "self"] {
        for (at, _) in code.match_indices(&format!("{root}::")) {
            let is_whole = !code[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c));
            if is_whole {
                let mut paths = Vec::new();
                path(&mut Reader(&code[at..]), &mut Vec::new(), &mut paths);
                found.extend(paths.iter().filter_map(|path| absolute(source, path)));
            }
        }
    }
    found
}

/// What is left of a text to read.
struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn takes(&mut self, token: &str) -> bool {
        self.0 = self.0.trim_start();
        let rest = self.0.strip_prefix(token);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn name(&mut self) -> String {
        self.0 = self.0.trim_start();
        let end = self.0.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.0.len());
        let (name, rest) = self.0.split_at(end);
        self.0 = rest;
        name.to_owned()
    }
}

/// Reads `a::b` or `a::{b, c::d}` behind these parts.
fn path(reader: &mut Reader, parts: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let depth = parts.len();
    loop {
        if reader.takes("{") {
            while !reader.takes("}") {
                path(reader, parts, found);
                if !reader.takes(",") && !reader.0.starts_with('}') {
                    break;
                }
            }
            break;
        }
        let name = reader.name();
        if name.is_empty() {
            break;
        }
        parts.push(name);
        if !reader.takes("::") {
            // `use a as b` names nothing more.
            if reader.takes("as ") {
                reader.name();
            }
            found.push(parts.clone());
            break;
        }
    }
    parts.truncate(depth);
}

/// A path from the crate's root; `None` where it leads out of it.
fn absolute(source: &Source, path: &[String]) -> Option<Vec<String>> {
    let mut base = source.module();
    let mut rest = path;
    while let [first, tail @ ..] = rest {
        match first.as_str() {
            "crate" => base.clear(),
            "super" => drop(base.pop()?),
            "self" => {}
            _ => break,
        }
        rest = tail;
    }
    base.extend(rest.iter().cloned());
    Some(base)
}

/// The code alone: comments end, and texts are empty.
fn without_comments_and_texts(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['"', '/', '\'']) {
        code.push_str(&rest[..at]);
        rest = &rest[at..];
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with('"') {
            end_of_text(rest)
        } else if rest.starts_with("'\"'") {
            3
        } else {
            code.push_str(&rest[..1]);
            1
        };
        rest = &rest[skipped..];
    }
    code + rest
}

/// Where a text in quotes ends, behind its last quote.
fn end_of_text(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[test]
fn references_resolve_groups_parents_and_renames() {
    let source = Source {
        path: "src/http/pages/login.rs".into(),
        text: "use super::{forms::Form, texts as words};\nuse super::super::storage::Db;\n\
               // crate::comment::X\nlet x = \"crate::text::X\"; crate::domain::App::new()"
            .into(),
    };
    let found: Vec<_> = references(&source).iter().map(|path| path.join("::")).collect();
    let expected =
        ["domain::App::new", "http::pages::forms::Form", "http::pages::texts", "http::storage::Db"];
    assert_eq!(found, expected);
}
