//! The configuration of a simulator: addresses, apps, users and settings.

use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

use crate::Secret;

/// The configuration of a simulator; as TOML it is the program's `--config` file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The address of both listeners; loopback by default.
    pub address: IpAddr,
    /// The port of plain HTTP; 0 selects a free one.
    pub port: u16,
    /// The port of TLS; 0 selects a free one.
    pub tls_port: u16,
    /// Whether the simulator serves the sandboxes of a Bowline server: apps are accepted as they come, each controls what happens to its own
    /// accounts, and nobody controls more.
    pub sandbox: bool,
    /// Registered apps. More can be added at run time.
    pub apps: Vec<AppConfig>,
    /// Users in addition to the built-in ones.
    pub users: Vec<UserConfig>,
    /// Behaviour that can also be changed at run time.
    pub settings: Settings,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            tls_port: 0,
            sandbox: false,
            apps: Vec::new(),
            users: Vec::new(),
            settings: Settings::default(),
        }
    }
}

/// The behaviour of the simulated Dropbox. Behaviour that Dropbox does not document is configurable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The lifetime of a short-lived access token in seconds; Dropbox documents 14400.
    pub access_token_seconds: i64,
    /// The lifetime of an authorization code in seconds; Dropbox does not document it, and 600 is the default here.
    pub code_seconds: i64,
    /// The `error_description` of a PKCE mismatch; Dropbox does not document it.
    pub pkce_mismatch: String,
    /// Sends `expires_in` as a string, as Dropbox once did.
    pub expires_in_as_string: bool,
    /// The lifetime of an OAuth 1 request token in seconds; Dropbox did not document it, and 600 is the default here.
    pub request_token_seconds: i64,
    /// Gives an app the same OAuth 1 token for a user until that token is ended, as many services do. Dropbox gave a new one each time.
    pub same_oauth1_token: bool,
    /// How many seconds the timestamp of an OAuth 1 signature may differ from the clock; 600 is the default here.
    pub timestamp_seconds: i64,
    /// Redirects users back immediately if they have approved the same app and scopes before and the grant is alive.
    pub silent_reapproval: bool,
    /// Approves every authorization immediately as this user: an e-mail address, an account id, or `new` for a new user
    /// each time. An app's own setting takes precedence.
    pub auto_approve: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access_token_seconds: 14_400,
            code_seconds: 600,
            pkce_mismatch: "invalid code verifier".to_owned(),
            expires_in_as_string: false,
            request_token_seconds: 600,
            same_oauth1_token: false,
            timestamp_seconds: 600,
            silent_reapproval: true,
            auto_approve: None,
        }
    }
}

/// The status of an app in Dropbox's console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppStatus {
    /// Users can link the app.
    #[default]
    Active,
    /// "This app has reached its user limit": Dropbox shows an error page and never redirects.
    UserLimit,
    /// "Frozen pending review": Dropbox shows an error page and never redirects.
    Frozen,
}

/// An app as registered in Dropbox's console.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppConfig {
    /// The app key (`client_id`).
    pub key: String,
    /// The app secret (`client_secret`).
    pub secret: Secret,
    /// The name on the consent page; the key if omitted.
    #[serde(default)]
    pub name: Option<String>,
    /// The allowed `redirect_uri`s, compared exactly.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// The scopes enabled in the console; an authorization may request a subset.
    #[serde(default = "default_scopes")]
    pub scopes: Vec<String>,
    /// Whether users can link.
    #[serde(default)]
    pub status: AppStatus,
    /// The same as [`Settings::auto_approve`], for this app only.
    #[serde(default)]
    pub auto_approve: Option<String>,
}

fn default_scopes() -> Vec<String> {
    ["account_info.read", "files.content.read", "files.metadata.read"].map(str::to_owned).to_vec()
}

impl AppConfig {
    /// An app with the usual read scopes and without redirect URIs.
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

    /// Sets the name on the consent page.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Adds a redirect URI.
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// Replaces the scopes of the console.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Approves immediately as `user`; see [`Settings::auto_approve`].
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

/// A simulated Dropbox user.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserConfig {
    /// The display name.
    pub name: String,
    /// The e-mail address. The account id is derived from it, so the same address is the same account.
    pub email: String,
    /// The kind of account.
    #[serde(default)]
    pub account_type: AccountType,
    /// The names of the files in this user's root folder; a built-in list if omitted.
    #[serde(default)]
    pub files: Option<Vec<String>>,
}

impl UserConfig {
    /// A user with a basic account and the built-in files.
    pub fn new(name: impl Into<String>, email: impl Into<String>) -> Self {
        Self { name: name.into(), email: email.into(), account_type: AccountType::default(), files: None }
    }
}

/// A grant that is created without an approval, for tokens that already exist.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlantedGrant {
    /// The app, which must be registered for a refresh to work.
    pub app_key: String,
    /// The account; a user with this id need not exist.
    pub account_id: String,
    /// The granted scopes, separated by spaces.
    pub scopes: String,
    /// The refresh token, which begins with `CANARY_` like all refresh tokens of the simulator.
    pub refresh_token: Secret,
    /// The access token, which begins with `sl.` and has the usual lifetime from now.
    #[serde(default)]
    pub access_token: Option<Secret>,
}
