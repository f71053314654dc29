//! Facts from Citus, if it shards the database.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel_async::RunQueryDsl;

use crate::domain::Result;
use crate::store::{PlatformTx, Tx};

/// A table that is not distributed as the statements require.
#[derive(Debug, Clone, QueryableByName)]
pub struct Misplaced {
    /// The table.
    #[diesel(sql_type = Text)]
    pub name: String,
}

/// A node that a role cannot log in to from the coordinator.
#[derive(Debug, Clone, QueryableByName)]
pub struct RefusedLogin {
    /// The role.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// The node as the coordinator knows it.
    #[diesel(sql_type = Text)]
    pub node: String,
    /// The error.
    #[diesel(sql_type = Text)]
    pub result: String,
}

#[derive(QueryableByName)]
struct ClusterSetting {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl PlatformTx {
    /// Whether Citus is installed in this database.
    pub async fn has_citus(&mut self) -> Result<bool> {
        let shard_query = diesel::sql_query("SELECT to_regclass('pg_dist_partition') IS NOT NULL AS yes");
        let answer: Answer = shard_query.get_result(self.connection()).await?;
        Ok(answer.yes)
    }

    /// Tables of tenants that are not distributed and colocated by `tenant_id`, and `tenants` if it is not a reference
    /// table.
    ///
    /// # Errors
    /// Also if Citus is not installed.
    pub async fn misplaced_tables(&mut self) -> Result<Vec<Misplaced>> {
        let shard_query = diesel::sql_query(
            "SELECT c.relname::text AS name FROM pg_class c LEFT JOIN pg_dist_partition p ON p.logicalrelid = c.oid \
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition \
             AND CASE WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') \
                      THEN p.partmethod IS DISTINCT FROM 'h' \
                           OR column_to_column_name(p.logicalrelid, p.partkey::text) IS DISTINCT FROM 'tenant_id' \
                           OR p.colocationid IS DISTINCT FROM (SELECT colocationid FROM pg_dist_partition \
                                                              WHERE logicalrelid = 'connectors'::regclass) \
                      WHEN c.relname = 'tenants' THEN p.partmethod IS DISTINCT FROM 'n' OR p.repmodel IS DISTINCT FROM 't' \
                      ELSE false END \
             ORDER BY 1",
        );
        Ok(shard_query.load(self.connection()).await?)
    }

    /// Whether Citus propagates `SET LOCAL` to its other nodes (`citus.propagate_set_commands`). Otherwise tenants see
    /// no rows there.
    pub async fn hands_settings_on(&mut self) -> Result<bool> {
        let shard_query =
            diesel::sql_query("SELECT current_setting('citus.propagate_set_commands', true) AS value");
        let setting: ClusterSetting = shard_query.get_result(self.connection()).await?;
        Ok(setting.value.as_deref() == Some("local"))
    }

    /// The number of worker nodes.
    ///
    /// # Errors
    /// Also if Citus is not installed.
    pub async fn worker_nodes(&mut self) -> Result<i64> {
        let shard_query = diesel::sql_query(
            "SELECT count(*) AS count FROM pg_dist_node \
             WHERE isactive AND noderole = 'primary' AND shouldhaveshards",
        );
        let count: Count = shard_query.get_result(self.connection()).await?;
        Ok(count.count)
    }
}

impl<Scope> Tx<Scope> {
    /// The nodes that this transaction's role cannot log in to from the coordinator.
    ///
    /// # Errors
    /// Also if Citus is not installed.
    pub async fn refusing_nodes(&mut self) -> Result<Vec<RefusedLogin>> {
        let shard_query = diesel::sql_query(
            "SELECT current_user::text AS role, nodename || ':' || nodeport AS node, coalesce(result, '') AS result \
             FROM run_command_on_workers('SELECT 1') WHERE NOT success ORDER BY 2",
        );
        Ok(shard_query.load(self.connection()).await?)
    }
}
