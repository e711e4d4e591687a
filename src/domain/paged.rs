//! A part of a list, with the length of the whole list.

/// The items that a client asked for by limit and offset.
#[derive(Debug)]
pub(crate) struct Paged<T> {
    /// The number of items in the whole list.
    pub total: u32,
    /// The part of the list that was asked for.
    pub items: Vec<T>,
}

impl<T> Paged<T> {
    /// Converts each item.
    pub(crate) fn map<U>(self, convert: impl FnMut(T) -> U) -> Paged<U> {
        Paged { total: self.total, items: self.items.into_iter().map(convert).collect() }
    }
}
