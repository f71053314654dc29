//! Connectors whose notices this process can verify, in memory: a forged notice must cost no query.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bowline_api::{ConnectorId, TenantId};
use hmac::{Hmac, KeyInit as _, Mac as _};
use quick_cache::sync::Cache;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use tokio::sync::Mutex;

use crate::domain::{Code, Error, Result};
use crate::metrics::{self, LimitKind};
use crate::service::connector;
use crate::service::limit::metered::Metered;
use crate::service::limit::pace::{Meter, Pace};
use crate::service::vault::Vault;
use crate::settings;
use crate::store::{Store, TenantTx};

/// The maximum number of connectors that are remembered, and of names that belong to none.
const MOST_SENDERS: usize = 16_384;
/// How long a connector is remembered. A replaced app secret is accepted for as long, unless notices with the new one arrive.
const SENDER_KNOWN_FOR: Duration = Duration::from_mins(1);
/// How long it is remembered that there is no such connector.
const SENDER_UNKNOWN_FOR: Duration = Duration::from_secs(10);
/// How old the app secret must be for a notice that it has not signed to read it again.
const SECRET_READ_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// How many connectors that are not remembered are looked up: per second, and at once after a quiet time.
const SENDER_LOOKUPS: (u32, u32) = (20, 100);

type SenderKey = (TenantId, ConnectorId);

/// Where connectors are read, and what opens their app secrets.
type Rows<'a> = (&'a Store, &'a Vault);

/// A connector that gets notices.
pub struct NoticeSender {
    /// Its tenant.
    pub tenant: TenantId,
    /// The connector.
    pub connector: ConnectorId,
    app_secret: SecretString,
    read_at: Instant,
}

impl fmt::Debug for NoticeSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoticeSender").field("connector", &self.connector).finish_non_exhaustive()
    }
}

impl NoticeSender {
    /// Whether this is the signature of `body` with the app secret. The time that it takes tells nothing about the right one.
    pub(super) fn has_signed(&self, body: &[u8], signature: &[u8]) -> bool {
        // HMAC takes keys of any length.
        let mac = Hmac::<Sha256>::new_from_slice(self.app_secret.expose_secret().as_bytes());
        mac.is_ok_and(|mac| mac.chain_update(body).verify_slice(signature).is_ok())
    }
}

/// The connectors in memory.
pub struct Senders {
    known: Cache<SenderKey, Arc<NoticeSender>>,
    unknown: Cache<SenderKey, Instant>,
    lookups: Option<Meter>,
    pace: Metered<ConnectorId>,
    /// One is looked up at a time, so that no flood takes connections from others.
    turn: Mutex<()>,
}

impl Senders {
    /// None yet.
    pub fn new(limits: &settings::Limits) -> Self {
        Self {
            known: Cache::new(MOST_SENDERS),
            unknown: Cache::new(MOST_SENDERS),
            lookups: Pace::new(SENDER_LOOKUPS.0, Duration::from_secs(1), SENDER_LOOKUPS.1).map(Meter::new),
            pace: Metered::notices(limits),
            turn: Mutex::const_new(()),
        }
    }

    /// Counts a notice that the provider has signed.
    pub(super) fn count(&self, sender: &NoticeSender) -> Result<()> {
        self.pace.count(sender.connector)
    }

    /// The connector, as it was at most a minute ago.
    pub(super) async fn find(
        &self,
        from: Rows<'_>,
        tenant: TenantId,
        connector: ConnectorId,
    ) -> Result<Arc<NoticeSender>> {
        let known = self.known.get(&(tenant, connector));
        match known {
            Some(sender) if sender.read_at.elapsed() < SENDER_KNOWN_FOR => Ok(sender),
            // Boxed, because most calls find it in memory.
            known => Box::pin(self.read(from, (tenant, connector), SENDER_KNOWN_FOR, known.is_some())).await,
        }
    }

    /// The connector, read again unless it was read some seconds ago.
    pub(super) async fn again(&self, from: Rows<'_>, sender: &NoticeSender) -> Result<Arc<NoticeSender>> {
        Box::pin(self.read(from, (sender.tenant, sender.connector), SECRET_READ_AGAIN_AFTER, true)).await
    }

    /// Forgets a connector that has changed, so that this process sees the change at once.
    pub fn forget(&self, tenant: TenantId, connector: ConnectorId) {
        self.known.remove(&(tenant, connector));
        self.unknown.remove(&(tenant, connector));
    }

    /// Reads the connector unless it was read within `fresh`, also by those whose turn came before.
    async fn read(
        &self,
        from: Rows<'_>,
        key: SenderKey,
        fresh: Duration,
        was_known: bool,
    ) -> Result<Arc<NoticeSender>> {
        let is_unknown = || self.unknown.get(&key).is_some_and(|at| at.elapsed() < SENDER_UNKNOWN_FOR);
        if is_unknown() {
            return Err(Error::not_found());
        }
        if !was_known {
            self.may_look()?;
        }
        let _turn = self.turn.lock().await;
        if let Some(sender) = self.known.get(&key).filter(|sender| sender.read_at.elapsed() < fresh) {
            return Ok(sender);
        }
        if is_unknown() {
            return Err(Error::not_found());
        }
        let found = look_up_sender(from, key).await;
        match &found {
            Ok(sender) => self.known.insert(key, Arc::clone(sender)),
            // A secret that does not open raises an alarm each time.
            Err(error) if matches!(error.code(), Code::NotFound | Code::IntegrityError) => {
                self.known.remove(&key);
                self.unknown.insert(key, Instant::now());
            }
            Err(_) => {}
        }
        found
    }

    fn may_look(&self) -> Result<()> {
        let Some(Err(wait)) = self.lookups.as_ref().map(|meter| meter.count(NonZeroU32::MIN)) else {
            return Ok(());
        };
        metrics::limited(LimitKind::Notices);
        let detail = "too many connectors are asked for that this server has not seen lately; try again";
        Err(Code::RateLimited.because(detail).retry_after(wait).into())
    }
}

async fn look_up_sender(
    (store, vault): Rows<'_>,
    (tenant, connector): SenderKey,
) -> Result<Arc<NoticeSender>> {
    let read_at = Instant::now();
    let look = async |tx: &mut TenantTx| {
        let row = tx
            .connector(connector.uuid())
            .await?
            .filter(connector::gets_notices)
            .ok_or_else(Error::not_found)?;
        let keys = vault.keys(tx).await?;
        Ok(connector::credentials(&keys, &row)?.app_secret)
    };
    let app_secret = store.scoped(tenant, look).await?;
    Ok(Arc::new(NoticeSender { tenant, connector, app_secret, read_at }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_the_whole_body_and_of_this_secret() {
        let sender = NoticeSender {
            tenant: uuid::Uuid::nil().into(),
            connector: uuid::Uuid::nil().into(),
            app_secret: SecretString::from("key"),
            read_at: Instant::now(),
        };
        // A published example of HMAC-SHA256.
        let text = b"The quick brown fox jumps over the lazy dog";
        let good = hex::decode("f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8").unwrap();
        assert!(sender.has_signed(text, &good));
        assert!(!sender.has_signed(&text[1..], &good));
        assert!(!sender.has_signed(text, &good[..31]), "a part of a signature is none");
        assert!(!sender.has_signed(text, &[]));
        let other = NoticeSender { app_secret: SecretString::from("other"), ..sender };
        assert!(!other.has_signed(text, &good));
        assert!(!format!("{other:?}").contains("other\""), "{other:?}");
    }
}
