//! The measured values: figures by name, each with one or more values per round.

use std::collections::{BTreeMap, BTreeSet};

/// The values of a run, and the names of the figures that are wanted.
pub struct Figures {
    wanted: BTreeSet<&'static str>,
    pub values: BTreeMap<String, Vec<f64>>,
}

/// The median and the spread of some values.
#[derive(Clone, Copy, Debug)]
pub struct Summary {
    pub median: f64,
    /// Half of the difference between the maximum and the minimum.
    pub spread: f64,
}

impl Figures {
    pub fn of(wanted: BTreeSet<&'static str>) -> Self {
        Self { wanted, values: BTreeMap::new() }
    }

    /// Whether a figure is needed for a row of the table.
    pub fn wants(&self, name: &str) -> bool {
        self.wanted.contains(name)
    }

    pub fn record(&mut self, name: impl Into<String>, value: f64) {
        self.values.entry(name.into()).or_default().push(value);
    }

    pub fn summary(&self, name: &str) -> Option<Summary> {
        Summary::of(self.values.get(name)?)
    }

    /// The ratio of two figures, computed for each round, so that a slow round of the machine
    /// affects both figures alike.
    pub fn ratio(&self, name: &str, per: &str) -> Option<Summary> {
        let rounds = self.values.get(name)?.iter().zip(self.values.get(per)?);
        Summary::of(&rounds.map(|(value, per)| value / per).collect::<Vec<_>>())
    }
}

impl Summary {
    fn of(values: &[f64]) -> Option<Self> {
        let values = sorted(values.to_vec());
        let spread = (values.last()? - values.first()?) / 2.0;
        Some(Self { median: quantile(&values, 0.5), spread })
    }
}

pub fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// A quantile of sorted values by nearest rank, where `part` is from 0 to 1. Without values, it is
/// 0.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the result is an index"
)]
pub fn quantile(sorted: &[f64], part: f64) -> f64 {
    let rank = (sorted.len() as f64 * part).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}
