//! The tenant's own identifier for its user.

use super::error::{Code, Result};

/// 1 to 256 bytes of UTF-8 without NUL, compared byte for byte, and usable as one path segment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExternalUserId(String);

impl ExternalUserId {
    /// Parses the id of a user who is to be linked.
    ///
    /// # Errors
    /// `invalid_field` if the length or a character is not allowed, or if no path could identify the user: clients and
    /// proxies interpret `.` and `..` as path steps, alone or between slashes and in any encoding, and remove line
    /// breaks (WHATWG URL).
    pub fn parse(user_text: &str) -> Result<Self> {
        let id = Self::named(user_text)?;
        if user_text.split(['/', '\\']).any(|part| matches!(part, "." | "..")) {
            let detail = "external_user_id must not be . or .., nor have them between slashes: no path could name this user";
            return Err(Code::InvalidField.because(detail).field("external_user_id").into());
        }
        if user_text.contains(char::is_control) {
            let detail =
                "external_user_id must not have control characters: some clients remove them from paths";
            return Err(Code::InvalidField.because(detail).field("external_user_id").into());
        }
        Ok(id)
    }

    /// Parses the id of a user who is looked up, and who may have been linked before a rule was added.
    ///
    /// # Errors
    /// `invalid_field` if the length or a character is not allowed.
    pub fn named(user_text: &str) -> Result<Self> {
        if user_text.is_empty() || user_text.len() > 256 || user_text.contains('\0') {
            let detail = "external_user_id must have 1 to 256 bytes, none of them NUL";
            return Err(Code::InvalidField.because(detail).field("external_user_id").into());
        }
        Ok(Self(user_text.to_owned()))
    }

    /// The text as the tenant sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    proptest! {
        /// Addresses are built as clients do it (WHATWG), and are also parsed and serialized again.
        #[test]
        fn every_accepted_user_name_has_a_url_of_its_own(user_text in "[./\\\\%2eE?#;~ a\u{e9}\u{1f600}]{1,12}|[^\u{0}]{1,60}") {
            prop_assume!(ExternalUserId::parse(&user_text).is_ok());
            let mut url = Url::parse("https://link.example/v1/users").unwrap();
            url.path_segments_mut().unwrap().push(&user_text).push("token");
            let url = Url::parse(url.as_str()).unwrap();
            let segments: Vec<&str> = url.path_segments().unwrap().collect();
            prop_assert_eq!(segments.len(), 4, "{}", url);
            let decoded: Vec<u8> = percent_encoding::percent_decode_str(segments[2]).collect();
            prop_assert_eq!(decoded, user_text.as_bytes());
        }
    }

    #[test]
    fn a_user_name_that_no_url_can_contain_is_refused() {
        for bad in [
            "",
            ".",
            "..",
            "a/..",
            "../a",
            "a/./b",
            "a\\..\\b",
            "/..",
            "a\0",
            "a\nb",
            "\t",
            "a\u{85}",
            &"x".repeat(257),
        ] {
            assert_eq!(ExternalUserId::parse(bad).unwrap_err().code(), Code::InvalidField, "{bad:?}");
        }
        for good in
            ["...", ".a", "a..b", "%2e", "%2e%2e", "a/b", "/", "a//b", "a b", "50%", "\u{202e}x", "?#"]
        {
            assert_eq!(ExternalUserId::parse(good).unwrap().as_str(), good);
        }
    }
}
