//! Operators, who belong to the service and not to a tenant.

pub mod identities;
pub mod login_failures;
pub mod sessions;
pub mod sign_ons;
pub mod totp;

use bowline_api::status::Role;
use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::operators;
use super::{PlatformTx, Stored, violated};
use crate::domain::{Code, Result};

/// A row.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = operators, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct OperatorRow {
    pub id: Uuid,
    pub name: String,
    pub password_hash: String,
    pub role: Stored<Role>,
    pub created_at: DateTime<Utc>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub totp_since: Option<DateTime<Utc>>,
    pub tenant_ids: Option<Vec<Uuid>>,
    pub issuer: Option<String>,
    pub subject: Option<String>,
}

impl PlatformTx {
    /// Operators by name, after `from`; with `backwards` those before it, nearest first.
    pub async fn operators(
        &mut self,
        from: Option<&str>,
        backwards: bool,
        limit: i64,
    ) -> Result<Vec<OperatorRow>> {
        let mut operator_query = operators::table.select(OperatorRow::as_select()).limit(limit).into_boxed();
        // A fixed collation, so that the order does not depend on the database's own.
        let name = || sql::<Text>("operators.name COLLATE \"C\"");
        operator_query =
            if backwards { operator_query.order(name().desc()) } else { operator_query.order(name().asc()) };
        operator_query = match (from, backwards) {
            (Some(from), true) => operator_query.filter(name().lt(from.to_owned())),
            (Some(from), false) => operator_query.filter(name().gt(from.to_owned())),
            (None, _) => operator_query,
        };
        Ok(operator_query.load(self.connection()).await?)
    }

    /// The operator with this name.
    pub async fn operator_by_name(&mut self, name: &str) -> Result<Option<OperatorRow>> {
        let operator_query =
            operators::table.filter(operators::name.eq(name)).select(OperatorRow::as_select());
        Ok(operator_query.first(self.connection()).await.optional()?)
    }

    /// The operator with this id.
    pub async fn operator(&mut self, id: Uuid) -> Result<Option<OperatorRow>> {
        let operator_query = operators::table.find(id).select(OperatorRow::as_select());
        Ok(operator_query.first(self.connection()).await.optional()?)
    }

    /// The operator with this id, locked so that nobody else can change the password until this transaction ends.
    pub async fn lock_operator(&mut self, id: Uuid) -> Result<Option<OperatorRow>> {
        let operator_query = operators::table.find(id).select(OperatorRow::as_select()).for_no_key_update();
        Ok(operator_query.first(self.connection()).await.optional()?)
    }

    /// Adds an operator.
    ///
    /// # Errors
    /// `already_exists` if the name is taken; `invalid_field` if it is not a valid name.
    pub async fn insert_operator(
        &mut self,
        id: Uuid,
        name: &str,
        password_hash: &str,
        role: Role,
    ) -> Result<OperatorRow> {
        let values = (
            operators::id.eq(id),
            operators::name.eq(name),
            operators::password_hash.eq(password_hash),
            operators::role.eq(role.as_str()),
        );
        let insert =
            diesel::insert_into(operators::table).values(values).returning(OperatorRow::as_returning());
        insert.get_result(self.connection()).await.map_err(|error| match violated(&error) {
            Some("operators_name_key") => {
                Code::AlreadyExists.because(format!("there is an operator {name} already")).into()
            }
            Some("operators_name_form") => {
                let detail = "name must have 1 to 64 characters of a-z, 0-9, '.', '_' and '-'";
                Code::InvalidField.because(detail).field("name").into()
            }
            _ => error.into(),
        })
    }

    /// Replaces the password.
    pub async fn set_password(&mut self, id: Uuid, password_hash: &str) -> Result<Option<OperatorRow>> {
        let update = diesel::update(operators::table.find(id))
            .set(operators::password_hash.eq(password_hash))
            .returning(OperatorRow::as_returning());
        Ok(update.get_result(self.connection()).await.optional()?)
    }

    /// The admins who are not disabled, locked until this transaction ends: the id, the name, and whether they log in at an identity provider.
    pub async fn lock_admins(&mut self) -> Result<Vec<(Uuid, String, bool)>> {
        let operator_query = operators::table
            .filter(operators::role.eq(Role::Admin.as_str()).and(operators::disabled_at.is_null()))
            .order(operators::id)
            .select((operators::id, operators::name, operators::issuer.is_not_null()))
            .for_update();
        Ok(operator_query.load(self.connection()).await?)
    }

    /// Changes an operator's role.
    pub async fn set_role(&mut self, id: Uuid, role: Role) -> Result<Option<OperatorRow>> {
        let update = diesel::update(operators::table.find(id))
            .set(operators::role.eq(role.as_str()))
            .returning(OperatorRow::as_returning());
        Ok(update.get_result(self.connection()).await.optional()?)
    }

    /// Limits an operator to these tenants, or to none in particular.
    pub async fn set_tenants(&mut self, id: Uuid, tenants: Option<&[Uuid]>) -> Result<Option<OperatorRow>> {
        let update = diesel::update(operators::table.find(id))
            .set(operators::tenant_ids.eq(tenants))
            .returning(OperatorRow::as_returning());
        Ok(update.get_result(self.connection()).await.optional()?)
    }

    /// Enables an operator, who can then log in again.
    pub async fn enable_operator(&mut self, id: Uuid) -> Result<Option<OperatorRow>> {
        let update = diesel::update(operators::table.find(id))
            .set(operators::disabled_at.eq(None::<DateTime<Utc>>))
            .returning(OperatorRow::as_returning());
        Ok(update.get_result(self.connection()).await.optional()?)
    }

    /// Disables an operator. The time of an earlier disabling is kept.
    pub async fn disable_operator(&mut self, id: Uuid) -> Result<Option<OperatorRow>> {
        let disabled_at =
            diesel::dsl::sql::<diesel::sql_types::Nullable<Timestamptz>>("coalesce(disabled_at, now())");
        let update = diesel::update(operators::table.find(id))
            .set(operators::disabled_at.eq(disabled_at))
            .returning(OperatorRow::as_returning());
        Ok(update.get_result(self.connection()).await.optional()?)
    }
}
