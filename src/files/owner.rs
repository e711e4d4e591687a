//! Whom a new file belongs to.
//!
//! If root runs a command in the folder of a service, the service must be able to use what the
//! command creates. So root gives a new file to the owner of the file whose place it takes, or else
//! to the owner of the folder in which it is. Other users own what they create.
//!
//! The owner of a folder can rename it, put a symbolic link in its place, and exchange what is in
//! it, at any moment. So the folder is opened once, and both the owner and the new file come from
//! what was opened: a user is given a file only in a folder of their own. The file is opened by
//! `O_EXCL`, so that it is new, and changed by its descriptor, not by its path.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::{PermissionsExt, fchown};
use std::path::Path;

use rustix::fs::{
    AtFlags, Dir, FileType, Gid, Mode, OFlags, Stat, Uid, chownat, fstat, mkdirat, open, openat,
    renameat, statat, unlinkat,
};
use rustix::io::Errno;
use rustix::process::geteuid;

use super::accounts::user_name;
use super::{name, parent};

/// A user and a group.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Owner {
    user: u32,
    group: u32,
}

impl Owner {
    fn of(stat: &Stat) -> Self {
        Self { user: stat.st_uid, group: stat.st_gid }
    }
}

/// An open folder, which stays the same wherever its path leads meanwhile.
pub(super) struct Folder(OwnedFd);

impl Folder {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(open(path, flags, Mode::empty())?))
    }

    /// Creates a file, which will take the place of `former` if that exists.
    pub(super) fn create(
        &self,
        name: &OsStr,
        mode: Mode,
        former: Option<&OsStr>,
    ) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let owner = if geteuid().is_root() { Some(self.owner(former)?) } else { None };
        let file = File::from(openat(&self.0, name, flags, mode)?);
        match owner.map_or(Ok(()), |owner| give(&file, owner)) {
            Ok(()) => Ok(file),
            Err(error) => {
                self.remove(name)?;
                Err(error)
            }
        }
    }

    /// Creates a folder.
    pub(super) fn create_folder(&self, name: &OsStr, mode: Mode) -> io::Result<()> {
        mkdirat(&self.0, name, mode)?;
        let given = if geteuid().is_root() { self.give_folder(name) } else { Ok(()) };
        if given.is_err() {
            unlinkat(&self.0, name, AtFlags::REMOVEDIR)?;
        }
        given
    }

    /// Gives a folder that was just created to the owner of this one.
    fn give_folder(&self, name: &OsStr) -> io::Result<()> {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let new = openat(&self.0, name, flags, Mode::empty())?;
        // Another folder of root may have been put in its place. An empty one is worth nothing.
        let is_own = fstat(&new)?.st_uid == geteuid().as_raw();
        if is_own && is_empty(&new)? {
            give(&new, self.owner(None)?)?;
        }
        Ok(())
    }

    /// Removes a file, if it exists.
    pub(super) fn remove(&self, name: &OsStr) -> io::Result<()> {
        match unlinkat(&self.0, name, AtFlags::empty()) {
            Err(Errno::NOENT) => Ok(()),
            removed => Ok(removed?),
        }
    }

    pub(super) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(renameat(&self.0, from, &self.0, to)?)
    }

    /// Whom root gives a new file: the owner of the file that it replaces, or of the folder. A file
    /// of root in the folder of a service was left there by mistake, so its owner does not count.
    fn owner(&self, former: Option<&OsStr>) -> io::Result<Owner> {
        let former = former.and_then(|name| statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW).ok());
        let is_of_a_user = |stat: &Stat| {
            stat.st_uid != 0 && FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
        };
        match former.filter(is_of_a_user) {
            Some(former) => Ok(Owner::of(&former)),
            None => Ok(Owner::of(&fstat(&self.0)?)),
        }
    }
}

fn is_empty(folder: &OwnedFd) -> io::Result<bool> {
    for entry in Dir::read_from(folder)? {
        if !matches!(entry?.file_name().to_bytes(), b"." | b"..") {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives an open file of root to another user.
fn give(file: impl AsFd, owner: Owner) -> io::Result<()> {
    if Owner::of(&fstat(&file)?) == owner {
        return Ok(());
    }
    fchown(file, Some(owner.user), Some(owner.group)).or_else(|error| not_given(&error, owner))
}

fn not_given(error: &io::Error, owner: Owner) -> io::Result<()> {
    // In a user namespace that has no such user, there is no service of this user either; and
    // where only the group is another one, the owner can use the file.
    let is_unknown = error.raw_os_error() == Some(Errno::INVAL.raw_os_error());
    if is_unknown || owner.user == geteuid().as_raw() {
        return Ok(());
    }
    let user = user_name(owner.user);
    let text =
        format!("cannot give it to {user}, whose service needs it: {error}; run this as {user}");
    Err(io::Error::new(error.kind(), text))
}

/// Gives a socket that was just bound to the owner of its folder, if root has bound it, and sets
/// its mode. So the service can replace it after a start by root.
pub(crate) fn give_socket(path: &Path, mode: u32) -> io::Result<()> {
    let mode = Permissions::from_mode(mode);
    let folder = Folder::open(parent(path))?;
    let owner = folder.owner(None)?;
    if !geteuid().is_root() || owner.user == 0 {
        return fs::set_permissions(path, mode);
    }
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let socket = openat(&folder.0, name(path)?, flags, Mode::empty())?;
    let found = fstat(&socket)?;
    // The owner of the folder may have put another file of root in its place.
    let is_new = FileType::from_raw_mode(found.st_mode) == FileType::Socket
        && found.st_uid == 0
        && found.st_nlink == 1;
    if !is_new {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    // A descriptor of a path has no mode of its own; this name of it leads to the socket alone.
    let opened = format!("/proc/self/fd/{}", socket.as_raw_fd());
    fs::set_permissions(opened, mode)?;
    let user = Some(Uid::from_raw(owner.user));
    let group = Some(Gid::from_raw(owner.group));
    chownat(&socket, "", user, group, AtFlags::EMPTY_PATH)
        .or_else(|error| not_given(&error.into(), owner))
}
