//! Where connections come from: an address, or a unix socket, bound here or by a service manager.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::{self, UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};

use listenfd::ListenFd;
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, listen, socket_with,
};

use crate::config::Listen;
use crate::crypto::random;
use crate::files::{self, Identity, identity};

/// Only this server's user and group may connect, such as a reverse proxy in that group.
const MODE: u32 = 0o660;
/// Length of the `listen(2)` backlog. The system lowers it to the most that it allows.
const BACKLOG: i32 = i32::MAX;

/// Where connections come from.
pub enum Listener {
    /// An address.
    Tcp {
        /// The socket.
        socket: TcpListener,
        /// Where it is bound.
        bound: SocketAddr,
        /// Whether the service manager has bound it.
        is_handed_over: bool,
    },
    /// A unix socket.
    Unix {
        /// The socket.
        socket: UnixListener,
        /// Where clients find it.
        path: PathBuf,
        /// Its file, where it belongs to this server and not to the service manager.
        file: Option<SocketFile>,
    },
}

impl Listener {
    /// Binds to an address, or creates a unix socket. A socket that root creates belongs to the
    /// owner of its folder.
    ///
    /// # Errors
    /// The address or the path is in use, or the system refuses it.
    pub fn bind(at: &Listen) -> io::Result<Self> {
        match at {
            Listen::Tcp(address) => {
                let socket = TcpListener::bind(address)?;
                let bound = socket.local_addr()?;
                Ok(Self::Tcp { socket, bound, is_handed_over: false })
            }
            Listen::Unix(path) => {
                let bound = bind_unix(path).map_err(|error| files::explain(path, error));
                let (socket, file) = bound?;
                Ok(Self::Unix { socket, path: path.clone(), file: Some(file) })
            }
        }
    }

    /// Takes the socket that the service manager has bound for this process, where there is one
    /// (`sd_listen_fds(3)`). The manager keeps it open while the server restarts, so that clients
    /// wait for the next server instead of being refused.
    ///
    /// # Errors
    /// There is more than one, or it is not a stream socket with an address or a path.
    pub fn handed_over() -> io::Result<Option<Self>> {
        let mut sockets = ListenFd::from_env();
        match sockets.len() {
            0 => return Ok(None),
            1 => (),
            count => {
                let message = format!("{count} sockets were handed over, and one is expected");
                return Err(io::Error::new(ErrorKind::InvalidInput, message));
            }
        }
        if let Ok(Some(socket)) = sockets.take_tcp_listener(0) {
            let bound = socket.local_addr()?;
            return Ok(Some(Self::Tcp { socket, bound, is_handed_over: true }));
        }
        let Some(socket) = sockets.take_unix_listener(0)? else { return Ok(None) };
        let path = socket.local_addr()?.as_pathname().map(Path::to_path_buf);
        let path = path.ok_or_else(|| {
            io::Error::new(ErrorKind::InvalidInput, "the socket that was handed over has no path")
        })?;
        Ok(Some(Self::Unix { socket, path, file: None }))
    }

    /// Where clients find it: the path of a unix socket from the root of the file system on.
    #[must_use]
    pub fn address(&self) -> Listen {
        match self {
            Self::Tcp { bound, .. } => Listen::Tcp(bound.to_string()),
            Self::Unix { path, .. } => {
                Listen::Unix(std::path::absolute(path).unwrap_or_else(|_| path.clone()))
            }
        }
    }

    /// Whether the service manager keeps the socket open when this server ends.
    pub(super) fn is_handed_over(&self) -> bool {
        match self {
            Self::Tcp { is_handed_over, .. } => *is_handed_over,
            Self::Unix { file, .. } => file.is_none(),
        }
    }
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { bound, .. } => write!(f, "http://{bound}"),
            Self::Unix { path, .. } => Listen::Unix(path.clone()).fmt(f),
        }
    }
}

/// The file of a unix socket, which is removed when this is dropped.
pub struct SocketFile {
    path: PathBuf,
    identity: Identity,
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // By now, another server may have put its own socket at this path.
        if stat_socket(&self.path).is_ok_and(|found| found == self.identity) {
            // If this fails, the next server removes the file.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Creates a unix socket. Its mode is set before it listens, so that no client outside the group
/// can connect in between.
fn bind_unix(path: &Path) -> io::Result<(UnixListener, SocketFile)> {
    // The standard library's limit is a byte below the system's: some clients cannot connect to a
    // path of full length.
    net::SocketAddr::from_pathname(path).map_err(|_| {
        io::Error::new(ErrorKind::InvalidInput, "the path is longer than that of a socket may be")
    })?;
    let address = SocketAddrUnix::new(path)?;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    match bind(&socket, &address) {
        Err(Errno::ADDRINUSE) => {
            remove_stale_socket(path)?;
            bind(&socket, &address)?;
        }
        bound => bound?,
    }
    let file = SocketFile { path: path.into(), identity: stat_socket(path)? };
    files::give_socket(path, MODE)?;
    listen(&socket, BACKLOG)?;
    Ok((socket.into(), file))
}

/// Removes the file of a socket whose server has ended without removing it.
///
/// Several servers may start at once, and one may have replaced the file after this one has found
/// it stale. Removing by path would then remove a socket in use. So the file is first renamed,
/// which no other process can do at the same time, and then compared with the one that was found
/// stale.
///
/// # Errors
/// A server listens on it, or the file is not a socket.
fn remove_stale_socket(path: &Path) -> io::Result<()> {
    let stale = stat_socket(path)?;
    // A datagram socket cannot be connected to a stream socket, but the error tells whether a
    // server listens there, without a connection that it would have to accept.
    match UnixDatagram::unbound()?.connect(path) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => (),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return Err(error),
        _ => return Err(in_use()),
    }
    let renamed = path.with_added_extension(format!(
        "{:016x}",
        u64::from_be_bytes(random().map_err(io::Error::other)?)
    ));
    match fs::rename(path, &renamed) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        result => result?,
    }
    let is_stale = stat_socket(&renamed).is_ok_and(|found| found == stale);
    if !is_stale {
        fs::hard_link(&renamed, path)?;
    }
    fs::remove_file(&renamed)?;
    if is_stale { Ok(()) } else { Err(in_use()) }
}

fn in_use() -> io::Error {
    io::Error::new(ErrorKind::AddrInUse, "another server is listening there")
}

/// The identity of the socket at a path; an error for a file of any other kind.
fn stat_socket(path: &Path) -> io::Result<Identity> {
    let found = fs::symlink_metadata(path)?;
    let is_socket = found.file_type().is_socket();
    is_socket.then(|| identity(&found)).ok_or_else(|| {
        io::Error::new(
            ErrorKind::AlreadyExists,
            "there is a file that is no socket, which is left as it is",
        )
    })
}
