//! Values that completions offer for an argument, which may take others too.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};

/// Reads a value by a function, and lets completions offer these.
#[derive(Clone)]
pub(super) struct Offered<T> {
    values: Vec<&'static str>,
    read: fn(&str) -> Result<T, String>,
}

/// See [`Offered`].
pub(super) fn offered<T>(
    values: impl IntoIterator<Item = &'static str>,
    read: fn(&str) -> Result<T, String>,
) -> Offered<T> {
    Offered { values: values.into_iter().collect(), read }
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Offered<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<T, Error> {
        let read = self.read;
        let parser = StringValueParser::new().try_map(move |text| read(&text));
        parser.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.values.iter().map(|value| PossibleValue::new(*value))))
    }
}
