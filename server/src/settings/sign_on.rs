//! Single sign-on of operators by OpenID Connect: the identity provider, which groups may log in, and whose passwords still count.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use bowline_api::status::Role;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use super::address::without_credentials;
use super::secret::secret;

/// The maximum number of entries in `roles`, and of tenants in one of them.
const MOST_SIGN_ON_ENTRIES: usize = 100;

/// `[default.bowline.sign_on]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct SignOn {
    pub issuer: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<SecretString>,
    pub client_secret_file: Option<PathBuf>,
    pub ca_file: Option<PathBuf>,
    pub scopes: Vec<String>,
    pub prompt: Prompt,
    pub groups_claim: String,
    pub roles: Vec<GroupRole>,
    pub device: bool,
    pub local_passwords: LocalPasswords,
    pub break_glass: Vec<String>,
}

/// What the members of a group may do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct GroupRole {
    pub group: String,
    #[serde(deserialize_with = "role")]
    pub role: Role,
    #[serde(default)]
    pub tenants: Option<Vec<String>>,
}

/// What the identity provider asks of operators who log in in a browser, even if they are logged in there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// To log in.
    Login,
    /// To choose who they are.
    SelectAccount,
}

/// Which operators may log in with a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocalPasswords {
    /// All who have one.
    All,
    /// Only those that `break_glass` names, for when the identity provider is down.
    BreakGlass,
}

fn role<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Role, D::Error> {
    let text = String::deserialize(from)?;
    Role::ALL
        .iter()
        .find(|role| role.as_str() == text)
        .copied()
        .ok_or_else(|| serde::de::Error::custom("it must be viewer, operator or admin"))
}

impl SignOn {
    /// Whether the operator with this name may log in with a password.
    pub fn permits_password(&self, name: &str) -> bool {
        match self.local_passwords {
            LocalPasswords::All => true,
            LocalPasswords::BreakGlass => self.break_glass.iter().any(|known| known == name),
        }
    }

    /// The client secret, from the setting or its file.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn secret(&self) -> anyhow::Result<Option<SecretString>> {
        secret(self.client_secret.as_ref(), self.client_secret_file.as_deref())
            .context("bowline.sign_on.client_secret_file")
    }

    /// Checks that the settings fit together. No error repeats a value.
    ///
    /// # Errors
    /// If one is missing or not acceptable; the error says what to do.
    pub(super) fn check(&self, development: bool) -> anyhow::Result<()> {
        let Some(issuer) = &self.issuer else {
            if self.local_passwords == LocalPasswords::BreakGlass {
                bail!(
                    "bowline.sign_on.local_passwords = \"break_glass\" needs bowline.sign_on.issuer: without single sign-on, nobody else could log in"
                );
            }
            if self.client_id.is_some() || !self.roles.is_empty() {
                bail!(
                    "bowline.sign_on has a client_id or roles and no issuer; set issuer, or remove the others"
                );
            }
            return Ok(());
        };
        let url = Url::parse(issuer).ok().filter(Url::has_host);
        let Some(url) = url else {
            bail!("bowline.sign_on.issuer must be a URL such as https://login.example.com")
        };
        without_credentials("bowline.sign_on.issuer", &url)?;
        if url.query().is_some() || url.fragment().is_some() {
            bail!("bowline.sign_on.issuer must not have a query or a fragment");
        }
        if url.scheme() != "https" && !(development && url.scheme() == "http") {
            bail!("bowline.sign_on.issuer must be https; plain http needs bowline.development = true");
        }
        if self.client_id.as_ref().is_none_or(String::is_empty) {
            bail!(
                "bowline.sign_on.client_id is missing: the id under which the identity provider knows Bowline"
            );
        }
        if self.local_passwords == LocalPasswords::BreakGlass && self.break_glass.is_empty() {
            bail!(
                "bowline.sign_on.break_glass must name at least one operator with a password, or nobody can log in while the identity provider is down"
            );
        }
        if self.groups_claim.is_empty() {
            bail!("bowline.sign_on.groups_claim must name a claim, such as groups");
        }
        if self.roles.is_empty() || self.roles.len() > MOST_SIGN_ON_ENTRIES {
            bail!(
                "bowline.sign_on.roles must say what members of 1 to {MOST_SIGN_ON_ENTRIES} groups may do, such as [{{ group = \"bowline-admins\", role = \"admin\" }}]"
            );
        }
        for (number, entry) in (1..).zip(&self.roles) {
            if entry.group.is_empty() {
                bail!("bowline.sign_on.roles, entry {number}: group is empty");
            }
            let Some(tenants) = &entry.tenants else { continue };
            if entry.role == Role::Admin {
                bail!("bowline.sign_on.roles, entry {number}: an admin manages all tenants; remove tenants");
            }
            if tenants.is_empty() || tenants.len() > MOST_SIGN_ON_ENTRIES {
                bail!(
                    "bowline.sign_on.roles, entry {number}: tenants must name 1 to {MOST_SIGN_ON_ENTRIES} tenants, or be left out for all"
                );
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use figment::Figment;
    use figment::providers::{Format as _, Toml};

    use super::Prompt;
    use crate::settings;

    const WHOLE: &str = r#"
        [bowline.sign_on]
        issuer = "https://login.example.com/realms/ops"
        client_id = "bowline"
        roles = [
            { group = "admins", role = "admin" },
            { group = "acme", role = "operator", tenants = ["acme"] },
        ]
        local_passwords = "break_glass"
        break_glass = ["root"]
    "#;

    fn checked_sign_on(lines: &str) -> anyhow::Result<settings::Settings> {
        let figment: Figment = settings::read(None)?.figment.merge(Toml::string(lines));
        Ok(settings::from(figment)?.settings)
    }

    #[test]
    fn whole_settings_are_accepted_and_limit_passwords() {
        let settings = checked_sign_on(WHOLE).unwrap().sign_on;
        assert_eq!(settings.prompt, Prompt::Login);
        assert!(settings.permits_password("root") && !settings.permits_password("ada"));
        assert!(settings::read(None).unwrap().settings.sign_on.permits_password("ada"));
    }

    #[test]
    fn every_refusal_says_what_to_do_and_repeats_no_value() {
        for (wrong, right, named) in [
            ("https://login.example.com/realms/ops", "http://CANARY.example", "https"),
            ("https://login.example.com/realms/ops", "https://u:CANARY@x.example", "password"),
            ("https://login.example.com/realms/ops", "https://x.example?CANARY", "query"),
            ("https://login.example.com/realms/ops", "CANARY", "issuer"),
            ("client_id = \"bowline\"", "", "client_id"),
            ("\"operator\"", "\"CANARY\"", "viewer, operator or admin"),
            ("role = \"operator\"", "role = \"admin\"", "remove tenants"),
            ("tenants = [\"acme\"]", "tenants = []", "1 to 100"),
            ("group = \"acme\"", "group = \"\"", "group is empty"),
            ("issuer = \"https://login.example.com/realms/ops\"", "", "nobody else could log in"),
            ("\"break_glass\"", "\"CANARY\"", "break_glass"),
            ("client_id = \"bowline\"", "client_id = \"bowline\"\nprompt = \"none\"", "select_account"),
            ("[\"root\"]", "[]", "nobody can log in"),
        ] {
            let lines = WHOLE.replace(wrong, right);
            assert_ne!(lines, WHOLE, "{wrong}");
            let refused = checked_sign_on(&lines).map(|_| ()).err().unwrap_or_else(|| panic!("{lines}"));
            let words = format!("{refused:#}");
            assert!(words.contains(named) && !words.contains("CANARY"), "{words}");
        }
    }
}
