//! The links in the column `links` of the table `users`.

/// A link of a user's profile, which is one line of the column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The text of the link; without one, it is the URL.
    pub label: Option<String>,
    /// The URL, which contains no white space.
    pub value: String,
}

impl Link {
    pub(super) fn read(line: &str) -> Self {
        match line.split_once(' ') {
            Some((value, label)) => Self { label: Some(label.into()), value: value.into() },
            None => Self { label: None, value: line.into() },
        }
    }

    /// The line that is stored: the URL, and the label after a space.
    pub(crate) fn write(&self) -> String {
        match &self.label {
            Some(label) => format!("{} {label}", self.value),
            None => self.value.clone(),
        }
    }
}
