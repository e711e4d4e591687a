//! Why a file cannot be used, in words that name the file, its owner, its mode and the user who
//! tried, and what to do about it.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf, absolute};

use rustix::fs::{Access, AtFlags, CWD, Stat, accessat, getxattr, stat};
use rustix::process::geteuid;

use super::accounts::{Account, group_name, user_argument, user_name};
use super::{parent, without_numbers};

/// What a user needs to do with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Read the file.
    Read,
    /// Read and write the file.
    ReadAndWrite,
    /// Create, rename and remove files in the folder.
    Folder,
}

impl Need {
    /// What this takes, as bits of `rwx`.
    const fn bits(self) -> u32 {
        match self {
            Self::Read => 0o4,
            Self::ReadAndWrite => 0o6,
            Self::Folder => 0o7,
        }
    }
}

/// Who needs it.
#[derive(Clone, Copy)]
enum User<'a> {
    /// The user of this process: the system answers.
    Own,
    /// Another one: the modes answer.
    Other(&'a Account),
}

impl User<'_> {
    fn id(self) -> u32 {
        match self {
            Self::Own => geteuid().as_raw(),
            Self::Other(account) => account.user,
        }
    }

    fn may(self, bits: u32, path: &Path, stat: &Stat) -> bool {
        match self {
            // Other errors, such as a file system that is read-only, have another cause.
            Self::Own => {
                let access = Access::from_bits_truncate(bits);
                accessat(CWD, path, access, AtFlags::EACCESS) != Err(rustix::io::Errno::ACCESS)
            }
            // What an access control list says is more than the mode.
            Self::Other(account) => account.may(bits, stat) || has_acl(path),
        }
    }
}

fn has_acl(path: &Path) -> bool {
    getxattr(path, "system.posix_acl_access", &mut [0_u8; 0]).is_ok_and(|length| length > 0)
}

/// Whether an error is about a right that is missing, and not about what a file holds.
pub(crate) fn is_right(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}

/// An error about a path, of the same kind, in words that an operator can act on.
pub(crate) fn explain(path: &Path, error: io::Error) -> io::Error {
    // What is no error of the system has been explained already.
    if error.raw_os_error().is_none() {
        return error;
    }
    let cause = without_numbers(&error.to_string());
    let text = match error.kind() {
        ErrorKind::PermissionDenied => own_obstacle(path),
        ErrorKind::ReadOnlyFilesystem => {
            Some(format!("{cause}: mount {} for writing", folder_of(path).display()))
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Some(format!("{cause}: free some space in {}", folder_of(path).display()))
        }
        ErrorKind::NotFound => missing_folder(path, &cause),
        ErrorKind::NotADirectory => Some(format!("{cause}: a part of the path is a file")),
        ErrorKind::IsADirectory => Some(format!("{} is a folder", path.display())),
        _ => None,
    };
    io::Error::new(error.kind(), text.unwrap_or(cause))
}

/// The path, if it is a folder, or else the one that it is in.
fn folder_of(path: &Path) -> PathBuf {
    let folder = if path.is_dir() { path } else { parent(path) };
    absolute(folder).unwrap_or_else(|_| folder.to_owned())
}

fn own_obstacle(path: &Path) -> Option<String> {
    obstacle(path, Need::ReadAndWrite, User::Own)
        .or_else(|| obstacle(parent(path), Need::Folder, User::Own))
}

fn missing_folder(path: &Path, cause: &str) -> Option<String> {
    let mut folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    let first = folders.by_ref().take_while(|folder| !folder.exists()).last()?;
    Some(format!("{cause}: the folder {} does not exist, create it first", first.display()))
}

/// The error for something that is no file, such as a folder.
pub(crate) fn no_file(path: &Path, meta: &Metadata) -> io::Error {
    let what = if meta.is_dir() { "a folder" } else { "no regular file" };
    io::Error::new(ErrorKind::InvalidInput, format!("{} is {what}", path.display()))
}

/// Checks that the user of this process can do this with a path, by asking the system.
///
/// # Errors
/// A right is missing, or the file system is read-only.
pub(crate) fn check_access(path: &Path, need: Need) -> io::Result<()> {
    let access = Access::from_bits_truncate(need.bits());
    let asked = accessat(CWD, path, access, AtFlags::EACCESS);
    asked.map_err(|error| explain_need(path, need, error.into()))
}

fn explain_need(path: &Path, need: Need, error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::PermissionDenied => match obstacle(path, need, User::Own) {
            Some(text) => io::Error::new(error.kind(), text),
            None => error,
        },
        _ => explain(path, error),
    }
}

/// Why another user cannot do this with a path, by the modes of the path and of the folders above
/// it. `None` if nothing forbids it, or if there is nothing at the path.
pub(crate) fn obstacle_for(path: &Path, need: Need, account: &Account) -> Option<String> {
    obstacle(path, need, User::Other(account))
}

/// What to do about a file that root has made in a folder of its own, if its service belongs to the
/// owner of `other`: only root knows that this is meant.
pub(crate) fn left_to_root(path: &Path, other: &Path) -> Option<String> {
    let path = absolute(path).ok()?;
    let is_of_root = geteuid().is_root() && stat(&path).ok()?.st_uid == 0;
    let owner = stat(other).ok().filter(|found| is_of_root && found.st_uid != 0)?;
    Some(format!(
        "{0} belongs to root, and {1} to {2}, whose service needs both: run chown {3}:{4} {0}",
        path.display(),
        other.display(),
        user_name(owner.st_uid),
        user_argument(owner.st_uid),
        group_name(owner.st_gid)
    ))
}

