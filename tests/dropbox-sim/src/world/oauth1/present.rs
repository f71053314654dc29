//! Checks who signed a request, in the order in which providers do: parameters, app, token, signature, timestamp, nonce
//! (RFC 5849 §3.2).

use chrono::{DateTime, Utc};

use super::state::{OAuth1State, OAuth1Token, RequestToken};
use crate::{
    oauth1::{BadSignature, Dialect, Request},
    reply::Reply,
    secret::Secret,
    world::World,
};

/// What a request must be signed with besides the app secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Nothing.
    App,
    /// A request token.
    RequestToken,
    /// An access token.
    AccessToken,
}

/// A request whose signature is right.
#[derive(Debug)]
pub(crate) struct Presenter {
    pub(crate) app_key: String,
    /// The token, unless only the app signed.
    pub(crate) token: Option<Secret>,
}

impl World {
    pub(crate) fn presenter(
        &mut self,
        dialect: Dialect,
        request: &Request,
        wanted: Wanted,
        now: DateTime<Utc>,
    ) -> Result<Presenter, Reply> {
        let need = |name: &str| {
            request.get(name).ok_or_else(|| dialect.refuse(400, &format!("Missing parameter: {name}")))
        };
        let app_key = need("oauth_consumer_key")?;
        need("oauth_signature")?;
        need("oauth_signature_method")?;
        let app = self.apps.get(app_key).ok_or_else(|| dialect.unknown_app())?;
        let token = match wanted {
            Wanted::App => None,
            _ => Some(Secret::new(need("oauth_token")?)),
        };
        let token_secret = match (wanted, &token) {
            (Wanted::RequestToken, Some(token)) => Some(
                self.oauth1
                    .request_token(token, dialect, now)
                    .filter(|known| known.app_key == app_key)
                    .map(|known| &known.secret)
                    .ok_or_else(|| dialect.unknown_request_token())?,
            ),
            (_, Some(token)) => Some(
                self.oauth1_access(token, dialect, app_key)
                    .map(|known| &known.secret)
                    .ok_or_else(|| dialect.dead_access_token())?,
            ),
            (_, None) => None,
        };
        match request.check_signature(&app.secret, token_secret) {
            Ok(()) => {}
            Err(BadSignature::Method) => return Err(dialect.refuse(400, "Unsupported signature method")),
            Err(BadSignature::Expected(text)) => return Err(dialect.bad_signature(&text)),
        }
        let is_plain = request.get("oauth_signature_method") == Some("PLAINTEXT");
        // RFC 5849 §3.1: both may be left out with PLAINTEXT.
        if !(is_plain && request.get("oauth_nonce").is_none()) {
            let timestamp: i64 =
                need("oauth_timestamp")?.parse().map_err(|_| dialect.refuse(400, "Invalid timestamp"))?;
            if (now.timestamp() - timestamp).abs() > self.settings.timestamp_seconds {
                return Err(dialect.refuse(401, "Timestamp refused"));
            }
            let named = token.as_ref().map(|token| token.expose().to_owned()).unwrap_or_default();
            let seen = (app_key.to_owned(), named, timestamp, need("oauth_nonce")?.to_owned());
            if !self.oauth1.seen.insert(seen) {
                return Err(dialect.refuse(401, "Nonce already used"));
            }
        }
        Ok(Presenter { app_key: app_key.to_owned(), token })
    }

    /// A live access token of this app.
    pub(super) fn oauth1_access(
        &self,
        token: &Secret,
        dialect: Dialect,
        app_key: &str,
    ) -> Option<&OAuth1Token> {
        let access = self.oauth1.access.get(token).filter(|access| access.dialect == dialect)?;
        let grant = self.grants.get(&access.grant)?;
        (grant.alive && grant.app_key == app_key).then_some(access)
    }
}

impl OAuth1State {
    pub(super) fn request_token(
        &self,
        token: &Secret,
        dialect: Dialect,
        now: DateTime<Utc>,
    ) -> Option<&RequestToken> {
        self.request_tokens.get(token).filter(|known| known.dialect == dialect && known.expires_at > now)
    }
}
