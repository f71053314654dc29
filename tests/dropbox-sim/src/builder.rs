//! Builds the configuration of a simulator, and starts it.

use crate::{AppConfig, Config, Simulator, StartError, UserConfig};

impl Simulator {
    /// A builder with the defaults: loopback, free ports, the built-in users, no apps.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

/// Builds a [`Config`] and starts it.
#[derive(Debug, Clone, Default)]
pub struct Builder(Config);

impl Builder {
    /// Serves sandboxes: see [`Config::sandbox`].
    #[must_use]
    pub fn sandbox(mut self) -> Self {
        self.0.sandbox = true;
        self
    }

    /// Registers an app.
    #[must_use]
    pub fn app(mut self, app: AppConfig) -> Self {
        self.0.apps.push(app);
        self
    }

    /// Adds a user.
    #[must_use]
    pub fn user(mut self, user: UserConfig) -> Self {
        self.0.users.push(user);
        self
    }

    /// Approves every authorization at once; see [`Settings::auto_approve`](crate::Settings::auto_approve).
    #[must_use]
    pub fn auto_approve(mut self, user: impl Into<String>) -> Self {
        self.0.settings.auto_approve = Some(user.into());
        self
    }

    /// Seconds that access tokens live.
    #[must_use]
    pub fn access_token_seconds(mut self, seconds: i64) -> Self {
        self.0.settings.access_token_seconds = seconds;
        self
    }

    /// Sets the ports of plain HTTP and TLS; 0 selects a free one.
    #[must_use]
    pub fn ports(mut self, http: u16, tls: u16) -> Self {
        self.0.port = http;
        self.0.tls_port = tls;
        self
    }

    /// The configuration so far.
    pub fn config(self) -> Config {
        self.0
    }

    /// Starts it on the current tokio runtime.
    pub async fn start(self) -> Result<Simulator, StartError> {
        Simulator::start(self.0).await
    }
}
