//! Where connections come from: an address, or a unix socket.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{self, UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, listen, socket_with,
};

use crate::config::Listen;
use crate::crypto::random;
use crate::files::{Identity, identity};

/// A reverse proxy in the group reaches it, and nobody else.
const MODE: u32 = 0o660;
/// What the system allows at most is what it takes.
const BACKLOG: i32 = i32::MAX;

/// Where connections come from.
pub enum Listener {
    /// An address.
    Tcp(TcpListener, SocketAddr),
    /// A unix socket.
    Unix(UnixListener, SocketFile),
}

impl Listener {
    /// Takes the address, or makes the socket.
    ///
    /// # Errors
    /// It is taken, or cannot be.
    pub fn bind(at: &Listen) -> io::Result<Self> {
        match at {
            Listen::Tcp(address) => {
                let listener = TcpListener::bind(address)?;
                let bound = listener.local_addr()?;
                Ok(Self::Tcp(listener, bound))
            }
            Listen::Unix(path) => {
                bind_unix(path).map(|(listener, file)| Self::Unix(listener, file))
            }
        }
    }
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(_, bound) => write!(f, "http://{bound}"),
            Self::Unix(_, file) => Listen::Unix(file.path.clone()).fmt(f),
        }
    }
}

/// The name of a unix socket in the file system, which goes when this is dropped.
pub struct SocketFile {
    path: PathBuf,
    identity: Identity,
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Another server may have taken the place of one that no longer listens.
        if look_at(&self.path).is_ok_and(|found| found == self.identity) {
            // Where it stays behind, the next server takes it away.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Nobody can connect before the socket listens, and by then it has its mode.
fn bind_unix(path: &Path) -> io::Result<(UnixListener, SocketFile)> {
    // Shorter by a byte than the system's own limit, which not every client reaches.
    net::SocketAddr::from_pathname(path).map_err(|_| {
        io::Error::new(ErrorKind::InvalidInput, "the path is longer than that of a socket may be")
    })?;
    let address = SocketAddrUnix::new(path)?;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    match bind(&socket, &address) {
        Err(Errno::ADDRINUSE) => {
            bury(path)?;
            bind(&socket, &address)?;
        }
        bound => bound?,
    }
    let file = SocketFile { path: path.into(), identity: look_at(path)? };
    fs::set_permissions(path, PermissionsExt::from_mode(MODE))?;
    listen(&socket, BACKLOG)?;
    Ok((socket.into(), file))
}

/// Takes away a socket on which nobody listens.
fn bury(path: &Path) -> io::Result<()> {
    let judged = look_at(path)?;
    // Of another type, so that it is never connected: whoever listens there is neither disturbed
    // nor waited for.
    match UnixDatagram::unbound()?.connect(path) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => (),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return Err(error),
        _ => return Err(in_use()),
    }
    // Of several servers that start at once, one may have replaced it since: the name is taken
    // first, then looked at.
    let grave = path.with_added_extension(format!(
        "{:016x}",
        u64::from_be_bytes(random().map_err(io::Error::other)?)
    ));
    match fs::rename(path, &grave) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        renamed => renamed?,
    }
    let is_judged = look_at(&grave).is_ok_and(|found| found == judged);
    if !is_judged {
        fs::hard_link(&grave, path)?;
    }
    fs::remove_file(&grave)?;
    if is_judged { Ok(()) } else { Err(in_use()) }
}

fn in_use() -> io::Error {
    io::Error::new(ErrorKind::AddrInUse, "another server is listening there")
}

/// Which socket stands there.
///
/// # Errors
/// Nothing does, or something else, which is left alone.
fn look_at(path: &Path) -> io::Result<Identity> {
    let found = fs::symlink_metadata(path)?;
    let is_socket = found.file_type().is_socket();
    is_socket.then(|| identity(&found)).ok_or_else(|| {
        io::Error::new(
            ErrorKind::AlreadyExists,
            "there is a file that is no socket, which is left as it is",
        )
    })
}
