//! Rates that are compared with each other.

use anyhow::Result;

use crate::figures::Figures;

/// How often each gets its turn in a round: what slows the machine down for a while meets all of
/// them.
const TURNS: u32 = 4;
/// How long a turn is.
pub const SECONDS: u64 = 1;

/// Measures those rates that are wanted, for a short while each, and again, and notes their means.
pub fn take(
    figures: &mut Figures,
    names: &[&'static str],
    rate: impl Fn(&str) -> Result<f64>,
) -> Result<()> {
    let names: Vec<_> = names.iter().filter(|name| figures.wants(name)).collect();
    let mut means = vec![0.0; names.len()];
    for _ in 0..TURNS {
        for (mean, name) in means.iter_mut().zip(&names) {
            *mean += rate(name)? / f64::from(TURNS);
        }
    }
    names.iter().zip(means).for_each(|(name, mean)| figures.note(**name, mean));
    Ok(())
}
