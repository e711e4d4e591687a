//! Where a new password comes from. Never from an argument: every user of the machine can read the
//! arguments of a process.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use zeroize::Zeroizing;

use super::output::Stop;
use crate::crypto::generate_password;
use crate::domain::App;
use crate::domain::accounts::fields::NewPassword;
use crate::error::Error;

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

/// The longest line that is read, in bytes.
const LONGEST: u64 = 4096;

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
            first_line(io::stdin().lock()).context("cannot read the password from stdin")?
        } else if let Some(file) = &self.password_file {
            let open = File::open(file).map(BufReader::new).map_err(anyhow::Error::from);
            open.and_then(first_line)
                .with_context(|| format!("cannot read the password from {}", file.display()))?
        } else {
            ask()?
        };
        Ok(ObtainedPassword { text, is_generated: self.generate })
    }
}

fn first_line(input: impl BufRead) -> Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    input.take(LONGEST).read_line(&mut line)?;
    let length = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(length);
    if line.is_empty() {
        return Err(Stop::usage("the first line, which should be the password, is empty").into());
    }
    Ok(line)
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
