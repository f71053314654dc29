//! The arguments of `cargo load`.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::ensure;

use crate::scenario::Scenario;

/// Measure Bowline on this machine against reference measurements of the same run, and report which targets are met
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "cargo load", bin_name = "cargo load", version)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct Arguments {
    /// Scenarios to run, separated by commas; all if omitted
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<Scenario>,
    /// Sizes of the data, separated by commas, such as 10k,1m,10m
    #[arg(long, value_delimiter = ',')]
    pub accounts: Vec<Size>,
    /// Duration of each measured run in seconds
    #[arg(long)]
    pub seconds: Option<u64>,
    /// Measured runs per figure; the median counts
    #[arg(long)]
    pub runs: Option<usize>,
    /// Run for about a minute: 10k accounts, one short run per figure
    #[arg(long)]
    pub quick: bool,
    /// Exit with status 1 if a target is not met
    #[arg(long)]
    pub check: bool,
    /// Keep Postgres and its data in this directory, and reuse data of the right size
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Create the data again
    #[arg(long)]
    pub rebuild: bool,
    /// Use the server binary from the last build
    #[arg(long)]
    pub no_build: bool,
    /// Measure this server binary instead of building one
    #[arg(long, value_name = "FILE")]
    pub server: Option<PathBuf>,
    /// Fail instead of installing missing programs
    #[arg(long)]
    pub no_install: bool,
    /// Number of tenants that share the accounts: 1 to 200
    #[arg(long, default_value_t = 100)]
    pub tenants: u32,
    /// Length of an access token in bytes: 48 to 1500
    #[arg(long, default_value_t = 200)]
    pub token_bytes: usize,
    /// Connections of the closed-loop scenarios
    #[arg(long, default_value_t = 64)]
    pub connections: usize,
    /// Shared buffers of Postgres, such as 2GB or 512MB; half of the machine's memory if omitted
    #[arg(long)]
    pub shared_buffers: Option<Mebibytes>,
    /// Reserve huge pages for Postgres's shared memory during the run, as docs/running.md recommends (needs root)
    #[arg(long)]
    pub huge_pages: bool,
    /// A setting for the servers, named like its environment variable, such as `BOWLINE_POOL__SIZE=32`
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub settings: Vec<Setting>,
    /// Directory for report.json and the plots; target/load if omitted
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

impl Arguments {
    /// Fills in defaults and validates the arguments.
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

    /// The duration of each measured run in seconds, at least 1.
    pub(crate) fn seconds(&self) -> u64 {
        self.seconds.unwrap_or(if self.quick { 2 } else { 4 }).max(1)
    }

    /// The number of measured runs per figure, at least 1.
    pub(crate) fn runs(&self) -> usize {
        self.runs.unwrap_or(if self.quick { 1 } else { 3 }).max(1)
    }

    /// Whether a scenario was requested.
    pub(crate) fn wants(&self, scenario: Scenario) -> bool {
        self.only.contains(&scenario)
    }

    /// The size that most scenarios use: a million if it is among the sizes, otherwise the largest.
    pub(crate) fn main_size(&self) -> Size {
        let million = Size(1_000_000);
        if self.accounts.contains(&million) { million } else { self.largest() }
    }

    /// The sizes of the data with sealed tokens, which searches do without.
    pub(crate) fn sealed_sizes(&self) -> &[Size] {
        if self.only == [Scenario::Search] { &[] } else { &self.accounts }
    }

    /// The largest size.
    pub(crate) fn largest(&self) -> Size {
        self.accounts.last().copied().unwrap_or(Size(10_000))
    }
}

/// A number of accounts, written like 10k, 1m or 12345.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Size(pub u64);

impl Size {
    /// The smallest and the largest number.
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

/// An amount of memory in MiB, written like 512MB or 2GB, as in the settings of Postgres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mebibytes(pub u64);

impl FromStr for Mebibytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (digits, unit) = match (text.strip_suffix("GB"), text.strip_suffix("MB")) {
            (Some(digits), _) => (digits, 1024),
            (None, Some(digits)) => (digits, 1),
            (None, None) => (text, 0),
        };
        let mebibytes = digits.parse().ok().and_then(|digits: u64| digits.checked_mul(unit));
        mebibytes
            .filter(|mebibytes| *mebibytes > 0)
            .map(Self)
            .ok_or_else(|| "expected an amount such as 512MB or 2GB".to_owned())
    }
}

impl std::fmt::Display for Mebibytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}MB", self.0)
    }
}

/// A setting in the form `NAME=VALUE`.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// The name of the environment variable.
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

    #[test]
    fn memory_is_read_in_the_units_of_postgres() {
        assert_eq!("512MB".parse(), Ok(Mebibytes(512)));
        assert_eq!("2GB".parse::<Mebibytes>().unwrap().to_string(), "2048MB");
        for text in ["", "2", "0GB", "2gb", "GB", "-1MB", "18446744073709551615GB"] {
            assert!(text.parse::<Mebibytes>().is_err(), "{text}");
        }
    }
}
