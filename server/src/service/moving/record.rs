//! One grant of a file: a line of JSON, as `docs/moving.md` describes it.

use std::collections::BTreeMap;

use bowline_api::ConnectorId;
use bowline_api::status::Assurance;
use bowline_api::v1::CreateLinkSession;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use crate::domain::identity::ExternalUserId;
use crate::domain::link_options::Metadata;
use crate::domain::{Code, Error, LinkOptions, Result, scope};

/// The longest accepted refresh token, in bytes.
const LONGEST_TOKEN: usize = 4096;
/// The longest accepted id of an account at the provider.
const LONGEST_ACCOUNT: usize = 255;

/// A line as it is written. Required members are optional here, so that a missing one has a message of its own.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GrantRecord {
    /// The tenant's own name for its user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_user_id: Option<String>,
    /// The refresh token of the grant.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub refresh_token: Option<SecretString>,
    /// The connector of this installation that gets the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector: Option<String>,
    /// The key of the app to which the user gave the grant; it names the connector in any installation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_key: Option<String>,
    /// The provider's id of the account, with which the provider's response is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_account_id: Option<String>,
    /// The granted scopes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// How pages call the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_label: Option<String>,
    /// The tenant's own data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// How certain it is that the person who approved is the tenant's user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assurance: Option<Assurance>,
}

#[expect(clippy::ref_option, reason = "serde passes the field")]
fn exposed<S: Serializer>(token: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    token.as_ref().map(SecretString::expose_secret).serialize(serializer)
}

/// A grant whose members are acceptable.
pub(super) struct Grant {
    pub(super) external_user_id: ExternalUserId,
    pub(super) refresh_token: SecretString,
    pub(super) connector: Option<ConnectorId>,
    pub(super) app_key: Option<String>,
    pub(super) provider_account_id: Option<String>,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) user_label: Option<String>,
    pub(super) metadata: Option<Metadata>,
    pub(super) assurance: Assurance,
}

impl GrantRecord {
    /// The record in a line.
    ///
    /// # Errors
    /// `invalid_field`. The message repeats nothing of the line, because a token may be in the wrong place.
    pub fn read(line: &str) -> Result<Self> {
        serde_json::from_str(line).map_err(|error| {
            let what = if error.is_data() {
                "has a member that docs/moving.md does not describe, or one of another type"
            } else {
                "is not a JSON object"
            };
            invalid(format!("the line {what}; see column {}", error.column()))
        })
    }

    /// The grant of the record.
    ///
    /// # Errors
    /// `invalid_field`.
    pub(super) fn grant(self) -> Result<Grant> {
        let external_user_id = self.external_user_id.ok_or_else(|| invalid("external_user_id is missing"))?;
        let refresh_token = self.refresh_token.ok_or_else(|| invalid("refresh_token is missing"))?;
        if !is_token(refresh_token.expose_secret()) {
            return Err(invalid(
                "refresh_token must be printable ASCII without spaces, of at most 4,096 bytes",
            ));
        }
        let connector = self.connector.map(|id| id.parse()).transpose();
        let connector = connector.map_err(|_| invalid("connector must be an id of the form conn_…"))?;
        let is_id = |id: &String| id.len() <= LONGEST_ACCOUNT && is_token(id);
        if !self.provider_account_id.as_ref().is_none_or(is_id) {
            return Err(invalid(
                "provider_account_id must be printable ASCII without spaces, of at most 255 bytes",
            ));
        }
        // Labels and metadata follow the rules of a link session.
        let asked = CreateLinkSession {
            user_label: self.user_label,
            metadata: self.metadata,
            ..CreateLinkSession::new("", "")
        };
        let LinkOptions { user_label, metadata, .. } = LinkOptions::parse(&asked)?;
        Ok(Grant {
            external_user_id: ExternalUserId::parse(&external_user_id)?,
            refresh_token,
            connector,
            app_key: self.app_key,
            provider_account_id: self.provider_account_id,
            scopes: self.scopes.map(|scopes| scope::parse(&scopes)).transpose()?,
            user_label,
            metadata,
            // Nobody has proved to this server who approved.
            assurance: self.assurance.unwrap_or(Assurance::Browser),
        })
    }
}

fn is_token(text: &str) -> bool {
    (1..=LONGEST_TOKEN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn invalid(detail: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Code::InvalidField.because(detail).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(line: &str) -> Result<Grant> {
        GrantRecord::read(line).and_then(GrantRecord::grant)
    }

    #[test]
    fn a_refusal_repeats_nothing_of_the_line() {
        for bad in [
            "SECRET",
            "{\"refresh_token\":\"SECRET\"",
            "[\"SECRET\"]",
            r#"{"SECRET":"x"}"#,
            r#"{"external_user_id":"u","refresh_token":["SECRET"]}"#,
            r#"{"external_user_id":"u"}"#,
            r#"{"refresh_token":"SECRET"}"#,
            r#"{"external_user_id":"u","refresh_token":"SEC RET"}"#,
            r#"{"external_user_id":"u","refresh_token":"SECRET","connector":"SECRET"}"#,
            r#"{"external_user_id":"u","refresh_token":"SECRET","assurance":"SECRET"}"#,
            r#"{"external_user_id":"u","refresh_token":"SECRET","scopes":["SECRET"]}"#,
            r#"{"external_user_id":"a/../SECRET","refresh_token":"SECRET"}"#,
            r#"{"external_user_id":"u","refresh_token":"SECRET","provider_account_id":"SEC RET"}"#,
            r#"{"external_user_id":"u","refresh_token":"SECRET","metadata":{"SECRET\u0000":"x"}}"#,
        ] {
            let error = grant(bad).err().unwrap_or_else(|| panic!("{bad} is accepted"));
            assert_eq!(error.code(), Code::InvalidField, "{bad}");
            assert!(!error.to_string().contains("SEC"), "{error}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let written = GrantRecord {
            external_user_id: Some("user-1".to_owned()),
            refresh_token: Some("token".into()),
            app_key: Some("app".to_owned()),
            provider_account_id: Some("dbid:x".to_owned()),
            scopes: Some(vec!["files.content.read".to_owned()]),
            user_label: Some("Ada".to_owned()),
            metadata: Some(BTreeMap::from([("plan".to_owned(), "team".to_owned())])),
            assurance: Some(Assurance::Confirmed),
            connector: None,
        };
        let read = grant(&serde_json::to_string(&written).unwrap()).unwrap();
        assert_eq!((read.external_user_id.as_str(), read.refresh_token.expose_secret()), ("user-1", "token"));
        assert_eq!((read.app_key, read.provider_account_id), (written.app_key, written.provider_account_id));
        assert_eq!((read.scopes, read.user_label), (written.scopes, written.user_label));
        assert_eq!((read.metadata, read.assurance), (written.metadata, Assurance::Confirmed));
        assert!(read.connector.is_none());
    }

    #[test]
    fn a_grant_that_nobody_has_confirmed_is_not_called_so() {
        let grant = grant(r#"{"external_user_id":"u","refresh_token":"t"}"#).unwrap();
        assert_eq!(grant.assurance, Assurance::Browser);
    }
}
