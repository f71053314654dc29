//! Creates rows for every table from the catalogue, so that tables of later migrations are filled as well.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use tokio_postgres::Client;

/// Values for columns that the rules below cannot fill: table, column, and an expression in which `r` is the row
/// number.
const FILLED_VALUES: [(&str, &str, &str); 3] = [
    ("connector_brandings", "accent", "'#0a5c8a'"),
    ("drain_stops", "times", "r::integer + 1"),
    ("drain_stops", "least", "r::integer + 9"),
];

/// The maximum number of rows per table.
const ROWS_PER_TABLE: usize = 8;

/// The columns that have been filled, by table.
#[derive(Default)]
pub(super) struct Tables(BTreeMap<String, BTreeSet<String>>);

struct FilledColumn {
    name: String,
    kind: String,
    required: bool,
    /// The first value in a check constraint on only this column.
    known: Option<String>,
}

struct ForeignKey {
    table: String,
    columns: Vec<String>,
    referenced: Vec<String>,
}

/// All tables except Diesel's own.
pub(super) async fn tables(client: &Client) -> Vec<String> {
    let sql = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relkind = 'r' AND relname <> '__diesel_schema_migrations' ORDER BY 1";
    client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// The rows of a table in a fixed order, without times, which a migration may change.
pub(super) async fn rows(client: &Client, table: &str) -> Vec<String> {
    let sql = format!(
        "SELECT (to_jsonb(t) - ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = '{table}'::regclass
                                     AND atttypid = 'timestamptz'::regtype))::text AS row
         FROM {table} t ORDER BY row"
    );
    client.query(&sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

async fn columns_to_fill(client: &Client, table: &str) -> Vec<FilledColumn> {
    let sql = r"SELECT a.attname::text, format_type(a.atttypid, NULL), a.attnotnull,
            (SELECT substring(pg_get_constraintdef(n.oid) FROM '= (?:ANY \(+ARRAY\[)?''([^'']*)''') FROM pg_constraint n
             WHERE n.conrelid = a.attrelid AND n.contype = 'c' AND n.conkey = ARRAY[a.attnum] ORDER BY 1 LIMIT 1)
        FROM pg_attribute a WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped
            AND a.attgenerated = '' AND a.attidentity = '' ORDER BY a.attnum";
    let rows = client.query(sql, &[&table]).await.unwrap();
    let column = |row: &tokio_postgres::Row| FilledColumn {
        name: row.get(0),
        kind: row.get(1),
        required: row.get(2),
        known: row.get(3),
    };
    rows.iter().map(column).collect()
}

async fn foreign_keys(client: &Client, table: &str) -> Vec<ForeignKey> {
    let names = |relation: &str, numbers: &str| {
        format!(
            "ARRAY(SELECT a.attname::text FROM unnest(n.{numbers}) WITH ORDINALITY AS k (number, place)
                   JOIN pg_attribute a ON a.attrelid = n.{relation} AND a.attnum = k.number ORDER BY k.place)"
        )
    };
    let sql = format!(
        "SELECT n.confrelid::regclass::text, {}, {} FROM pg_constraint n
         WHERE n.contype = 'f' AND n.conrelid = $1::text::regclass ORDER BY n.conname",
        names("conrelid", "conkey"),
        names("confrelid", "confkey")
    );
    let rows = client.query(&sql, &[&table]).await.unwrap();
    let key = |row: &tokio_postgres::Row| ForeignKey {
        table: row.get(0),
        columns: row.get(1),
        referenced: row.get(2),
    };
    rows.iter().map(key).collect()
}

/// A value of the column for row number `r`.
fn column_value(table: &str, column: &FilledColumn) -> String {
    if let Some((.., value)) = FILLED_VALUES.iter().find(|(t, c, _)| *t == table && *c == column.name) {
        return (*value).to_owned();
    }
    let name = &column.name;
    let of = |kind: &str| match kind {
        "uuid" => format!("md5('{table}.{name}' || r)::uuid"),
        "text" | "character varying" | "citext" => match &column.known {
            Some(known) => format!("'{known}'"),
            None => "'x' || r".to_owned(),
        },
        "bytea" => format!("sha256(('{name}' || r)::bytea)"),
        "timestamp with time zone" => {
            "'2026-01-01 00:00:00+00'::timestamptz + r * interval '1 minute'".into()
        }
        "date" => "'2026-01-01'::date".to_owned(),
        "interval" => "interval '1 hour'".to_owned(),
        "boolean" => "r % 2 = 0".to_owned(),
        "json" | "jsonb" => format!("'{{}}'::{kind}"),
        "inet" => "'192.0.2.1'::inet".to_owned(),
        number => format!("r::{number}"),
    };
    match column.kind.strip_suffix("[]") {
        Some(element) => format!("ARRAY[{}]", of(element)),
        None => of(&column.kind),
    }
}

