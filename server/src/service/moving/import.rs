//! Imports grants, each on its own: known already, verified at the provider, stored.

use std::sync::atomic::{AtomicU32, Ordering};

use bowline_api::status::Protocol;
use bowline_api::{AccountId, ConnectorId, TenantId};

use super::pace::Turns;
use super::record::{Grant, GrantRecord};
use super::store_grant::{self, Standing, Stored};
use super::verify::{Target, Unverified, Verifier};
use crate::app::App;
use crate::domain::{Actor, Code, Error, Event, Result};
use crate::service::{connector, tenant, tenant_freeze};
use crate::store::TenantTx;

/// How many accounts of one user are compared with a grant.
const ACCOUNTS_OF_USER: usize = 100;
/// After this many grants in a row about which the provider said nothing, the import ends.
const MOST_UNKNOWN: u32 = 20;

/// How grants are imported.
#[derive(Debug, Clone, Copy)]
pub struct Wishes {
    /// The connector of grants that name none. None: the tenant's default.
    pub connector: Option<ConnectorId>,
    /// How many calls may be made to the provider in a second.
    pub calls_per_second: u32,
    /// Whether everything but storing is done.
    pub dry_run: bool,
}

/// What became of one grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is a new account.
    Imported(AccountId),
    /// An account that needed a grant has it.
    Relinked(AccountId),
    /// An account has it already.
    Unchanged(AccountId),
    /// It would be imported.
    Valid,
    /// It is of no use, for this reason.
    Refused {
        /// A short name.
        reason: &'static str,
        /// What it means and what to do.
        detail: String,
        /// The account that stands in the way, if that is why.
        account: Option<AccountId>,
    },
    /// The provider said nothing about it, for this reason. A later run may know more.
    Deferred(&'static str),
}

/// Why an import ends early. What was imported stays, and the same command goes on.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The provider does not answer.
    #[error(
        "Dropbox gives no usable answer ({0}); run the same command again later, it goes on where it was"
    )]
    ProviderSilent(&'static str),
    /// The provider refuses the app.
    #[error(
        "Dropbox refuses the app key or secret of connector {0}; set the current secret and run the same command again"
    )]
    AppRefused(ConnectorId),
    /// An operator has disabled a connector meanwhile.
    #[error("connector {0} was disabled or removed")]
    Disabled(ConnectorId),
    /// An error of this service.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Imports grants of one tenant.
pub struct Importer<'a> {
    app: &'a App,
    actor: &'a Actor,
    tenant: TenantId,
    targets: Vec<Target>,
    wishes: Wishes,
    verifier: Verifier<'a>,
    unknown_in_a_row: AtomicU32,
}

