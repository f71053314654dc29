//! Calls that are carried out once, however often they arrive with the same key (draft-ietf-httpapi-idempotency-key-header).
//!
//! The key is claimed first. The transaction that carries the call out also keeps its answer, so that either both happen
//! or neither. A call that fails gives its key back. If its process dies, the claim expires, and the next call with the
//! key is carried out: a claim that was taken over can keep no answer, and its transaction fails.

use std::time::Duration;

use bowline_api::TenantId;
use bowline_vault::{Context, Facts, Purpose};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;
use uuid::Uuid;

use super::vault;
use crate::app::App;
use crate::domain::{About, Code, Error, Result, entropy};
use crate::store::TenantTx;
use crate::store::idempotency_keys::{CallHashes, KeptCallRow};

/// How long the answer to an idempotent call is kept.
const ANSWERS_KEPT: Duration = Duration::from_hours(72);
/// How long a call is believed to be in progress: longer than its transactions can take.
const CALL_HELD: Duration = Duration::from_secs(30);
/// The maximum number of tenants per run of the sweep.
const OLD_CALLS_BATCH: i64 = 200;
const ANSWER_COLUMN: &str = "idempotency_keys.answer";

/// The key of a call, and what the call is.
#[derive(Debug)]
pub struct Call<'a, Request> {
    /// The key that the caller has chosen. Without one, the call is carried out each time.
    pub key: Option<&'a str>,
    /// The route. The same key at another route is another call.
    pub route: &'static str,
    /// The request. The same key with another request is an error.
    pub request: &'a Request,
}

/// An answer to an idempotent call, and whether it is a repetition.
#[derive(Debug)]
pub struct Once<T> {
    /// The answer.
    pub answer: T,
    /// Whether the call had been carried out before.
    pub is_replayed: bool,
}

/// The right to carry a call out.
#[derive(Debug)]
pub struct Claim {
    call: CallHashes,
    owner: Uuid,
}

/// The outcome of the attempt to claim a key.
enum KeyAttempt {
    Claimed(Claim),
    Kept(CallHashes, Vec<u8>),
}

impl Claim {
    /// Keeps the answer, in the transaction that carries the call out.
    ///
    /// # Errors
    /// `idempotency_key_in_use` if the claim was taken over. The transaction must not be committed then.
    pub async fn keep(&self, app: &App, tx: &mut TenantTx, answer: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string(answer)
            .map_err(|source| Error::internal("an answer is not representable", source))?;
        let keys = app.vault.keys(tx).await?;
        let sealed = vault::seal(&keys, &answer_place(&self.call), &SecretString::from(text))?;
        if tx.keep_answer(&self.call.key, self.owner, &sealed).await? { Ok(()) } else { Err(in_use()) }
    }
}

/// Carries a call out, or returns the answer that it had. `work` gets the claim, with which it must keep its answer.
///
/// # Errors
/// Those of `work`; `idempotency_key_reused` if the key was sent with another request, and `idempotency_key_in_use` if the
/// first call with it has not been answered yet.
pub async fn once<T: Serialize + DeserializeOwned, Request: Serialize>(
    app: &App,
    tenant: TenantId,
    call: Call<'_, Request>,
    work: impl AsyncFnOnce(Option<&Claim>) -> Result<T>,
) -> Result<Once<T>> {
    let Some(key) = call.key else {
        return Ok(Once { answer: work(None).await?, is_replayed: false });
    };
    let hashes = call_hashes(app, tenant, key, call.route, call.request)?;
    match app.store.scoped_in_turn(tenant, async |tx| claim_idempotency_key(tx, &hashes).await).await? {
        KeyAttempt::Kept(call, sealed) => {
            let answer = replay_answer(app, tenant, &call, &sealed).await?;
            Ok(Once { answer, is_replayed: true })
        }
        KeyAttempt::Claimed(claim) => {
            let outcome = work(Some(&claim)).await;
            if outcome.is_err() {
                let forget = async |tx: &mut TenantTx| tx.forget_call(&claim.call.key, claim.owner).await;
                // If this fails, the claim expires by itself.
                app.store.scoped_in_turn(tenant, forget).await.ok();
            }
            Ok(Once { answer: outcome?, is_replayed: false })
        }
    }
}