/// The statement that fills a table from the rows of the tables that it refers to.
fn filling_insert(table: &str, columns: &[FilledColumn], keys: Vec<ForeignKey>) -> String {
    let required = |name: &String| columns.iter().any(|column| column.name == *name && column.required);
    let (mut parents, optional): (Vec<_>, Vec<_>) =
        keys.into_iter().partition(|key| key.columns.iter().all(required));
    let has_tenant = |key: &ForeignKey| key.columns.iter().any(|name| name == "tenant_id");
    if columns.iter().any(|column| column.name == "tenant_id") && !parents.iter().any(has_tenant) {
        let (columns, referenced) = (vec!["tenant_id".to_owned()], vec!["id".to_owned()]);
        parents.push(ForeignKey { table: "tenants".to_owned(), columns, referenced });
    }
    let mut taken: BTreeMap<&str, String> = BTreeMap::new();
    let (mut from, mut order, mut conditions) = (String::new(), String::new(), vec!["true".to_owned()]);
    for (number, parent) in parents.iter().enumerate() {
        let _ = write!(from, "{} p{number}, ", parent.table);
        let _ = write!(order, "p{number}::text, ");
        for (column, referenced) in parent.columns.iter().zip(&parent.referenced) {
            let here = format!("p{number}.{referenced}");
            match taken.get(column.as_str()) {
                Some(there) => conditions.push(format!("{here} = {there}")),
                None => drop(taken.insert(column, here)),
            }
        }
    }
    let left_out =
        |name: &str| optional.iter().any(|key| key.columns.iter().any(|c| c == name && !required(c)));
    let (mut names, mut values, mut inner) = (Vec::new(), Vec::new(), String::new());
    for column in columns.iter().filter(|column| !left_out(&column.name)) {
        names.push(column.name.as_str());
        match taken.get(column.name.as_str()) {
            Some(there) => {
                let _ = write!(inner, ", {there} AS {}", column.name);
                values.push(format!("s.{}", column.name));
            }
            None => values.push(column_value(table, column)),
        }
    }
    format!(
        "INSERT INTO {table} ({}) SELECT {} FROM (
             SELECT row_number() OVER (ORDER BY {order} n) AS r {inner} FROM {from} generate_series(1, 2) n WHERE {}
         ) s WHERE r <= {ROWS_PER_TABLE} ON CONFLICT DO NOTHING",
        names.join(", "),
        values.join(", "),
        conditions.join(" AND ")
    )
}

impl Tables {
    /// Fills empty tables and new nullable columns.
    pub(super) async fn fill(&mut self, client: &Client, version: &str) {
        let tables = tables(client).await;
        self.0.retain(|table, _| tables.contains(table));
        let mut empty: Vec<&String> = tables.iter().filter(|table| !self.0.contains_key(*table)).collect();
        while !empty.is_empty() {
            let before = empty.len();
            let mut failures = String::new();
            let mut left = Vec::new();
            for table in empty {
                let statement = filling_insert(
                    table,
                    &columns_to_fill(client, table).await,
                    foreign_keys(client, table).await,
                );
                // A migration may have filled its own table.
                let has_rows = !rows(client, table).await.is_empty();
                match client.execute(&statement, &[]).await {
                    Ok(rows) if rows > 0 || has_rows => {
                        drop(self.0.insert(table.clone(), BTreeSet::new()));
                    }
                    other => {
                        let _ = writeln!(failures, "{table}: {other:?}: {statement}");
                        left.push(table);
                    }
                }
            }
            assert!(
                left.len() < before,
                "tables of migration {version} cannot be filled; tell FILLED_VALUES in {} what belongs into which column:\n{failures}",
                file!()
            );
            empty = left;
        }
        for table in &tables {
            self.fill_new_columns(client, table).await;
        }
    }

    async fn fill_new_columns(&mut self, client: &Client, table: &String) {
        let (columns, keys) = (columns_to_fill(client, table).await, foreign_keys(client, table).await);
        let known = self.0.entry(table.clone()).or_default();
        if !known.is_empty() {
            let refers = |column: &FilledColumn| keys.iter().any(|key| key.columns.contains(&column.name));
            let fresh =
                |column: &&FilledColumn| !known.contains(&column.name) && !column.required && !refers(column);
            let sets: Vec<String> = columns
                .iter()
                .filter(fresh)
                .map(|column| format!("{} = {}", column.name, column_value(table, column)))
                .collect();
            if !sets.is_empty() {
                // A constraint over several columns may require that they stay empty.
                let update = format!("UPDATE {table} SET {} FROM (SELECT 1 AS r) s", sets.join(", "));
                let _ = client.execute(&update, &[]).await;
            }
        }
        *known = columns.into_iter().map(|column| column.name).collect();
    }
}
