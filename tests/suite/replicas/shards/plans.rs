//! Reads executed statements from a Postgres log: each plan, what it touched, and the kind of its transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use serde_json::Value;

/// The tenants that the transaction of a statement may access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// Outside a transaction: the token path's own statements.
    Alone,
    /// One tenant, as for almost all statements.
    Tenant,
    /// The row that a presented credential identifies, whichever tenant it belongs to.
    Credential,
    /// All tenants: operators and workers, with a role of their own.
    Everybody,
}

/// An executed statement: its text, and the shards that were touched for each table.
pub(super) struct Run {
    pub(super) scope: Scope,
    pub(super) text: String,
    pub(super) plan: Value,
    pub(super) touched: BTreeMap<String, BTreeSet<usize>>,
}

impl Run {
    pub(super) fn shards(&self) -> BTreeSet<usize> {
        self.touched.values().flatten().copied().collect()
    }

    /// The number of calls that it carried; `None` if it is not a statement of the token path.
    pub(super) fn calls(&self) -> Option<f64> {
        self.text.contains("WITH ORDINALITY AS c").then(|| calls(&self.plan["Plan"]))
    }
}

pub(super) struct Log(PathBuf);

impl Log {
    pub(super) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn length(&self) -> usize {
        std::fs::metadata(&self.0).map_or(0, |file| usize::try_from(file.len()).unwrap_or_default())
    }

    /// Every plan from this byte on that touched a table. The whole log is read, because a transaction may have begun
    /// earlier.
    pub(super) fn runs(&self, from: usize) -> Vec<Run> {
        let bytes = std::fs::read(&self.0).unwrap_or_default();
        runs(&String::from_utf8_lossy(&bytes), from)
    }
}

fn runs(log: &str, from: usize) -> Vec<Run> {
    let mut scopes: HashMap<&str, Scope> = HashMap::new();
    let mut runs = Vec::new();
    for (at, process, said) in entries(log) {
        let scope = scopes.entry(process).or_insert(Scope::Alone);
        if let Some((_, statement)) = said.split_once("LOG:  statement: ") {
            *scope = spoken(statement).unwrap_or(*scope);
        } else if let Some((_, plan)) = said.split_once("plan:\n").filter(|_| at >= from) {
            runs.extend(run(plan, *scope));
        }
    }
    runs
}

/// The position, process id and text of each entry. Continuation lines of an entry begin with a tab.
fn entries(log: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    let mut starts: Vec<usize> = log
        .match_indices('\n')
        .map(|(at, _)| at + 1)
        .filter(|at| log[*at..].starts_with(|first: char| first.is_ascii_digit()))
        .collect();
    starts.insert(0, 0);
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([log.len()]).collect();
    starts.into_iter().zip(ends).filter_map(|(start, end)| {
        let entry = &log[start..end];
        let (_, rest) = entry.split_once('[')?;
        let (process, said) = rest.split_once(']')?;
        Some((start, process, said))
    })
}

/// The change that a statement makes to the scope of later statements. COMMIT makes none, because a transaction's last
/// plan is logged when COMMIT closes its portal.
fn spoken(statement: &str) -> Option<Scope> {
    let beginnings = [
        ("SET LOCAL bowline.tenant", Scope::Tenant),
        ("SET LOCAL bowline.credential", Scope::Credential),
        ("SET LOCAL ROLE", Scope::Everybody),
        ("BEGIN", Scope::Alone),
    ];
    // A transaction begins and sets what it sees in one message.
    let statement = statement.strip_prefix("BEGIN; ").unwrap_or(statement);
    beginnings.into_iter().find(|(beginning, _)| statement.starts_with(beginning)).map(|(_, scope)| scope)
}

fn run(plan: &str, scope: Scope) -> Option<Run> {
    let plan = serde_json::Deserializer::from_str(plan).into_iter::<Value>().next()?.ok()?;
    let mut touched = BTreeMap::new();
    walk(&plan["Plan"], &mut touched);
    let text = plan["Query Text"].as_str().unwrap_or_default().to_owned();
    (!touched.is_empty()).then_some(Run { scope, text, plan, touched })
}

fn children(node: &Value) -> impl Iterator<Item = &Value> {
    node["Plans"].as_array().into_iter().flatten()
}

fn walk(node: &Value, touched: &mut BTreeMap<String, BTreeSet<usize>>) {
    let met = node["Actual Loops"].as_f64().unwrap_or_default() > 0.0;
    if let (true, Some(relation)) = (met, node["Relation Name"].as_str()) {
        let (table, shard) =
            match relation.rsplit_once("_s").map(|(table, shard)| (table, shard.parse::<usize>())) {
                Some((table, Ok(shard))) => (table, Some(shard)),
                _ => (relation, None),
            };
        touched.entry(table.to_owned()).or_default().extend(shard);
    }
    children(node).for_each(|child| walk(child, touched));
}

fn calls(node: &Value) -> f64 {
    if node["Node Type"] == "Function Scan" && node["Alias"] == "c" {
        return node["Actual Rows"].as_f64().unwrap_or_default();
    }
    children(node).map(calls).sum()
}