fn obstacle(path: &Path, need: Need, user: User<'_>) -> Option<String> {
    // Where a symbolic link leads, there may be other folders.
    let real = fs::canonicalize(path).or_else(|_| absolute(path)).ok()?;
    let above: Vec<PathBuf> = real.ancestors().skip(1).map(Path::to_owned).collect();
    for folder in above.iter().rev() {
        let found = stat(folder).ok()?;
        if !user.may(0o1, folder, &found) {
            return Some(sentence(folder, &found, "enter", user));
        }
    }
    let found = stat(&real).ok()?;
    if user.may(need.bits(), &real, &found) {
        return None;
    }
    let verb = match need {
        Need::Folder => "write in",
        Need::ReadAndWrite if user.may(Need::Read.bits(), &real, &found) => "write",
        Need::Read | Need::ReadAndWrite => "read",
    };
    Some(sentence(path, &found, verb, user))
}

/// Names the path, its owner and mode, who tried what, and what to do.
fn sentence(path: &Path, found: &Stat, verb: &str, user: User<'_>) -> String {
    let path = &absolute(path).unwrap_or_else(|_| path.to_owned());
    let shown = path.display();
    let owner = user_name(found.st_uid);
    let name = user_name(user.id());
    let mode = format!("mode {:04o}", found.st_mode & 0o7777);
    let advice = advice(path, found, user);
    match verb {
        "write in" => format!(
            "the folder {shown} is not writable for user {name}: it belongs to {owner}, {mode}; \
             {advice}"
        ),
        verb => format!(
            "{shown} belongs to {owner}, {mode}, and user {name} cannot {verb} it: {advice}"
        ),
    }
}

fn advice(path: &Path, found: &Stat, user: User<'_>) -> String {
    let shown = path.display();
    let is_folder = path.is_dir();
    if found.st_uid == user.id() {
        return format!("run chmod u+rw{} {shown}", if is_folder { "x" } else { "" });
    }
    // What lies beside it shows whose it should be.
    let neighbour = if is_folder {
        let around = || first_file_of(parent(path), user).or_else(|| stat(parent(path)).ok());
        first_file_of(path, user).or_else(around)
    } else {
        stat(parent(path)).ok()
    };
    match neighbour.filter(|neighbour| neighbour.st_uid == user.id()) {
        Some(Stat { st_uid, st_gid, .. }) => {
            format!("as root, run chown {}:{} {shown}", user_argument(st_uid), group_name(st_gid))
        }
        None => format!("run this as {}, or change the owner or the mode", user_name(found.st_uid)),
    }
}

/// A file of the user in a folder.
fn first_file_of(folder: &Path, user: User<'_>) -> Option<Stat> {
    let entries = fs::read_dir(folder).ok()?;
    let mut files = entries.filter_map(|entry| stat(entry.ok()?.path()).ok());
    files.find(|file| file.st_uid == user.id())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn obstacle_names_the_path_that_is_in_the_way_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nox.db");
        fs::write(&path, "").unwrap();
        let set = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        let found = stat(&path).unwrap();
        let (me, other) = (found.st_uid, Account::new(found.st_uid + 40_000, 4_000_000_000));
        let shown = path.display();
        set(&path, 0o640);
        set(folder.path(), 0o755);
        assert_eq!(
            obstacle_for(&path, Need::Read, &other).unwrap(),
            format!(
                "{shown} belongs to {0}, mode 0640, and user uid {1} cannot read it: run this as \
                 {0}, or change the owner or the mode",
                user_name(me),
                me + 40_000
            )
        );
        set(&path, 0o644);
        assert_eq!(obstacle_for(&path, Need::Read, &other), None);
        assert!(
            obstacle_for(&path, Need::ReadAndWrite, &other).unwrap().contains("cannot write it")
        );
        let in_folder = obstacle_for(folder.path(), Need::Folder, &other).unwrap();
        assert!(in_folder.contains("is not writable for user uid "), "{in_folder}");
        set(folder.path(), 0o700);
        let enter = obstacle_for(&path, Need::Read, &other).unwrap();
        assert!(enter.contains("mode 0700") && enter.contains("cannot enter it"), "{enter}");
        set(&path, 0o400);
        if !geteuid().is_root() {
            let own = explain(&path, ErrorKind::PermissionDenied.into());
            assert_eq!(own.kind(), ErrorKind::PermissionDenied);
        }
        assert!(
            obstacle_for(&folder.path().join("none"), Need::Read, &Account::new(me, 0)).is_none()
        );
    }

    #[test]
    fn explained_error_keeps_its_kind_and_names_the_missing_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/nox.db");
        let error = fs::read(&path).map_err(|error| explain(&path, error)).unwrap_err();
        let first = folder.path().join("a");
        assert_eq!(error.kind(), ErrorKind::NotFound);
        let text = format!("the folder {} does not exist, create it first", first.display());
        assert!(error.to_string().ends_with(&text), "{error}");
        let error = fs::read(folder.path()).map_err(|error| explain(folder.path(), error));
        assert!(error.unwrap_err().to_string().ends_with(" is a folder"));
    }
}
