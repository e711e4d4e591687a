//! Where a new password comes from; never from the command line, which every user of the machine can read.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use zeroize::Zeroizing;

use super::output::Stop;
use crate::secret::generate_password;

/// Without one of these, the password is asked for twice.
#[derive(Args)]
#[group(multiple = false)]
pub struct Source {
    /// Read the password from the first line of stdin
    #[arg(long)]
    password_stdin: bool,
    /// Read the password from the first line of a file
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Draw a password and print it, once
    #[arg(long)]
    generate: bool,
}

/// A new password, and whether nobody knows it yet.
pub struct NewPassword {
    /// In clear text.
    pub text: Zeroizing<String>,
    /// Whether it must be shown, since it was drawn just now.
    pub is_generated: bool,
}

impl Source {
    /// Gets the password.
    ///
    /// # Errors
    /// There is none to be had, or it was typed differently the second time.
    pub fn obtain(&self) -> Result<NewPassword> {
        let text = if self.generate {
            generate_password()?
        } else if self.password_stdin {
            first_line(&Zeroizing::new(
                io::read_to_string(io::stdin()).context("cannot read the password from stdin")?,
            ))?
        } else if let Some(file) = &self.password_file {
            let content = fs::read_to_string(file);
            first_line(&Zeroizing::new(content.with_context(|| format!("cannot read {}", file.display()))?))?
        } else {
            ask()?
        };
        Ok(NewPassword { text, is_generated: self.generate })
    }
}

fn first_line(text: &str) -> Result<Zeroizing<String>> {
    let line = text.lines().next().filter(|line| !line.is_empty());
    Ok(Zeroizing::new(
        line.ok_or_else(|| Stop::usage("the first line, where the password should be, is empty"))?.into(),
    ))
}

fn ask() -> Result<Zeroizing<String>> {
    if !io::stdin().is_terminal() {
        let flags =
            "there is no terminal to ask for the password: use --password-stdin, --password-file FILE or --generate";
        return Err(Stop::usage(flags).into());
    }
    let prompt = |text| rpassword::prompt_password(text).map(Zeroizing::new).context("cannot read the password");
    let password = prompt("Password: ")?;
    if prompt("Once more: ")? != password {
        return Err(Stop::not_verified("the two passwords are different; nothing was changed").into());
    }
    Ok(password)
}
