//! Operators who log in at an identity provider, by who they are there.

use bowline_api::status::Role;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::OperatorRow;
use crate::domain::{Code, Result};
use crate::store::schema::operators;
use crate::store::{PlatformTx, violated};

/// An operator to be added who has no password.
#[derive(Debug, Clone)]
pub struct NewIdentityRow<'a> {
    /// The id.
    pub id: Uuid,
    /// The login name, which nobody logs in with.
    pub name: &'a str,
    /// A hash that no password has.
    pub no_password: &'a str,
    /// What they may do.
    pub role: Role,
    /// The only tenants for the identity's operator.
    pub tenants: Option<&'a [Uuid]>,
    /// The identity provider.
    pub issuer: &'a str,
    /// The identity provider's name for the person.
    pub subject: &'a str,
}

impl PlatformTx {
    /// The operator with this identity, locked until the transaction ends.
    pub async fn lock_identity(&mut self, issuer: &str, subject: &str) -> Result<Option<OperatorRow>> {
        let identity_query = operators::table
            .filter(operators::issuer.eq(issuer).and(operators::subject.eq(subject)))
            .select(OperatorRow::as_select())
            .for_no_key_update();
        Ok(identity_query.first(self.connection()).await.optional()?)
    }

    /// Adds an operator with an identity.
    ///
    /// # Errors
    /// `sign_on_failed` if another login adds the same operator, or one of this name, at the same moment.
    pub async fn insert_identity(&mut self, new: NewIdentityRow<'_>) -> Result<OperatorRow> {
        let values = (
            operators::id.eq(new.id),
            operators::name.eq(new.name),
            operators::password_hash.eq(new.no_password),
            operators::role.eq(new.role.as_str()),
            operators::tenant_ids.eq(new.tenants),
            operators::issuer.eq(new.issuer),
            operators::subject.eq(new.subject),
        );
        let insert =
            diesel::insert_into(operators::table).values(values).returning(OperatorRow::as_returning());
        insert.get_result(self.connection()).await.map_err(|error| match violated(&error) {
            Some("operators_identity_key" | "operators_name_key") => Code::SignOnFailed
                .because("another login added an operator at the same moment; log in again")
                .into(),
            _ => error.into(),
        })
    }
}
