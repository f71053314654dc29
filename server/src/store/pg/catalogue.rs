//! Facts from the database's system catalogue: migrations, privileges of roles, row-level security.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Text};
use diesel_async::RunQueryDsl;

use crate::domain::Result;
use crate::store::PlatformTx;

mod own_table {
    diesel::table! {
        __diesel_schema_migrations (version) {
            version -> Text,
            run_on -> Timestamp,
        }
    }
}
use own_table::__diesel_schema_migrations;

/// The privileges of the server's role beyond its grants; none should be present.
#[derive(Debug, Clone, QueryableByName)]
pub struct Powers {
    /// The role's name.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// Whether the role is a superuser.
    #[diesel(sql_type = Bool)]
    pub superuser: bool,
    /// Whether it bypasses row-level security.
    #[diesel(sql_type = Bool)]
    pub bypasses_rls: bool,
    /// The number of tables that the role owns.
    #[diesel(sql_type = BigInt)]
    pub owned_tables: i64,
}

impl Powers {
    /// Whether row-level security does not bind the role. The server must not run with such a role.
    pub fn too_many(&self) -> bool {
        self.superuser || self.bypasses_rls || self.owned_tables > 0
    }
}

/// A table of tenants whose row-level security is incomplete. If it is enabled and forced, the table lacks the policy
/// that lets its owner's migrations and backups see its rows.
#[derive(Debug, Clone, QueryableByName)]
pub struct Unprotected {
    /// The table.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Whether row-level security binds the server's role.
    #[diesel(sql_type = Bool)]
    pub enabled: bool,
    /// Whether row-level security binds the table's owner.
    #[diesel(sql_type = Bool)]
    pub forced: bool,
}

#[derive(QueryableByName)]
struct Epoch {
    #[diesel(sql_type = Double)]
    seconds: f64,
}

impl PlatformTx {
    /// The number of applied migrations.
    ///
    /// # Errors
    /// Also if none has ever been applied.
    pub async fn applied_migrations(&mut self) -> Result<i64> {
        Ok(__diesel_schema_migrations::table.count().get_result(self.connection()).await?)
    }

    /// The privileges of the server's role beyond its grants.
    pub async fn powers(&mut self) -> Result<Powers> {
        let catalogue_query = diesel::sql_query(
            "SELECT rolname::text AS role, rolsuper AS superuser, rolbypassrls AS bypasses_rls, \
             (SELECT count(*) FROM pg_class WHERE relowner = r.oid AND relkind IN ('r', 'p')) AS owned_tables \
             FROM pg_roles r WHERE rolname = current_user",
        );
        Ok(catalogue_query.get_result(self.connection()).await?)
    }

    /// Tables with a `tenant_id` whose row-level security is incomplete; there should be none.
    pub async fn unprotected_tables(&mut self) -> Result<Vec<Unprotected>> {
        let catalogue_query = diesel::sql_query(
            "SELECT c.relname::text AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced \
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition \
             AND (a.attname = 'tenant_id' OR (c.relname = 'tenants' AND a.attname = 'id')) \
             AND NOT (c.relrowsecurity AND c.relforcerowsecurity \
                      AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND c.relowner = ANY (p.polroles))) \
             ORDER BY 1",
        );
        Ok(catalogue_query.load(self.connection()).await?)
    }

    /// The database's current time in seconds since 1970.
    pub async fn clock_seconds(&mut self) -> Result<f64> {
        let catalogue_query =
            diesel::sql_query("SELECT extract(epoch FROM clock_timestamp())::float8 AS seconds");
        let epoch: Epoch = catalogue_query.get_result(self.connection()).await?;
        Ok(epoch.seconds)
    }
}
