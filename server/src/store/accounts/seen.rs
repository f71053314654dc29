//! An account as operators see it, without any sealed column.

use bowline_api::status::{AccountStatus, Assurance, Protocol};
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use crate::store::Stored;
use crate::store::schema::accounts;

/// The columns that operators see, without the sealed ones.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct SeenAccount {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub connector_id: Uuid,
    pub external_user_id: String,
    pub provider_account_id: String,
    pub email: String,
    pub display_name: String,
    pub status: Stored<AccountStatus>,
    pub status_reason: Option<String>,
    pub scopes: Vec<String>,
    pub missing_scopes: Vec<String>,
    pub assurance: Stored<Assurance>,
    pub generation: i64,
    pub access_expires_at: Option<DateTime<Utc>>,
    pub refreshed_at: Option<DateTime<Utc>>,
    pub linked_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub search: String,
    pub search_text: Option<String>,
    pub protocol: Stored<Protocol>,
    pub user_label: Option<String>,
    pub metadata: Value,
}

pub(super) type Rows = diesel::helper_types::IntoBoxed<
    'static,
    diesel::helper_types::Select<accounts::table, diesel::helper_types::AsSelect<SeenAccount, Pg>>,
    Pg,
>;
