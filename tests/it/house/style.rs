//! What a file looks like.

use super::{built, sources};

const LINES: usize = 300;
const COLUMNS: usize = 100;

#[test]
fn files_are_short_and_finished() {
    for source in ["src", "tests", "benches"].into_iter().flat_map(sources) {
        // A table of words has a line for every text: it is looked up in, and not read.
        let is_table = source.path.starts_with("src/words/");
        let lines = source.text.lines().count();
        assert!(is_table || lines <= LINES, "{} has {lines} lines", source.path);
        let unfinished =
            [["to", "do!("].concat(), ["unimplemented", "!("].concat(), ["TO", "DO"].concat()];
        assert!(!unfinished.iter().any(|mark| source.text.contains(mark)), "{}", source.path);
    }
    for source in built().into_iter().chain(sources("benches")) {
        assert!(!source.text.contains(".unwrap()"), "{} unwraps", source.path);
    }
}

#[test]
fn lines_have_at_most_100_columns() {
    let mut wide = Vec::new();
    for source in ["src", "tests", "benches", "fuzz/fuzz_targets"].into_iter().flat_map(sources) {
        for (number, line) in source.text.lines().enumerate() {
            if line.chars().count() > COLUMNS {
                wide.push(format!("{}:{}", source.path, number + 1));
            }
        }
    }
    assert!(wide.is_empty(), "{wide:#?}");
}

#[test]
fn refusals_are_told_apart_by_their_variant() {
    let writers = ["src/error/mod.rs", "src/error/facts.rs", "src/http/dialect.rs"];
    for source in built() {
        let looks = source.text.contains("Error::InvalidField {");
        assert!(!looks || writers.contains(&source.path.as_str()), "{}", source.path);
    }
}

#[test]
fn clock_is_read_in_one_file() {
    for source in sources("src") {
        let reads = source.text.contains("SystemTime::now") || source.text.contains("Instant::now");
        assert!(!reads || source.path == "src/time.rs", "{}", source.path);
    }
}

/// The parameters of every function of a text.
fn parameters(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("fn ") {
        let Some(open) = text[at..].find(['(', '\n']).map(|open| at + open) else { continue };
        if text.as_bytes()[open] != b'(' {
            continue;
        }
        let (mut depth, mut start) = (0, open + 1);
        for (end, letter) in text[open..].char_indices().map(|(end, letter)| (open + end, letter)) {
            match letter {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 || depth == 1 && letter == ',' {
                found.push(text[start..end].trim());
                start = end + 1;
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

#[test]
fn functions_take_no_tuples() {
    let is_tuple = |parameter: &str| {
        let kind = parameter.split_once(':').map_or("", |(_, kind)| kind.trim());
        let kind = kind.trim_start_matches('&').trim_start_matches("mut ").trim_start();
        parameter.starts_with('(') || kind.starts_with('(') && !kind.starts_with("()")
    };
    let mut tuples = Vec::new();
    for source in built() {
        let of_file = parameters(&source.text).into_iter().filter(|parameter| is_tuple(parameter));
        tuples.extend(of_file.map(|parameter| format!("{}: {parameter}", source.path)));
    }
    assert!(tuples.is_empty(), "{tuples:#?}");
}

#[test]
fn parameters_are_told_apart() {
    let text = "fn one((a, b): (u8, u8), c: &(u8, u8)) {}\nfn two<T>(self, d: Vec<(u8, u8)>) {}";
    let expected = ["(a, b): (u8, u8)", "c: &(u8, u8)", "self", "d: Vec<(u8, u8)>"];
    assert_eq!(parameters(text), expected);
}
