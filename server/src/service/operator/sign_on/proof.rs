//! Proofs of a login anew at the identity provider, which count once in place of a password.

use crate::app::App;
use crate::domain::credential::Digest;
use crate::domain::{Code, Result};
use crate::store::operators::sign_ons::Prover;

/// Uses up a proof of this session; `member` of the request's body has it.
///
/// # Errors
/// `invalid_field` if there is none.
pub(in crate::service::operator) async fn spend(
    app: &App,
    prover: Prover,
    secret: Digest,
    member: &'static str,
) -> Result<()> {
    if app.store.platform(async |tx| tx.spend_proof(secret, prover).await).await? {
        return Ok(());
    }
    let detail = "this proof was used already, is too old or is another session's; log in anew at the identity provider";
    Err(Code::InvalidField.because(detail).field(member).into())
}
