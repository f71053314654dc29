//! A login on another device (RFC 8628), for operators whose machine has no browser.

use std::net::IpAddr;
use std::time::Duration;

use bowline_api::admin::{DeviceSignOn, PolledSignOn};
use bowline_provider::openid::{Identity, Polled};
use bowline_vault::{Context, Purpose};
use secrecy::{ExposeSecret as _, SecretString};

use super::failure::{not_begun, told, untrusted};
use super::idp::idp_for_devices;
use super::{admit, prove, secrets};
use crate::app::App;
use crate::domain::credential::{Digest, Kind, NewCredential};
use crate::domain::{Error, Result};
use crate::service::operator::opened::LoginOrigin;
use crate::service::operator::session::Identified;
use crate::service::own_key;
use crate::store::PlatformTx;
use crate::store::operators::sign_ons::{PollDue, SignOnRow, Way};

/// The longest time that a login may take, whatever the identity provider says.
const LONGEST_DEVICE_LOGIN: Duration = Duration::from_mins(30);
/// The least and the longest time between two polls.
const POLL_INTERVALS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));
/// How long nobody else asks the identity provider while it is being asked. Its answer sets the time of the next poll.
const IDP_ASKED_FOR: Duration = Duration::from_secs(15);
const DEVICE_CODE_COLUMN: &str = "operator_sign_ons.device";

/// Begins a login, or with `who` a step-up: the operator of a session proves again that it is them, with a login anew at the identity
/// provider.
///
/// # Errors
/// `invalid_state`, `provider_unavailable`, `provider_malformed`.
pub async fn begin(app: &App, who: Option<&Identified>) -> Result<DeviceSignOn> {
    let idp = idp_for_devices(app)?;
    let prover = prove::prover(who)?;
    let begun = idp.begin_device(who.is_some()).await.map_err(|error| told(&error))?;
    let credential = NewCredential::generate(Kind::SignOn)?;
    let key = own_key::generate(app)?;
    let sealed =
        key.keys.seal(&device_code_place(&credential.digest), begun.parked.expose_secret().as_bytes());
    let sealed = sealed.map_err(|error| Error::internal("sealing a device code", error))?;
    let interval = poll_pause(begun.interval);
    let way =
        Way::Device { sealed: &sealed, wrapped_key: &key.wrapped, kek_version: key.kek_version, interval };
    let lifetime = begun.lifetime.min(LONGEST_DEVICE_LOGIN);
    let insert =
        async |tx: &mut PlatformTx| tx.insert_sign_on(credential.digest, prover, way.clone(), lifetime).await;
    Ok(DeviceSignOn {
        expires_at: app.store.platform(insert).await?,
        secret: credential.expose().to_owned(),
        user_code: begun.user_code,
        verification_url: begun.verification_url,
        complete_url: begun.complete_url,
        interval_seconds: interval.as_secs(),
    })
}

/// Asks the identity provider whether the operator has approved, unless it was asked a moment ago. Returns a session once they have.
///
/// # Errors
/// `sign_on_failed`, `sign_on_refused`, `provider_unavailable`, `provider_malformed`.
pub async fn poll(app: &App, secret: &str, from: LoginOrigin<'_>) -> Result<PolledSignOn> {
    match ask_identity_provider(app, None, secret, from.address).await? {
        Err(wait) => Ok(PolledSignOn { session: None, wait_seconds: Some(wait) }),
        Ok(identity) => {
            let session = admit::admit(app, &identity, from, "single_sign_on_device").await?;
            Ok(PolledSignOn { session: Some(session), wait_seconds: None })
        }
    }
}

/// The same for a step-up, whose secret then counts once in place of the operator's password.
///
/// # Errors
/// `sign_on_failed`, `sign_on_refused`, `provider_unavailable`, `provider_malformed`.
pub async fn prove(app: &App, who: &Identified, secret: &str, from: IpAddr) -> Result<PolledSignOn> {
    match ask_identity_provider(app, Some(who), secret, from).await? {
        Err(wait) => Ok(PolledSignOn { session: None, wait_seconds: Some(wait) }),
        Ok(identity) => {
            prove::proven(app, who, secrets::digest(secret)?, &identity, from).await?;
            Ok(PolledSignOn { session: None, wait_seconds: None })
        }
    }
}

/// Who has logged in, or after how many seconds to ask again.
async fn ask_identity_provider(
    app: &App,
    who: Option<&Identified>,
    secret: &str,
    from: IpAddr,
) -> Result<std::result::Result<Identity, u64>> {
    let (digest, prover) = (secrets::digest(secret)?, prove::prover(who)?);
    let due = async |tx: &mut PlatformTx| tx.poll_sign_on(digest, prover, IDP_ASKED_FOR).await;
    let sign_on_row = match app.store.platform(due).await? {
        PollDue::Now(sign_on_row) => sign_on_row,
        PollDue::Later(left) => return Ok(Err(seconds_until_poll(left))),
        PollDue::Gone => return Err(not_begun()),
    };
    let parked = open_device_code(app, digest, &sign_on_row)?;
    let identity = match idp_for_devices(app)?.poll_device(&parked, prove::fresh_since(&sign_on_row)).await {
        Ok(Polled::Pending(interval)) => {
            let interval = poll_pause(interval);
            app.store.platform(async |tx| tx.delay_sign_on(digest, interval).await).await?;
            return Ok(Err(seconds_until_poll(interval)));
        }
        Ok(Polled::Approved(identity)) => identity,
        Err(error) => return Err(untrusted(app, &error, from).await?),
    };
    let taken = app.store.platform(async |tx| tx.take_sign_on(digest, prover).await).await?;
    taken.map(|_| Ok(identity)).ok_or_else(not_begun)
}

/// The time between two polls, of the one that the identity provider wants.
fn poll_pause(wanted: Duration) -> Duration {
    wanted.clamp(POLL_INTERVALS.0, POLL_INTERVALS.1)
}

/// Whole seconds until the device login is polled next.
fn seconds_until_poll(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// Opens the device code. A login whose row was edited cannot be finished.
fn open_device_code(app: &App, digest: Digest, sign_on_row: &SignOnRow) -> Result<SecretString> {
    let (Some(version), Some(bytes), Some(sealed)) =
        (sign_on_row.kek_version, &sign_on_row.wrapped_key, &sign_on_row.sealed_device)
    else {
        return Err(not_begun());
    };
    let opened = own_key::unwrap(app, version, bytes)
        .and_then(|keys| keys.open_string(&device_code_place(&digest), sealed));
    opened.map_err(|error| Error::internal("a device code does not open", error))
}

fn device_code_place(sign_on_row: &Digest) -> Context<'_> {
    Context::keyed(Purpose::DeviceCode, DEVICE_CODE_COLUMN, sign_on_row.as_bytes())
}
