//! Spans and timestamps.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nox::time::{Span, Timestamp};

fuzz_target!(|text: &str| {
    if let Ok(span) = text.parse::<Span>() {
        assert_eq!(String::from(span).parse(), Ok(span));
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        assert_eq!(time.to_string().parse(), Ok(time));
    }
});
