//! Makes the protocol's parameters of one request (RFC 5849, 3.1), and writes them as an Authorization header (3.5.1).

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;
use zeroize::Zeroizing;

use super::{
    base_string::base_string, form::encode, signature::SignatureMethod, stamp::Stamp, token_pair::TokenPair,
};

/// With what requests are signed. `Debug` shows no secret.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// The app key, `oauth_consumer_key`.
    pub app_key: &'a str,
    /// The app secret.
    pub app_secret: &'a SecretString,
    /// The request token or access token; none where a request token is asked for.
    pub token: Option<&'a TokenPair>,
    /// How the signature is made.
    pub method: SignatureMethod,
}

/// A request that is to be signed.
#[derive(Debug, Clone, Copy)]
pub struct Unsigned<'a> {
    /// The HTTP method, in any case.
    pub method: &'a str,
    /// The address with its query.
    pub url: &'a Url,
    /// The fields of the form body, if the body is a form.
    pub form: &'a [(&'a str, &'a str)],
    /// Further parameters of the protocol: `oauth_callback`, `oauth_verifier`.
    pub protocol: &'a [(&'static str, &'a str)],
}

/// The protocol's parameters of one request with their signature. Under PLAINTEXT they contain the secrets, and there is no `Debug`.
pub struct Signed(Vec<(&'static str, Zeroizing<String>)>);

impl Signer<'_> {
    /// Signs one request. A stamp must not be used twice.
    #[must_use]
    pub fn sign(&self, request: &Unsigned<'_>, stamp: &Stamp) -> Signed {
        let mut signed: Vec<(&'static str, Zeroizing<String>)> = Vec::with_capacity(9);
        let mut add = |name, value: &str| signed.push((name, Zeroizing::new(value.to_owned())));
        add("oauth_consumer_key", self.app_key);
        if let Some(pair) = self.token {
            add("oauth_token", pair.token.expose_secret());
        }
        add("oauth_signature_method", self.method.name());
        add("oauth_timestamp", &stamp.timestamp.to_string());
        add("oauth_nonce", &stamp.nonce);
        add("oauth_version", "1.0");
        for (name, value) in request.protocol {
            add(name, value);
        }
        let own = signed.iter().map(|(name, value)| (*name, value.as_str()));
        let parameters: Vec<(&str, &str)> = own.chain(request.form.iter().copied()).collect();
        let base = Zeroizing::new(base_string(request.method, request.url, &parameters));
        let signature = self.method.sign(&base, self.app_secret, self.token.map(|pair| &pair.secret));
        signed.push(("oauth_signature", signature));
        Signed(signed)
    }
}

impl Signed {
    /// The parameters, decoded, for a form body or a query.
    pub fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The value of the Authorization header.
    #[must_use]
    pub fn header(&self) -> Zeroizing<String> {
        let encoded: Vec<_> =
            self.0.iter().map(|(name, value)| (name, Zeroizing::new(encode(value.as_bytes())))).collect();
        let length = encoded.iter().map(|(name, value)| name.len() + value.len() + 4).sum::<usize>() + 6;
        let mut header = Zeroizing::new(String::with_capacity(length));
        header.push_str("OAuth ");
        for (index, (name, value)) in encoded.iter().enumerate() {
            for part in [if index == 0 { "" } else { "," }, name, "=\"", value, "\""] {
                header.push_str(part);
            }
        }
        header
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The requests of RFC 5849, 1.2, without `oauth_version`, which the RFC leaves out: their signatures are made of their own
    /// parameters.
    #[test]
    fn the_signatures_of_rfc_5849_section_1_2() {
        let app_secret = SecretString::from("kd94hf93k423kf44");
        let sign = |method, url: &str, parameters: &[(&str, &str)], token: Option<&str>| {
            let base = base_string(method, &Url::parse(url).unwrap(), parameters);
            let token = token.map(SecretString::from);
            SignatureMethod::HmacSha1.sign(&base, &app_secret, token.as_ref()).to_string()
        };
        let usual = [("oauth_consumer_key", "dpf43f3p2l4k3l03"), ("oauth_signature_method", "HMAC-SHA1")];
        let with = |more: &[(&'static str, &'static str)]| [usual.as_slice(), more].concat();
        let initiate = with(&[
            ("oauth_timestamp", "137131200"),
            ("oauth_nonce", "wIjqoS"),
            ("oauth_callback", "http://printer.example.com/ready"),
        ]);
        let signature = sign("POST", "https://photos.example.net/initiate", &initiate, None);
        assert_eq!(signature, "74KNZJeDHnMBp0EMJ9ZHt/XKycU=");
        let token = with(&[
            ("oauth_token", "hh5s93j4hdidpola"),
            ("oauth_timestamp", "137131201"),
            ("oauth_nonce", "walatlh"),
            ("oauth_verifier", "hfdp7dh39dks9884"),
        ]);
        let signature = sign("POST", "https://photos.example.net/token", &token, Some("hdhd0244k9j7ao03"));
        assert_eq!(signature, "gKgrFCywp7rO0OXSjdot/IHF7IU=");
        let photos = with(&[
            ("oauth_token", "nnch734d00sl2jdk"),
            ("oauth_timestamp", "137131202"),
            ("oauth_nonce", "chapoH"),
        ]);
        let url = "http://photos.example.net/photos?file=vacation.jpg&size=original";
        assert_eq!(sign("GET", url, &photos, Some("pfkkdhi9sl3r4s00")), "MdpQcU8iPSUjWoN/UDMsK2sui9I=");
    }

    #[test]
    fn a_signed_request_has_each_parameter_once_and_hides_its_secrets() {
        let pair = TokenPair { token: "tok en".into(), secret: "CANARY_t".into() };
        let app_secret = SecretString::from("CANARY_s");
        let signer = Signer {
            app_key: "key",
            app_secret: &app_secret,
            token: Some(&pair),
            method: SignatureMethod::Plaintext,
        };
        let url = Url::parse("https://e.example/x").unwrap();
        let protocol = [("oauth_verifier", "v&v")];
        let request = Unsigned { method: "POST", url: &url, form: &[], protocol: &protocol };
        let stamp = Stamp { timestamp: 7, nonce: "n".to_owned() };
        let made = signer.sign(&request, &stamp);
        assert_eq!(
            *made.header(),
            "OAuth oauth_consumer_key=\"key\",oauth_token=\"tok%20en\",oauth_signature_method=\"PLAINTEXT\",oauth_timestamp=\"7\",\
             oauth_nonce=\"n\",oauth_version=\"1.0\",oauth_verifier=\"v%26v\",oauth_signature=\"CANARY_s%26CANARY_t\""
        );
        assert_eq!(made.parameters().last(), Some(("oauth_signature", "CANARY_s&CANARY_t")));
        assert!(!format!("{signer:?}").contains("CANARY"));
    }
}
