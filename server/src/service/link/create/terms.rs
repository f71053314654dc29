//! What a connector allows its link sessions, and the check of a request against it.

use bowline_api::status::{Completion, Protocol};

use super::request::Parsed;
use crate::domain::{Code, LinkOptions, Result, scope};
use crate::service::connector;
use crate::store::accounts::AccountRow;
use crate::store::connectors::ConnectorRow;

/// The columns of a connector that decide about its link sessions.
pub(super) struct Terms<'a> {
    pub(super) protocol: Protocol,
    pub(super) completion: Completion,
    pub(super) scopes: &'a [String],
    pub(super) return_urls: &'a [String],
}

impl<'a> Terms<'a> {
    /// Those of a connector.
    ///
    /// # Errors
    /// `unknown_state`.
    pub(super) fn of(connector: &'a ConnectorRow) -> Result<Self> {
        Ok(Self {
            protocol: connector.protocol.known()?,
            completion: connector.completion.known()?,
            scopes: &connector.scopes,
            return_urls: &connector.return_urls,
        })
    }
}

/// The options and scopes of a session that the connector allows.
///
/// # Errors
/// `invalid_field` with the field's name.
pub(super) fn agree(
    terms: &Terms<'_>,
    parsed: &Parsed,
    renewed: Option<&AccountRow>,
) -> Result<(LinkOptions, Vec<String>)> {
    check_completion(terms, parsed)?;
    connector::returns_to(terms.return_urls, &parsed.return_url)?;
    let options = session_options(terms, &parsed.options, renewed)?;
    Ok((options, session_scopes(terms, parsed.scopes.as_deref(), renewed)?))
}

fn check_completion(terms: &Terms<'_>, parsed: &Parsed) -> Result<()> {
    let completion = parsed.options.completion_at(terms.completion);
    if parsed.options.completion.is_some_and(|asked| asked != completion) {
        let detail = "this connector's links are completed by your back end, and a session cannot ask for less: leave completion out, or \
                      ask your operator to change the connector";
        return Err(Code::InvalidField.because(detail).field("completion").into());
    }
    if completion == Completion::Tenant && parsed.challenge.is_none() {
        let detail = "completion_challenge is required: this link is completed by your back end";
        return Err(Code::InvalidField.because(detail).field("completion_challenge").into());
    }
    Ok(())
}

/// The options of the session. A renewal calls the user as the account does, unless the tenant says otherwise.
fn session_options(
    terms: &Terms<'_>,
    asked: &LinkOptions,
    renewed: Option<&AccountRow>,
) -> Result<LinkOptions> {
    if asked.require_role.is_some() && terms.protocol != Protocol::OAuth2 {
        let detail =
            "require_role is a parameter of OAuth 2, and this connector speaks OAuth 1: leave it out";
        return Err(Code::InvalidField.because(detail).field("require_role").into());
    }
    let label = || renewed.and_then(|account| account.user_label.clone());
    Ok(LinkOptions { user_label: asked.user_label.clone().or_else(label), ..asked.clone() })
}

/// The scopes that the session requests from the provider: never more than the connector has, and always the one to
/// read which account it is. If the tenant names no scopes, a new link gets those of the connector, and a renewal those
/// of the account.
fn session_scopes(
    terms: &Terms<'_>,
    parsed: Option<&[String]>,
    renewed: Option<&AccountRow>,
) -> Result<Vec<String>> {
    let mut scopes = match (parsed, renewed) {
        (Some(parsed), _) => parsed.to_vec(),
        (None, Some(account)) => renewal_scopes(terms, account),
        (None, None) => terms.scopes.to_vec(),
    };
    let excess = scope::missing(&scopes, terms.scopes);
    if !excess.is_empty() {
        let detail = format!("the connector does not have: {}", excess.join(" "));
        return Err(Code::InvalidField.because(detail).field("scopes").into());
    }
    // A connector without scopes speaks a protocol that has none.
    if !terms.scopes.is_empty() && !scopes.iter().any(|scope| scope == scope::IDENTITY) {
        scopes.push(scope::IDENTITY.to_owned());
        scopes.sort_unstable();
    }
    Ok(scopes)
}

/// The scopes that the account has and those that its user left out, as far as the connector still has them.
fn renewal_scopes(terms: &Terms<'_>, account: &AccountRow) -> Vec<String> {
    let wanted_before =
        |scope: &&String| account.scopes.contains(scope) || account.missing_scopes.contains(scope);
    terms.scopes.iter().filter(wanted_before).cloned().collect()
}
