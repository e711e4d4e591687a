//! The rules of the house: who may use whom, and how long a file may be.

use std::fs;
use std::path::{Path, PathBuf};

const LINES: usize = 300;

/// Every Rust file below a folder of the project.
fn files(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

fn is_test(path: &Path) -> bool {
    path.ends_with("tests.rs") || path.iter().any(|part| part == "tests")
}

/// What of them is built into the binary.
fn built(folder: &str) -> Vec<(PathBuf, String)> {
    let files = files(folder).into_iter().filter(|(path, _)| !is_test(path));
    files
        .map(|(path, text)| (path, text.split("#[cfg(test)]\nmod ").next().unwrap().to_owned()))
        .collect()
}

/// The first module below `src`: a floor, or a part of the basement.
fn module(path: &Path) -> String {
    let below = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = below.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn modules_use_only_the_floors_below_them() {
    let floors = ["storage", "domain", "http", "cli"];
    for (path, text) in built("src") {
        let module = module(&path);
        for floor in floors {
            let uses = text.contains(&format!("crate::{floor}"))
                || text.contains(&format!("nox::{floor}"));
            assert!(!text.contains("crate::{"), "{} hides whom it uses", path.display());
            let may = match module.as_str() {
                "lib" | "main" => true,
                "cli" if floor == "http" => {
                    ["serve.rs", "config.rs", "mod.rs"].iter().any(|file| path.ends_with(file))
                }
                "http" | "cli" if floor == "storage" => false,
                module => {
                    floors.iter().position(|f| *f == floor)
                        <= floors.iter().position(|f| *f == module)
                }
            };
            assert!(may || !uses, "{} uses {floor}", path.display());
        }
    }
}

#[test]
fn libraries_are_used_only_on_their_floor() {
    let homes = [
        ("clap", &["cli", "main"][..]),
        ("actix_web", &["http"]),
        ("actix_http", &["http"]),
        ("actix_server", &["http"]),
        ("actix_service", &["http"]),
        ("serde_json", &["http", "cli"]),
        ("argon2", &["domain"]),
        ("totp_rs", &["domain"]),
        ("rusqlite", &["storage"]),
        ("r2d2", &["storage"]),
        ("toml", &["config"]),
        ("anyhow", &["cli"]),
        ("qrcode", &["qr"]),
        ("lettre", &["domain"]),
        ("askama", &["domain", "http"]),
        ("actix_multipart", &["http"]),
        ("flate2", &["http"]),
        ("utoipa", &["http"]),
    ];
    for (path, text) in built("src") {
        let module = module(&path);
        for (library, homes) in homes {
            let uses = text.contains(&format!("{library}::"));
            // A token is JSON, wherever it is made.
            let is_token = library == "serde_json" && path.ends_with("domain/token.rs");
            assert!(
                !uses || is_token || homes.contains(&module.as_str()),
                "{} uses {library}",
                path.display()
            );
        }
    }
}

#[test]
fn refusals_are_told_apart_by_their_variant() {
    for (path, text) in built("src") {
        let writes = path.ends_with("error/mod.rs")
            || path.ends_with("error/facts.rs")
            || path.ends_with("http/dialect.rs");
        assert!(
            writes || !text.contains("Error::InvalidField {"),
            "{} looks into a text",
            path.display()
        );
    }
}

#[test]
fn clock_is_read_in_one_file() {
    for (path, text) in files("src") {
        let reads = text.contains("SystemTime::now") || text.contains("Instant::now");
        assert!(!reads || path.ends_with("src/time.rs"), "{}", path.display());
    }
}

#[test]
fn files_are_short_and_finished() {
    for (path, text) in ["src", "tests", "benches"].into_iter().flat_map(files) {
        let lines = text.lines().count();
        assert!(lines <= LINES, "{} has {lines} lines", path.display());
        let unfinished =
            [["to", "do!("].concat(), ["unimplemented", "!("].concat(), ["TO", "DO"].concat()];
        assert!(!unfinished.iter().any(|mark| text.contains(mark)), "{}", path.display());
    }
    for (path, text) in built("src").into_iter().chain(files("benches")) {
        assert!(!text.contains(".unwrap()"), "{} unwraps", path.display());
    }
}

/// The rows of every table of a document that has this header.
fn rows_below<'a>(document: &'a str, header: &str) -> Vec<&'a str> {
    let tables = document.split(header).skip(1);
    tables.flat_map(|rest| rest.lines().skip(2).take_while(|line| line.starts_with('|'))).collect()
}

#[test]
fn promises_name_tests_that_exist() {
    let document =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security.md")).unwrap();
    let promises = rows_below(&document, "| promise | tests |");
    assert!(!promises.is_empty());
    let all: Vec<_> = files("tests/it").into_iter().chain(files("src")).collect();
    for row in promises {
        let tests = row.trim_end_matches(" |").rsplit_once(" | ").unwrap().1;
        for test in tests.split(", ").map(|test| test.trim_matches('`')) {
            let (module, name) = test.rsplit_once("::").unwrap();
            let file = module.replace("::", "/");
            let parent = file.trim_end_matches("/tests");
            let names = [
                format!("{file}.rs"),
                format!("{file}/mod.rs"),
                format!("{parent}.rs"),
                format!("{parent}/mod.rs"),
            ];
            let holds = |(path, text): &(PathBuf, String)| {
                names.iter().any(|name| path.ends_with(name))
                    && text.contains(&format!("fn {name}("))
            };
            assert!(all.iter().any(holds), "{test}");
        }
    }
}
