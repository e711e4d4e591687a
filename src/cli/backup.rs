//! `nox backup`.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clap::Subcommand;
use serde_json::json;

use super::output::{Output, Stop};
use super::stdout;
use crate::config::Config;
use crate::domain::App;
use crate::domain::backup::{
    KeyFile, Listed, Report, Restored, WithoutKey, create, key_copy, list, restore, stream, verify,
};
use crate::files;
use crate::time::Timestamp;

const SECOND: Duration = Duration::from_secs(1);
/// The name that means stdout. A file of this name is `./-`.
const STDOUT: &str = "-";

#[derive(Subcommand)]
pub(super) enum Backup {
    /// Copy the database to a new file or to stdout; the server may run meanwhile
    Create {
        /// The file to create; - writes to stdout, which must be a file or a pipe
        file: PathBuf,
        /// Include the key file; the backup alone is then enough to read every secret
        #[arg(long)]
        with_key: bool,
    },
    /// Check a whole backup for damage, and whether the key file belongs to it
    Verify {
        /// The backup
        file: PathBuf,
    },
    /// Replace the database with a backup; stop the server first. The replaced files are kept under
    /// other names
    Restore {
        /// The backup
        file: PathBuf,
        /// Leave the key file as it is, even if the database does not open with it
        #[arg(long)]
        without_key: bool,
    },
    /// List the backups in backup.folder, the oldest first
    List,
}

impl Backup {
    pub(super) fn run(self, config: Config, output: Output) -> Result<()> {
        match self {
            Self::Create { file, with_key } => {
                let key_file = if with_key { KeyFile::Include } else { KeyFile::Omit };
                if file.as_os_str() == STDOUT {
                    return send(config, output, key_file);
                }
                make(&App::open_existing(config)?, output, &file, key_file)
            }
            Self::Verify { file } => {
                let report = verify(&config, &file)?;
                if output.json {
                    return output.json(&report);
                }
                output.line(format_args!(
                    "{} is not damaged: {} user(s)",
                    file.display(),
                    report.users
                ))?;
                output.say(about_key(&report, &config));
                Ok(())
            }
            Self::Restore { file, without_key } => {
                let without_key = if without_key { WithoutKey::Yes } else { WithoutKey::No };
                let restored = restore(&config, &file, without_key, Timestamp::now())?;
                tell_restored(&restored, without_key, &config, output)
            }
            Self::List => list_all(&config, output),
        }
    }
}

fn tell_restored(
    restored: &Restored,
    without_key: WithoutKey,
    config: &Config,
    output: Output,
) -> Result<()> {
    let Restored { report, ended_invitations, kept } = restored;
    if output.json {
        let kept: Vec<_> = kept.iter().map(|path| path.display().to_string()).collect();
        return output.ok(&json!({ "users": report.users,
            "with_key": report.with_key, "key_fits": report.key_fits,
            "needs_key": report.needs_key, "ended_invitations": ended_invitations,
            "kept": kept }));
    }
    let about = match without_key {
        WithoutKey::No => about_key(report, config),
        WithoutKey::Yes => left_key(report, config),
    };
    output.say(format_args!("restored {} user(s); {about}", report.users));
    if *ended_invitations > 0 {
        output.say(format_args!(
            "{ended_invitations} invitation(s) could still be used, and have ended, since they may \
             have been used or removed after the backup was made: nox invite list shows them"
        ));
    }
    kept.iter().try_for_each(|path| output.line(format_args!("kept {}", path.display())))
}

fn about_key(report: &Report, config: &Config) -> String {
    let key_file = config.secrets.key_file.display();
    let found = match (report.with_key, report.key_fits) {
        (true, Some(true)) => return "it includes the key file".into(),
        (true, _) => {
            return "it includes a key file, which is not the one of its second factors: it is \
                restored only with --without-key"
                .into();
        }
        (false, Some(true)) => {
            return format!("it does not include the key file; {key_file} belongs to it");
        }
        (false, Some(false)) => format!("{key_file} does not belong to it"),
        (false, None) => format!("there is no {key_file} that can be read"),
    };
    if report.needs_key {
        format!(
            "it does not include the key file, and {found}: its second factors open only with the \
             key file of its time"
        )
    } else {
        format!(
            "it does not include the key file, and {found}; no account in it has a second factor, \
             so any key file will do"
        )
    }
}

