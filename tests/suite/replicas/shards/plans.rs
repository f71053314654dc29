//! The executed statements, read from Postgres's log: every plan, the partitions that it touched, and the kind of its transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use serde_json::Value;

/// Who may be asked for in the transaction of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// Without a transaction of ours: the token path's own statements.
    Alone,
    /// One tenant, as almost all.
    Tenant,
    /// The row that a shown credential opens, whosever it is.
    Credential,
    /// All tenants: operators and workers, by a role that is entered for it.
    Everybody,
}

/// One statement as it was run: its text, and for each table the shards of it that were touched.
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

    /// Calls that it carried; nothing if it is not one of the token path's.
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

    /// Every plan that touched a table, from that byte on. All is read: a transaction may have begun before.
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

/// Where each entry begins, the number of its process, and what it says. What belongs to an entry and is not its first line begins with a tab.
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

/// What a statement changes about the scope of those after it. COMMIT does not: a transaction's last plan is logged when its
/// portal is closed, which COMMIT does.
fn spoken(statement: &str) -> Option<Scope> {
    let beginnings = [
        ("SET LOCAL bowline.tenant", Scope::Tenant),
        ("SET LOCAL bowline.credential", Scope::Credential),
        ("SET LOCAL ROLE", Scope::Everybody),
        ("BEGIN", Scope::Alone),
    ];
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
