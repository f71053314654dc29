//! The token route at every size of the data, alternately.

use super::Session;
use super::rounds;
use crate::arguments::Size;
use crate::report::{Figure, Latency, Report, median};

/// The results of all sizes so far.
#[derive(Default)]
pub(crate) struct Sizes {
    found: Vec<(Size, Vec<f64>, Vec<Latency>)>,
}

impl Sizes {
    /// Measures another run at the session's size.
    pub(crate) async fn measure(&mut self, session: &Session<'_>, run: usize) -> anyhow::Result<()> {
        let size = session.data.size;
        let seed = 1_000 + run as u64;
        rounds::tokens(session, session.warm_up_seconds(), seed).await?;
        let outcome = rounds::tokens(session, session.arguments.seconds(), seed + 500).await?;
        let at = self.found.iter().position(|(other, ..)| *other == size).unwrap_or(self.found.len());
        if at == self.found.len() {
            self.found.push((size, Vec::new(), Vec::new()));
        }
        let (_, rates, latencies) = &mut self.found[at];
        rates.push(outcome.rate());
        latencies.push(outcome.into());
        Ok(())
    }

    /// Adds the figures to the report and compares each size with the smallest by the median of the rounds' ratios,
    /// because one round takes only a minute or two.
    pub(crate) fn conclude(self, report: &mut Report) {
        if let Some(worst) = self.worst() {
            report.at_most("token, smallest size / slowest size", worst, 1.3);
        }
        for (size, rates, latencies) in self.found {
            report.figure(Figure::rates("token by size", size, rates).latency(&latencies));
        }
    }

    /// The ratio of the smallest size to the slowest other size.
    fn worst(&self) -> Option<f64> {
        let (smallest, others) = self.found.split_first()?;
        let ratios = others.iter().map(|(_, rates, _)| {
            let rounds = smallest.1.iter().zip(rates);
            median(rounds.map(|(small, large)| small / large).collect())
        });
        ratios.reduce(f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_size_is_judged_against_the_smallest_round_by_round() {
        let found = |size, rates: &[f64]| (Size(size), rates.to_vec(), Vec::new());
        let mut sizes = Sizes { found: vec![found(10_000, &[90.0, 100.0, 60.0])] };
        assert_eq!(sizes.worst(), None);
        sizes.found.push(found(1_000_000, &[90.0, 80.0, 60.0]));
        sizes.found.push(found(10_000_000, &[60.0, 80.0, 10.0]));
        assert!(sizes.worst().is_some_and(|worst| (worst - 1.5).abs() < 1e-9));
    }
}