/// Claims the key, or finds the answer that is kept for it. The first of `hashes` is the one to claim with; the others
/// are of earlier master keys.
async fn claim_idempotency_key(tx: &mut TenantTx, hashes: &[CallHashes]) -> Result<KeyAttempt> {
    let first = hashes.first().ok_or_else(|| Error::bug("there is no active master key"))?;
    let owner = entropy::owner();
    let keys: Vec<&[u8]> = hashes.iter().map(|call| call.key.as_slice()).collect();
    let Some(row) = tx.lock_kept_call(&keys).await? else {
        let claimed = tx.claim_call(first, owner, CALL_HELD, ANSWERS_KEPT).await?;
        return if claimed {
            Ok(KeyAttempt::Claimed(Claim { call: first.clone(), owner }))
        } else {
            Err(in_use())
        };
    };
    let call = hashes.iter().find(|call| call.key == *row.key_hash);
    let call = call.ok_or_else(|| Error::bug("a kept call has none of the keys that were asked for"))?;
    let now = tx.now().await?;
    let KeptCallRow { request_hash, held_until, sealed_answer, expires_at, .. } = row;
    if expires_at > now {
        if request_hash != call.request {
            let detail = "this Idempotency-Key was sent with another request within the last 72 hours: use a new key for a new request";
            return Err(Code::IdempotencyKeyReused.because(detail).into());
        }
        if let Some(sealed) = sealed_answer {
            return Ok(KeyAttempt::Kept(call.clone(), sealed));
        }
        if held_until > now {
            return Err(in_use());
        }
    }
    tx.reclaim_call(&call.key, &call.request, owner, CALL_HELD, ANSWERS_KEPT).await?;
    Ok(KeyAttempt::Claimed(Claim { call: call.clone(), owner }))
}

async fn replay_answer<T: DeserializeOwned>(
    app: &App,
    tenant: TenantId,
    call: &CallHashes,
    sealed: &[u8],
) -> Result<T> {
    let keys = app.vault.keys_of(&app.store, tenant).await?;
    let opened = vault::open(&keys, &answer_place(call), ANSWER_COLUMN, About::Tenant(tenant), sealed);
    let text = vault::noted(&app.store, tenant, opened).await?;
    serde_json::from_str(text.expose_secret())
        .map_err(|source| Error::internal("a kept answer is not readable", source))
}

/// The sealing context of an answer: its key, and the request that it answers.
fn answer_place(call: &CallHashes) -> Context<'_> {
    let facts = Facts::new().bytes("request_hash", Some(&call.request));
    Context::keyed(Purpose::IdempotentResponse, ANSWER_COLUMN, &call.key).facts(facts)
}

/// The hashes under each master key, the active one first. They are keyed, because apps may choose guessable keys.
fn call_hashes(
    app: &App,
    tenant: TenantId,
    key: &str,
    route: &str,
    request: &impl Serialize,
) -> Result<Vec<CallHashes>> {
    let ring = app.vault.ring();
    let request = serde_json::to_vec(request)
        .map_err(|source| Error::internal("a request is not representable", source))?;
    let others = ring.versions().map(|info| info.version).filter(|version| *version != ring.active());
    let mut hashes = Vec::new();
    for version in std::iter::once(ring.active()).chain(others) {
        // A disabled key has hashed nothing that is still kept.
        let Ok(secret) = ring.derive(version, "idempotency key") else { continue };
        let hash = |kind: &str, text: &[u8]| -> Result<[u8; 32]> {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_slice())
                .map_err(|source| Error::internal("the key of idempotency keys", source))?;
            for part in [kind.as_bytes(), tenant.uuid().as_bytes(), route.as_bytes(), text] {
                mac.update(&(part.len() as u64).to_be_bytes());
                mac.update(part);
            }
            Ok(mac.finalize().into_bytes().into())
        };
        hashes.push(CallHashes { key: hash("key", key.as_bytes())?, request: hash("request", &request)? });
    }
    Ok(hashes)
}

fn in_use() -> Error {
    let detail = "a call with this Idempotency-Key is in progress; repeat yours to get its answer";
    Code::IdempotencyKeyInUse.because(detail).retry_after(Duration::from_secs(1)).into()
}

/// Deletes answers that are kept no longer, and returns their number.
///
/// # Errors
/// The first database error, after all tenants were tried.
pub async fn sweep(app: &App) -> Result<usize> {
    let tenants = app.store.worker(async |tx| tx.tenants_with_old_calls(OLD_CALLS_BATCH).await).await?;
    let mut outcome = Ok(0);
    for tenant in tenants {
        let deleted = app.store.scoped(tenant.into(), async |tx| tx.delete_old_calls().await).await;
        outcome = match (outcome, deleted) {
            (Ok(all), Ok(some)) => Ok(all + some),
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
    }
    outcome
}
