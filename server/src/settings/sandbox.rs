//! Where the simulator for sandboxes is.

use anyhow::bail;
use serde::Deserialize;
use url::Url;

use super::address;

/// `[default.bowline.sandbox]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct Sandbox {
    #[serde(default, deserialize_with = "address::read_optional")]
    pub url: Option<Url>,
}

impl Sandbox {
    /// Refuses an address that is not an origin, or one of those that `live` connectors reach.
    pub(super) fn check(&self, live: [&Url; 2]) -> anyhow::Result<()> {
        let Some(url) = &self.url else { return Ok(()) };
        address::check_origin("sandbox.url", url)?;
        if live.iter().any(|live| live.origin() == url.origin()) {
            bail!(
                "bowline.sandbox.url must not be the address of bowline.dropbox: a sandbox reaches nothing that live connectors reach"
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::settings;

    fn read(url: &str) -> anyhow::Result<settings::Configuration> {
        settings::from(settings::read(None).unwrap().figment.merge(("bowline.sandbox.url", url)))
    }

    #[test]
    fn a_sandbox_is_an_origin_of_its_own() {
        assert!(settings::read(None).unwrap().settings.sandbox.url.is_none());
        assert!(read("http://127.0.0.1:8010").is_ok());
        for wrong in [
            "https://api.dropboxapi.com",
            "https://www.dropbox.com",
            "http://127.0.0.1:8010/sim",
            "ftp://sim",
            "sim",
        ] {
            let error = format!("{:#}", read(wrong).err().unwrap_or_else(|| panic!("{wrong}")));
            assert!(error.contains("sandbox"), "{error}");
        }
    }
}
