//! The rules that the source code keeps: which module may use which, what a file looks like, and
//! that the documents name what exists.

mod circles;
mod documents;
mod floors;
mod promises;
mod references;
mod style;

use std::fs;
use std::path::{Path, PathBuf};

/// A Rust file of the project.
struct Source {
    /// Below the project's folder, with `/` between its parts.
    path: String,
    text: String,
}

/// Every Rust file below a folder of the project.
fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = vec![root.join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.push(Source { path, text });
            }
        }
    }
    assert!(!found.is_empty());
    found
}

/// What of `src` is built into the binary: neither files of tests nor the tests at a file's end.
fn built() -> Vec<Source> {
    let is_test = |path: &str| path.ends_with("/tests.rs") || path.contains("/tests/");
    sources("src")
        .into_iter()
        .filter(|source| !is_test(&source.path))
        .map(|source| {
            let text = source.text.split("#[cfg(test)]\nmod ").next().unwrap().to_owned();
            Source { text, ..source }
        })
        .collect()
}

impl Source {
    /// The module of a file in `src`, part by part; the crate's own has no part.
    fn module(&self) -> Vec<String> {
        let path = self.path.strip_prefix("src/").unwrap().trim_end_matches(".rs");
        let parts = path.split('/').filter(|part| !["mod", "lib"].contains(part));
        parts.map(Into::into).collect()
    }

    /// The first part of the module: a floor, or a part of the basement.
    fn floor(&self) -> String {
        self.module().first().cloned().unwrap_or_default()
    }
}
