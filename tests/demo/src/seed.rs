//! What the demo puts into a new database: two tenants with a connector and a key each, accounts that are made up, an operator.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use dropbox_sim::AppConfig;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::acme::random_secret;
use crate::ports::Ports;
use crate::server::Server;

/// Accounts that are made up for each tenant besides those that somebody links.
const MADE_UP_ACCOUNTS: u32 = 2_000;
/// Login name of the operator.
pub(crate) const OPERATOR: &str = "demo";
const SCOPES: [&str; 3] = ["account_info.read", "files.metadata.read", "files.content.read"];

/// What the demo must remember of its data; secrets, all of them made up.
#[derive(Debug, Deserialize)]
pub(crate) struct Seed {
    pub(crate) ports: Ports,
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) operator_password: SecretString,
}

/// A tenant with one connector.
#[derive(Debug, Deserialize)]
pub(crate) struct Tenant {
    name: String,
    pub(crate) api_key: SecretString,
    app_key: String,
    app_secret: SecretString,
    callback_url: String,
}

impl Tenant {
    /// The app as Dropbox knows it.
    pub(crate) fn dropbox_app(&self) -> AppConfig {
        AppConfig::new(&self.app_key, self.app_secret.expose_secret())
            .name(&self.name)
            .redirect_uri(&self.callback_url)
            .scopes(SCOPES)
    }
}

impl Seed {
    /// Fills a new database through `bowline-server`'s own commands.
    pub(crate) async fn plant(server: &Server, ports: Ports) -> anyhow::Result<Self> {
        let acme_return = format!("http://127.0.0.1:{}/linked", ports.acme);
        let tenants = vec![
            add_tenant(server, "acme", "Acme Photos", &acme_return).await?,
            add_tenant(server, "globex", "Globex Scans", "http://127.0.0.1:9/linked").await?,
        ];
        let operator_password = SecretString::from(random_secret());
        let add = ["operator", "add", "--name", OPERATOR, "--role", "admin", "--password-stdin", "--json"];
        server.run(&add, Some(operator_password.expose_secret())).await?;
        Ok(Self { ports, tenants, operator_password })
    }

    /// Reads what an earlier run kept; `None` where there was none.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Option<Self>> {
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Some(
            serde_json::from_str(&text).with_context(|| format!("cannot understand {}", path.display()))?,
        ))
    }

    /// Keeps it for the next run, for the eyes of this account alone.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let tenants: Vec<Value> = self
            .tenants
            .iter()
            .map(|tenant| {
                json!({
                    "name": tenant.name,
                    "api_key": tenant.api_key.expose_secret(),
                    "app_key": tenant.app_key,
                    "app_secret": tenant.app_secret.expose_secret(),
                    "callback_url": tenant.callback_url,
                })
            })
            .collect();
        let password = self.operator_password.expose_secret();
        let text =
            json!({ "ports": self.ports, "tenants": tenants, "operator_password": password }).to_string();
        let mut options = OpenOptions::new();
        let mut file =
            options.write(true).create_new(true).mode(0o600).open(path).context("cannot keep the secrets")?;
        file.write_all(text.as_bytes()).context("cannot keep the secrets")
    }
}

async fn add_tenant(server: &Server, slug: &str, name: &str, return_url: &str) -> anyhow::Result<Tenant> {
    server.run(&["tenant", "add", "--slug", slug, "--name", name, "--json"], None).await?;
    let app_key = format!("{slug}-demo-key");
    let app_secret = SecretString::from(random_secret());
    let mut add = vec!["connector", "add", "--tenant", slug, "--name", name, "--app-key", &app_key];
    add.extend(["--app-secret-stdin", "--return-url", return_url, "--json"]);
    add.extend(SCOPES.iter().flat_map(|scope| ["--scope", scope]));
    let connector = server.run(&add, Some(app_secret.expose_secret())).await?;
    let key = server.run(&["api-key", "add", "--tenant", slug, "--name", "demo", "--json"], None).await?;
    let count = MADE_UP_ACCOUNTS.to_string();
    server.run(&["dev", "seed-accounts", "--tenant", slug, "--count", &count, "--json"], None).await?;
    Ok(Tenant {
        name: name.to_owned(),
        api_key: text(&key, "secret")?.into(),
        app_key,
        app_secret,
        callback_url: text(&connector, "callback_url")?,
    })
}

fn text(value: &Value, field: &str) -> anyhow::Result<String> {
    let found = value.get(field).and_then(Value::as_str);
    Ok(found.with_context(|| format!("bowline-server's answer has no {field:?}"))?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back_and_is_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("demo.json");
        assert!(Seed::read(&path).unwrap().is_none());
        let seed = Seed {
            ports: Ports { public: 1, internal: 2, acme: 3, dropbox: 4 },
            tenants: vec![Tenant {
                name: "Acme".to_owned(),
                api_key: "key".into(),
                app_key: "app".to_owned(),
                app_secret: "secret".into(),
                callback_url: "http://localhost/callback".to_owned(),
            }],
            operator_password: "password".into(),
        };
        seed.write(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let read = Seed::read(&path).unwrap().unwrap();
        assert_eq!(read.ports, seed.ports);
        assert_eq!(read.tenants[0].api_key.expose_secret(), "key");
        assert_eq!(read.operator_password.expose_secret(), "password");
        assert!(!format!("{read:?}").contains("password\""), "secrets are redacted");
    }
}
