//! File systems on which SQLite's locks and shared memory cannot be relied on
//! (<https://www.sqlite.org/wal.html>, <https://www.sqlite.org/howtocorrupt.html>, 2.1).

use std::io;
use std::path::Path;

use rustix::fs::{statfs, statvfs};

/// The numbers by which Linux names them (`statfs(2)`, `linux/magic.h`).
const REMOTE: [(u32, &str); 15] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "SMB (CIFS)"),
    (0xfe53_4d42, "SMB"),
    (0x6573_5546, "FUSE (such as sshfs)"),
    (0x0102_1997, "9p"),
    (0x5346_414f, "AFS"),
    (0x6b41_4653, "AFS"),
    (0x00c3_6400, "Ceph"),
    (0x7375_7245, "Coda"),
    (0x0bd0_0bd0, "Lustre"),
    (0x0116_1970, "GFS2"),
    (0x7461_636f, "OCFS2"),
    (0x786f_4256, "a shared folder of VirtualBox"),
    (0xbacb_acbc, "a shared folder of VMware"),
];

/// The kind of file system of a path, if it is one of a network or of a program (FUSE).
pub(crate) fn remote_kind(path: &Path) -> io::Result<Option<&'static str>> {
    Ok(kind(statfs(path)?.f_type.cast_unsigned()))
}

/// How many bytes are free on the disk of a path, for users other than root.
pub(crate) fn free_bytes(path: &Path) -> io::Result<u64> {
    let disk = statvfs(path)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

fn kind(number: u64) -> Option<&'static str> {
    // On some systems, the number is extended from 32 bits with its sign.
    let number = u32::try_from(number & 0xffff_ffff).ok()?;
    REMOTE.iter().find(|(known, _)| *known == number).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_systems_of_a_network_or_of_a_program_are_told_from_those_of_a_disk() {
        assert_eq!(kind(0x6969), Some("NFS"));
        assert_eq!(kind(0xffff_ffff_ff53_4d42), Some("SMB (CIFS)"));
        assert_eq!(kind(0x6573_5546), Some("FUSE (such as sshfs)"));
        // ext4, XFS, Btrfs, tmpfs, overlay and ZFS.
        for local in [0xef53, 0x5846_5342, 0x9123_683e, 0x0102_1994, 0x794c_7630, 0x2fc1_2fc1] {
            assert_eq!(kind(local), None, "{local:x}");
        }
        assert_eq!(remote_kind(Path::new("/proc")).unwrap(), None);
    }
}
