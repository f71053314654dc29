//! What holds for every text.

use bowline_provider::oauth1::{Dialect, TokenPair, base_string, read_return};
use proptest::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

proptest! {
    /// RFC 5849, 3.4.1.3.2: the order in which parameters stand in a request does not matter, nor whether one stands in the query or
    /// in the body.
    #[test]
    fn a_base_string_knows_no_order(mut pairs in prop::collection::vec((".{0,6}", ".{0,6}"), 0..6), seed in any::<usize>()) {
        let url = Url::parse("https://api.example/x").unwrap();
        let borrowed = |pairs: &[(String, String)]| -> String {
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            base_string("POST", &url, &pairs)
        };
        let base = borrowed(&pairs);
        prop_assert!(base.bytes().all(|byte| byte.is_ascii_graphic()));
        let by = seed.checked_rem(pairs.len()).unwrap_or_default();
        pairs.rotate_left(by);
        pairs.reverse();
        prop_assert_eq!(&base, &borrowed(&pairs));
        let mut with_query = url.clone();
        with_query.query_pairs_mut().extend_pairs(&pairs);
        prop_assert_eq!(base, base_string("post", &with_query, &[]));
    }

    #[test]
    fn a_pair_of_any_printable_texts_survives(token in "[!-~]{1,60}", secret in "[!-~]{1,60}") {
        let pair = TokenPair { token: token.as_str().into(), secret: secret.as_str().into() };
        let read = TokenPair::read(&pair.to_text()).unwrap();
        prop_assert_eq!((read.token.expose_secret(), read.secret.expose_secret()), (token.as_str(), secret.as_str()));
    }

    #[test]
    fn no_query_and_no_text_makes_a_panic(text in ".{0,80}") {
        for dialect in [Dialect::OAuth1, Dialect::OAuth1a] {
            let _ = read_return(dialect, &text);
        }
        let _ = TokenPair::read(&SecretString::from(text));
    }
}
