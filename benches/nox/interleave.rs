//! Interleaved measurements of rates that are compared with each other.

use anyhow::Result;

use crate::figures::Figures;

/// How often each rate is measured in a round. When the machine is slower for a while, it is slower
/// for all of the rates.
const SLICES: u32 = 4;
/// How long one slice takes.
pub const SLICE_SECONDS: u64 = 1;

/// Measures the wanted rates in turn, a slice each, and records the mean of each rate.
pub fn measure(
    figures: &mut Figures,
    names: &[&'static str],
    rate: impl Fn(&str) -> Result<f64>,
) -> Result<()> {
    let names: Vec<_> = names.iter().filter(|name| figures.wants(name)).collect();
    let mut means = vec![0.0; names.len()];
    for _ in 0..SLICES {
        for (mean, name) in means.iter_mut().zip(&names) {
            *mean += rate(name)? / f64::from(SLICES);
        }
    }
    names.iter().zip(means).for_each(|(name, mean)| figures.record(**name, mean));
    Ok(())
}
