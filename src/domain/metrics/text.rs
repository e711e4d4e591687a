//! The text format of Prometheus, version 0.0.4:
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>.

use std::fmt::{Display, Write};

use super::{Counters, Histogram};

/// What kind of a number a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It only rises, from zero at the start.
    Counter,
    /// It rises and falls.
    Gauge,
    /// Counts in buckets.
    Histogram,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A text that grows by one metric after the other.
#[derive(Default)]
pub(crate) struct Text(String);

/// A metric to which samples are added.
pub(crate) struct Metric<'a> {
    text: &'a mut Text,
    name: &'static str,
}

impl Text {
    /// Begins a metric. Its help is one line without a backslash.
    pub(crate) fn metric(&mut self, name: &'static str, kind: Kind, help: &str) -> Metric<'_> {
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {}", kind.as_str()));
        Metric { text: self, name }
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }

    fn line(&mut self, line: impl Display) {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "{line}");
    }
}

impl Metric<'_> {
    /// The one sample of a metric without a label.
    pub(crate) fn value(self, value: impl Display) {
        self.text.line(format_args!("{} {value}", self.name));
    }

    /// A sample with a label, whose value needs no escaping.
    pub(crate) fn labelled(&mut self, label: &str, of: impl Display, value: impl Display) {
        self.text.line(format_args!("{}{{{label}=\"{of}\"}} {value}", self.name));
    }

    /// A sample for each counter.
    pub(crate) fn counters(mut self, label: &str, counters: &Counters) {
        for (of, count) in counters.all() {
            self.labelled(label, of, count);
        }
    }

    /// The samples of a histogram. Its bounds are in seconds.
    pub(crate) fn histogram(self, histogram: &Histogram) {
        let Self { text, name } = self;
        let sum = histogram.sum().as_secs_f64();
        let mut all = 0;
        for (bound, count) in histogram.cumulative() {
            let bound = bound.as_secs_f64();
            text.line(format_args!("{name}_bucket{{le=\"{bound}\"}} {count}"));
            all = count;
        }
        all += histogram.longer();
        text.line(format_args!("{name}_bucket{{le=\"+Inf\"}} {all}"));
        text.line(format_args!("{name}_sum {sum}"));
        text.line(format_args!("{name}_count {all}"));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn buckets_of_a_histogram_count_everything_up_to_their_bound() {
        let histogram = Histogram::default();
        for millis in [1, 5, 6, 30, 1280, 2000] {
            histogram.observe(Duration::from_millis(millis));
        }
        let mut text = Text::default();
        text.metric("a_seconds", Kind::Histogram, "Time.").histogram(&histogram);
        let expected = "# HELP a_seconds Time.\n# TYPE a_seconds histogram\n\
            a_seconds_bucket{le=\"0.005\"} 2\na_seconds_bucket{le=\"0.01\"} 3\n\
            a_seconds_bucket{le=\"0.02\"} 3\na_seconds_bucket{le=\"0.04\"} 4\n\
            a_seconds_bucket{le=\"0.08\"} 4\na_seconds_bucket{le=\"0.16\"} 4\n\
            a_seconds_bucket{le=\"0.32\"} 4\na_seconds_bucket{le=\"0.64\"} 4\n\
            a_seconds_bucket{le=\"1.28\"} 5\na_seconds_bucket{le=\"+Inf\"} 6\n\
            a_seconds_sum 3.322\na_seconds_count 6\n";
        assert_eq!(text.into_string(), expected);
    }
}
