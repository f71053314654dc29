//! The parts of a link that all protocols share, from the browser's way to the provider to the linked account.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

/// What the end user is asked to approve at the provider.
#[derive(Debug, Clone, Copy)]
pub struct LinkRequest<'a> {
    /// The URL to which the provider sends the browser back, exactly as it is registered there.
    pub callback_url: &'a str,
    /// Unguessable, printable ASCII without spaces, under 500 bytes. The caller generates it, finds its session by it and
    /// binds the browser to it. In every protocol it comes back as the parameter `state` of the callback URL.
    pub state: &'a str,
    /// The scopes to request.
    pub scopes: &'a [String],
    /// Whether the user must sign in again, so that they can choose another account.
    pub force_reauthentication: bool,
    /// The kind of account that the user is asked for. The user can evade it: compare [`Profile::role`].
    pub require_role: Option<Role>,
    /// The language of the provider's page, as a language tag (BCP 47).
    pub locale: Option<&'a str>,
    /// Whether the new grant also gets the scopes that the user granted this app before. Only for a user who has linked.
    pub include_granted_scopes: bool,
}

impl<'a> LinkRequest<'a> {
    /// A request without wishes.
    #[must_use]
    pub const fn new(callback_url: &'a str, state: &'a str, scopes: &'a [String]) -> Self {
        Self {
            callback_url,
            state,
            scopes,
            force_reauthentication: false,
            require_role: None,
            locale: None,
            include_granted_scopes: false,
        }
    }
}

/// The kind of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Of a team.
    Work,
    /// Of one person.
    Personal,
}

impl Role {
    /// The value of Dropbox's parameter `require_role`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Personal => "personal",
        }
    }
}

/// A link that can continue in the browser.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Where to send the browser.
    pub authorize_url: Url,
    /// The value that [`Provider::finish`](crate::Provider::finish) needs from the beginning of the link. It is secret and
    /// opaque: the caller seals it and returns it.
    pub parked: SecretString,
    /// The request token, if the approval comes back without a proof that only the provider could give (OAuth 1.0). Whoever presents it in
    /// another browser ends the link, whatever else their callback says: see
    /// [`ends_in_a_foreign_browser`](crate::Protocol::ends_in_a_foreign_browser) and [`request_tokens`](crate::oauth1::request_tokens).
    pub request_token: Option<SecretString>,
}

/// The provider's response, with which it sends the browser back.
#[derive(Debug, Clone)]
pub enum Returned {
    /// The user approved. [`Provider::finish`](crate::Provider::finish) exchanges this secret, opaque value for a grant.
    Approved(SecretString),
    /// The user declined.
    Declined,
    /// The provider reports an error, as one of a fixed set of names.
    Failed(&'static str),
}

/// The query of a callback that is not a response of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the provider's answer is not one")]
pub struct BadReturn;

/// A new grant. `Debug` shows no token.
///
/// Tokens are opaque: if a protocol's token has several parts, they are one text here.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The access token, which lives for `expires_in`.
    pub access_token: SecretString,
    /// The refresh token, which fetches further access tokens until the user or we end the grant. Without one, the grant
    /// ends with its access token.
    pub refresh_token: Option<SecretString>,
    /// The lifetime of the access token, counted from the response. None: until somebody ends the grant.
    pub expires_in: Option<Duration>,
    /// The granted scopes, to be compared with the requested ones. None if the provider did not name them.
    pub scopes: Option<Vec<String>>,
    /// The provider's id of the account that was linked. None if the response did not name it, so that only
    /// [`Provider::identify`](crate::Provider::identify) tells.
    pub account_id: Option<String>,
}

/// The result of a refresh.
#[derive(Debug, Clone)]
pub struct RefreshedToken {
    /// The new access token.
    pub access_token: SecretString,
    /// Its lifetime, counted from the response.
    pub expires_in: Duration,
    /// A refresh token that replaces the old one, from providers that rotate them. Dropbox sends none.
    pub refresh_token: Option<SecretString>,
    /// The scopes, if the provider named them again.
    pub scopes: Option<Vec<String>>,
}

/// The linked account. Names are chosen by the user and may contain anything: escape them where they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The provider's id of the account.
    pub account_id: String,
    /// Its e-mail address, at most 1,024 bytes; empty if the provider gave none.
    pub email: String,
    /// The name to show, at most 1,024 bytes; empty if the provider gave none.
    pub display_name: String,
    /// The kind of account, if the provider has kinds and told it.
    pub role: Option<Role>,
}

/// How a grant ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// This call ended it.
    Done,
    /// It had ended before: the user or the provider ended it, it expired, or an earlier call ended it and the response
    /// was lost.
    AlreadyDead,
    /// The provider has no call for this. The grant remains there until the user ends it.
    NotAtProvider,
}
