//! `[default.bowline.webhooks]`: where tenants' webhooks may go.

use std::path::PathBuf;

use anyhow::bail;
use serde::Deserialize;

use super::Network;

/// `[default.bowline.webhooks]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct Webhooks {
    pub ca_file: Option<PathBuf>,
    pub deny: Vec<Network>,
    pub allow_loopback: bool,
}

impl Webhooks {
    /// # Errors
    /// If loopback addresses are allowed in production.
    pub(super) fn check(&self, development: bool) -> anyhow::Result<()> {
        if self.allow_loopback && !development {
            bail!(
                "bowline.webhooks.allow_loopback is for tests and development: it needs bowline.development = true"
            );
        }
        Ok(())
    }

    /// A warning for the log of every start.
    pub(super) fn warning(&self) -> Option<String> {
        let text = "bowline.webhooks.allow_loopback is on: tenants' webhooks reach whatever listens on this machine; never in production";
        self.allow_loopback.then(|| text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_off_by_default_and_refused_in_production() {
        let default = crate::settings::read(None).expect("the defaults").settings.webhooks;
        assert!(!default.allow_loopback && default.warning().is_none());
        let on = Webhooks { ca_file: None, deny: Vec::new(), allow_loopback: true };
        assert!(on.check(true).is_ok() && on.warning().is_some());
        let refused = on.check(false).unwrap_err().to_string();
        assert!(refused.contains("allow_loopback"), "{refused}");
    }

    #[test]
    fn networks_that_are_denied_are_addresses_or_networks() {
        let with = |deny: &[&str]| {
            let figment = crate::settings::read(None).expect("the defaults").figment;
            crate::settings::from(figment.merge(("bowline.webhooks.deny", deny)))
        };
        let settings = with(&["2a01:4f8:1::/48", "198.41.0.4"]).expect("networks").settings;
        let denied: Vec<String> = settings.webhooks.deny.iter().map(|net| net.0.to_string()).collect();
        assert_eq!(denied, ["2a01:4f8:1::/48", "198.41.0.4/32"]);
        let refused = format!("{:#}", with(&["db.internal"]).unwrap_err());
        assert!(refused.contains("webhooks.deny"), "{refused}");
    }
}
