//! What a manage session is bound to: everything that the tenant has asked for.

use bowline_vault::{Context, Facts, Purpose, TenantKeys};
use secrecy::SecretString;

use crate::app::App;
use crate::domain::{About, Result};
use crate::service::vault;
use crate::store::manage_sessions::{ManageSessionRow, NewManageSession};

const MANAGE_INTENT: &str = "manage_sessions.intent";

/// The tenant's request. None of it changes after the session was created.
struct Intent<'a> {
    ticket_hash: &'a [u8],
    external_user_id: &'a str,
    completion_challenge: Option<&'a [u8]>,
    connector: &'a [u8],
    return_url: &'a str,
    options: Option<&'a str>,
}

impl Intent<'_> {
    fn place(&self) -> Context<'_> {
        let facts = Facts::new()
            .bytes("completion_challenge", self.completion_challenge)
            .bytes("connector_id", Some(self.connector))
            .text("return_url", self.return_url)
            .text("options", self.options.unwrap_or_default());
        Context::keyed(Purpose::LinkIntent, MANAGE_INTENT, self.ticket_hash)
            .external_user(self.external_user_id)
            .facts(facts)
    }
}

/// Seals the purpose of a new session. It contains no secret, but opens only while no bound column was edited.
///
/// # Errors
/// If the operating system cannot provide randomness.
pub(super) fn seal_intent(keys: &TenantKeys, new: &NewManageSession<'_>) -> Result<Vec<u8>> {
    let intent = Intent {
        ticket_hash: new.ticket_hash,
        external_user_id: new.external_user_id,
        completion_challenge: new.completion_challenge,
        connector: new.connector_id.as_bytes(),
        return_url: new.return_url,
        options: new.options,
    };
    vault::seal(keys, &intent.place(), &SecretString::from(""))
}

/// Checks that the session matches the tenant's request, before anything is shown or done for it.
///
/// # Errors
/// `integrity_error` if a column that decides about the page was edited.
pub(super) async fn check_intent(app: &App, session: &ManageSessionRow) -> Result<()> {
    let tenant = session.tenant_id.into();
    let keys = app.vault.keys_of(&app.store, tenant).await?;
    let intent = Intent {
        ticket_hash: &session.ticket_hash,
        external_user_id: &session.external_user_id,
        completion_challenge: session.completion_challenge.as_deref(),
        connector: session.connector_id.as_bytes(),
        return_url: &session.return_url,
        options: session.options.as_deref(),
    };
    let about = About::ManageSession(session.id.into());
    let opened = vault::open(&keys, &intent.place(), MANAGE_INTENT, about, &session.sealed_intent);
    vault::noted(&app.store, tenant, opened).await.map(drop)
}
