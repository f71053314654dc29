//! An operator's row in the form of the API.

use bowline_api::admin::Operator;

use crate::domain::Result;
use crate::store::operators::OperatorRow;

/// Converts a row to its API form, without the password hash.
pub(super) fn to_wire(row: OperatorRow) -> Result<Operator> {
    Ok(Operator {
        id: row.id.into(),
        role: row.role.known()?.into(),
        name: row.name,
        created_at: row.created_at,
        disabled_at: row.disabled_at,
        totp_since: row.totp_since,
        issuer: row.issuer,
        tenants: row.tenant_ids.map(|ids| ids.into_iter().map(Into::into).collect()),
    })
}
