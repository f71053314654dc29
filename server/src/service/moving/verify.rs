//! Asks the provider whether a grant is alive, and which account it belongs to.

use std::time::Duration;

use bowline_api::TenantId;
use bowline_api::status::ConnectorStatus;
use bowline_provider::dropbox::is_team;
use bowline_provider::{AppCredentials, Failure, Profile, RefreshedToken};
use chrono::{DateTime, Utc};

use super::pace::Turns;
use super::record::Grant;
use crate::app::App;
use crate::domain::Result;
use crate::service::{connector, token};
use crate::store::TenantTx;
use crate::store::connectors::ConnectorRow;

/// How often a call is made whose response says nothing about the grant.
const TRIES: u32 = 4;
/// The first pause of a grant after such a response, if the provider does not name one for all. It doubles each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// A connector whose app may have given grants of the file.
pub(super) struct Target {
    pub(super) row: ConnectorRow,
    pub(super) credentials: AppCredentials,
}

/// A grant that is alive.
pub(super) struct Verified {
    pub(super) fresh: RefreshedToken,
    pub(super) who: Profile,
    /// The database's time before the provider was called. The lifetime of the access token counts from here.
    pub(super) asked_at: DateTime<Utc>,
}

/// Why there is no verified grant.
pub(super) enum Unverified {
    /// The provider says that the grant is of no use.
    Refused(&'static str),
    /// The provider gave no usable response, as often as it was asked.
    Unknown(&'static str),
    /// The provider refuses the connector's app, and so every grant of it.
    AppRefused,
    /// The connector is disabled.
    Disabled,
}

/// Verifies grants of one tenant, at one pace.
pub(super) struct Verifier<'a> {
    pub(super) app: &'a App,
    pub(super) tenant: TenantId,
    pub(super) turns: Turns,
}

impl Verifier<'_> {
    /// Refreshes the grant and reads its account.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn verify(
        &self,
        target: &Target,
        grant: &Grant,
    ) -> Result<std::result::Result<Verified, Unverified>> {
        let mut asked_at = None;
        let app = &target.credentials;
        let refreshed = self
            .ask(target, async |now| {
                asked_at = Some(now);
                self.app.provider.refresh(app, &grant.refresh_token).await
            })
            .await?;
        let fresh = match refreshed {
            Ok(fresh) => fresh,
            Err(why) => return Ok(Err(why)),
        };
        let identified = self
            .ask(target, async |_| {
                if grant.provider_account_id.as_deref().is_some_and(is_team) {
                    self.app.provider.identify_team(app, &fresh.access_token).await
                } else {
                    self.app.provider.identify(app, &fresh.access_token).await
                }
            })
            .await?;
        Ok(match (identified, asked_at) {
            (Err(why), _) => Err(why),
            (Ok(who), _)
                if grant.provider_account_id.as_ref().is_some_and(|told| *told != who.account_id) =>
            {
                Err(Unverified::Refused("account_id_mismatch"))
            }
            (Ok(who), Some(asked_at)) => Ok(Verified { fresh, who, asked_at }),
            (Ok(_), None) => Err(Unverified::Unknown("interrupted")),
        })
    }

    /// Makes a call until its response says something about the grant, at the pace of the import and never while the connector's circuit
    /// breaker is open. The breaker is not told of failures: an import must not end the calls of everybody else.
    async fn ask<T>(
        &self,
        target: &Target,
        mut call: impl AsyncFnMut(DateTime<Utc>) -> std::result::Result<T, Failure>,
    ) -> Result<std::result::Result<T, Unverified>> {
        let mut why = Unverified::Unknown("breaker_open");
        let mut pause = FIRST_PAUSE;
        for attempt in 1..=TRIES {
            self.turns.take().await;
            let now = match self.may_call(target).await? {
                May::Call(now) => now,
                May::Wait(wait) => {
                    self.turns.pause(wait);
                    continue;
                }
                May::Never => return Ok(Err(Unverified::Disabled)),
            };
            match call(now).await {
                Ok(answer) => return Ok(Ok(answer)),
                Err(Failure::ClientRejected { .. }) => return Ok(Err(Unverified::AppRefused)),
                Err(failure) if is_unknown(&failure) => {
                    why = Unverified::Unknown(failure.code());
                    match failure.retry_after() {
                        Some(asked) => self.turns.pause(asked.max(pause)),
                        // Others go on: it may be this grant alone.
                        None if attempt < TRIES => tokio::time::sleep(pause).await,
                        None => {}
                    }
                    pause = pause.saturating_mul(2);
                }
                Err(failure) => return Ok(Err(Unverified::Refused(failure.code()))),
            }
        }
        Ok(Err(why))
    }

    async fn may_call(&self, target: &Target) -> Result<May> {
        let look = async |tx: &mut TenantTx| {
            let now = tx.now().await?;
            let usable = tx.connector(target.row.id).await?.filter(|row| connector::usable(row).is_ok());
            let Some(row) = usable else { return Ok(May::Never) };
            let broken = row.status == ConnectorStatus::Broken;
            Ok(token::provider_pause(tx, row.id, broken, now).await?.map_or(May::Call(now), May::Wait))
        };
        self.app.store.scoped(self.tenant, look).await
    }
}

/// Whether a call may be made now.
enum May {
    Call(DateTime<Utc>),
    Wait(Duration),
    Never,
}

/// Whether a failure says nothing about the grant. A suspended user's grant may be used again later.
fn is_unknown(failure: &Failure) -> bool {
    matches!(failure, Failure::Transient { .. } | Failure::Malformed { .. })
}
