//! The memory that Argon2 fills, which a thread reuses for one hash after the other.

use argon2::password_hash::phc::Output;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use kevy_madvise::advise_hugepage;
use zeroize::Zeroize;

use crate::domain::password::{HASH_LENGTH, fault};
use crate::error::Result;

/// How many blocks of 1 KiB are reserved at least. Above 32 MiB, glibc uses a mapping of its own
/// (`mmap`), which goes back to the system when it is freed. Pages that are not written take no
/// memory.
const MIN_RESERVED: usize = 33 << 10;

/// The blocks of one thread, allocated at its first hash and wiped when they are dropped.
#[derive(Default)]
pub(crate) struct Memory {
    blocks: Vec<Block>,
    /// How many blocks were written since the last wipe.
    written: usize,
}

impl Memory {
    /// Computes a hash. Traces of the password stay in the blocks until [`Self::wipe`].
    pub(crate) fn compute(&mut self, secret: &[u8], salt: &[u8], params: Params) -> Result<Output> {
        let needed = params.block_count();
        let length = params.output_len().unwrap_or(HASH_LENGTH);
        if self.blocks.len() < needed {
            self.grow(needed)?;
        }
        self.written = self.written.max(needed);
        let mut output = vec![0; length];
        let computed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(secret, salt, &mut output, &mut self.blocks[..needed]);
        computed.map_err(fault)?;
        Output::new(&output).map_err(fault)
    }

    fn grow(&mut self, needed: usize) -> Result<()> {
        // Free the small buffer first, so that both are never allocated at the same time.
        *self = Self::default();
        self.blocks.try_reserve_exact(needed.max(MIN_RESERVED)).map_err(fault)?;
        // This precedes the first write, at which the system chooses the size of the pages.
        advise_hugepage(self.blocks.as_ptr().cast(), needed * Block::SIZE);
        self.blocks.resize(needed, Block::new());
        Ok(())
    }

    /// Overwrites everything that was derived from a password.
    pub(crate) fn wipe(&mut self) {
        self.blocks[..self.written].iter_mut().for_each(Zeroize::zeroize);
        self.written = 0;
    }

    /// Whether every block is zero.
    #[cfg(test)]
    pub(crate) fn is_clean(&self) -> bool {
        self.blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0))
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.wipe();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compute(memory: &mut Memory, kib: u32) {
        memory.compute(b"secret", b"somesalt", Params::new(kib, 1, 1, None).unwrap()).unwrap();
    }

    #[test]
    fn wipe_clears_every_written_block() {
        let mut memory = Memory::default();
        for _ in 0..2 {
            compute(&mut memory, 64);
            compute(&mut memory, 32);
            assert!(!memory.is_clean());
            memory.wipe();
            assert!(memory.is_clean());
        }
    }

    #[test]
    fn memory_grows_to_the_largest_hash() {
        let mut memory = Memory::default();
        for kib in [32, 64, 16] {
            compute(&mut memory, kib);
        }
        assert_eq!(memory.blocks.len(), 64);
    }
}
