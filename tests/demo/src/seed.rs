//! The data with which the demo fills a new database (two tenants with made-up accounts, an operator), and what it
//! stores about it.

use std::path::Path;

use anyhow::Context as _;
use bowline_process::Program;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::acme::random_secret;
use crate::made_up;
use crate::place::{read_if_there, seed_file, write_private};
use crate::ports::Ports;
use crate::tenant::{App, Tenant};

/// Number of made-up accounts for each tenant, besides those that users link.
const MADE_UP_ACCOUNTS: u32 = 2_000;
/// Login name of the operator.
pub(crate) const OPERATOR: &str = "demo";

/// What the demo stores about its data. The secrets are generated.
#[derive(Debug, Deserialize)]
pub(crate) struct Seed {
    pub(crate) ports: Ports,
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) operator_password: SecretString,
}

impl Seed {
    /// Fills a new database: tenants and operator through `bowline-server`'s own commands, the made-up accounts
    /// directly.
    pub(crate) async fn plant(
        server: &Program,
        owner_url: &str,
        key_ring: &Path,
        ports: Ports,
    ) -> anyhow::Result<Self> {
        let acme_return = format!("http://127.0.0.1:{}/linked", ports.acme);
        let mut tenants = Vec::new();
        for (slug, name, return_url) in [
            ("acme", "Acme Photos", acme_return.as_str()),
            ("globex", "Globex Scans", "http://127.0.0.1:9/linked"),
        ] {
            tenants.push(Tenant::add(server, slug, &App::new(name, return_url)).await?);
            made_up::add_accounts(owner_url, key_ring, slug, MADE_UP_ACCOUNTS).await?;
        }
        let operator_password = SecretString::from(random_secret());
        let add = ["operator", "add", "--name", OPERATOR, "--role", "admin", "--password-stdin", "--json"];
        server.run(&add, Some(operator_password.expose_secret())).await?;
        Ok(Self { ports, tenants, operator_password })
    }

    /// Reads it from the demo's directory; `None` if there is nothing yet.
    pub(crate) fn read(place: &Path) -> anyhow::Result<Option<Self>> {
        let path = seed_file(place);
        let Some(text) = read_if_there(&path)? else { return Ok(None) };
        let kept = serde_json::from_str(&text);
        Ok(Some(kept.with_context(|| format!("cannot understand {}", path.display()))?))
    }

    /// Writes it to the demo's directory, readable by this account alone.
    pub(crate) fn write(&self, place: &Path) -> anyhow::Result<()> {
        let tenants: Vec<Value> = self.tenants.iter().map(Tenant::to_kept).collect();
        let password = self.operator_password.expose_secret();
        let text =
            json!({ "ports": self.ports, "tenants": tenants, "operator_password": password }).to_string();
        write_private(&seed_file(place), &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::Webhook;

    #[test]
    fn a_written_seed_can_be_read_back_and_is_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let place = tempfile::tempdir().unwrap();
        assert!(Seed::read(place.path()).unwrap().is_none());
        let tenants = vec![Tenant::example("Acme")];
        let ports = Ports { public: 1, internal: 2, acme: 3, dropbox: 4, dropbox_tls: 5 };
        let mut seed = Seed { ports, tenants, operator_password: "password".into() };
        seed.write(place.path()).unwrap();
        let mut mine = Tenant::example("Mine");
        mine.webhooks
            .push(Webhook { url: "http://localhost:5000/hooks".to_owned(), secret: "whsec_1".into() });
        seed.tenants.push(mine);
        seed.write(place.path()).unwrap();
        let mode = std::fs::metadata(seed_file(place.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let read = Seed::read(place.path()).unwrap().unwrap();
        assert_eq!(read.ports, seed.ports);
        assert_eq!(read.tenants[1].api_key.expose_secret(), "key of Mine");
        let webhook = read.tenants[1].webhook("http://localhost:5000/hooks").unwrap();
        assert_eq!(webhook.secret.expose_secret(), "whsec_1");
        assert!(read.tenants[0].webhook(&webhook.url).is_none());
        assert_eq!(read.operator_password.expose_secret(), "password");
        assert!(!format!("{read:?}").contains("password\""), "secrets are redacted");
    }
}
