//! Writes to stdout past the standard library. For that, a stdout that is closed or cannot be
//! written takes everything without an error.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl};
use rustix::io::Errno;

/// Writes a line. Once this returns, the system has it, or the disk where stdout is a file.
///
/// # Errors
/// It cannot be written.
pub(super) fn write_line(line: &str) -> io::Result<()> {
    let mut buffered = io::stdout().lock();
    buffered.flush()?;
    let mut stdout = File::from(buffered.as_fd().try_clone_to_owned()?);
    if was_closed(&stdout)? {
        return Err(io::Error::other("stdout is closed"));
    }
    stdout.write_all(format!("{line}\n").as_bytes())?;
    if stdout.metadata()?.is_file() { stdout.sync_all() } else { Ok(()) }
}

/// Copies a file to stdout, and returns its length. Once this returns, the system has all of it, or
/// the disk where stdout is a file.
///
/// # Errors
/// It cannot be written; a closed pipe is an error, too.
pub(super) fn copy_from(file: &mut File) -> io::Result<u64> {
    let buffered = io::stdout().lock();
    let mut stdout = File::from(buffered.as_fd().try_clone_to_owned()?);
    if was_closed(&stdout)? {
        return Err(io::Error::other("stdout is closed"));
    }
    let length = io::copy(file, &mut stdout)?;
    if stdout.metadata()?.is_file() {
        stdout.sync_all()?;
    }
    Ok(length)
}

/// Waits for so long, or until no program reads from stdout any more. Returns whether one still
/// may.
///
/// # Errors
/// The system refuses to wait.
pub(super) fn wait(time: Duration) -> io::Result<bool> {
    let stdout = io::stdout();
    // Without any event that is asked for, only errors end the wait, such as a closed pipe.
    let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
    match poll(&mut watched, Some(&Timespec::try_from(time).map_err(io::Error::other)?)) {
        Ok(closed) => Ok(closed == 0),
        Err(Errno::INTR) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// Whether the process was started with a closed stdout. The standard library has opened
/// `/dev/null` in its place, for reading and writing; a shell that is told to write to `/dev/null`
/// opens it only for writing.
fn was_closed(stdout: &File) -> io::Result<bool> {
    let device = stdout.metadata()?.rdev();
    let is_null = device != 0 && fs::metadata("/dev/null").is_ok_and(|null| null.rdev() == device);
    Ok(is_null && fcntl_getfl(stdout)?.contains(OFlags::RDWR))
}
