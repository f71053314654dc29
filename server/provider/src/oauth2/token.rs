//! The token endpoint: exchanges a code for tokens, or a refresh token for an access token (RFC 6749, 4.1.3 and 6).

use std::time::Duration;

use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::token_text::is_token;
use super::{error, salvage, scope};
use crate::{AppCredentials, Failure, HttpClient, Malformed, Orphan, RefreshedToken, http::Answer};

/// The longest accepted lifetime: 366 days.
const MAX_EXPIRES_IN: u64 = 366 * 24 * 3600;

/// A well-formed response of a token endpoint, before the provider's own rules.
#[derive(Debug)]
pub struct TokenAnswer {
    /// The access token.
    pub access_token: SecretString,
    /// The refresh token, if there was one.
    pub refresh_token: Option<SecretString>,
    /// The lifetime of the access token, counted from the response: 1 second to 366 days.
    pub expires_in: Duration,
    /// The granted scopes, if the provider named them.
    pub scopes: Option<Vec<String>>,
    /// The account, for providers that name it here, in any form.
    pub(crate) account_id: Option<Value>,
    /// The team, for providers that name it here if a whole team was linked, in any form.
    pub(crate) team_id: Option<Value>,
}

impl TokenAnswer {
    /// Converts the tokens to ones that will not be stored.
    pub(crate) fn into_orphan(self) -> Orphan {
        Orphan { access_token: Some(self.access_token), refresh_token: self.refresh_token }
    }
}

/// Exchanges a code. It is sent once. If any bytes were sent, it is spent whatever the response.
///
/// # Errors
/// [`Failure`]. A malformed response carries the tokens that it contained.
pub async fn exchange_code(
    http: &HttpClient,
    endpoint: &Url,
    app: &AppCredentials,
    code: &SecretString,
    verifier: &SecretString,
    redirect_uri: &str,
) -> Result<TokenAnswer, Failure> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.expose_secret()),
        ("code_verifier", verifier.expose_secret()),
        ("redirect_uri", redirect_uri),
        ("client_id", &app.app_key),
        ("client_secret", app.app_secret.expose_secret()),
    ];
    let answer = http.receive(http.post(endpoint).form(&form)).await?;
    if answer.status == StatusCode::OK
        && answer.is_incomplete()
        && let orphan @ Some(_) = salvage::from_text(answer.body())
    {
        let what = Malformed::Incomplete;
        return Err(Failure::Malformed { what, orphan });
    }
    let answer = answer.checked()?;
    if answer.status != StatusCode::OK {
        return Err(error::failure(&answer));
    }
    read(&answer)
}

/// Gets a fresh access token, or with `scope` (names separated by spaces) one with fewer permissions than the grant
/// (RFC 6749, 6).
///
/// # Errors
/// [`Failure`].
pub async fn refresh(
    http: &HttpClient,
    endpoint: &Url,
    app: &AppCredentials,
    refresh_token: &SecretString,
    scope: Option<&str>,
) -> Result<RefreshedToken, Failure> {
    let mut form = vec![
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token.expose_secret()),
        ("client_id", &app.app_key),
        ("client_secret", app.app_secret.expose_secret()),
    ];
    form.extend(scope.map(|scope| ("scope", scope)));
    let answer = http.send(http.post(endpoint).form(&form)).await?;
    if answer.status != StatusCode::OK {
        return Err(error::failure(&answer));
    }
    // The stored grant remains, so a bad response orphans nothing.
    let tokens = read(&answer).map_err(without_orphan)?;
    Ok(RefreshedToken {
        access_token: tokens.access_token,
        expires_in: tokens.expires_in,
        refresh_token: tokens.refresh_token,
        scopes: tokens.scopes,
    })
}

fn without_orphan(failure: Failure) -> Failure {
    match failure {
        Failure::Malformed { what, .. } => Failure::malformed(what),
        other => other,
    }
}

/// Loosely typed, so that one bad field does not hide the tokens beside it. Other fields are skipped, whatever they
/// contain.
#[derive(Deserialize)]
struct RawAnswer {
    access_token: Option<Value>,
    refresh_token: Option<Value>,
    token_type: Option<Value>,
    expires_in: Option<Value>,
    scope: Option<Value>,
    account_id: Option<Value>,
    team_id: Option<Value>,
}

/// Strictly parses a response with status 200.
fn read(answer: &Answer) -> Result<TokenAnswer, Failure> {
    let Some(raw) = answer.json::<RawAnswer>() else {
        return Err(Failure::Malformed { what: Malformed::Json, orphan: salvage::from_text(answer.body()) });
    };
    raw.check().map_err(|what| Failure::Malformed {
        what,
        orphan: salvage::from_fields(raw.access_token.as_ref(), raw.refresh_token.as_ref()),
    })
}

impl RawAnswer {
    fn check(&self) -> Result<TokenAnswer, Malformed> {
        let bearer = self.token_type.as_ref().and_then(Value::as_str);
        if !bearer.is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")) {
            return Err(Malformed::TokenType);
        }
        let access_token = token(self.access_token.as_ref()).ok().flatten().ok_or(Malformed::AccessToken)?;
        let refresh_token = token(self.refresh_token.as_ref()).map_err(|()| Malformed::RefreshToken)?;
        let expires_in = self.expires_in.as_ref().and_then(lifetime).ok_or(Malformed::ExpiresIn)?;
        let scopes = match self.scope.as_ref() {
            None | Some(Value::Null) => None,
            Some(Value::String(list)) => Some(scope::parse_list(list).ok_or(Malformed::Scope)?),
            Some(_) => return Err(Malformed::Scope),
        };
        let (account_id, team_id) = (self.account_id.clone(), self.team_id.clone());
        Ok(TokenAnswer { access_token, refresh_token, expires_in, scopes, account_id, team_id })
    }
}

/// A token, none if it is absent, or an error if it is invalid.
fn token(value: Option<&Value>) -> Result<Option<SecretString>, ()> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if is_token(text) => Ok(Some(SecretString::from(text.as_str()))),
        Some(_) => Err(()),
    }
}

/// Seconds, as any number (14400, 14400.0, 1.44e4) or as a string containing one (which Dropbox once sent). Fractions
/// are dropped.
pub(crate) fn lifetime(value: &Value) -> Option<Duration> {
    let seconds: f64 = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => {
            let text = text.trim();
            text.starts_with(|first: char| first.is_ascii_digit()).then(|| text.parse().ok()).flatten()?
        }
        _ => return None,
    };
    let lifetime = Duration::try_from_secs_f64(seconds.floor()).ok()?;
    (1..=MAX_EXPIRES_IN).contains(&lifetime.as_secs()).then_some(lifetime)
}
