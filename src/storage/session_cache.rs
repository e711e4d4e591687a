//! A small cache of the latest session lookups of one thread.

use std::collections::VecDeque;

/// A linear search through this many entries is still faster than a query.
const CAPACITY: usize = 16;

/// The values of the latest keys, newest first.
pub(super) struct SessionCache<K, V>(VecDeque<(K, V)>);

impl<K, V> Default for SessionCache<K, V> {
    fn default() -> Self {
        Self(VecDeque::with_capacity(CAPACITY))
    }
}

impl<K: PartialEq, V: Clone> SessionCache<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.0.iter().find(|(cached, _)| cached == key).map(|(_, value)| value.clone())
    }

    /// Adds a value. A full cache drops its oldest entry first.
    pub(super) fn put(&mut self, key: K, value: V) {
        if self.0.len() == CAPACITY {
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
    fn cache_keeps_the_latest_entries_until_it_is_cleared() {
        let mut cache = SessionCache::default();
        for key in 0..=CAPACITY {
            cache.put(key, key * 2);
        }
        assert_eq!(
            (cache.get(&0), cache.get(&1), cache.get(&CAPACITY)),
            (None, Some(2), Some(CAPACITY * 2))
        );
        cache.clear();
        assert_eq!(cache.get(&CAPACITY), None);
    }
}
