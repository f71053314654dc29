//! Signatures (RFC 5849, 3.4.2 and 3.4.4; HMAC-SHA256 by the same rule).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret as _, SecretString};
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::form::encode;

/// How requests are signed. RSA-SHA1 is not spoken: no service that issues app secrets asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureMethod {
    /// The secrets themselves, over TLS only (RFC 5849, 3.4.4).
    Plaintext,
    /// HMAC-SHA1 (RFC 5849, 3.4.2).
    HmacSha1,
    /// HMAC-SHA256, where a provider offers it.
    HmacSha256,
}

impl SignatureMethod {
    /// The value of `oauth_signature_method`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plaintext => "PLAINTEXT",
            Self::HmacSha1 => "HMAC-SHA1",
            Self::HmacSha256 => "HMAC-SHA256",
        }
    }

    /// The value of `oauth_signature`, before it is encoded for its place in the request. Without a token its secret is empty.
    pub(super) fn sign(
        self,
        base_string: &str,
        app_secret: &SecretString,
        token_secret: Option<&SecretString>,
    ) -> Zeroizing<String> {
        let key = key(app_secret, token_secret);
        match self {
            Self::Plaintext => key,
            Self::HmacSha1 => mac::<Hmac<Sha1>>(&key, base_string),
            Self::HmacSha256 => mac::<Hmac<Sha256>>(&key, base_string),
        }
    }
}

/// Both secrets, each encoded, with an ampersand between them, which is there even if a secret is empty.
fn key(app_secret: &SecretString, token_secret: Option<&SecretString>) -> Zeroizing<String> {
    let encoded = |secret: &SecretString| Zeroizing::new(encode(secret.expose_secret().as_bytes()));
    let (app, token) = (encoded(app_secret), token_secret.map(encoded).unwrap_or_default());
    let mut key = Zeroizing::new(String::with_capacity(app.len() + token.len() + 1));
    key.push_str(&app);
    key.push('&');
    key.push_str(&token);
    key
}

fn mac<M: Mac + KeyInit>(key: &str, text: &str) -> Zeroizing<String> {
    // HMAC takes keys of every length. Should that change, no provider accepts an empty signature.
    let Ok(mac) = <M as KeyInit>::new_from_slice(key.as_bytes()) else { return Zeroizing::default() };
    Zeroizing::new(STANDARD.encode(mac.chain_update(text.as_bytes()).finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plaintext_is_both_secrets_encoded_as_in_rfc_5849_section_3_4_4() {
        let plain = |app: &str, token: Option<&str>| {
            let token = token.map(SecretString::from);
            SignatureMethod::Plaintext.sign("ignored", &app.into(), token.as_ref()).to_string()
        };
        assert_eq!(plain("djr9rjt0jd78jf88", Some("jjd999tj88uiths3")), "djr9rjt0jd78jf88&jjd999tj88uiths3");
        assert_eq!(plain("djr9rjt0jd78jf88", None), "djr9rjt0jd78jf88&");
        assert_eq!(plain("a&b%", Some("\u{2603} ")), "a%26b%25&%E2%98%83%20");
    }

    /// RFC 2202 has no key with an ampersand in it; these are the vectors of OAuth Core 1.0 revision A, appendix A.5.
    #[test]
    fn the_hmac_signature_of_oauth_core_1_0a() {
        let base = "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg%26oauth_consumer_key%3Ddpf43f3p2l4k3l03%26\
                    oauth_nonce%3Dkllo9940pd9333jh%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1191242096%26\
                    oauth_token%3Dnnch734d00sl2jdk%26oauth_version%3D1.0%26size%3Doriginal";
        let token_secret = SecretString::from("pfkkdhi9sl3r4s00");
        let signature = SignatureMethod::HmacSha1.sign(base, &"kd94hf93k423kf44".into(), Some(&token_secret));
        assert_eq!(*signature, "tR3+Ty81lMeYAr/Fid0kMTYa/WM=");
    }
}
