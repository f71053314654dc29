//! What binds a login at the identity provider together. State, nonce and PKCE verifier come from the one secret that the terminal has,
//! so that the database holds nothing with which a login could be finished.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bowline_provider::openid::Secrets;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::domain::credential::{self, Digest, Kind};
use crate::domain::{Error, Result};

use super::failure::not_begun;

/// The digest of a secret that a terminal presents.
///
/// # Errors
/// `sign_on_failed` if it is none.
pub(super) fn digest(secret: &str) -> Result<Digest> {
    credential::parse(Kind::SignOn, secret).ok_or_else(not_begun)
}

/// State, nonce and verifier of the login with this secret: 256 bits each.
pub(super) fn derive(secret: &str) -> Result<Secrets> {
    let one = |label: &str| {
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
        let mut mac = mac.map_err(|error| Error::internal("the key of a login", error))?;
        mac.update(label.as_bytes());
        Ok::<_, Error>(SecretString::from(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())))
    };
    Ok(Secrets {
        state: one("bowline sign-on state")?,
        nonce: one("bowline sign-on nonce")?,
        verifier: one("bowline sign-on verifier")?,
    })
}

/// Whether the browser brought back the state of this login. Takes the same time for every text of the right length.
pub(super) fn is_state(secrets: &Secrets, presented: &str) -> bool {
    secrets.state.expose_secret().as_bytes().ct_eq(presented.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use crate::domain::credential::NewCredential;

    use super::*;

    #[test]
    fn a_secret_gives_three_values_that_differ_from_each_other_and_from_those_of_another_secret() {
        let (one, other) = [(); 2].map(|()| NewCredential::generate(Kind::SignOn).unwrap()).into();
        let all: std::collections::BTreeSet<String> = [&one, &other]
            .into_iter()
            .map(|secret| derive(secret.expose()).unwrap())
            .flat_map(|secrets| [secrets.state, secrets.nonce, secrets.verifier])
            .map(|value| value.expose_secret().to_owned())
            .collect();
        assert_eq!(all.len(), 6);
        // A PKCE verifier has 43 to 128 characters.
        assert!(all.iter().all(|value| value.len() == 43));
        let secrets = derive(one.expose()).unwrap();
        assert!(is_state(&secrets, derive(one.expose()).unwrap().state.expose_secret()));
        assert!(!is_state(&secrets, derive(other.expose()).unwrap().state.expose_secret()));
        assert!(!is_state(&secrets, ""));
    }
}
