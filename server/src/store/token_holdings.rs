//! Who had which token from when to when.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::TenantTx;
use super::schema::token_holdings;
use crate::domain::Result;

/// One token in one hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Holding {
    /// Whose token.
    pub account: Uuid,
    /// In whose hand.
    pub api_key: Uuid,
    /// Which of the account's tokens.
    pub generation: i64,
}

impl TenantTx {
    /// Whether this token was given to this key before.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn is_held(&mut self, holding: Holding) -> Result<bool> {
        let key = (self.tenant_uuid(), holding.account, holding.api_key, holding.generation);
        let held = token_holdings::table.find(key);
        Ok(diesel::select(diesel::dsl::exists(held)).get_result(self.connection()).await?)
    }

    /// Records a first issue; false if it is recorded already.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn insert_holding(&mut self, holding: Holding) -> Result<bool> {
        let values = (
            token_holdings::tenant_id.eq(self.tenant_uuid()),
            token_holdings::account_id.eq(holding.account),
            token_holdings::api_key_id.eq(holding.api_key),
            token_holdings::generation.eq(holding.generation),
        );
        let insert = diesel::insert_into(token_holdings::table).values(values).on_conflict_do_nothing();
        Ok(insert.execute(self.connection()).await? == 1)
    }
}
