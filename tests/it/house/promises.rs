//! The promises of `docs/security.md`, each of which names its tests.

use std::fs;
use std::path::Path;

use super::sources;

/// The rows of every table of a document that has this header.
fn rows_below<'a>(document: &'a str, header: &str) -> Vec<&'a str> {
    let tables = document.split(header).skip(1);
    tables.flat_map(|rest| rest.lines().skip(2).take_while(|line| line.starts_with('|'))).collect()
}

#[test]
fn promises_name_tests_that_exist() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security.md");
    let document = fs::read_to_string(document).unwrap();
    let promises = rows_below(&document, "| promise | tests |");
    assert!(!promises.is_empty());
    let all: Vec<_> = sources("tests/it").into_iter().chain(sources("src")).collect();
    for row in promises {
        let tests = row.trim_end_matches(" |").rsplit_once(" | ").unwrap().1;
        for test in tests.split(", ").map(|test| test.trim_matches('`')) {
            let (module, name) = test.rsplit_once("::").unwrap();
            let file = module.replace("::", "/");
            let parent = file.trim_end_matches("/tests");
            let files =
                [&file, parent].map(|file| [format!("{file}.rs"), format!("{file}/mod.rs")]);
            let is_there = all.iter().any(|source| {
                files.as_flattened().iter().any(|file| source.path.ends_with(&format!("/{file}")))
                    && source.text.contains(&format!("fn {name}("))
            });
            assert!(is_there, "{test}");
        }
    }
}
