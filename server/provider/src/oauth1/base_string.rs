//! The signature base string (RFC 5849, 3.4.1).

use url::Url;

use super::form::{encode, raw_pairs};

/// The text that HMAC signatures are made of: method, base string URI and normalized parameters.
///
/// `parameters` are those of the protocol, without `realm` and `oauth_signature`, and those of a form body (RFC 5849, 3.4.1.3.1). The
/// URL's own query is read from the URL.
#[must_use]
pub fn base_string(method: &str, url: &Url, parameters: &[(&str, &str)]) -> String {
    let method = encode(method.to_ascii_uppercase().as_bytes());
    format!("{method}&{}&{}", encode(uri(url).as_bytes()), encode(normalized(url, parameters).as_bytes()))
}

/// Scheme, host and path, with the port unless it is the scheme's own (RFC 5849, 3.4.1.2). `Url` has put scheme and host into lower
/// case and dropped the scheme's own port, as it does in the request itself.
fn uri(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

/// All parameters, encoded, in the order of their encoded bytes (RFC 5849, 3.4.1.3.2).
fn normalized(url: &Url, parameters: &[(&str, &str)]) -> String {
    let query = raw_pairs(url.query().unwrap_or_default().as_bytes());
    let mut pairs: Vec<(String, String)> =
        query.map(|(name, value)| (encode(&name), encode(&value))).collect();
    pairs.extend(parameters.iter().map(|(name, value)| (encode(name.as_bytes()), encode(value.as_bytes()))));
    pairs.sort_unstable();
    let joined: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    joined.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_string_of_rfc_5849_section_3_4_1_1() {
        let url = Url::parse("http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b").unwrap();
        let parameters = [
            ("oauth_consumer_key", "9djdj82h48djs9d2"),
            ("oauth_token", "kkk9d7dh3k39sjv7"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131201"),
            ("oauth_nonce", "7d8f3e4a"),
            ("c2", ""),
            ("a3", "2 q"),
        ];
        assert_eq!(
            base_string("post", &url, &parameters),
            "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26\
             oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26\
             oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
        );
    }

    #[test]
    fn the_normalized_parameters_of_rfc_5849_section_3_4_1_3_2() {
        let url = Url::parse("http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b").unwrap();
        assert_eq!(
            normalized(&url, &[("c2", ""), ("a3", "2 q")]),
            "a2=r%20b&a3=2%20q&a3=a&b5=%3D%253D&c%40=&c2="
        );
    }

    #[test]
    fn the_base_string_uris_of_rfc_5849_section_3_4_1_2() {
        for (url, wanted) in [
            ("http://EXAMPLE.COM:80/r%20v/X?id=123", "http://example.com/r%20v/X"),
            ("https://www.example.net:8080/?q=1", "https://www.example.net:8080/"),
            ("https://example.net:443", "https://example.net/"),
            ("http://example.net:443/a;b=c?", "http://example.net:443/a;b=c"),
            ("https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
        ] {
            assert_eq!(uri(&Url::parse(url).unwrap()), wanted, "{url}");
        }
    }

    #[test]
    fn order_is_that_of_the_encoded_bytes() {
        let url = Url::parse("https://e.example/?a=%ff&aa=1&a%20=2").unwrap();
        assert_eq!(
            normalized(&url, &[("\u{e9}", "x"), ("z", "y"), ("a", "~"), ("a", "")]),
            "%C3%A9=x&a=&a=%FF&a=~&a%20=2&aa=1&z=y"
        );
    }
}
