//! An account as a row of a table for other programs.

use bowline_api::admin::AccountSummary;
use chrono::{DateTime, SecondsFormat, Utc};

/// The titles of the cells, which never change their order.
pub const ACCOUNT_TITLES: [&str; 12] = [
    "account",
    "tenant",
    "email",
    "display_name",
    "external_user_id",
    "connector",
    "provider_account_id",
    "status",
    "status_reason",
    "scopes",
    "linked_at",
    "last_used_at",
];

/// The cells of an account. Times are in UTC (RFC 3339); what is absent is empty.
pub fn account_cells(row: &AccountSummary) -> [String; ACCOUNT_TITLES.len()] {
    let account = &row.account;
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    [
        account.id.to_string(),
        row.tenant.clone(),
        account.email.clone(),
        account.display_name.clone(),
        account.external_user_id.clone(),
        account.connector_id.to_string(),
        account.provider_account_id.clone(),
        account.status.to_string(),
        account.status_reason.clone().unwrap_or_default(),
        account.scopes.join(" "),
        time(account.linked_at),
        account.last_used_at.map(time).unwrap_or_default(),
    ]
}
