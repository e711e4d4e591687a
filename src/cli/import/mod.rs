//! `nox import`.

mod progress;
mod report;

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Read};
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::output::{Output, Stop};
use super::password;
use super::user::with_user;
use crate::config::Config;
use crate::domain::accounts::fields::Username;
use crate::domain::import::{Check, Choice, ImportError, Old, Options, import};
use crate::files;
use crate::time::Timestamp;
use progress::Shown;

/// The name that means stdin. A file of this name is `./-`.
const STDIN: &str = "-";

#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "they are flags")]
pub(super) struct Import {
    /// The dump, as `pg_dump --data-only` writes it; - reads stdin
    dump: PathBuf,
    /// The folder with the pictures of the old server
    #[arg(long, value_name = "DIR")]
    assets: Option<PathBuf>,
    /// Do everything, and write nothing; exit status 0 only if the import would succeed
    #[arg(long)]
    dry_run: bool,
    /// Give a user another username: OLD is the one in the dump, exactly, or id:N
    #[arg(long, value_name = "OLD=NEW")]
    rename: Vec<String>,
    /// Leave a user out: OLD is the username in the dump, exactly, or id:N
    #[arg(long, value_name = "OLD")]
    skip: Vec<String>,
    /// Take accounts without a password whose hash is of an unknown form
    #[arg(long)]
    skip_passwords: bool,
    /// Take accounts without a second factor whose only one is mail, where no mail can be sent
    #[arg(long)]
    without_mail_factor: bool,
    /// Remove the only user of the database, such as the one of nox serve --first-user
    #[arg(long)]
    replace_first_user: bool,
    /// Ask for the password of a user, and import only if it is right; without a terminal it is the
    /// first line of stdin
    #[arg(long, value_name = "NAME")]
    check: Option<String>,
}

impl Import {
    pub(super) fn run(self, config: &Config, output: Output) -> Result<()> {
        let name = if self.is_stdin() { "stdin".into() } else { self.dump.display().to_string() };
        let options = self.options()?;
        let (dump, length) = self.open()?;
        let options = Options { check: self.check.clone().map(ask).transpose()?, ..options };
        let mut shown = Shown::new(output, length);
        let imported =
            import(config, dump, &options, Timestamp::now(), &mut |step| shown.show(step));
        shown.clear();
        let outcome = imported.map_err(|error| failure(error, &name))?;
        if let Some(name) = self.check.filter(|_| outcome.report.counts.refused == 0) {
            output.say(format!("the password is that of {name}: its hash is understood"));
        }
        report::print(&outcome, config, options.dry_run, output)
    }

    fn options(&self) -> Result<Options> {
        if self.check.is_some() && self.is_stdin() {
            let text = "--check cannot go with a dump on stdin, from which it would read the \
                password: name a file";
            return Err(Stop::usage(text).into());
        }
        let renamed = self.rename.iter().map(|text| renamed(text));
        let skipped = self.skip.iter().map(|text| Ok(Choice::skip(Old::parse(text))));
        Ok(Options {
            assets: self.assets.clone(),
            dry_run: self.dry_run,
            choices: renamed.chain(skipped).collect::<Result<_>>()?,
            skip_passwords: self.skip_passwords,
            without_mail_factor: self.without_mail_factor,
            replace_first_user: self.replace_first_user,
            check: None,
        })
    }

    fn is_stdin(&self) -> bool {
        self.dump.as_os_str() == STDIN
    }

    /// Opens the dump, and finds its length where it is a file.
    fn open(&self) -> Result<(Box<dyn Read>, Option<u64>)> {
        if self.is_stdin() {
            if io::stdin().is_terminal() {
                let text = "stdin is a terminal: name the file of the dump, or send it by a pipe";
                return Err(Stop::usage(text).into());
            }
            return Ok((Box::new(io::stdin().lock()), None));
        }
        let path = &self.dump;
        let unreadable = |error| {
            let error = files::explain(path, error);
            anyhow::Error::from(error).context(format!("cannot read {}", path.display()))
        };
        let file = File::open(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                Stop::missing(format!("there is no file {}", path.display())).into()
            }
            _ => unreadable(error),
        })?;
        let meta = file.metadata().map_err(unreadable)?;
        if meta.is_dir() {
            let text = format!(
                "{} is a folder: if pg_dump has written it (-F d), pg_restore --data-only \
                 --no-owner -f dump.sql {0} makes a dump of it",
                path.display()
            );
            return Err(Stop::failed(text).into());
        }
        Ok((Box::new(file), meta.is_file().then_some(meta.len())))
    }
}

/// Reads `OLD=NEW`. A new username has no `=`, and an old one may.
fn renamed(text: &str) -> Result<Choice> {
    let (old, new) = text.rsplit_once('=').ok_or_else(|| {
        Stop::usage(format!("--rename {text}: must be OLD=NEW, such as 1234=ada or id:5=ada"))
    })?;
    let parsed = Username::parse(new.into()).map_err(|error| with_user(error, new));
    let new = parsed.map_err(|error| Stop::usage(format!("--rename {text}: {error}")))?;
    Ok(Choice::rename(Old::parse(old), new))
}

fn ask(name: String) -> Result<Check> {
    let password = password::known(&format!("Password of {name}: "))?;
    Ok(Check { name, password: password.to_string().into() })
}

/// An error of an import with its exit status.
fn failure(error: ImportError, name: &str) -> anyhow::Error {
    let text = error.to_string();
    match error {
        ImportError::Dump(_) => Stop::failed(format!("{name} {text}")).into(),
        ImportError::Options(_) => Stop::usage(text).into(),
        ImportError::Assets { source, .. } if source.kind() == ErrorKind::NotFound => {
            Stop::missing(text).into()
        }
        ImportError::Assets { .. } => Stop::failed(text).into(),
        ImportError::NoSuchAccount(_) => Stop::missing(text).into(),
        ImportError::HasUsers { .. } | ImportError::HasFirstUser(_) => Stop::exists(text).into(),
        ImportError::KeyMissing(_) | ImportError::KeyForeign(_) | ImportError::TemporaryFull => {
            Stop::environment(text).into()
        }
        ImportError::WrongPassword(_) => Stop::not_verified(text).into(),
        ImportError::Start(error) => error.into(),
        ImportError::Fault(error) => error.into(),
    }
}
