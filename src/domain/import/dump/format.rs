//! Files that are no text of `pg_dump`, known by how they begin.

/// How many bytes the longest of them needs: a tar has its mark at byte 257.
pub(super) const LENGTH: usize = 512;

/// What a file is and what to do with it, as a clause for a message; `None` where it can be a text.
pub(super) fn refuse(beginning: &[u8]) -> Option<&'static str> {
    const ARCHIVE: &str = "is an archive of pg_dump, in its custom format or as a tar, and a \
        text is needed: pg_restore --data-only --no-owner -f dump.sql FILE writes one";
    const UTF_16: &str = "is in UTF-16, or begins with a byte order mark, as where PowerShell has \
        written it with \">\", which changes letters: let pg_dump write the file itself, by -f \
        dump.sql --encoding=UTF8";
    const MARKS: &[(&[u8], &str)] = &[
        (b"PGDMP", ARCHIVE),
        (b"\x1f\x8b", "is compressed by gzip: gunzip -c FILE | nox import - reads it"),
        (b"\x28\xb5\x2f\xfd", "is compressed by zstd: zstd -dc FILE | nox import - reads it"),
        (b"BZh", "is compressed by bzip2: bunzip2 -c FILE | nox import - reads it"),
        (b"\xfd7zXZ\0", "is compressed by xz: xz -dc FILE | nox import - reads it"),
        (b"\x04\x22\x4d\x18", "is compressed by lz4: lz4 -dc FILE | nox import - reads it"),
        (b"PK\x03\x04", "is a zip: unzip -p FILE | nox import - reads it"),
        (b"\xff\xfe", UTF_16),
        (b"\xfe\xff", UTF_16),
        (b"\xef\xbb\xbf", UTF_16),
        (b"SQLite format 3\0", "is a database of SQLite, and a dump of PostgreSQL is needed"),
    ];
    if beginning.is_empty() {
        return Some("is empty");
    }
    if beginning.get(257..262) == Some(b"ustar") {
        return Some(ARCHIVE);
    }
    // UTF-16 without its mark: the first lines of a dump are ASCII.
    if beginning.get(1) == Some(&0) || beginning.first() == Some(&0) {
        return Some(UTF_16);
    }
    MARKS.iter().find(|(mark, _)| beginning.starts_with(mark)).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_formats_are_named() {
        let mut tar = vec![b'x'; LENGTH];
        tar[257..262].copy_from_slice(b"ustar");
        for (beginning, word) in [
            (&b""[..], "empty"),
            (b"PGDMP\x01\x0e", "pg_restore"),
            (&tar, "pg_restore"),
            (b"\x1f\x8b\x08\x00", "gunzip"),
            (b"\x28\xb5\x2f\xfd\x00", "zstd"),
            (b"\xff\xfe-\x00-\x00", "PowerShell"),
            (b"-\x00-\x00", "PowerShell"),
            (b"\x00-\x00-", "PowerShell"),
            (b"\xef\xbb\xbf--\n", "PowerShell"),
            (b"SQLite format 3\0", "SQLite"),
        ] {
            assert!(refuse(beginning).is_some_and(|text| text.contains(word)), "{word}");
        }
        assert_eq!(refuse(b"--\n-- PostgreSQL database dump\n--\n"), None);
        assert_eq!(refuse(b"\n"), None);
    }
}
