//! `nox backup`.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clap::Subcommand;
use serde_json::json;

use super::output::Output;
use crate::config::Config;
use crate::domain::App;
use crate::domain::backup::{KeyFile, Report, Restored, create, restore, verify};
use crate::time::Timestamp;

const SECOND: Duration = Duration::from_secs(1);

#[derive(Subcommand)]
pub(super) enum Backup {
    /// Copy the database to a new file; the server may run meanwhile
    Create {
        /// The file to create
        file: PathBuf,
        /// Include the key file; the backup alone is then enough to read every secret
        #[arg(long)]
        with_key: bool,
    },
    /// Check a whole backup for damage
    Verify {
        /// The backup
        file: PathBuf,
    },
    /// Replace the database with a backup; stop the server first. The replaced files are kept under
    /// other names
    Restore {
        /// The backup
        file: PathBuf,
    },
}

impl Backup {
    pub(super) fn run(self, config: Config, output: Output) -> Result<()> {
        match self {
            Self::Create { file, with_key } => {
                let key_file = if with_key { KeyFile::Include } else { KeyFile::Omit };
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
                output.say(about_key(&report));
                Ok(())
            }
            Self::Restore { file } => {
                let Restored { report, kept } = restore(&config, &file, Timestamp::now())?;
                if output.json {
                    let kept: Vec<_> = kept.iter().map(|path| path.display().to_string()).collect();
                    return output.ok(&json!({ "users": report.users, "with_key": report.with_key,
                        "key_fits": report.key_fits, "kept": kept }));
                }
                output.say(format_args!(
                    "restored {} user(s); {}",
                    report.users,
                    about_key(&report)
                ));
                kept.iter()
                    .try_for_each(|path| output.line(format_args!("kept {}", path.display())))
            }
        }
    }
}

fn about_key(report: &Report) -> &'static str {
    match (report.with_key, report.key_fits) {
        (true, Some(true)) => "it includes the key file",
        (true, _) => "it includes a key file, but its secrets were encrypted with another one",
        (false, Some(true)) => {
            "it does not include the key file; the present key file belongs to it"
        }
        (false, Some(false)) => {
            "it does not include the key file, and the present key file does not belong to it: \
             restore the key file from its own backup"
        }
        (false, None) => {
            "it does not include the key file, and there is no key file: restore the key file \
             from its own backup before you start the server"
        }
    }
}

fn make(app: &App, output: Output, file: &Path, key_file: KeyFile) -> Result<()> {
    create(app, file, key_file, progress(output))?;
    let bytes = fs::metadata(file)?.len();
    let with_key = key_file == KeyFile::Include;
    if output.json {
        return output.ok(
            &json!({ "file": file.display().to_string(), "bytes": bytes, "with_key": with_key }),
        );
    }
    output.say(format_args!(
        "wrote {} ({bytes} bytes); {}",
        file.display(),
        if with_key {
            "it includes the key file: keep it secret"
        } else {
            "it does not include the key file: back that up separately"
        }
    ));
    Ok(())
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
