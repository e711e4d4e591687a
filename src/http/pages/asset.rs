//! A file that the pages load, named by its content.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// One file, compressed once.
pub(super) struct Asset {
    pub name: String,
    pub media_type: &'static str,
    pub plain: Vec<u8>,
    pub gzip: Vec<u8>,
    /// The start of its SHA-256.
    pub digest: String,
}

impl Asset {
    pub(super) fn new(
        stem: &str,
        ending: &str,
        media_type: &'static str,
        plain: Vec<u8>,
    ) -> Result<Self, String> {
        let digest = format!(
            "{:016x}",
            u64::from_be_bytes(*Sha256::digest(&plain).first_chunk().unwrap_or(&[0; 8]))
        );
        let gzip = compress(&plain)
            .map_err(|error| format!("cannot compress {stem}.{ending}: {error}"))?;
        Ok(Self { name: format!("{stem}-{digest}.{ending}"), media_type, plain, gzip, digest })
    }
}

fn compress(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}
