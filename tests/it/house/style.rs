//! What a file looks like.

use super::{built, sources};

const LINES: usize = 300;

#[test]
fn files_are_short_and_finished() {
    for source in ["src", "tests", "benches"].into_iter().flat_map(sources) {
        let lines = source.text.lines().count();
        assert!(lines <= LINES, "{} has {lines} lines", source.path);
        let unfinished =
            [["to", "do!("].concat(), ["unimplemented", "!("].concat(), ["TO", "DO"].concat()];
        assert!(!unfinished.iter().any(|mark| source.text.contains(mark)), "{}", source.path);
    }
    for source in built().into_iter().chain(sources("benches")) {
        assert!(!source.text.contains(".unwrap()"), "{} unwraps", source.path);
    }
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
