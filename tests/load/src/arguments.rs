//! What `cargo load` is asked to do.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::ensure;

use crate::scenario::Scenario;

/// Measures Bowline on this machine against floors of the same run, and says which bars hold
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "cargo load", bin_name = "cargo load", version)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct Arguments {
    /// Scenarios to run, separated by commas; all if not given
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<Scenario>,
    /// Sizes of the data, separated by commas, such as 10k,1m,10m
    #[arg(long, value_delimiter = ',')]
    pub accounts: Vec<Size>,
    /// Seconds of each measured run
    #[arg(long)]
    pub seconds: Option<u64>,
    /// Measured runs of each figure; the median counts
    #[arg(long)]
    pub runs: Option<usize>,
    /// A run of about a minute: 10k accounts, one short run of each figure
    #[arg(long)]
    pub quick: bool,
    /// Ends with status 1 where a bar does not hold
    #[arg(long)]
    pub check: bool,
    /// Keeps Postgres and its data here, and uses them again where they have the wanted size
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Makes the data anew
    #[arg(long)]
    pub rebuild: bool,
    /// Uses the server as it was built last
    #[arg(long)]
    pub no_build: bool,
    /// Measures this server instead of building one
    #[arg(long, value_name = "FILE")]
    pub server: Option<PathBuf>,
    /// Fails instead of installing what the machine lacks
    #[arg(long)]
    pub no_install: bool,
    /// Tenants that the accounts are spread over: 1 to 200
    #[arg(long, default_value_t = 100)]
    pub tenants: u32,
    /// Bytes of an access token: 48 to 1500
    #[arg(long, default_value_t = 200)]
    pub token_bytes: usize,
    /// Connections of the closed-loop scenarios
    #[arg(long, default_value_t = 64)]
    pub connections: usize,
    /// How much memory Postgres gives to its buffers, such as 2GB; half of the machine's if not given
    #[arg(long)]
    pub shared_buffers: Option<String>,
    /// A setting of the servers, named like its environment variable, such as `BOWLINE_POOL__SIZE=32`
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub settings: Vec<Setting>,
    /// Where report.json and the plots go; target/load if not given
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

impl Arguments {
    /// Fills in what was left out, and refuses what cannot be.
    pub(crate) fn complete(mut self) -> anyhow::Result<Self> {
        ensure!((1..=200).contains(&self.tenants), "--tenants must be 1 to 200");
        ensure!((48..=1500).contains(&self.token_bytes), "--token-bytes must be 48 to 1500");
        ensure!(self.connections > 0, "--connections must be at least 1");
        if self.only.is_empty() {
            self.only = Scenario::ALL.to_vec();
        }
        if self.accounts.is_empty() {
            let sizes: &[u64] = if self.quick { &[10_000] } else { &[10_000, 1_000_000, 10_000_000] };
            self.accounts = sizes.iter().copied().map(Size).collect();
        }
        self.accounts.sort_unstable();
        self.accounts.dedup();
        Ok(self)
    }

    /// Seconds of each measured run, at least 1.
    pub(crate) fn seconds(&self) -> u64 {
        self.seconds.unwrap_or(if self.quick { 2 } else { 4 }).max(1)
    }

    /// Measured runs of each figure, at least 1.
    pub(crate) fn runs(&self) -> usize {
        self.runs.unwrap_or(if self.quick { 1 } else { 3 }).max(1)
    }

    /// Whether a scenario was asked for.
    pub(crate) fn wants(&self, scenario: Scenario) -> bool {
        self.only.contains(&scenario)
    }

    /// The size that most scenarios use: a million where that is among the sizes, else the largest.
    pub(crate) fn main_size(&self) -> Size {
        let million = Size(1_000_000);
        if self.accounts.contains(&million) { million } else { self.largest() }
    }

    /// The largest size.
    pub(crate) fn largest(&self) -> Size {
        self.accounts.last().copied().unwrap_or(Size(10_000))
    }
}

/// A number of accounts, written 10k or 1m or plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Size(pub u64);

impl Size {
    /// The fewest and the most.
    const RANGE: std::ops::RangeInclusive<u64> = 1_000..=100_000_000;
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (digits, unit) = match text.to_ascii_lowercase() {
            lower if lower.ends_with('k') => (lower.trim_end_matches('k').to_owned(), 1_000),
            lower if lower.ends_with('m') => (lower.trim_end_matches('m').to_owned(), 1_000_000),
            lower => (lower, 1),
        };
        let count = digits.parse().ok().and_then(|digits: u64| digits.checked_mul(unit));
        count
            .filter(|count| Self::RANGE.contains(count))
            .map(Self)
            .ok_or_else(|| "expected 1k to 100m accounts, such as 10k or 1m".to_owned())
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            count if count.is_multiple_of(1_000_000) => write!(f, "{}m", count / 1_000_000),
            count if count.is_multiple_of(1_000) => write!(f, "{}k", count / 1_000),
            count => write!(f, "{count}"),
        }
    }
}

/// `NAME=VALUE`.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// The environment variable.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
        if name.starts_with("BOWLINE_") || name.starts_with("ROCKET_") {
            return Ok(Self { name: name.to_owned(), value: value.to_owned() });
        }
        Err("settings of the server begin with BOWLINE_ or ROCKET_".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_written_alike() {
        for (text, count) in [("10k", 10_000), ("1M", 1_000_000), ("12345", 12_345)] {
            let size: Size = text.parse().unwrap();
            assert_eq!(size.0, count);
            assert_eq!(size.to_string().parse(), Ok(size));
        }
        for text in ["", "k", "10g", "999", "200m", "18446744073709551615m"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
