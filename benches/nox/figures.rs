//! What was measured: figures by name, with a value or more for each round.

use std::collections::{BTreeMap, BTreeSet};

/// The values of a run, and which of them it is about.
pub struct Figures {
    wanted: BTreeSet<&'static str>,
    pub found: BTreeMap<String, Vec<f64>>,
}

/// The middle of some values, and how far they lie apart.
#[derive(Clone, Copy, Debug)]
pub struct Middle {
    pub median: f64,
    /// Half of the way from the least to the greatest.
    pub spread: f64,
}

impl Figures {
    pub fn of(wanted: BTreeSet<&'static str>) -> Self {
        Self { wanted, found: BTreeMap::new() }
    }

    /// Whether a figure is asked for; measuring another would be in vain.
    pub fn wants(&self, name: &str) -> bool {
        self.wanted.contains(name)
    }

    pub fn note(&mut self, name: impl Into<String>, value: f64) {
        self.found.entry(name.into()).or_default().push(value);
    }

    pub fn middle(&self, name: &str) -> Option<Middle> {
        Middle::of(self.found.get(name)?)
    }

    /// One figure in parts of another, each round by itself: what slowed both down does not show.
    pub fn ratio(&self, name: &str, per: &str) -> Option<Middle> {
        let rounds = self.found.get(name)?.iter().zip(self.found.get(per)?);
        Middle::of(&rounds.map(|(value, per)| value / per).collect::<Vec<_>>())
    }
}

impl Middle {
    fn of(values: &[f64]) -> Option<Self> {
        let sorted = sorted(values.to_vec());
        let spread = (sorted.last()? - sorted.first()?) / 2.0;
        Some(Self { median: quantile(&sorted, 0.5), spread })
    }
}

pub fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// The value below which this part of the sorted values lies, by nearest rank; of none, it is 0.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is an index"
)]
pub fn quantile(sorted: &[f64], part: f64) -> f64 {
    let rank = (sorted.len() as f64 * part).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}
