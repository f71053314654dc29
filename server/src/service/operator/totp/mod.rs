//! One-time codes of operators (TOTP, RFC 6238): six digits, 30 seconds, one step of tolerance, each accepted once.

pub mod enrol;
mod recovery;
mod secret;

use bowline_api::admin::ProvePassword;
use secrecy::{ExposeSecret as _, SecretString};

use crate::app::App;
use crate::domain::{Actor, Error, Event, Result};
use crate::store::PlatformTx;
use crate::store::operators::OperatorRow;

/// What operators prove with that it is them: their password and, if they are enrolled, a code.
#[derive(Debug, Clone)]
pub struct TotpProof {
    /// The password.
    pub password: SecretString,
    /// A one-time code or a recovery code.
    pub code: Option<SecretString>,
    /// The members of the request's body that have them.
    pub(super) members: Members,
}

/// The names of the members that have a proof, for refusals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Members {
    /// The member that has the password.
    pub(super) password: &'static str,
    /// That of the code.
    pub(super) code: &'static str,
}

impl TotpProof {
    /// A proof from the members `password` and `code` of a request's body.
    pub fn new(password: String, code: Option<String>) -> Self {
        // Forms send an empty text for a field that was left empty.
        let code = code.filter(|code| !code.trim().is_empty());
        let members = Members { password: "password", code: "code" };
        Self { password: password.into(), code: code.map(SecretString::from), members }
    }

    /// A proof from the member `proof` of a request's body.
    pub fn nested(proof: ProvePassword) -> Self {
        let members = Members { password: "proof.password", code: "proof.code" };
        Self { members, ..Self::new(proof.password, proof.code) }
    }
}

/// Accepts a one-time code or a recovery code of this operator, and never the same one twice, on whichever replica.
///
/// # Errors
/// `integrity_error` if the stored secret does not open.
pub(super) async fn accept(
    app: &App,
    tx: &mut PlatformTx,
    who: &OperatorRow,
    code: &SecretString,
) -> Result<bool> {
    if let Some(digest) = recovery::digest(who.id, code.expose_secret()) {
        let Some(left) = tx.use_recovery_code(who.id, digest).await? else { return Ok(false) };
        let actor = Actor::Operator { id: who.id.into(), name: who.name.clone() };
        let used = Event::OperatorRecoveryCodeUsed { operator: who.id.into(), left };
        tx.record(&actor, used).await?;
        return Ok(true);
    }
    let totp_row = tx.totp(who.id, false).await?;
    let totp_row = totp_row.ok_or_else(|| Error::bug("an operator is enrolled and has no secret"))?;
    let Some(step) = secret::step_of(app, &totp_row, code.expose_secret(), tx.now().await?)? else {
        return Ok(false);
    };
    tx.advance_totp(who.id, step).await
}
