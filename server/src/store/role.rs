//! What the server's own database role may do: row-level security must bind it.

use diesel::sql_types::Bool;
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl as _;

use super::PlatformTx;
use crate::domain::{Error, Result};

#[derive(QueryableByName)]
struct Privileges {
    #[diesel(sql_type = Bool)]
    unbound: bool,
    #[diesel(sql_type = Bool)]
    owner: bool,
}

impl PlatformTx {
    /// Refuses a role that row-level security does not bind.
    ///
    /// # Errors
    /// Where the role is a superuser, bypasses row-level security, or owns a table.
    pub async fn check_role(&mut self) -> Result<()> {
        let privileges: Privileges = sql_query(
            "SELECT rolsuper OR rolbypassrls AS unbound, \
                    EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p')) AS owner \
             FROM pg_roles WHERE rolname = current_user",
        )
        .get_result(self.connection())
        .await?;
        if privileges.unbound || privileges.owner {
            return Err(Error::bug(
                "the database role is a superuser, bypasses row-level security or owns tables; connect as bowline_server",
            ));
        }
        Ok(())
    }
}
