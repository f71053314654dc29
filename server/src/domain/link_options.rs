//! What a tenant asks for besides the link itself: how its user is called, in which language, with which account.

use std::collections::BTreeMap;

use bowline_api::status::{Completion, RequiredRole};
use bowline_api::v1::CreateLinkSession;
use icu_locale_core::Locale;
use serde::{Deserialize, Serialize};

use super::error::{Code, Error, Result};
use super::text;

/// A tenant's own data about a link.
pub type Metadata = BTreeMap<String, String>;

/// The maximum length of a label in characters.
const LABEL_CHARS: usize = 200;
/// The maximum length of a language tag, which RFC 5646 section 4.4.1 asks everybody to have room for.
const LANGUAGE_TAG_CHARS: usize = 35;
/// The maximum number of pairs of metadata, and of characters in a name and in a value.
const METADATA_PAIRS: usize = 16;
const METADATA_NAME_CHARS: usize = 40;
const METADATA_VALUE_CHARS: usize = 500;

/// The options of a link session in the form in which they are stored and sealed. Members that are not set are left
/// out, so that the text of the same options never changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LinkOptions {
    /// How the pages call the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_label: Option<String>,
    /// A language tag (BCP 47), canonicalised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The tenant's own data. None leaves the account's as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Whether the provider signs the user out first. None: only if an account is linked again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_reauthentication: Option<bool>,
    /// The kind of account that the user is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_role: Option<RequiredRole>,
    /// How the link is completed. None: as the connector says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion: Option<Completion>,
    /// The scopes that the account has already, if the session asks for more. The provider adds them to the new ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub granted: Vec<String>,
}

impl LinkOptions {
    /// The options of a request.
    ///
    /// # Errors
    /// `invalid_field` with the name of the field.
    pub fn parse(asked: &CreateLinkSession) -> Result<Self> {
        if let Some(metadata) = &asked.metadata {
            check_metadata(metadata)?;
        }
        Ok(Self {
            user_label: asked
                .user_label
                .as_deref()
                .map(|label| text::line("user_label", label, 1, LABEL_CHARS))
                .transpose()?,
            locale: asked.locale.as_deref().map(language_tag).transpose()?,
            metadata: asked.metadata.clone(),
            force_reauthentication: asked.force_reauthentication,
            require_role: asked.require_role,
            completion: asked.completion,
            granted: Vec::new(),
        })
    }

    /// How a session with these options is completed at a connector of this kind. It can ask for more proof than its
    /// connector, and never for less, even if the connector has changed meanwhile.
    #[must_use]
    pub fn completion_at(&self, connector: Completion) -> Completion {
        match connector {
            Completion::Tenant => Completion::Tenant,
            Completion::Browser => self.completion.unwrap_or(Completion::Browser),
        }
    }

    /// The text to store. None if nothing is set.
    ///
    /// # Errors
    /// Never in practice: all options can be represented in JSON.
    pub fn stored(&self) -> Result<Option<String>> {
        if *self == Self::default() {
            return Ok(None);
        }
        let text = serde_json::to_string(self);
        text.map(Some).map_err(|source| Error::internal("link options are not representable", source))
    }

    /// The options of a stored text. Members that only a newer version knows are ignored.
    ///
    /// # Errors
    /// If this version has not written it. The seal of a session's purpose covers the text.
    pub fn read(stored: Option<&str>) -> Result<Self> {
        let Some(text) = stored else { return Ok(Self::default()) };
        serde_json::from_str(text)
            .map_err(|source| Error::internal("the options of a link session are unreadable", source))
    }
}

/// `tag` in its canonical form, such as `pt-BR` for `PT-br`.
fn language_tag(tag: &str) -> Result<String> {
    let locale = if tag.len() <= LANGUAGE_TAG_CHARS { Locale::try_from_str(tag).ok() } else { None };
    locale.map(|locale| locale.to_string()).ok_or_else(|| {
        let detail = "locale must be a language tag (BCP 47) such as de or pt-BR, of at most 35 characters";
        Code::InvalidField.because(detail).field("locale").into()
    })
}

