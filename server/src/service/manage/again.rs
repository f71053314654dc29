//! The end user links an account again, in the browser that shows the page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bowline_api::v1::CreateLinkSession;
use bowline_api::{AccountId, LinkSessionId};

use super::accounts::LinkAgain;
use super::disconnect::confirm;
use super::open::OpenedManageSession;
use crate::app::App;
use crate::domain::{Code, Result};
use crate::service::link::{self, Binding};
use crate::service::tenant_freeze;

/// A link session for an account of the page.
pub struct Again {
    /// The session's id.
    pub session: LinkSessionId,
    /// The path of its page, with its ticket.
    pub page: String,
    /// The new session's binding to this browser.
    pub binding: Binding,
}

/// Creates a link session for an account of the session's user. It works in this browser only, and returns to the tenant as any link does,
/// with the id of the manage session beside it.
///
/// # Errors
/// `not_found` if the session's user has no such account; `tenant_frozen`, `connector_disabled`; `invalid_state` if it cannot be linked again from here.
pub async fn again(app: &App, opened: &OpenedManageSession, account: AccountId) -> Result<Again> {
    if opened.tenant_is_frozen {
        return Err(tenant_freeze::frozen().into());
    }
    let shown = confirm(app, opened, account).await?;
    if shown.again != LinkAgain::Here {
        return Err(Code::InvalidState.because("this account cannot be linked again from here").into());
    }
    let asked = CreateLinkSession {
        account_id: Some(account),
        completion_challenge: opened
            .session
            .completion_challenge
            .as_ref()
            .map(|bytes| URL_SAFE_NO_PAD.encode(bytes)),
        user_label: opened.options.user_label.clone(),
        locale: opened.options.locale.clone(),
        ..CreateLinkSession::new(&opened.session.external_user_id, opened.way_back()?)
    };
    let binding = Binding::generate()?;
    let made = link::create_bound(app, opened.session.tenant_id.into(), &asked, &binding).await?;
    let page = made.url.strip_prefix(app.settings.public_url.as_str()).map(|path| format!("/{path}"));
    let page = page.unwrap_or(made.url);
    Ok(Again { session: made.id, page, binding })
}
