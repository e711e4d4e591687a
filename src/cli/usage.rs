//! What the parser of the command line answers: help, the version, and mistakes in the arguments.

use std::env;
use std::process::ExitCode;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::failure;

/// The exit status of a mistake in the arguments.
const USAGE: u8 = 2;

/// Prints help and the version on stdout, and a mistake in the arguments on stderr; returns the
/// exit status.
pub(super) fn answer(mut error: Error) -> ExitCode {
    if !error.use_stderr() {
        // A closed pipe, as of `nox --help | head`, is success.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let json = asks_for_json();
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && !json {
        let _ = error.print();
        return ExitCode::from(USAGE);
    }
    remove_tips(&mut error);
    failure::tell(&message(&error, json), USAGE, json)
}

/// Whether `--json` stands among the arguments, which could not be parsed.
fn asks_for_json() -> bool {
    env::args_os().skip(1).take_while(|argument| argument != "--").any(|text| text == "--json")
}

/// Removes the advice to write `--` before a flag that does not exist: no command has an argument
/// that begins like a flag.
fn remove_tips(error: &mut Error) {
    if let Some(ContextValue::StyledStrs(tips)) = error.remove(ContextKind::Suggested) {
        let good = tips.into_iter().filter(|tip| !tip.to_string().contains("as a value, use"));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(good.collect()));
    }
}

/// Replaces a list of many options, of which one is missing.
fn without_long_choice(error: &Error, text: &str) -> String {
    let missing = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(missing)) => missing.as_slice(),
        _ => &[],
    };
    let long = missing.iter().find(|choice| choice.matches("|--").count() > 3);
    long.map_or_else(|| text.into(), |choice| text.replace(choice, "at least one option"))
}

/// The mistake in words: for scripts without the usage and the advice to read the help.
fn message(error: &Error, json: bool) -> String {
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
    let text = &without_long_choice(error, text);
    if let ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand =
        error.kind()
    {
        let usage = text.lines().find(|line| line.starts_with("Usage: ")).unwrap_or(text);
        return format!("a command is missing; {}", usage.replacen("Usage", "usage", 1));
    }
    let end = |part| if json { text.find(part) } else { None };
    let end = end("\n\nUsage: ").or_else(|| end("\n\nFor more information"));
    text[..end.unwrap_or(text.len())].into()
}
