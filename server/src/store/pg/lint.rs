//! Checks the text of every statement in the sources and migrations for what Citus refuses, which tests on a single
//! Postgres cannot detect.

use std::fs;
use std::path::{Path, PathBuf};

/// Expressions with a different value in each transaction.
const MOMENT_EXPRESSIONS: [&str; 7] = [
    "now()",
    "current_timestamp",
    "clock_timestamp()",
    "statement_timestamp()",
    "transaction_timestamp()",
    "localtimestamp",
    "current_date",
];
/// Files that use such expressions only in reads, or for operators, who belong to no tenant.
const FILES_THAT_READ_MOMENTS: [&str; 4] =
    ["store/accounts/ages.rs", "store/failing.rs", "store/figures.rs", "store/operators/mod.rs"];
/// Earlier migrations were written without regard to Citus; they run before anything is distributed.
const FIRST_LINTED_MIGRATION: &str = "2026-11-29";

fn source_files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(source_files(&path, extension));
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Conditional expressions, which must be immutable for Citus, with their contents.
fn conditional_expressions(sql_text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for opening in ["coalesce(", "greatest(", "least(", "nullif("] {
        for (at, _) in sql_text.match_indices(opening) {
            let mut depth = 0_u32;
            let end = sql_text[at..].find(|c| {
                depth += u32::from(c == '(');
                let closes = c == ')' && depth == 1;
                depth -= u32::from(c == ')' && depth > 0);
                closes
            });
            found.push(&sql_text[at..end.map_or(sql_text.len(), |end| at + end)]);
        }
    }
    for (at, _) in sql_text.match_indices("case when") {
        let end = sql_text[at..].find(" end").map_or(sql_text.len(), |end| at + end);
        found.push(&sql_text[at..end]);
    }
    found
}

/// The first such expression that contains a time.
fn moment_in_condition(sql_text: &str) -> Option<String> {
    let sql_text = sql_text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let bad = |found: &&str| MOMENT_EXPRESSIONS.iter().any(|moment| found.contains(moment));
    conditional_expressions(&sql_text).into_iter().find(bad).map(str::to_owned)
}

/// Statements without comments and without function bodies.
fn sql_statements(sql: &str) -> Vec<String> {
    let uncommented: Vec<&str> =
        sql.lines().map(|line| line.split_once("--").map_or(line, |(code, _)| code)).collect();
    let uncommented = uncommented.join(" ");
    let code: Vec<&str> = uncommented.split("$$").step_by(2).collect();
    let statements = code.join(" ").to_lowercase();
    let one_line = |sql_text: &str| sql_text.split_whitespace().collect::<Vec<_>>().join(" ");
    statements.split(';').map(one_line).filter(|sql_text| !sql_text.is_empty()).collect()
}

/// The actions of an `ALTER TABLE`, which are separated by commas outside of parentheses.
fn alter_table_actions(statement: &str) -> Vec<String> {
    let mut depth = 0_i32;
    let mut actions = vec![String::new()];
    for c in statement.chars() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        match (c, actions.last_mut()) {
            (',', _) if depth == 0 => actions.push(String::new()),
            (_, Some(last)) => last.push(c),
            (_, None) => {}
        }
    }
    actions.iter().map(|action| action.trim().to_owned()).collect()
}

/// Why Citus would refuse this statement on a distributed table.
fn refused_by_citus(statement: &str) -> Option<&'static str> {
    let rest = statement.strip_prefix("alter table ")?;
    let actions = alter_table_actions(rest);
    if actions.len() > 1 && actions.iter().any(|action| action.contains("add constraint ")) {
        return Some("ADD CONSTRAINT has to be alone in its statement");
    }
    let brings = ["constraint ", "check ", "check(", "references ", "unique", "primary key"];
    let column = |action: &&String| action.contains("add column ");
    if actions.iter().filter(column).any(|action| brings.iter().any(|word| action.contains(word))) {
        return Some("ADD COLUMN brings a constraint with it; add the column, then the constraint");
    }
    None
}

fn linted_migrations() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations")
}

#[test]
fn no_condition_contains_a_timestamp() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut looked_at = 0;
    for file in source_files(&source, "rs").into_iter().chain(source_files(&linted_migrations(), "sql")) {
        let is_read = FILES_THAT_READ_MOMENTS.iter().any(|read| file.ends_with(read))
            || file.ends_with("store/pg/lint.rs");
        looked_at += 1;
        if !is_read {
            let found = moment_in_condition(&fs::read_to_string(&file).unwrap());
            assert_eq!(found, None, "{}: bind the transaction's time instead", file.display());
        }
    }
    assert!(looked_at > 100, "only {looked_at} files");
}

#[test]
fn migrations_change_distributed_tables_one_thing_at_a_time() {
    let mut looked_at = 0;
    for file in source_files(&linted_migrations(), "sql") {
        let name = file.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        if name.as_str() < FIRST_LINTED_MIGRATION || !file.ends_with("up.sql") {
            continue;
        }
        looked_at += 1;
        for statement in sql_statements(&fs::read_to_string(&file).unwrap()) {
            assert_eq!(refused_by_citus(&statement), None, "{name}: {statement}");
        }
    }
    assert!(looked_at > 0);
}

#[test]
fn what_citus_refused_is_found() {
    for bad in [
        "\"coalesce(consumed_at, now())\"",
        "last_issued_at = greatest(h.last_issued_at, coalesce(c.at, now()))",
        "SET a = CASE WHEN b THEN\n CURRENT_TIMESTAMP ELSE a END",
        "LEAST(a, (b), clock_timestamp())",
    ] {
        assert!(moment_in_condition(bad).is_some(), "{bad}");
    }
    for good in ["coalesce(consumed_at, $1), finished_at = now()", "greatest(a, b) > now()"] {
        assert_eq!(moment_in_condition(good), None, "{good}");
    }
    for bad in [
        "ALTER TABLE a ADD COLUMN b uuid, ADD CONSTRAINT c CHECK (b IS NULL);",
        "ALTER TABLE a ADD CONSTRAINT c CHECK (b IN (1, 2)), ADD COLUMN d text;",
        "ALTER TABLE a ADD COLUMN b integer NOT NULL DEFAULT 0 CONSTRAINT c CHECK (b >= 0);",
        "ALTER TABLE a ADD COLUMN b uuid REFERENCES d (id);",
    ] {
        assert!(sql_statements(bad).iter().any(|statement| refused_by_citus(statement).is_some()), "{bad}");
    }
    for good in [
        "ALTER TABLE a ADD CONSTRAINT c CHECK (b IN (1, 2)) NOT VALID; ALTER TABLE a VALIDATE CONSTRAINT c;",
        "ALTER TABLE a ADD COLUMN b text, ADD COLUMN c integer NOT NULL DEFAULT 0;",
        "ALTER TABLE a ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        "CREATE TABLE a (b uuid CONSTRAINT c CHECK (b IS NULL), d text);",
    ] {
        assert!(sql_statements(good).iter().all(|statement| refused_by_citus(statement).is_none()), "{good}");
    }
}
