//! The verification of ID tokens, and what they say about the person.

use chrono::{DateTime, Duration, Utc};
use openidconnect::core::{CoreGenderClaim, CoreJwsSigningAlgorithm as Algorithm};
use openidconnect::{
    ClaimsVerificationError, Nonce, NonceVerifier as _, OAuth2TokenResponse as _, SignatureVerificationError,
};
use openidconnect::{TokenResponse as _, UserInfoClaims};
use secrecy::{ExposeSecret as _, SecretString};

use super::claims::{Claims, Metadata, OtherClaims, Token, Tokens};
use super::discovery::client;
use super::error::{NO_TIME, OpenIdError};
use super::identity::{Identity, Said};
use super::open_id::OpenId;

/// Signatures with a public key. Neither `none` nor a MAC with the client's secret is among them.
const ALGORITHMS: [Algorithm; 10] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EcdsaP521Sha512,
    Algorithm::EdDsa,
];

/// How much earlier than the beginning a login anew may seem to be. It is for the difference between the two servers' clocks, and for `auth_time`,
/// which is in whole seconds. A login that was there before the beginning by more than this does not count.
const SKEW: Duration = Duration::seconds(5);

/// What an ID token has to prove besides its signature, issuer, audience and expiry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand<'a> {
    /// The nonce that the login sent; none in the device flow, which has no redirect that could be replayed.
    pub(super) nonce: Option<&'a SecretString>,
    /// Since when the person must have logged in at the identity provider, if a login anew was asked for.
    pub(super) fresh_since: Option<DateTime<Utc>>,
}

impl OpenId {
    /// Verifies the ID token of a response, and reads who it names.
    pub(super) async fn identify(
        &self,
        tokens: &Tokens,
        demand: Demand<'_>,
    ) -> Result<Identity, OpenIdError> {
        let token =
            tokens.id_token().ok_or(OpenIdError::Malformed("there is no ID token; is openid a scope?"))?;
        let metadata = self.metadata().await?;
        let claims = match self.verified(&metadata, token, demand) {
            Err(error) if is_unknown_key(&error) => {
                let renewed = self.renewed().await?;
                self.verified(&renewed, token, demand)
            }
            outcome => outcome,
        }?;
        let mut identity = Identity::read(claims, &self.registration)?;
        if identity.groups.is_empty() {
            // Many issuers put groups and names into the answer of their userinfo endpoint only.
            self.complete(&mut identity, &metadata, tokens, claims).await?;
        }
        Ok(identity)
    }

    fn verified<'t>(
        &self,
        metadata: &Metadata,
        token: &'t Token,
        demand: Demand<'_>,
    ) -> Result<&'t Claims, ClaimsVerificationError> {
        let client = client(metadata, &self.registration);
        let verifier =
            client.id_token_verifier().set_allowed_algs(ALGORITHMS).set_auth_time_verifier_fn(move |time| {
                match (demand.fresh_since, time) {
                    (None, _) => Ok(()),
                    (Some(since), Some(time)) if time >= since - SKEW => Ok(()),
                    (Some(_), Some(_)) => Err("not fresh".to_owned()),
                    (Some(_), None) => Err(NO_TIME.to_owned()),
                }
            });
        let is_expected = |nonce: Option<&Nonce>| match demand.nonce {
            None => Ok(()),
            Some(sent) => (&Nonce::new(sent.expose_secret().to_owned())).verify(nonce),
        };
        let claims = token.claims(&verifier, is_expected)?;
        // The library looks at the authorized party only where there are several audiences.
        match claims.authorized_party() {
            Some(party) if party.as_str() != self.registration.client_id => Err(
                ClaimsVerificationError::InvalidAudience("the authorized party is another client".to_owned()),
            ),
            _ => Ok(claims),
        }
    }

    /// Adds what the userinfo endpoint says of the same person, if there is one.
    async fn complete(
        &self,
        identity: &mut Identity,
        metadata: &Metadata,
        tokens: &Tokens,
        claims: &Claims,
    ) -> Result<(), OpenIdError> {
        let client = client(metadata, &self.registration);
        let subject = claims.subject().clone();
        let Ok(request) = client.user_info(tokens.access_token().clone(), Some(subject)) else {
            return Ok(());
        };
        let answer: UserInfoClaims<OtherClaims, CoreGenderClaim> =
            match request.request_async(&self.http).await {
                Ok(answer) => answer,
                Err(openidconnect::UserInfoError::Request(failure)) => {
                    return Err(OpenIdError::Unavailable(failure));
                }
                Err(_) => return Err(OpenIdError::Malformed("the answer of its userinfo endpoint")),
            };
        let said = Said {
            preferred: answer.preferred_username().map(|name| name.as_str()),
            email: answer.email().map(|email| email.as_str()),
            is_verified: answer.email_verified() == Some(true),
        };
        identity.add(&said, answer.additional_claims(), &self.registration);
        Ok(())
    }
}

fn is_unknown_key(error: &ClaimsVerificationError) -> bool {
    // A key without an id that no longer fits shows as a wrong signature.
    matches!(
        error,
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_)
        )
    )
}
