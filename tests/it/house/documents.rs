//! The documents: files, headings, configuration keys and commands that they name exist.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Login events in the log, whose names look like keys of the section `login`.
const LOGIN_EVENTS: [&str; 3] = ["login.succeeded", "login.challenged", "login.failed"];

struct Document {
    path: PathBuf,
    text: String,
}

impl Document {
    fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap();
        Self { path, text }
    }

    /// Its lines, without blocks of code.
    fn prose(&self) -> impl Iterator<Item = &str> {
        self.text.split("```").step_by(2).flat_map(str::lines)
    }

    /// What its prose shows as code.
    fn code(&self) -> impl Iterator<Item = &str> {
        self.prose().flat_map(|line| line.split('`').skip(1).step_by(2))
    }

    /// Where its links lead: a file, relative to its own folder, and a heading.
    fn links(&self) -> impl Iterator<Item = (&str, &str)> {
        let targets = self.text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let local = targets.filter(|target| !target.starts_with("http"));
        local.map(|target| target.split_once('#').unwrap_or((target, "")))
    }

    /// The names under which forges let links lead to its headings.
    fn anchors(&self) -> Vec<String> {
        let headings = self.prose().filter(|line| line.starts_with('#'));
        headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
    }
}

fn anchor(heading: &str) -> String {
    let letters = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    letters.collect::<String>().to_lowercase().replace(' ', "-")
}

fn documents() -> Vec<Document> {
    let root = Path::new(ROOT);
    let folders = [root.to_owned(), root.join("docs")];
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let paths = entries.map(|entry| entry.unwrap().path());
    let documents: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .map(Document::read)
        .collect();
    assert!(documents.len() >= 7);
    documents
}

#[test]
fn files_that_a_document_names_exist() {
    let folders = ["src/", "tests/", "benches/", "contrib/", "docs/", "static/", "fuzz/"];
    // Parts that a reader replaces, and what a test run leaves.
    let stand_ins = ["CAPABILITY", "N.sql", "screenshots"];
    for document in documents() {
        for code in document.code() {
            let path = code.split(' ').next().unwrap();
            let is_path = folders.iter().any(|folder| path.starts_with(folder));
            let is_stand_in = stand_ins.iter().any(|part| path.contains(part));
            let exists = || Path::new(ROOT).join(path).exists();
            assert!(!is_path || is_stand_in || exists(), "{}: {code}", document.path.display());
        }
    }
}

#[test]
fn links_between_documents_lead_to_a_heading() {
    let documents = documents();
    for document in &documents {
        for (file, heading) in document.links() {
            let path = match file {
                "" => document.path.clone(),
                file => document.path.parent().unwrap().join(file),
            };
            let from = document.path.display();
            let target =
                path.canonicalize().unwrap_or_else(|error| panic!("{from}: {file} {error}"));
            let is_target = |other: &&Document| other.path.canonicalize().unwrap() == target;
            let anchors = documents.iter().find(is_target).map(Document::anchors);
            let exists =
                heading.is_empty() || anchors.is_some_and(|all| all.contains(&heading.into()));
            assert!(exists, "{from}: {file}#{heading}");
        }
    }
}

#[test]
fn configuration_keys_that_a_document_names_exist() {
    let mut sections = Vec::new();
    let mut keys = Vec::new();
    for line in fs::read_to_string(Path::new(ROOT).join("nox.toml")).unwrap().lines() {
        // Keys without a default are comments.
        let line = line.trim_start_matches("# ");
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            sections.push(section.to_owned());
        } else if let (Some(section), Some((key, _))) = (sections.last(), line.split_once(" = ")) {
            keys.push(format!("{section}.{key}"));
        }
    }
    assert!(keys.len() > 40);
    // Names of events look like keys of the sections `password`, `session` and `totp`.
    let events = fs::read_to_string(Path::new(ROOT).join("src/domain/event.rs")).unwrap();
    let is_event =
        |name: &str| LOGIN_EVENTS.contains(&name) || events.contains(&format!("\"{name}\""));
    for document in documents() {
        for code in document.code() {
            let name = code.split(' ').next().unwrap();
            let is_key = name.split_once('.').is_some_and(|(section, _)| {
                sections.iter().any(|known| known == section) && !is_event(name)
            });
            let exists = keys.iter().any(|known| known == name);
            assert!(!is_key || exists, "{}: {code}", document.path.display());
        }
    }
}

#[test]
fn commands_that_a_document_names_exist() {
    let is_word = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    for document in documents() {
        for code in document.code() {
            let Some(rest) = code.strip_prefix("nox ") else { continue };
            let words: Vec<_> = rest.split(' ').take_while(is_word).collect();
            let mut command = Command::new(env!("CARGO_BIN_EXE_nox"));
            command.args(&words).arg("--help").stdout(Stdio::null()).stderr(Stdio::null());
            assert!(command.status().unwrap().success(), "{}: {code}", document.path.display());
        }
    }
}

#[test]
fn readme_has_at_most_110_lines() {
    let lines = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap().lines().count();
    assert!(lines <= 110, "{lines} lines");
}
