//! What a link consists of under every protocol, from the browser's way to the provider to the linked account.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

/// What the end user is asked for at the provider.
#[derive(Debug, Clone, Copy)]
pub struct LinkRequest<'a> {
    /// Where the provider sends the browser back to, exactly as it is registered there.
    pub callback_url: &'a str,
    /// Unguessable, printable ASCII without spaces, under 500 bytes. Under every protocol it comes back as the parameter `state`
    /// of the callback URL; the caller chooses it, finds its session by it and binds the browser to it.
    pub state: &'a str,
    /// The scopes to ask for.
    pub scopes: &'a [String],
    /// Whether the user must sign in afresh, so that they can choose another account.
    pub force_reauthentication: bool,
}

/// A link that can go on in the browser.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Where to send the browser.
    pub authorize_url: Url,
    /// What [`Provider::finish`](crate::Provider::finish) needs to know of this beginning. Secret and opaque: the caller seals it and
    /// hands it back.
    pub parked: SecretString,
}

/// What the provider says when it sends the browser back.
#[derive(Debug, Clone)]
pub enum Returned {
    /// The user approved. The value is secret and opaque: [`Provider::finish`](crate::Provider::finish) exchanges it for a grant.
    Approved(SecretString),
    /// The user declined.
    Declined,
    /// The provider gives a reason of its own, as one of a fixed set of words.
    Failed(&'static str),
}

/// The query of a callback that is no answer of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the provider's answer is not one")]
pub struct BadReturn;

/// A new grant. `Debug` shows no token.
///
/// Tokens are opaque: where a protocol's token has several parts, they are one text here.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Lives for `expires_in`.
    pub access_token: SecretString,
    /// Fetches further access tokens, until the user or we end the grant. Without one the grant ends with its access token.
    pub refresh_token: Option<SecretString>,
    /// How long the access token lives, from the moment of the answer. Nothing: until somebody ends the grant.
    pub expires_in: Option<Duration>,
    /// What was granted, to be compared with what was asked for; nothing if the provider did not say.
    pub scopes: Option<Vec<String>>,
    /// The provider's id of the account that was linked.
    pub account_id: String,
}

/// What a refresh brings.
#[derive(Debug, Clone)]
pub struct RefreshedToken {
    /// The new access token.
    pub access_token: SecretString,
    /// How long it lives, from the moment of the answer.
    pub expires_in: Duration,
    /// A refresh token that takes the old one's place, at providers that rotate. Dropbox sends none.
    pub refresh_token: Option<SecretString>,
    /// The scopes, if the provider said them anew.
    pub scopes: Option<Vec<String>>,
}

/// Who was linked. Names are the user's own choice and may hold anything: escape where they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The provider's id of the account.
    pub account_id: String,
    /// Its address, at most 1,024 bytes; empty if the provider gave none.
    pub email: String,
    /// The name to show, at most 1,024 bytes; empty if the provider gave none.
    pub display_name: String,
}

/// How a grant came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// This call ended it.
    Done,
    /// It had ended before: by the user, by the provider, by its age, or by an earlier call whose answer was lost.
    AlreadyDead,
    /// The provider has no call for it: it lives on there until the user ends it.
    NotAtProvider,
}
