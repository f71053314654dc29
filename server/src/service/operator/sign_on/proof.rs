//! Proofs of a login anew at the identity provider, which count once in place of a password.

use bowline_api::OperatorId;

use crate::app::App;
use crate::domain::credential::Digest;
use crate::domain::{Code, Result};

/// Uses up a proof of this operator; `member` of the request's body has it.
///
/// # Errors
/// `invalid_field` if there is none.
pub(in crate::service::operator) async fn spend(
    app: &App,
    operator: OperatorId,
    secret: Digest,
    member: &'static str,
) -> Result<()> {
    if app.store.platform(async |tx| tx.spend_proof(secret, operator.uuid()).await).await? {
        return Ok(());
    }
    let detail = "this proof was used already, is too old or is another operator's; log in anew at the identity provider";
    Err(Code::InvalidField.because(detail).field(member).into())
}
