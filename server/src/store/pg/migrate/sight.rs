//! Lets the owner see the rows of all tenants during a migration, although row-level security is forced on it.
//!
//! Each table has a policy for its owner that depends on a session setting. `NO FORCE ROW LEVEL SECURITY` during a
//! migration would work too, but it takes a lock that blocks every query on the table until the migration commits, and
//! changes outside of a transaction would remain if the process is killed. A policy is permanent, and row-level
//! security stays forced. Without the setting, the policy raises an error instead of hiding rows, so that statements of
//! the owner do not silently change 0 rows.

use std::sync::LazyLock;
use std::time::Duration;

use diesel::QueryableByName;
use diesel::connection::BoxableConnection;
use diesel::migration::{
    Migration, MigrationMetadata, MigrationName, MigrationSource, Result as MigrationResult,
};
use diesel::pg::Pg;
use diesel::result::Error as DieselError;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};

use crate::domain::Result;

/// For the session, because statements outside of a transaction need it too.
const SIGHT_FOR_SESSION: &str = "SET bowline.all_tenants = 'on'";
/// For a transaction. Sharding engines propagate this form to their other nodes.
const SIGHT_FOR_TRANSACTION: &str = "SET LOCAL bowline.all_tenants = 'on'";

/// One statement for each table whose owner lacks such a policy, including tables whose owner has changed.
const MISSING_POLICIES: &str = "
    SELECT format('DROP POLICY IF EXISTS %1$I ON %2$s; CREATE POLICY %1$I ON %2$s TO %3$I
                   USING (current_setting(''bowline.all_tenants'')::boolean)',
                  c.relname || '_migrations', c.oid::regclass, r.rolname) AS statement
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relforcerowsecurity AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid
                      AND p.polname = c.relname || '_migrations' AND p.polroles = ARRAY[c.relowner])
    ORDER BY c.relname";

/// The lock timeout for a table. A waiting `CREATE POLICY` blocks all later statements on the table.
const POLICY_LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '2s'";
/// How long other statements may use the table before the next attempt.
const POLICY_PAUSE: Duration = Duration::from_secs(1);
const POLICY_LOCKED: &str = "canceling statement due to lock timeout";

#[derive(QueryableByName)]
struct Missing {
    #[diesel(sql_type = Text)]
    statement: String,
}

/// Lets this session of the owner see every row. Tables without the policy get it, one after another.
pub(super) async fn give(connection: &mut AsyncPgConnection) -> Result<()> {
    connection.batch_execute(SIGHT_FOR_SESSION).await?;
    let missing: Vec<Missing> = diesel::sql_query(MISSING_POLICIES).load(connection).await?;
    for Missing { statement } in missing {
        let transaction = format!("BEGIN; {POLICY_LOCK_TIMEOUT}; {statement}; COMMIT");
        while let Err(error) = connection.batch_execute(&transaction).await {
            connection.batch_execute("ROLLBACK").await?;
            let locked = matches!(&error, DieselError::DatabaseError(_, said) if said.message().starts_with(POLICY_LOCKED));
            if !locked {
                return Err(error.into());
            }
            tracing::warn!("a table is in use; creating its policy for the owner is retried");
            tokio::time::sleep(POLICY_PAUSE).await;
        }
    }
    Ok(())
}

/// The statement that gives the policy to tables which a migration has just created.
static GIVE_POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "DO $give$ DECLARE statement text;
         BEGIN FOR statement IN {MISSING_POLICIES} LOOP EXECUTE statement; END LOOP; END $give$"
    )
});

/// A migration source whose migrations see every row.
pub(super) struct Sighted<S>(pub(super) S);

impl<S: MigrationSource<Pg>> MigrationSource<Pg> for Sighted<S> {
    fn migrations(&self) -> MigrationResult<Vec<Box<dyn Migration<Pg>>>> {
        let all = self.0.migrations()?;
        Ok(all.into_iter().map(|one| Box::new(One(one)) as Box<dyn Migration<Pg>>).collect())
    }
}

struct One(Box<dyn Migration<Pg>>);

impl One {
    fn see_all_rows(&self, connection: &mut dyn BoxableConnection<Pg>) -> MigrationResult<()> {
        if self.metadata().run_in_transaction() {
            connection.batch_execute(SIGHT_FOR_TRANSACTION)?;
        }
        Ok(())
    }
}

impl Migration<Pg> for One {
    fn run(&self, connection: &mut dyn BoxableConnection<Pg>) -> MigrationResult<()> {
        self.see_all_rows(connection)?;
        self.0.run(connection)?;
        Ok(connection.batch_execute(&GIVE_POLICY)?)
    }

    fn revert(&self, connection: &mut dyn BoxableConnection<Pg>) -> MigrationResult<()> {
        self.see_all_rows(connection)?;
        self.0.revert(connection)
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self.0.metadata()
    }

    fn name(&self) -> &dyn MigrationName {
        self.0.name()
    }
}
