//! The token route at every size of the data, in turns.

use super::Session;
use super::rounds;
use crate::arguments::Size;
use crate::report::{Figure, Latency, Report, median};

/// What the sizes have had so far.
#[derive(Default)]
pub(crate) struct Sizes {
    found: Vec<(Size, Vec<f64>, Vec<Latency>)>,
}

impl Sizes {
    /// One more run at the session's size.
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

    /// Puts the figures into the report, and judges the fastest size against the slowest.
    pub(crate) fn conclude(self, report: &mut Report) {
        let medians: Vec<f64> = self.found.iter().map(|(_, rates, _)| median(rates.clone())).collect();
        for (size, rates, latencies) in self.found {
            report.figure(Figure::rates("token by size", size, rates).latency(&latencies));
        }
        let most = medians.iter().copied().fold(0.0, f64::max);
        let least = medians.iter().copied().fold(f64::MAX, f64::min);
        if medians.len() > 1 {
            report.at_most("token, fastest size / slowest size", most / least, 1.3);
        }
    }
}
