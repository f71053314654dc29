//! The tenant's request for a link session, validated as far as that is possible without its connector.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bowline_api::v1::CreateLinkSession;
use bowline_api::{AccountId, ConnectorId};

use crate::domain::identity::ExternalUserId;
use crate::domain::return_url::ReturnUrl;
use crate::domain::{Code, LinkOptions, Result, scope};

/// The tenant's request, validated.
pub(super) struct Parsed {
    pub(super) user: ExternalUserId,
    pub(super) return_url: ReturnUrl,
    pub(super) challenge: Option<Vec<u8>>,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) connector: Option<ConnectorId>,
    pub(super) relink: Option<AccountId>,
    pub(super) options: LinkOptions,
    /// Whether the session is part of a response, instead of a request of its own.
    pub(super) offered: bool,
}

pub(super) fn parse(asked: &CreateLinkSession) -> Result<Parsed> {
    Ok(Parsed {
        user: ExternalUserId::parse(&asked.external_user_id)?,
        return_url: ReturnUrl::parse(&asked.return_url)?,
        challenge: asked.completion_challenge.as_deref().map(completion_challenge).transpose()?,
        scopes: asked.scopes.as_deref().map(scope::parse).transpose()?,
        connector: asked.connector,
        relink: asked.account_id,
        options: LinkOptions::parse(asked)?,
        offered: false,
    })
}

/// The bytes of a completion challenge.
///
/// # Errors
/// `invalid_field`.
pub fn completion_challenge(text: &str) -> Result<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 32);
    bytes.ok_or_else(|| {
        let detail = "completion_challenge must be the SHA-256 of your verifier as base64url without padding (43 characters)";
        Code::InvalidField.because(detail).field("completion_challenge").into()
    })
}
