//! `nox user export`.

use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use super::with_user;
use crate::cli::output::{Output, Stop};
use crate::domain::App;
use crate::domain::accounts::export::Export as Exported;
use crate::files;
use crate::time::Timestamp;

#[derive(Args)]
pub(in crate::cli) struct Export {
    /// A username, an id or an email address
    name: String,
    /// The folder of the file, which is named after the username; it is created with mode 0700
    /// where it is missing
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Export {
    pub(super) fn run(self, app: &App, output: Output, now: Timestamp) -> Result<()> {
        let export =
            Exported::find(app, &self.name).map_err(|error| with_user(error, &self.name))?;
        let path = self.folder.join(format!("{}.json", export.username()));
        let cannot_write = || format!("cannot write {}", path.display());
        files::create_parent(&path).with_context(cannot_write)?;
        let file = files::create(&path).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => exists(&path),
            _ => anyhow::Error::from(error).context(cannot_write()),
        })?;
        let mut to = BufWriter::new(file);
        let recorded = export.record(app, now).map_err(anyhow::Error::from);
        let written = recorded.and_then(|()| {
            export.make(app, now, |document| {
                serde_json::to_writer_pretty(&mut to, document).map_err(io::Error::from)?;
                writeln!(to)?;
                to.flush()?;
                to.get_ref().sync_all()?;
                Ok(files::sync_parent(&path)?)
            })
        });
        if let Err(error) = written {
            // A file that is not whole must not be taken for an export.
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
            return Err(explained(error, &path).context(cannot_write()));
        }
        let sentence = format!(
            "wrote everything that is kept about {} to {}",
            export.username(),
            path.display()
        );
        output.done(&json!({ "file": path.display().to_string() }), sentence)
    }
}

fn exists(path: &Path) -> anyhow::Error {
    let path = path.display();
    Stop::exists(format!("{path} exists already, and an export never replaces a file")).into()
}

/// What is in the way of a file that cannot be written, such as a full disk.
fn explained(error: anyhow::Error, path: &Path) -> anyhow::Error {
    match error.downcast() {
        Ok(error) => files::explain(path, error).into(),
        Err(error) => error,
    }
}
