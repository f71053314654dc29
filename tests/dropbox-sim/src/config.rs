//! What a simulator is started with: addresses, apps, users, switches.

use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

use crate::Secret;

/// Everything a simulator starts with; as TOML it is the bin's `--config` file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address of both listeners; loopback unless told otherwise.
    pub address: IpAddr,
    /// Port of plain HTTP; 0 takes a free one.
    pub port: u16,
    /// Port of TLS; 0 takes a free one.
    pub tls_port: u16,
    /// Registered apps. More can be added while running.
    pub apps: Vec<AppConfig>,
    /// Users besides the made-up ones that are always there.
    pub users: Vec<UserConfig>,
    /// Behaviour that can also be changed while running.
    pub settings: Settings,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            tls_port: 0,
            apps: Vec::new(),
            users: Vec::new(),
            settings: Settings::default(),
        }
    }
}

/// Behaviour of the simulated Dropbox. What Dropbox does not document is a setting here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Seconds that a short-lived access token lives; Dropbox says 14400.
    pub access_token_seconds: i64,
    /// Seconds that an authorization code lives; unconfirmed at Dropbox, 600 here.
    pub code_seconds: i64,
    /// `error_description` of a PKCE mismatch; unconfirmed at Dropbox.
    pub pkce_mismatch: String,
    /// Sends `expires_in` as a string, as Dropbox once did.
    pub expires_in_as_string: bool,
    /// Sends a user back at once if he has approved the same app and scopes before and the grant is alive.
    pub silent_reapproval: bool,
    /// Approves every authorization at once as this user: an e-mail address, an account id, or `new` for
    /// a fresh user each time. An app's own switch goes first.
    pub auto_approve: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access_token_seconds: 14_400,
            code_seconds: 600,
            pkce_mismatch: "invalid code verifier".to_owned(),
            expires_in_as_string: false,
            silent_reapproval: true,
            auto_approve: None,
        }
    }
}

/// What Dropbox's console says of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppStatus {
    /// Users can link.
    #[default]
    Active,
    /// "This app has reached its user limit": an error page, never a redirect.
    UserLimit,
    /// "Frozen pending review": an error page, never a redirect.
    Frozen,
}

/// One app as registered in Dropbox's console.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppConfig {
    /// App key (`client_id`).
    pub key: String,
    /// App secret (`client_secret`).
    pub secret: Secret,
    /// Name shown on the consent page; the key if left out.
    #[serde(default)]
    pub name: Option<String>,
    /// Allowed `redirect_uri`s, compared exactly.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Scopes ticked in the console; an authorization may ask for a subset.
    #[serde(default = "default_scopes")]
    pub scopes: Vec<String>,
    /// Whether users can link.
    #[serde(default)]
    pub status: AppStatus,
    /// As [`Settings::auto_approve`], for this app alone.
    #[serde(default)]
    pub auto_approve: Option<String>,
}

fn default_scopes() -> Vec<String> {
    ["account_info.read", "files.content.read", "files.metadata.read"].map(str::to_owned).to_vec()
}

impl AppConfig {
    /// An app with the usual read scopes and no redirect URI yet.
    pub fn new(key: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            secret: Secret::new(secret),
            name: None,
            redirect_uris: Vec::new(),
            scopes: default_scopes(),
            status: AppStatus::Active,
            auto_approve: None,
        }
    }

    /// Sets the name shown on the consent page.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Registers one more redirect URI.
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// Replaces the console's scopes.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Approves at once as `user`; see [`Settings::auto_approve`].
    #[must_use]
    pub fn auto_approve(mut self, user: impl Into<String>) -> Self {
        self.auto_approve = Some(user.into());
        self
    }
}

/// Kind of a Dropbox account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountType {
    /// Free of charge.
    #[default]
    Basic,
    /// Paid, personal.
    Pro,
    /// Member of a team.
    Business,
}

impl AccountType {
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Pro => "pro",
            Self::Business => "business",
        }
    }
}

/// One made-up Dropbox user.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserConfig {
    /// Name as shown.
    pub name: String,
    /// E-mail address; the account id is derived from it, so the same address is the same account.
    pub email: String,
    /// Kind of account.
    #[serde(default)]
    pub account_type: AccountType,
    /// File names at the top of this user's Dropbox; a made-up few if left out.
    #[serde(default)]
    pub files: Option<Vec<String>>,
}

impl UserConfig {
    /// A user with a basic account and the made-up files.
    pub fn new(name: impl Into<String>, email: impl Into<String>) -> Self {
        Self { name: name.into(), email: email.into(), account_type: AccountType::default(), files: None }
    }
}

/// A grant that is put in place without anybody approving it, with tokens that somebody holds already.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlantedGrant {
    /// Whose app; it must be registered for a refresh to work.
    pub app_key: String,
    /// Whose account; there need not be a user of that id.
    pub account_id: String,
    /// Granted scopes, separated by spaces.
    pub scopes: String,
    /// Begins with `CANARY_`, as all of the simulator's do.
    pub refresh_token: Secret,
    /// Begins with `sl.`; lives as long from now as others do.
    #[serde(default)]
    pub access_token: Option<Secret>,
}
