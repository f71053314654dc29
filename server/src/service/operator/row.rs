//! An operator's row in the form of the API.

use bowline_api::admin::Operator;

use crate::domain::Result;
use crate::store::operators::OperatorRow;

/// Converts a row to its API form, without the password hash.
pub(super) fn to_wire(operator_row: OperatorRow) -> Result<Operator> {
    Ok(Operator {
        id: operator_row.id.into(),
        role: operator_row.role.known()?.into(),
        name: operator_row.name,
        created_at: operator_row.created_at,
        disabled_at: operator_row.disabled_at,
        totp_since: operator_row.totp_since,
        issuer: operator_row.issuer,
        tenants: operator_row.tenant_ids.map(|ids| ids.into_iter().map(Into::into).collect()),
    })
}
