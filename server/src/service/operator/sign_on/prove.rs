//! Step-up by a login anew: its secret counts once, for a few minutes, where other operators give their password.

use std::net::IpAddr;
use std::time::Duration;

use bowline_provider::openid::Identity;
use chrono::{DateTime, Utc};

use super::failure::Refused;
use crate::app::App;
use crate::domain::credential::Digest;
use crate::domain::{Code, Result};
use crate::service::operator::session::Identified;
use crate::store::PlatformTx;
use crate::store::operators::sign_ons::{Prover, SignOnRow};

/// How long a proof counts.
const PROOF_LIFETIME: Duration = Duration::from_mins(5);

/// The session of a step-up, in the form of the database; none for a login.
///
/// # Errors
/// `invalid_state` if its operator has a password.
pub(super) fn prover(who: Option<&Identified>) -> Result<Option<Prover>> {
    match who {
        Some(who) if !who.signs_on => Err(Code::InvalidState
            .because("you log in with a password; prove with that that it is you")
            .into()),
        who => Ok(who.map(Identified::prover)),
    }
}

/// Since when the person must have logged in at the identity provider: for a step-up, since this session has begun it, which clients do when
/// an act asks for it.
pub(super) fn fresh_since(sign_on_row: &SignOnRow) -> Option<DateTime<Utc>> {
    sign_on_row.operator_id.map(|_| sign_on_row.created_at)
}

/// Makes the secret with this digest a proof, if the person who has logged in is the operator.
///
/// # Errors
/// `sign_on_refused` if it is somebody else.
pub(super) async fn proven(
    app: &App,
    who: &Identified,
    secret: Digest,
    identity: &Identity,
    from: IpAddr,
) -> Result<()> {
    let prove = async |tx: &mut PlatformTx| {
        let sign_on_row = tx.operator(who.id.uuid()).await?;
        let is_same = sign_on_row.is_some_and(|sign_on_row| {
            sign_on_row.issuer.as_ref() == Some(&identity.issuer)
                && sign_on_row.subject.as_ref() == Some(&identity.subject)
        });
        if is_same {
            tx.insert_proof(secret, who.prover(), PROOF_LIFETIME).await?;
        } else {
            let refused = Refused {
                operator: Some(who.id),
                reason: "another_person",
                user: Some(&identity.subject),
                ended_sessions: None,
            };
            refused.record(tx, from).await?;
        }
        Ok(is_same)
    };
    if app.store.platform(prove).await? {
        return Ok(());
    }
    let detail =
        "somebody else has logged in at the identity provider; log in there as the operator of this session";
    Err(Code::SignOnRefused.because(detail).into())
}
