//! Writes to stdout past the standard library. For that, a stdout that is closed or cannot be
//! written takes everything without an error.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;

use rustix::fs::{OFlags, fcntl_getfl};

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

/// Whether the process was started with a closed stdout. The standard library has opened
/// `/dev/null` in its place, for reading and writing; a shell that is told to write to `/dev/null`
/// opens it only for writing.
fn was_closed(stdout: &File) -> io::Result<bool> {
    let device = stdout.metadata()?.rdev();
    let is_null = device != 0 && fs::metadata("/dev/null").is_ok_and(|null| null.rdev() == device);
    Ok(is_null && fcntl_getfl(stdout)?.contains(OFlags::RDWR))
}
