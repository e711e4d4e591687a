//! What was just read, for whoever asks for the same again.

use std::collections::VecDeque;

/// So many are looked through faster than the database.
const MOST: usize = 16;

/// The values of the last keys.
pub(super) struct Recent<K, V>(VecDeque<(K, V)>);

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self(VecDeque::with_capacity(MOST))
    }
}

impl<K: PartialEq, V: Clone> Recent<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
    }

    /// Adds a value, in the place of the oldest where there are many.
    pub(super) fn put(&mut self, key: K, value: V) {
        if self.0.len() == MOST {
            self.0.pop_back();
        }
        self.0.push_front((key, value));
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_known() {
        let mut recent = Recent::default();
        for key in 0..=MOST {
            recent.put(key, key * 2);
        }
        assert_eq!(
            (recent.get(&0), recent.get(&1), recent.get(&MOST)),
            (None, Some(2), Some(MOST * 2))
        );
        recent.clear();
        assert_eq!(recent.get(&MOST), None);
    }
}