/// What the operator has to do after a restore that left the key file as it is.
fn left_key(report: &Report, config: &Config) -> String {
    let path = &config.secrets.key_file;
    let key_file = path.display();
    // Of a backup that includes a key file, only that one was compared.
    if report.opens() && !report.with_key {
        return "the key file was left as it is, and the database opens".into();
    }
    if matches!(files::exists(path), Ok(false)) {
        return format!(
            "there is no {key_file}: put the key file of this backup there, or run nox key replace \
             --lose-second-factors"
        );
    }
    format!(
        "{key_file} was left as it is: if it is not the one of this backup, put that one in its \
         place, or run nox key replace --lose-second-factors"
    )
}

fn list_all(config: &Config, output: Output) -> Result<()> {
    let folder = config.backup.folder.display();
    let found = list(config)?;
    if found.is_empty() {
        output.say(format_args!("there are no backups in {folder} (backup.folder)"));
        return Ok(());
    }
    output.say(format_args!("backups in {folder} (backup.folder):"));
    let mut list = output.list(["FILE", "MADE AT", "BYTES", "KEY"]);
    for Listed { file, at, bytes, with_key } in found {
        if list.is_json() {
            let file = file.display().to_string();
            list.json(&json!({ "file": file, "at": at, "bytes": bytes, "with_key": with_key }))?;
            continue;
        }
        let key = match with_key {
            Some(true) => "with the key",
            Some(false) => "without the key",
            None => "unreadable: see nox backup verify",
        };
        list.row([file.display().to_string(), at.to_string(), bytes.to_string(), key.into()])?;
    }
    list.finish()
}

fn make(app: &App, output: Output, file: &Path, key_file: KeyFile) -> Result<()> {
    create(app, file, key_file, progress(output))?;
    note_key(app, key_file);
    let bytes = fs::metadata(file)?.len();
    let name = file.display().to_string();
    if output.json {
        return output.ok(&made_json(&name, bytes, key_file));
    }
    output.say(made(&name, bytes, key_file));
    Ok(())
}

/// Writes a backup to stdout, so that what is told of it goes to stderr.
fn send(config: Config, output: Output, key_file: KeyFile) -> Result<()> {
    if io::stdout().is_terminal() {
        let text = "stdout is a terminal: send the backup to a file or a pipe, such as nox backup \
            create - | gzip > nox.db.gz";
        return Err(Stop::usage(text).into());
    }
    let app = App::open_existing(config)?;
    let bytes = stream(&app, key_file, progress(output), |mut copy| {
        let cut = |error| {
            Stop::failed(format!("cannot write to stdout, so the backup is not complete: {error}"))
        };
        anyhow::Ok(stdout::copy_from(&mut copy).map_err(cut)?)
    })?;
    note_key(&app, key_file);
    if output.json {
        return output.ok_beside_data(&made_json(STDOUT, bytes, key_file));
    }
    output.say(made("the backup to stdout", bytes, key_file));
    Ok(())
}

/// Once the key file is in a backup, wherever that is kept, `nox doctor` asks for no other one.
fn note_key(app: &App, key_file: KeyFile) {
    if key_file == KeyFile::Include {
        key_copy::record(app, Timestamp::now());
    }
}

fn made_json(file: &str, bytes: u64, key_file: KeyFile) -> serde_json::Value {
    let with_key = key_file == KeyFile::Include;
    json!({ "file": file, "bytes": bytes, "with_key": with_key })
}

fn made(what: &str, bytes: u64, key_file: KeyFile) -> String {
    let about_key = match key_file {
        KeyFile::Include => "it includes the key file: keep it secret",
        KeyFile::Omit => "it does not include the key file: back that up separately",
    };
    format!("wrote {what} ({bytes} bytes); {about_key}")
}

/// Prints the percentage that is done, once a second, where a person watches. A backup that takes
/// less than a second prints nothing.
fn progress(output: Output) -> impl FnMut(u64, u64) + Send + 'static {
    let is_watched = !output.quiet && io::stderr().is_terminal();
    let mut last = Timestamp::now();
    move |written, total| {
        let now = Timestamp::now();
        if is_watched && !last.is_recent(SECOND, now) {
            last = now;
            output.say(format_args!("{} %", (100 * written / total.max(1)).min(99)));
        }
    }
}
