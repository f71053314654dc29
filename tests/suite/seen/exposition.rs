//! Parses the output of `/metrics`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use bowline_tests::Server;

/// The result of one scrape.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exposition {
    /// The kinds by name, from `# TYPE`.
    pub(crate) kinds: BTreeMap<String, String>,
    /// The names with a `# HELP`.
    pub(crate) helped: BTreeSet<String>,
    /// The values by series, written as in the output: `name{label="value"}`.
    pub(crate) series: BTreeMap<String, f64>,
}

impl Exposition {
    /// Scrapes a server.
    pub(crate) async fn of(http: &reqwest::Client, server: &Server) -> Result<Self> {
        let answer = http.get(format!("{}/metrics", server.internal_url())).send().await?;
        ensure!(answer.status() == 200, "{}", answer.status());
        Self::parse(&answer.text().await?)
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut all = Self::default();
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').context("a `# TYPE` line has no kind")?;
                all.kinds.insert(name.to_owned(), kind.to_owned());
            } else if let Some(rest) = line.strip_prefix("# HELP ") {
                all.helped.insert(rest.split(' ').next().unwrap_or_default().to_owned());
            } else {
                let (series, value) = line.rsplit_once(' ').with_context(|| line.to_owned())?;
                all.series.insert(series.to_owned(), value.parse()?);
            }
        }
        Ok(all)
    }

    /// The value of a series, written as in the output; 0 if it is missing.
    pub(crate) fn value(&self, series: &str) -> f64 {
        self.series.get(series).copied().unwrap_or_default()
    }

    /// The sum of all series of `name` that have all of these labels.
    pub(crate) fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        let fits = |series: &str| {
            series.split('{').next() == Some(name) && labels.iter().all(|label| series.contains(label))
        };
        self.series.iter().filter(|(series, _)| fits(series)).map(|(_, value)| value).sum()
    }

    /// The names of all series, including `_bucket`, `_sum` and `_count`.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        self.series.keys().filter_map(|series| series.split('{').next()).collect()
    }
}