fn check_metadata(metadata: &Metadata) -> Result<()> {
    let refuse = |detail: String| Err(Code::InvalidField.because(detail).field("metadata").into());
    if metadata.len() > METADATA_PAIRS {
        return refuse(format!(
            "metadata must have at most {METADATA_PAIRS} pairs; it has {}",
            metadata.len()
        ));
    }
    for (at, (name, value)) in metadata.iter().enumerate() {
        // Names are not repeated to the caller, because a secret may have been sent in the wrong place.
        let at = at + 1;
        if text::line("metadata", name, 1, METADATA_NAME_CHARS).ok().as_deref() != Some(name) {
            return refuse(format!(
                "a name in metadata must have 1 to {METADATA_NAME_CHARS} characters, without control or invisible characters and without spaces \
                 around it: see pair {at} in the order of the names"
            ));
        }
        if value.chars().count() > METADATA_VALUE_CHARS
            || value.contains(|c: char| c.is_control() && c != '\n' && c != '\t')
        {
            return refuse(format!(
                "a value in metadata must have at most {METADATA_VALUE_CHARS} characters, and no control characters but tabs and line feeds: see \
                 pair {at} in the order of the names"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_options(change: impl FnOnce(&mut CreateLinkSession)) -> Result<LinkOptions> {
        let mut asked = CreateLinkSession::new("user-1", "https://acme.example/back");
        change(&mut asked);
        LinkOptions::parse(&asked)
    }

    #[test]
    fn nothing_asked_for_is_nothing_stored() {
        let none = asked_options(|_| {}).unwrap();
        assert_eq!(none.stored().unwrap(), None);
        assert_eq!(LinkOptions::read(None).unwrap(), none);
    }

    #[test]
    fn options_are_read_as_they_were_stored_and_newer_ones_are_ignored() {
        let some = asked_options(|asked| {
            asked.user_label = Some(" ada@acme.example ".to_owned());
            asked.locale = Some("PT-br".to_owned());
            asked.metadata = Some([("plan".to_owned(), "team\n\"A\"".to_owned())].into());
            asked.force_reauthentication = Some(false);
            asked.require_role = Some(RequiredRole::Work);
        })
        .unwrap();
        let text = some.stored().unwrap().unwrap();
        let expected = r#"{"user_label":"ada@acme.example","locale":"pt-BR","metadata":{"plan":"team\n\"A\""},"force_reauthentication":false,"require_role":"work"}"#;
        assert_eq!(text, expected);
        assert_eq!(LinkOptions::read(Some(&text)).unwrap(), some);
        let newer = text.replacen('{', "{\"later\":1,", 1);
        assert_eq!(LinkOptions::read(Some(&newer)).unwrap(), some);
    }

    #[test]
    fn a_session_asks_for_more_proof_and_never_for_less() {
        use Completion::{Browser, Tenant};
        for (asked_for, connector, expected) in [
            (None, Tenant, Tenant),
            (None, Browser, Browser),
            (Some(Tenant), Browser, Tenant),
            (Some(Browser), Browser, Browser),
            (Some(Browser), Tenant, Tenant),
        ] {
            let options = asked_options(|asked| asked.completion = asked_for).unwrap();
            assert_eq!(options.completion_at(connector), expected, "{asked_for:?} {connector}");
        }
    }

    #[test]
    fn languages_are_tags() {
        for (given, kept) in
            [("de", "de"), ("EN-us", "en-US"), ("zh-hant-tw", "zh-Hant-TW"), ("ar-u-nu-latn", "ar-u-nu-latn")]
        {
            let options = asked_options(|asked| asked.locale = Some(given.to_owned())).unwrap();
            assert_eq!(options.locale.as_deref(), Some(kept));
        }
        for bad in ["", "d", "german!", "de_", "de-", "../de", &"en-".repeat(20)] {
            let refused = asked_options(|asked| asked.locale = Some(bad.to_owned())).unwrap_err();
            assert_eq!(refused.code(), Code::InvalidField, "{bad:?}");
        }
    }

    #[test]
    fn labels_and_metadata_have_limits() {
        let pairs = |count: usize| (0..count).map(|n| (format!("name {n}"), String::new())).collect();
        assert!(asked_options(|asked| asked.metadata = Some(pairs(METADATA_PAIRS))).is_ok());
        assert!(asked_options(|asked| asked.metadata = Some(pairs(METADATA_PAIRS + 1))).is_err());
        let pair = |name: &str, value: &str| {
            asked_options(|asked| asked.metadata = Some([(name.to_owned(), value.to_owned())].into()))
        };
        assert!(pair(&"é".repeat(METADATA_NAME_CHARS), &"é".repeat(METADATA_VALUE_CHARS)).is_ok());
        for (name, value) in [
            ("", ""),
            (" plan", ""),
            ("a\nb", ""),
            ("a\u{202e}b", ""),
            (&"x".repeat(METADATA_NAME_CHARS + 1), ""),
            ("plan", "a\0"),
            ("plan", "a\u{1b}[2J"),
            ("plan", &"x".repeat(METADATA_VALUE_CHARS + 1)),
        ] {
            assert_eq!(pair(name, value).unwrap_err().code(), Code::InvalidField, "{name:?} {value:?}");
        }
        let label = |text: &str| asked_options(|asked| asked.user_label = Some(text.to_owned()));
        assert!(label(&"é".repeat(LABEL_CHARS)).is_ok());
        for bad in ["", "  ", "a\u{202e}b", &"x".repeat(LABEL_CHARS + 1)] {
            assert_eq!(label(bad).unwrap_err().code(), Code::InvalidField, "{bad:?}");
        }
    }
}
