//! Where a new password comes from. Never from an argument: every user of the machine can read the
//! arguments of a process.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use zeroize::Zeroizing;

use super::output::Stop;
use crate::crypto::generate_password;
use crate::domain::App;
use crate::domain::accounts::new_password::NewPassword;
use crate::error::Error;
use crate::files;

/// Without one of these flags, the command asks for the password twice.
#[derive(Args)]
#[group(multiple = false)]
pub(super) struct PasswordSource {
    /// Read the password from the first line of stdin
    #[arg(long)]
    password_stdin: bool,
    /// Read the password from the first line of a file
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Generate a password and print it, once
    #[arg(long)]
    generate: bool,
}

/// A new password, and whether it was generated.
pub(super) struct ObtainedPassword {
    pub(super) text: Zeroizing<String>,
    /// A generated password must be shown to the operator.
    pub(super) is_generated: bool,
}

impl ObtainedPassword {
    /// # Errors
    /// The password is too short or too long.
    pub(super) fn parse(&self, app: &App) -> Result<NewPassword, Error> {
        NewPassword::parse(self.text.to_string().into(), &app.config)
    }
}

impl PasswordSource {
    /// Reads, asks for, or generates the password.
    pub(super) fn obtain(&self, app: &App) -> Result<ObtainedPassword> {
        let text = if self.generate {
            generate_password(app.config.password.min_length.get() as usize)?
        } else if self.password_stdin {
            let line = files::first_line(io::stdin().lock());
            line.map_err(|error| unreadable("stdin", error))?
        } else if let Some(file) = &self.password_file {
            from_file(file)?
        } else {
            ask()?
        };
        Ok(ObtainedPassword { text, is_generated: self.generate })
    }
}

/// Reads the first line of a file.
pub(super) fn from_file(file: &Path) -> Result<Zeroizing<String>> {
    let open = File::open(file).map_err(|error| files::explain(file, error));
    let line = open.map(BufReader::new).and_then(files::first_line);
    line.map_err(|error| unreadable(&file.display().to_string(), error))
}

/// A password that exists already: asked for once, or the first line of stdin.
pub(super) fn known(prompt: &str) -> Result<Zeroizing<String>> {
    if io::stdin().is_terminal() {
        let password = rpassword::prompt_password(prompt).map(Zeroizing::new);
        return password.context("cannot read the password");
    }
    files::first_line(io::stdin().lock()).map_err(|error| unreadable("stdin", error))
}

fn unreadable(source: &str, error: io::Error) -> anyhow::Error {
    let text = format!("cannot read the password from {source}");
    match error.kind() {
        // What was read cannot be a password.
        ErrorKind::InvalidData => Stop::usage(format!("{text}: {error}")).into(),
        _ => anyhow::Error::from(error).context(text),
    }
}

fn ask() -> Result<Zeroizing<String>> {
    if !io::stdin().is_terminal() {
        let flags = "use --password-stdin, --password-file FILE or --generate";
        return Err(Stop::usage(format!(
            "cannot ask for the password, because stdin is not a terminal: {flags}"
        ))
        .into());
    }
    let prompt = |text| {
        rpassword::prompt_password(text).map(Zeroizing::new).context("cannot read the password")
    };
    let password = prompt("Password: ")?;
    if prompt("Repeat the password: ")? != password {
        return Err(
            Stop::not_verified("the two passwords are different; nothing was changed").into()
        );
    }
    Ok(password)
}
