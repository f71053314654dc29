//! Notices: the provider's own webhooks, which say that files of accounts have changed.
//!
//! A notice is verified before the database is asked for anything (`senders`), and marks the accounts that it names. A worker then tells their
//! tenants (`tell`), each account once a second at most, through the outbox of webhooks.

mod body;
mod senders;
mod tell;

pub use senders::{NoticeSender, Senders};
pub use tell::tell;

use std::sync::Arc;

use crate::app::App;
use crate::domain::{Code, Error, Result};
use crate::metrics::{self, NoticeOutcome};
use crate::store::TenantTx;

/// The length of a notice's signature in bytes.
const SIGNATURE_LEN: usize = 32;

/// The signature in a header, which is lowercase hexadecimal at Dropbox.
///
/// # Errors
/// `unauthenticated` if there is no header, or it cannot be one.
pub async fn signature(app: &App, header: Option<&str>) -> Result<[u8; SIGNATURE_LEN]> {
    let bytes = header.and_then(|text| hex::decode(text).ok()).and_then(|bytes| bytes.try_into().ok());
    match bytes {
        Some(signature) => Ok(signature),
        None => refuse_notice(app, NoticeOutcome::Unverified, unsigned_notice()).await,
    }
}

/// The connector to which a request about notices goes. The ids are as the path has them.
///
/// # Errors
/// `not_found` if there is no such connector, or none of Dropbox; `rate_limited` if too many are asked for that this process does not know;
/// `database_unavailable`; `integrity_error`.
pub async fn sender(app: &App, tenant: &str, connector: &str) -> Result<Arc<NoticeSender>> {
    let (Ok(tenant), Ok(connector)) = (tenant.parse(), connector.parse()) else {
        return refuse_notice(app, NoticeOutcome::Unknown, Error::not_found()).await;
    };
    let found = app.senders.find((&app.store, &app.vault), tenant, connector).await;
    counted_lookup(app, found).await
}

/// Checks that the provider has signed `body`. Asks the database only if the connector's app secret may have been replaced, and that once in
/// some seconds.
///
/// # Errors
/// `unauthenticated`; those of [`sender`].
pub async fn verify(app: &App, sender: &NoticeSender, signature: &[u8], body: &[u8]) -> Result<()> {
    if sender.has_signed(body, signature) {
        return Ok(());
    }
    let again = app.senders.again((&app.store, &app.vault), sender).await;
    if counted_lookup(app, again).await?.has_signed(body, signature) {
        return Ok(());
    }
    refuse_notice(app, NoticeOutcome::Unverified, unsigned_notice()).await
}

/// Takes a verified notice: the accounts that it names, of this connector alone, are marked as changed.
///
/// # Errors
/// `invalid_request` if it is none; `rate_limited`; `database_unavailable`.
pub async fn take(app: &App, sender: &NoticeSender, body: &[u8]) -> Result<()> {
    if let Err(error) = app.senders.count(sender) {
        return refuse_notice(app, NoticeOutcome::Limited, error).await;
    }
    let accounts = match body::accounts(body) {
        Ok(accounts) => accounts,
        Err(error) => return refuse_notice(app, NoticeOutcome::Malformed, error).await,
    };
    let mark = async |tx: &mut TenantTx| tx.mark_changed(sender.connector.uuid(), &accounts).await;
    let marked = if accounts.is_empty() {
        0
    } else {
        let marked = app.store.scoped_in_turn(sender.tenant, mark).await;
        marked.inspect_err(|_| metrics::notice(NoticeOutcome::Failed))?
    };
    if marked > 0 {
        app.account_changed.notify_one();
    }
    metrics::notice(if marked > 0 { NoticeOutcome::Marked } else { NoticeOutcome::Nothing });
    Ok(())
}

/// Counts a look at a connector that failed, and delays its refusal.
async fn counted_lookup<T>(app: &App, found: Result<T>) -> Result<T> {
    match found {
        Err(error) => match error.code() {
            Code::NotFound => refuse_notice(app, NoticeOutcome::Unknown, error).await,
            Code::RateLimited => refuse_notice(app, NoticeOutcome::Limited, error).await,
            _ => {
                metrics::notice(NoticeOutcome::Failed);
                Err(error)
            }
        },
        found => found,
    }
}

/// Refuses a notice at the pace of all wrong credentials.
async fn refuse_notice<T>(app: &App, outcome: NoticeOutcome, error: Error) -> Result<T> {
    metrics::notice(outcome);
    app.wrong_keys.delay(Err(error)).await
}

fn unsigned_notice() -> Error {
    let detail = "X-Dropbox-Signature must be the HMAC-SHA256 of the body with the connector's app secret, in hexadecimal";
    Code::Unauthenticated.because(detail).into()
}
