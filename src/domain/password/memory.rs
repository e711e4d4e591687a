//! The memory that Argon2 fills, one hash after the other.

use argon2::password_hash::phc::Output;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use kevy_madvise::advise_hugepage;
use zeroize::Zeroize;

use crate::domain::password::{HASH_LENGTH, Password, fault};
use crate::error::Result;

/// How many blocks of 1 KiB are reserved at least: more than 32 MiB, which glibc always maps apart,
/// so that they go back to the system when they are freed. What is not written takes no memory.
const RESERVED: usize = 33 << 10;

/// The blocks of one thread, made at its first hash and wiped when they are dropped.
#[derive(Default)]
pub(crate) struct Memory {
    blocks: Vec<Block>,
    /// How many were written since they were wiped.
    written: usize,
}

impl Memory {
    /// Computes a hash, which stays in the memory until the next one, or until that is wiped.
    pub(crate) fn compute(
        &mut self,
        password: &Password,
        salt: &[u8],
        params: Params,
    ) -> Result<Output> {
        let (needed, length) = (params.block_count(), params.output_len().unwrap_or(HASH_LENGTH));
        if self.blocks.len() < needed {
            self.grow(needed)?;
        }
        self.written = self.written.max(needed);
        let mut output = vec![0; length];
        let computed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(
                password.bytes(),
                salt,
                &mut output,
                &mut self.blocks[..needed],
            );
        computed.map_err(fault)?;
        Output::new(&output).map_err(fault)
    }

    fn grow(&mut self, needed: usize) -> Result<()> {
        // Let go of the small buffer first, so that growing it does not hold both.
        *self = Self::default();
        self.blocks.try_reserve_exact(needed.max(RESERVED)).map_err(fault)?;
        // Before the first write, which is when the system chooses the pages.
        advise_hugepage(self.blocks.as_ptr().cast(), needed * Block::SIZE);
        self.blocks.resize(needed, Block::new());
        Ok(())
    }

    /// Leaves nothing that came from a password.
    pub(crate) fn wipe(&mut self) {
        self.blocks[..self.written].iter_mut().for_each(Zeroize::zeroize);
        self.written = 0;
    }

    /// Whether there is nothing in it.
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
        memory
            .compute(
                &"secret".to_owned().into(),
                b"somesalt",
                Params::new(kib, 1, 1, None).unwrap(),
            )
            .unwrap();
    }

    #[test]
    fn all_that_was_written_is_wiped() {
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
    fn it_grows_with_what_is_needed() {
        let mut memory = Memory::default();
        for kib in [32, 64, 16] {
            compute(&mut memory, kib);
        }
        assert_eq!(memory.blocks.len(), 64);
    }
}
