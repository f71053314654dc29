//! Checks the statements that the server sent against the rules of Citus, using Postgres's own parse trees.
//!
//! The rules come from Citus's `multi_router_planner.c` (11 to 13) for statements that write. Volatile functions are
//! forbidden. Functions that are not immutable are forbidden in the assignments of an UPDATE and in every WHERE within
//! COALESCE or CASE or with a column as argument, and everywhere in RETURNING and in ON CONFLICT … DO UPDATE. GREATEST
//! and LEAST are treated like COALESCE.

mod tree;

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context as _, Result, bail, ensure};
use bowline_tests::Database;
use tokio_postgres::Client;

use tree::Node;

/// Functions that are not immutable, by their OID: their name, and whether they are volatile.
type Mutable = HashMap<String, (String, bool)>;

/// Analyses statements by the catalogue of one database.
pub(super) struct Lint {
    client: Client,
    mutable: Mutable,
    /// The tables of tenants, by their OID.
    tenants: HashMap<String, String>,
    /// The texts of our functions, whose statements use variables.
    functions: String,
}

/// The findings about one statement.
pub(super) struct Found {
    /// The tenants' tables that it changes.
    pub(super) changes: BTreeSet<String>,
    /// The reasons why Citus would refuse the statement.
    pub(super) faults: Vec<String>,
}

impl Lint {
    pub(super) async fn of(database: &Database) -> Result<Self> {
        let client = database.superuser().await?;
        let sql = "SELECT oid::text, proname::text, provolatile = 'v' FROM pg_proc WHERE provolatile <> 'i'";
        let rows = client.query(sql, &[]).await?;
        let mutable = rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect();
        let sql = "SELECT c.oid::text, c.relname::text FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')";
        let rows = client.query(sql, &[]).await?;
        let tenants = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let sql = "SELECT coalesce(string_agg(prosrc, E'\\n'), '') FROM pg_proc WHERE pronamespace = 'public'::regnamespace";
        let functions: String = client.query_one(sql, &[]).await?.get(0);
        Ok(Self { client, mutable, tenants, functions: squeezed(&functions) })
    }

    /// Analyses a statement; `None` if it is part of one of our functions.
    pub(super) async fn look_at(&self, statement: &str) -> Result<Option<Found>> {
        if self.functions.contains(&squeezed(statement)) {
            return Ok(None);
        }
        let tree = self.parsed(statement).await.with_context(|| statement.to_owned())?;
        let mut found = Found { changes: BTreeSet::new(), faults: Vec::new() };
        tree.visit(&mut |node| {
            if node.tag == "QUERY" {
                self.query(node, &mut found);
            }
        });
        Ok(Some(found))
    }

    /// Postgres's own parse tree of a statement. It is taken from the catalogue entry of a function with the statement
    /// as its body.
    async fn parsed(&self, statement: &str) -> Result<Node> {
        let client = &self.client;
        client.batch_execute(&format!("BEGIN; PREPARE looked_at AS {statement}")).await?;
        let types = "SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = 'looked_at'";
        let types: Vec<String> = client.query_one(types, &[]).await?.get(0);
        // A function has at most a hundred arguments but a statement may have more parameters, so each becomes a value
        // of its type. The order is backwards, so that $1 is not mistaken for the beginning of $10.
        let parameters = types.iter().enumerate().rev();
        let valued = parameters.fold(statement.to_owned(), |text, (at, kind)| {
            text.replace(&format!("${}", at + 1), &format!("(NULL::{kind})"))
        });
        let function = format!(
            "DEALLOCATE looked_at;
             CREATE FUNCTION pg_temp.looked_at() RETURNS void LANGUAGE sql BEGIN ATOMIC {valued}; END"
        );
        client.batch_execute(&function).await?;
        let body = "SELECT prosqlbody::text FROM pg_proc WHERE oid = 'pg_temp.looked_at'::regproc";
        let body: String = client.query_one(body, &[]).await?.get(0);
        client.batch_execute("ROLLBACK").await?;
        tree::parse(&body).context("a parse tree of Postgres cannot be read")
    }

