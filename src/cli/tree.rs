//! The tree of all commands, with what every command has alike: examples and short names.

use clap::{Command, CommandFactory};

use super::Cli;
use super::examples;

/// The whole command line.
pub(super) fn command() -> Command {
    complete(Cli::command(), "nox")
}

/// Adds to a command and to all below it the short names and the examples. The path is the names
/// of the commands that lead there, such as `nox user add`.
fn complete(command: Command, path: &str) -> Command {
    let command = match command.get_name() {
        "list" => command.visible_alias("ls"),
        "remove" => command.visible_alias("rm").alias("delete"),
        _ => command,
    };
    let command = match examples::of(path) {
        [] => command,
        lines => command.after_help(format!("Examples:\n  {}", lines.join("\n  "))),
    };
    command.mut_subcommands(|below| {
        let path = format!("{path} {}", below.get_name());
        complete(below, &path)
    })
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches;

    use super::*;

    /// The paths of all commands that have none below them.
    fn leaves(command: &Command, path: &str) -> Vec<String> {
        if !command.has_subcommands() {
            return vec![path.into()];
        }
        let below = command.get_subcommands();
        below.flat_map(|below| leaves(below, &format!("{path} {}", below.get_name()))).collect()
    }

    #[test]
    fn command_tree_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn every_command_has_examples_that_name_it_and_can_be_parsed() {
        let paths = leaves(&command(), "nox");
        for path in &paths {
            let lines = examples::of(path);
            assert!(!lines.is_empty(), "add an example of {path} to src/cli/examples.rs");
            for line in lines {
                let start = line.find(path).unwrap_or_else(|| panic!("{line} of {path}"));
                // What follows is for the shell.
                let words = line[start..].split([';', '|', '>', '#']).next().unwrap().trim_end();
                let words = words.split(' ').map(|word| word.trim_matches('\''));
                let parsed = command().try_get_matches_from(words);
                let parsed = parsed.and_then(|matches| Cli::from_arg_matches(&matches));
                assert!(parsed.is_ok(), "{line}: {}", parsed.err().unwrap());
            }
        }
        let known = |path: &&str| *path == "nox" || paths.iter().any(|leaf| leaf == path);
        let unknown: Vec<&str> = examples::paths().filter(|path| !known(path)).collect();
        assert_eq!(unknown, [""; 0], "examples of commands that do not exist");
    }
}
