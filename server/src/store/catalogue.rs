//! What the database says about itself: migrations, roles, row-level security.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Text};
use diesel_async::RunQueryDsl;

use super::PlatformTx;
use crate::domain::Result;

mod own_table {
    diesel::table! {
        __diesel_schema_migrations (version) {
            version -> Text,
            run_on -> Timestamp,
        }
    }
}
use own_table::__diesel_schema_migrations;

/// What the server's role may do beyond its grants; all of it should be false.
#[derive(Debug, Clone, QueryableByName)]
pub struct Powers {
    /// The role's name.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// Whether it is a superuser.
    #[diesel(sql_type = Bool)]
    pub superuser: bool,
    /// Whether it passes row-level security.
    #[diesel(sql_type = Bool)]
    pub bypasses_rls: bool,
    /// Tables that it owns.
    #[diesel(sql_type = BigInt)]
    pub owned_tables: i64,
}

impl Powers {
    /// Whether row-level security does not bind the role: then nothing may be served with it.
    pub fn too_many(&self) -> bool {
        self.superuser || self.bypasses_rls || self.owned_tables > 0
    }
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Epoch {
    #[diesel(sql_type = Double)]
    seconds: f64,
}

impl PlatformTx {
    /// How many migrations have been run.
    ///
    /// # Errors
    /// Those of any statement; also where none has ever been run.
    pub async fn applied_migrations(&mut self) -> Result<i64> {
        Ok(__diesel_schema_migrations::table.count().get_result(self.connection()).await?)
    }

    /// What the server's role may do beyond its grants.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn powers(&mut self) -> Result<Powers> {
        let query = diesel::sql_query(
            "SELECT rolname::text AS role, rolsuper AS superuser, rolbypassrls AS bypasses_rls, \
             (SELECT count(*) FROM pg_class WHERE relowner = r.oid AND relkind IN ('r', 'p')) AS owned_tables \
             FROM pg_roles r WHERE rolname = current_user",
        );
        Ok(query.get_result(self.connection()).await?)
    }

    /// Tables with a `tenant_id` on which row-level security is not both on and forced; there should be none.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn unprotected_tables(&mut self) -> Result<Vec<String>> {
        let query = diesel::sql_query(
            "SELECT c.relname::text AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') \
             AND (a.attname = 'tenant_id' OR (c.relname = 'tenants' AND a.attname = 'id')) \
             AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1",
        );
        let names: Vec<Name> = query.load(self.connection()).await?;
        Ok(names.into_iter().map(|row| row.name).collect())
    }

    /// The database's clock at this moment, in seconds since 1970.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn clock_seconds(&mut self) -> Result<f64> {
        let query = diesel::sql_query("SELECT extract(epoch FROM clock_timestamp())::float8 AS seconds");
        let epoch: Epoch = query.get_result(self.connection()).await?;
        Ok(epoch.seconds)
    }
}
