//! The folder with the pictures of the old server.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{Mode, OFlags, open, openat};

use crate::domain::pictures::{NewPicture, PictureKind, recognize_within};
use crate::error::Error;

/// The folder with the pictures of the old server.
pub(in crate::domain::import) struct Assets {
    folder: OwnedFd,
    /// `limits.picture_bytes`.
    limit: usize,
}

/// Why a picture is left out.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::domain::import) enum Unread {
    #[error("its file is missing")]
    Missing,
    #[error("its file cannot be read: {0}")]
    Failed(io::ErrorKind),
    #[error("its file is a link or a device, and not a regular file")]
    NoFile,
    #[error("it has more than {0} bytes (limits.picture_bytes)")]
    TooLong(usize),
    #[error("its file is no PNG, JPEG, GIF or WebP")]
    NoPicture,
    #[error("it is broken, or larger than 4096 pixels a side")]
    Unfit,
}

impl Assets {
    /// Opens the folder.
    ///
    /// # Errors
    /// It is no folder, or cannot be opened.
    pub fn open(folder: &Path, limit: usize) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = open(folder, flags, Mode::empty())?;
        Ok(Self { folder, limit })
    }

    /// Reads a picture and checks its content. Its name is data of the dump, so nothing outside the
    /// folder is opened, and no link is followed.
    ///
    /// # Errors
    /// The picture is left out.
    pub fn read(&self, kind: PictureKind, name: &str) -> Result<NewPicture, Unread> {
        if name.is_empty() || name.starts_with('.') || name.contains(['/', '\0']) {
            return Err(Unread::NoFile);
        }
        // Opening a pipe must not wait for its writer.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file =
            openat(&self.folder, name, flags, Mode::empty()).map_err(|error| match error {
                rustix::io::Errno::NOENT => Unread::Missing,
                rustix::io::Errno::LOOP => Unread::NoFile,
                error => Unread::Failed(error.kind()),
            })?;
        let file = File::from(file);
        let meta = file.metadata().map_err(|error| Unread::Failed(error.kind()))?;
        if !meta.is_file() {
            return Err(Unread::NoFile);
        }
        if meta.len() > self.limit as u64 {
            return Err(Unread::TooLong(self.limit));
        }
        let mut content = Vec::new();
        let mut part = file.take(self.limit as u64 + 1);
        part.read_to_end(&mut content).map_err(|error| Unread::Failed(error.kind()))?;
        recognize_within(self.limit, kind, content).map_err(|error| match error {
            Error::PayloadTooLarge { limit } => Unread::TooLong(limit),
            Error::RefusedPicture { .. } => Unread::Unfit,
            _ => Unread::NoPicture,
        })
    }
}