    fn query(&self, query: &Node, found: &mut Found) {
        let command = query.word("commandType");
        let number = query.word("resultRelation").and_then(|number| number.parse::<usize>().ok());
        let ranges = query.field("rtable").map(Node::items).unwrap_or_default();
        let relation = number.and_then(|number| ranges.get(number.checked_sub(1)?)?.word("relid"));
        // `CmdType` 2 to 4: UPDATE, INSERT, DELETE.
        let (Some("2" | "3" | "4"), Some(table)) =
            (command, relation.and_then(|relation| self.tenants.get(relation)))
        else {
            return;
        };
        found.changes.insert(table.clone());
        if command == Some("2") {
            self.expression(query.field("targetList"), "SET", found);
        }
        self.expression(query.field("jointree").and_then(|tree| tree.field("quals")), "WHERE", found);
        self.immutable(query.field("returningList"), "RETURNING", found);
        let conflict = query.field("onConflict");
        self.immutable(conflict.and_then(|conflict| conflict.field("onConflictSet")), "DO UPDATE", found);
    }

    fn immutable(&self, part: Option<&Node>, place: &str, found: &mut Found) {
        if let Some((name, _)) = part.and_then(|part| self.mutable_within(part)) {
            found.faults.push(format!("{name}() in {place}"));
        }
    }

    fn expression(&self, part: Option<&Node>, place: &str, found: &mut Found) {
        let Some(part) = part else { return };
        part.visit(&mut |node| {
            let conditional =
                ["COALESCE", "CASE", "MINMAX", "NULLIF"].iter().any(|tag| node.tag.starts_with(tag));
            if let Some((name, _)) = self.mutable_within(node).filter(|_| conditional) {
                found.faults.push(format!("{name}() within {} in {place}", node.tag));
            }
            match self.mutable_function(node) {
                Some((name, true)) => found.faults.push(format!("volatile {name}() in {place}")),
                Some((name, false)) if node.any(&|inner| inner.tag == "VAR") => {
                    found.faults.push(format!("{name}() of a column in {place}"));
                }
                _ => {}
            }
        });
    }

    fn mutable_within(&self, node: &Node) -> Option<(String, bool)> {
        let mut first = None;
        node.visit(&mut |inner| first = first.take().or_else(|| self.mutable_function(inner)));
        first
    }

    /// The function that a node calls, if it is not immutable.
    fn mutable_function(&self, node: &Node) -> Option<(String, bool)> {
        if node.tag == "SQLVALUEFUNCTION" {
            return Some(("current_timestamp".to_owned(), false));
        }
        let number = node.word("funcid").or_else(|| node.word("opfuncid"))?;
        self.mutable.get(number).cloned()
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Checks all statements. As a control, it also checks statements that Citus has refused.
pub(super) async fn check<'a>(
    database: &Database,
    statements: impl Iterator<Item = &'a str>,
) -> Result<BTreeSet<String>> {
    let lint = Lint::of(database).await?;
    for refused in REFUSED {
        let found = lint.look_at(refused).await?.context("the statement is taken for part of a function")?;
        ensure!(!found.faults.is_empty(), "the check accepts a statement that Citus refuses: {refused}");
    }
    let mut changes = BTreeSet::new();
    for statement in statements {
        let Some(found) = lint.look_at(statement).await? else { continue };
        if !found.faults.is_empty() {
            bail!("Citus would refuse {:?}: {statement}", found.faults);
        }
        changes.extend(found.changes);
    }
    Ok(changes)
}

/// Statements that a real Citus refused, and others of their kinds.
const REFUSED: [&str; 7] = [
    "UPDATE link_sessions SET consumed_at = coalesce(consumed_at, now()) WHERE tenant_id = $1 AND id = $2",
    "UPDATE api_keys SET revoked_at = CASE WHEN revoked_at IS NULL THEN CURRENT_TIMESTAMP ELSE revoked_at END WHERE tenant_id = $1",
    "UPDATE token_holdings h SET last_issued_at = greatest(h.last_issued_at, now()) WHERE tenant_id = $1",
    "UPDATE accounts SET last_used_at = $2 WHERE tenant_id = $1 AND last_used_at < $2::timestamptz AND last_used_at + $3::interval < $2",
    "WITH a AS (UPDATE accounts SET last_used_at = last_used_at - $2::interval WHERE tenant_id = $1) SELECT 1",
    "UPDATE accounts SET external_user_id = gen_random_uuid()::text WHERE tenant_id = $1",
    "DELETE FROM narrowed_tokens WHERE tenant_id = $1 RETURNING now()",
];
