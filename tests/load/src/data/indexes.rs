//! Drops the indexes before a large COPY and creates them again afterwards, which is far cheaper than maintaining them.

use bowline_stdio::eprintln;
use std::time::Instant;

use anyhow::Context as _;
use tokio_postgres::Client;

/// All indexes of the two large tables except the primary key of `accounts`, which other tables refer to.
const FIND: &str = "
    SELECT c.relname, t.relname, pg_get_indexdef(i.indexrelid), o.conname, pg_get_constraintdef(o.oid)
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_class t ON t.oid = i.indrelid
    LEFT JOIN pg_constraint o ON o.conindid = i.indexrelid AND o.conrelid = i.indrelid AND o.contype IN ('p', 'u')
    WHERE t.relname IN ('accounts', 'token_holdings') AND t.relnamespace = 'public'::regnamespace
        AND NOT (t.relname = 'accounts' AND i.indisprimary)
    ORDER BY c.relname";

/// An index, either standalone or belonging to a constraint.
#[derive(Debug, Clone)]
pub(super) struct Index {
    pub(super) name: String,
    drop: String,
    create: String,
}

/// Drops the indexes in the open transaction of `client`, and returns how to create them again.
pub(super) async fn drop_all(client: &Client) -> anyhow::Result<Vec<Index>> {
    let mut indexes = Vec::new();
    for row in client.query(FIND, &[]).await? {
        let (name, table, definition): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        let constraint: Option<String> = row.get(3);
        let index = match constraint {
            Some(constraint) => {
                let definition: String = row.get(4);
                Index {
                    drop: format!("ALTER TABLE {table} DROP CONSTRAINT {constraint}"),
                    create: format!("ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}"),
                    name,
                }
            }
            None => Index { drop: format!("DROP INDEX {name}"), create: definition, name },
        };
        client.batch_execute(&index.drop).await.with_context(|| index.drop.clone())?;
        indexes.push(index);
    }
    Ok(indexes)
}

/// Creates the indexes again, one after another, and reports slow ones.
pub(super) async fn create_all(client: &Client, indexes: &[Index]) -> anyhow::Result<()> {
    client
        .batch_execute("SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 2")
        .await?;
    for index in indexes {
        let started = Instant::now();
        client.batch_execute(&index.create).await.with_context(|| index.create.clone())?;
        let seconds = started.elapsed().as_secs_f64();
        if seconds > 1.0 {
            eprintln!("    {:<36} {seconds:>7.1} s", index.name);
        }
    }
    Ok(())
}
