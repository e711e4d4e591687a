//! What the first bytes of a database say (sqlite.org/fileformat2.html, 1.3), read around SQLite,
//! which would leave its companion files beside a database that is to be left alone.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use super::backup;

/// The length of what is read.
const LENGTH: u64 = 96;

/// The marks that a database has of its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub version: u32,
    pub application_id: u32,
    /// How long the file has to be, where that is certain, in bytes.
    pub length: u64,
}

/// Reads the header of the file at `path`; `None` where there is no file or an empty one.
pub(super) fn read(path: &Path) -> io::Result<Option<Header>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut start = Vec::new();
    file.take(LENGTH).read_to_end(&mut start)?;
    if start.is_empty() {
        return Ok(None);
    }
    // Something else than a database is shown as an id that nobody has.
    let mut header =
        parse(&start).unwrap_or(Header { version: 0, application_id: u32::MAX, length: 0 });
    // What is missing may be in the write-ahead log, where a checkpoint was cut off.
    if backup::is_unfinished(path) {
        header.length = 0;
    }
    Ok(Some(header))
}

fn parse(start: &[u8]) -> Option<Header> {
    let number = |at: usize| start.get(at..)?.first_chunk().copied().map(u32::from_be_bytes);
    let page_size = match u16::from_be_bytes(*start.get(16..)?.first_chunk()?) {
        1 => 65_536,
        size => u64::from(size),
    };
    // The count of pages holds only where the program that wrote last kept it.
    let is_kept = number(24)? == number(92)?;
    let length = if is_kept { page_size * u64::from(number(28)?) } else { 0 };
    start.starts_with(b"SQLite format 3\0").then_some(Header {
        version: number(60)?,
        application_id: number(68)?,
        length,
    })
}
