//! Whether the server can use its files and folders. What it will do with them is tried; where root
//! asks, the owners and modes are compared with what the service's user needs.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use super::Finding;
use crate::config::{Config, Listen};
use crate::crypto::random;
use crate::files::{self, Account, Need, parent};

const ABOUT: &str = "access";

/// A file or a folder of the server, and what it does there.
struct Place {
    path: PathBuf,
    need: Need,
}

impl Place {
    /// The folder in which the server creates something, or else the first one above it that is
    /// there: the server creates those that are missing.
    fn folder(path: &Path) -> Self {
        let existing = path.ancestors().find(|folder| folder.is_dir());
        let path = existing.filter(|folder| !folder.as_os_str().is_empty());
        Self { path: path.unwrap_or(Path::new(".")).to_owned(), need: Need::Folder }
    }

    /// Does what the server will do here.
    fn attempt(&self) -> io::Result<()> {
        let path = &self.path;
        match self.need {
            Need::Read => File::open(path).map(drop),
            Need::ReadAndWrite => OpenOptions::new().read(true).write(true).open(path).map(drop),
            Need::Folder => create_and_remove(path),
        }
        .map_err(|error| files::explain(path, error))
    }
}

/// Every place that exists, and those in which something is created.
fn places(config: &Config) -> Vec<Place> {
    let database = &config.storage.database;
    let key_file = &config.secrets.key_file;
    let with_ending = |ending: &str| {
        let mut name = database.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    let written = ["", "-wal", "-shm"].map(with_ending).into_iter();
    let read = [
        config.file(),
        Some(key_file.as_path()),
        config.instance.logo.as_deref(),
        config.mail.password_file.as_deref(),
        config.mail.ca_file.as_deref(),
    ];
    let read = read.into_iter().flatten().map(Path::to_owned);
    let mut places: Vec<_> = written
        .map(|path| Place { path, need: Need::ReadAndWrite })
        .chain(read.map(|path| Place { path, need: Need::Read }))
        // What is missing, or is no file, is another finding; to open a pipe would wait. What
        // cannot be looked at is found by the attempt.
        .filter(|place| match fs::metadata(&place.path) {
            Ok(meta) => meta.is_file(),
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        })
        .collect();
    places.push(Place::folder(parent(database)));
    if matches!(files::exists(key_file), Ok(false)) {
        places.push(Place::folder(parent(key_file)));
    }
    if config.backup.every.is_some() {
        places.push(Place::folder(&config.backup.folder));
    }
    if let Listen::Unix(path) = &config.server.listen
        && parent(path).is_dir()
    {
        places.push(Place::folder(parent(path)));
    }
    places
}

/// What the server needs and does not make itself.
fn missing(config: &Config) -> Vec<String> {
    let is_missing = |path: &Path| matches!(files::exists(path), Ok(false));
    let mut missing = Vec::new();
    if let Listen::Unix(path) = &config.server.listen {
        let folder = parent(path);
        if is_missing(folder) {
            let folder = folder.display();
            missing.push(format!(
                "server.listen: the folder {folder} does not exist, create it first"
            ));
        }
    }
    if let Some(path) = config.instance.logo.as_deref().filter(|path| is_missing(path)) {
        missing.push(format!("instance.logo: there is no {}", path.display()));
    }
    missing
}

/// What is where the server will put its socket, if the server cannot replace it.
fn in_the_way(config: &Config, service: Option<&Account>) -> Option<Finding> {
    let Listen::Unix(path) = &config.server.listen else { return None };
    let found = fs::symlink_metadata(path).ok()?;
    if !found.file_type().is_socket() {
        let text = format!(
            "server.listen: {} is no socket, and the server leaves it as it is: remove it",
            path.display()
        );
        return Some(Finding::fault(ABOUT, text));
    }
    // Whether a server listens on a socket is known only by connecting to it, which needs a right.
    let obstacle = match service {
        Some(account) => files::obstacle_for(path, Need::ReadAndWrite, account),
        None => files::check_access(path, Need::ReadAndWrite).err().map(|error| error.to_string()),
    }?;
    let text =
        format!("the server cannot replace this socket, unless it is handed over: {obstacle}");
    Some(Finding::warning(ABOUT, text))
}

/// Tries every place, and says what cannot be used.
pub(super) fn examine(config: &Config) -> Vec<Finding> {
    let places = places(config);
    let failed = places.iter().filter_map(|place| place.attempt().err());
    let mut faults: Vec<String> =
        failed.map(|error| error.to_string()).chain(missing(config)).collect();
    let service = geteuid().is_root().then(|| service(config, &places)).flatten();
    faults.extend(service.iter().flat_map(|account| obstacles(&places, account)));
    faults.sort();
    faults.dedup();
    let in_the_way = in_the_way(config, service.as_ref());
    if faults.is_empty() && in_the_way.is_none() {
        let user = files::user_name(service.map_or(geteuid().as_raw(), |account| account.user));
        let text = format!("user {user} can use every file and folder of the server");
        return vec![Finding::ok(ABOUT, text)];
    }
    faults.into_iter().map(|text| Finding::fault(ABOUT, text)).chain(in_the_way).collect()
}

fn obstacles(places: &[Place], account: &Account) -> Vec<String> {
    places
        .iter()
        .filter_map(|place| files::obstacle_for(&place.path, place.need, account))
        .collect()
}

/// The user of the service: of those to whom the files belong, the one who can use most of them.
/// `None` where everything belongs to root.
fn service(config: &Config, places: &[Place]) -> Option<Account> {
    let database = &config.storage.database;
    let owned = [parent(database), database, &config.secrets.key_file];
    let owners = owned.into_iter().filter_map(|path| fs::metadata(path).ok());
    owners
        .filter(|meta| meta.uid() != 0)
        .map(|meta| Account::new(meta.uid(), meta.gid()))
        .min_by_key(|account| obstacles(places, account).len())
}

/// Creates a file in a folder, writes to it and removes it.
fn create_and_remove(folder: &Path) -> io::Result<()> {
    let number = u64::from_be_bytes(random().map_err(io::Error::other)?);
    let path = folder.join(format!(".nox-doctor-{number:016x}"));
    let written = files::create(&path)?.write_all(b"x");
    fs::remove_file(&path).and(written)
}
