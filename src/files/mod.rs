//! Files and folders: created durably, for the user who needs them, and described in words that an
//! operator can act on.

mod access;
mod accounts;
mod kept;
mod owner;
mod room;
mod text;
mod volume;

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::Mode;

pub(crate) use access::{
    Need, check_access, explain, is_right, left_to_root, no_file, obstacle_for,
};
pub(crate) use accounts::{Account, user_argument, user_name};
pub(crate) use kept::{file_time, keep};
use owner::Folder;
pub(crate) use owner::give_socket;
pub(crate) use room::check_room;
pub(crate) use text::{first_line, is_visible, read_text, without_bom, without_numbers};
pub(crate) use volume::{free_bytes, remote_kind};

/// For files and folders that only their owner may use.
const PRIVATE_FILE: Mode = Mode::RUSR.union(Mode::WUSR);
const PRIVATE_FOLDER: Mode = Mode::RWXU;
/// For those that everyone may read. The umask applies to both.
const PUBLIC_FILE: Mode = Mode::from_raw_mode(0o644);
const PUBLIC_FOLDER: Mode = Mode::from_raw_mode(0o755);

/// The folder of `path`.
pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The name of the file at `path` in its folder.
fn name(path: &Path) -> io::Result<&OsStr> {
    path.file_name().ok_or_else(|| ErrorKind::InvalidFilename.into())
}

/// Creates the folder of `path` and its missing parents, with mode 0700.
pub(crate) fn create_parent(path: &Path) -> io::Result<()> {
    create_folder(parent(path), PRIVATE_FOLDER)
}

/// Creates a folder that everyone may read, and its missing parents.
pub(crate) fn create_public_folder(folder: &Path) -> io::Result<()> {
    create_folder(folder, PUBLIC_FOLDER)
}

fn create_folder(folder: &Path, mode: Mode) -> io::Result<()> {
    match fs::metadata(folder) {
        Ok(meta) if meta.is_dir() => return Ok(()),
        Ok(_) => {
            let text = format!("{} is not a folder", folder.display());
            return Err(io::Error::new(ErrorKind::NotADirectory, text));
        }
        // A folder that cannot be looked at is not missing.
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(explain(folder, error)),
        _ => (),
    }
    create_folder(parent(folder), mode)?;
    let parent = Folder::open(parent(folder));
    match parent.and_then(|parent| parent.create_folder(name(folder)?, mode)) {
        // Another process has just created it.
        Err(_) if folder.is_dir() => (),
        created => created.map_err(|error| explain(folder, error))?,
    }
    sync_parent(folder)
}

/// Whether there is something at `path`, be it a symbolic link that leads nowhere. Unlike
/// [`Path::exists`], it is an error if that cannot be found out.
pub(crate) fn exists(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(explain(path, error)),
    }
}

/// The path of the file that `path` leads to, if it is a symbolic link; else `path` itself. A file
/// that replaces it must be renamed to that path, or the link would be replaced.
pub(crate) fn target(path: &Path) -> PathBuf {
    let is_link = fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink());
    // A link that leads nowhere is told of when the file is opened.
    let target = if is_link { fs::canonicalize(path).ok() } else { None };
    target.unwrap_or_else(|| path.to_owned())
}

/// Syncs the folder of `path` to the disk. After a power failure, a new or renamed file is found
/// under its name only if its folder was synced.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    File::open(parent(path))?.sync_all()
}

/// Creates a file with mode 0600, for the owner of its folder if root creates it. It is an error if
/// the name exists, also as a symbolic link.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    create_for(path, path)
}

/// The same for a file that will take the place of `former`, which is in the same folder: if root
/// creates it, it belongs to the owner of that file.
pub(crate) fn create_for(path: &Path, former: &Path) -> io::Result<File> {
    let created = Folder::open(parent(path))
        .and_then(|folder| folder.create(name(path)?, PRIVATE_FILE, Some(name(former)?)));
    created.map_err(|error| explain(path, error))
}

/// Writes a file that everyone may read, in the place of the one that has this name. A symbolic
/// link of this name is replaced, and not followed.
pub(crate) fn replace_public(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = Folder::open(parent(path)).map_err(|error| explain(path, error))?;
    let draft = path.with_added_extension("draft");
    let write = || {
        folder.remove(name(&draft)?)?;
        folder.create(name(&draft)?, PUBLIC_FILE, Some(name(path)?))?.write_all(content)?;
        folder.rename(name(&draft)?, name(path)?)
    };
    write().map_err(|error| explain(path, error))
}

/// The device and the inode of a file. They stay the same when the file is renamed.
pub(crate) type Identity = (u64, u64);

/// The identity of the file that the metadata was read from.
pub(crate) fn identity(of: &Metadata) -> Identity {
    (of.dev(), of.ino())
}