impl<'a> Importer<'a> {
    /// An importer for a tenant.
    ///
    /// # Errors
    /// `not_found`, `tenant_frozen`; `invalid_field` if the wished connector cannot be used.
    pub async fn begin(
        app: &'a App,
        actor: &'a Actor,
        tenant: TenantId,
        wishes: Wishes,
    ) -> Result<Importer<'a>> {
        let read = async |tx: &mut TenantTx| targets(app, tx).await;
        let targets = tenant::scoped(app, tenant, read).await?;
        let is_there = |id: ConnectorId| targets.iter().any(|target| target.row.id == id.uuid());
        if wishes.connector.is_some_and(|id| !is_there(id)) {
            let detail = "the tenant has no usable connector of OAuth 2 with this id";
            return Err(Code::InvalidField.because(detail).field("connector").into());
        }
        let turns = Turns::new(wishes.calls_per_second);
        let verifier = Verifier { app, tenant, turns };
        Ok(Self { app, actor, tenant, targets, wishes, verifier, unknown_in_a_row: AtomicU32::new(0) })
    }

    /// Imports the grant of a line.
    ///
    /// # Errors
    /// [`Stopped`], which concerns all further grants as well.
    pub async fn import(&self, line: &str) -> Result<Outcome, Stopped> {
        let (grant, target) = match self.read(line) {
            Ok(found) => found,
            Err(outcome) => return Ok(outcome),
        };
        if let Some(outcome) = self.known(target, &grant).await? {
            return Ok(outcome);
        }
        let verified = match self.verifier.verify(target, &grant).await? {
            Ok(verified) => verified,
            Err(Unverified::Refused(reason)) => {
                self.unknown_in_a_row.store(0, Ordering::Relaxed);
                return Ok(refused(reason, meaning(reason)));
            }
            Err(Unverified::Unknown(reason)) => {
                let unknown = self.unknown_in_a_row.fetch_add(1, Ordering::Relaxed) + 1;
                let is_silent = unknown >= MOST_UNKNOWN;
                return if is_silent {
                    Err(Stopped::ProviderSilent(reason))
                } else {
                    Ok(Outcome::Deferred(reason))
                };
            }
            Err(Unverified::AppRefused) => return Err(Stopped::AppRefused(target.row.id.into())),
            Err(Unverified::Disabled) => return Err(Stopped::Disabled(target.row.id.into())),
        };
        self.unknown_in_a_row.store(0, Ordering::Relaxed);
        if self.wishes.dry_run {
            return Ok(self.tried(target, &grant, &verified.who.account_id).await?);
        }
        let stored = store_grant::store(self.app, self.actor, self.tenant, target, &grant, &verified).await?;
        Ok(match stored {
            Stored::New(account) => Outcome::Imported(account),
            Stored::Again(account) => {
                self.app.revocation_queued.notify_one();
                Outcome::Relinked(account)
            }
            Stored::Left(standing) => left(&standing).unwrap_or(Outcome::Valid),
        })
    }

    /// Records in the audit log what an import did.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn end(&self, imported: u64, refused: u64) -> Result<()> {
        if self.wishes.dry_run {
            return Ok(());
        }
        let ended = Event::GrantsImported { tenant: self.tenant, imported, refused };
        self.app.store.scoped(self.tenant, async |tx| tx.record(self.actor, ended).await).await
    }

    fn read(&self, line: &str) -> Result<(Grant, &Target), Outcome> {
        let grant = GrantRecord::read(line).and_then(GrantRecord::grant);
        let grant = grant.map_err(|error| match error {
            Error::Refused(refusal) => refused("invalid", refusal.detail.clone()),
            other => refused("invalid", other.to_string()),
        })?;
        let target = self.target(&grant).ok_or_else(|| {
            refused("no_connector", "the tenant has no usable connector of OAuth 2 with this id or app key")
        })?;
        Ok((grant, target))
    }

    /// The connector that a grant names by its id or its app key; else the wished one, or the tenant's default.
    fn target(&self, grant: &Grant) -> Option<&Target> {
        let find = |id: ConnectorId| self.targets.iter().find(|target| target.row.id == id.uuid());
        let named = grant.connector.or(self.wishes.connector.filter(|_| grant.app_key.is_none()));
        let target = match (named, &grant.app_key) {
            (Some(id), _) => find(id)?,
            (None, Some(key)) => self.targets.iter().find(|target| target.row.app_key == *key)?,
            (None, None) => {
                self.targets.iter().find(|target| target.row.is_default).or(self.targets.first())?
            }
        };
        // A grant is of use only to the app that the user gave it to.
        let fits = grant.app_key.as_ref().is_none_or(|key| *key == target.row.app_key);
        fits.then_some(target)
    }

    /// What is known without asking the provider: an account of this user has the grant, or was revoked.
    async fn known(&self, target: &Target, grant: &Grant) -> Result<Option<Outcome>> {
        let look = async |tx: &mut TenantTx| {
            let user = grant.external_user_id.as_str();
            let mut rows = tx.accounts_of_user(user, false, ACCOUNTS_OF_USER).await?;
            if grant.provider_account_id.is_some() {
                rows.extend(tx.accounts_of_user(user, true, ACCOUNTS_OF_USER).await?);
            }
            let keys = self.app.vault.keys(tx).await?;
            for row in rows.iter().filter(|row| row.connector_id == target.row.id) {
                let standing = store_grant::standing(&keys, row, grant)?;
                let is_named = grant.provider_account_id.as_ref() == Some(&row.provider_account_id);
                if matches!(standing, Standing::Same(_)) || is_named {
                    return Ok(left(&standing));
                }
            }
            Ok(None)
        };
        self.app.store.scoped(self.tenant, look).await
    }

    /// What would become of a verified grant.
    async fn tried(&self, target: &Target, grant: &Grant, account: &str) -> Result<Outcome> {
        let look = async |tx: &mut TenantTx| {
            let user = grant.external_user_id.as_str();
            let Some(row) = tx.lock_linked(target.row.id, user, account).await? else { return Ok(None) };
            let keys = self.app.vault.keys(tx).await?;
            Ok(left(&store_grant::standing(&keys, &row, grant)?))
        };
        Ok(self.app.store.scoped(self.tenant, look).await?.unwrap_or(Outcome::Valid))
    }
}

/// The tenant's usable connectors of OAuth 2, with what calls for them need.
async fn targets(app: &App, tx: &mut TenantTx) -> Result<Vec<Target>> {
    if tx.hold_is_frozen().await? {
        return Err(tenant_freeze::frozen().into());
    }
    let keys = app.vault.keys(tx).await?;
    let mut targets = Vec::new();
    for row in tx.connectors().await? {
        if row.protocol == Protocol::OAuth2 && connector::usable(&row).is_ok() {
            let credentials = connector::credentials(&keys, &row)?;
            targets.push(Target { row, credentials });
        }
    }
    Ok(targets)
}

/// The outcome for a grant that is not stored because of an account. None if it may be stored.
fn left(standing: &Standing) -> Option<Outcome> {
    let (reason, detail, account) = match standing {
        Standing::NeedsGrant => return None,
        Standing::Same(account) => return Some(Outcome::Unchanged(*account)),
        Standing::Linked(account) => {
            let detail = "the user has linked this account here with another grant, which is kept";
            ("already_linked", detail, *account)
        }
        Standing::Revoked(account) => {
            let detail = "the account was revoked here; its user can link it again";
            ("revoked_here", detail, *account)
        }
    };
    Some(Outcome::Refused { reason, detail: detail.to_owned(), account: Some(account) })
}

fn refused(reason: &'static str, detail: impl Into<String>) -> Outcome {
    Outcome::Refused { reason, detail: detail.into(), account: None }
}

/// What a refusal of the provider means for whoever imports.
fn meaning(reason: &str) -> &'static str {
    match reason {
        "refresh_token_revoked" => {
            "the user has disconnected the app, or the token was revoked; the user must link"
        }
        "refresh_token_malformed" | "invalid_grant" => {
            "Dropbox does not know this refresh token for the connector's app; was it given to another app?"
        }
        "user_suspended" => "Dropbox has suspended this user; import the grant again when that is over",
        "missing_scope" => {
            "the grant lacks account_info.read, without which nobody knows whose it is; the user must link"
        }
        "account_id_mismatch" => "the grant belongs to another account than provider_account_id says",
        "invalid_account_type" => "the grant is of a whole team; give its provider_account_id, dbtid:…",
        _ => "Dropbox refuses the grant; the user must link",
    }
}
