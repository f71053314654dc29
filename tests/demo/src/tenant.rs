//! A tenant of the demo: an app at the simulated Dropbox, a connector for it and an API key.

use anyhow::Context as _;
use bowline_process::Program;
use dropbox_sim::AppConfig;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::acme::random_secret;
use crate::webhook::Webhook;

const SCOPES: [&str; 3] = ["account_info.read", "files.metadata.read", "files.content.read"];
/// Maximum length of a tenant's short name in the demo; Bowline allows more.
const LONGEST_SLUG: usize = 30;

/// Bowline always requests it, to learn which account was linked. Dropbox grants an app only what it is registered for.
const IDENTITY_SCOPE: &str = "account_info.read";

/// An app that is to become a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// The name as end users see it.
    pub name: String,
    /// URLs to which browsers may be sent back; at least one.
    pub return_urls: Vec<String>,
    /// The scopes that it requests besides `account_info.read`; if empty, the default ones.
    pub scopes: Vec<String>,
    /// Where it is told of events, if it wants to be.
    pub webhook_url: Option<String>,
}

impl App {
    /// An app with one return URL and the default scopes.
    pub(crate) fn new(name: &str, return_url: &str) -> Self {
        Self {
            name: name.to_owned(),
            return_urls: vec![return_url.to_owned()],
            scopes: Vec::new(),
            webhook_url: None,
        }
    }

    fn scopes(&self) -> Vec<String> {
        if self.scopes.is_empty() {
            return SCOPES.map(str::to_owned).to_vec();
        }
        let identity = IDENTITY_SCOPE.to_owned();
        let mut scopes = self.scopes.clone();
        if !scopes.contains(&identity) {
            scopes.push(identity);
        }
        scopes
    }

    /// Whether `tenant` was created from this app. It may have got its webhook later.
    pub(crate) fn is(&self, tenant: &Tenant) -> bool {
        tenant.name == self.name && tenant.return_urls == self.return_urls && tenant.scopes == self.scopes()
    }
}

/// A tenant with one connector. Its secrets are generated.
#[derive(Debug, Deserialize)]
pub(crate) struct Tenant {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) connector: String,
    pub(crate) api_key: SecretString,
    pub(crate) app_key: String,
    pub(crate) app_secret: SecretString,
    pub(crate) callback_url: String,
    pub(crate) return_urls: Vec<String>,
    pub(crate) scopes: Vec<String>,
    /// One for each URL that was asked for. Kept demos of earlier versions have none.
    #[serde(default)]
    pub(crate) webhooks: Vec<Webhook>,
}

impl Tenant {
    /// Makes `app` the tenant `slug`, through `bowline-server`'s own commands. Nothing is created twice if an earlier
    /// attempt failed half-way.
    pub(crate) async fn add(server: &Program, slug: &str, app: &App) -> anyhow::Result<Self> {
        // Each option is one word with its value, because a value may begin with a hyphen.
        let name = format!("--name={}", app.name);
        if tenant_name(server, slug).await?.is_none() {
            server.run(&["tenant", "add", "--slug", slug, &name, "--json"], None).await?;
        }
        // Different each time, because an app key belongs to one connector.
        let app_key = format!("{slug}-{}", random_secret().get(..8).unwrap_or_default());
        let app_secret = SecretString::from(random_secret());
        let mut add = vec!["connector", "add", "--tenant", slug, &name, "--app-key", &app_key];
        add.extend(["--app-secret-stdin", "--json"]);
        let scopes = app.scopes();
        let options: Vec<String> = (app.return_urls.iter().map(|url| format!("--return-url={url}")))
            .chain(scopes.iter().map(|scope| format!("--scope={scope}")))
            .collect();
        add.extend(options.iter().map(String::as_str));
        let connector = server.run(&add, Some(app_secret.expose_secret())).await?;
        let key = server.run(&["api-key", "add", "--tenant", slug, "--name", "demo", "--json"], None).await?;
        Ok(Self {
            slug: slug.to_owned(),
            name: app.name.clone(),
            connector: text(&connector, "id")?,
            api_key: text(&key, "secret")?.into(),
            app_key,
            app_secret,
            callback_url: text(&connector, "callback_url")?,
            return_urls: app.return_urls.clone(),
            scopes,
            webhooks: Vec::new(),
        })
    }

    /// The app as Dropbox knows it.
    pub(crate) fn dropbox_app(&self) -> AppConfig {
        AppConfig::new(&self.app_key, self.app_secret.expose_secret())
            .name(&self.name)
            .redirect_uri(&self.callback_url)
            .scopes(&self.scopes)
    }

    /// The app in the form of the simulator's control API.
    pub(crate) fn dropbox_app_json(&self) -> Value {
        json!({
            "key": self.app_key,
            "secret": self.app_secret.expose_secret(),
            "name": self.name,
            "redirect_uris": [self.callback_url],
            "scopes": self.scopes,
        })
    }

    /// The tenant with its secrets, for the demo's own file.
    pub(crate) fn to_kept(&self) -> Value {
        json!({
            "slug": self.slug,
            "name": self.name,
            "connector": self.connector,
            "api_key": self.api_key.expose_secret(),
            "app_key": self.app_key,
            "app_secret": self.app_secret.expose_secret(),
            "callback_url": self.callback_url,
            "return_urls": self.return_urls,
            "scopes": self.scopes,
            "webhooks": self.webhooks.iter().map(Webhook::to_kept).collect::<Vec<_>>(),
        })
    }

    /// The endpoint at this URL, if it was made.
    pub(crate) fn webhook(&self, url: &str) -> Option<&Webhook> {
        self.webhooks.iter().find(|webhook| webhook.url == url)
    }

    #[cfg(test)]
    pub(crate) fn example(name: &str) -> Self {
        Self {
            slug: slug_of(name, 1),
            name: name.to_owned(),
            connector: "conn_01h455vb4pex5vsknk084sn02q".to_owned(),
            api_key: format!("key of {name}").into(),
            app_key: "app".to_owned(),
            app_secret: "secret".into(),
            callback_url: "http://localhost/callback".to_owned(),
            return_urls: vec!["http://localhost:5000/linked".to_owned()],
            scopes: vec!["account_info.read".to_owned()],
            webhooks: Vec::new(),
        }
    }
}

/// The name of the tenant `slug` in the database, if there is one.
pub(crate) async fn tenant_name(server: &Program, slug: &str) -> anyhow::Result<Option<String>> {
    let tenants = server.run(&["tenant", "list", "--json"], None).await?;
    let all = tenants.as_array().context("`bowline-server tenant list` printed no list")?;
    let found = all.iter().find(|tenant| tenant.get("slug").and_then(Value::as_str) == Some(slug));
    found.map(|tenant| text(tenant, "name")).transpose()
}

/// The `number`th short name for an app of this name: its letters and digits, with hyphens in place of other
/// characters.
pub(crate) fn slug_of(name: &str, number: u32) -> String {
    let mut slug = String::new();
    for c in name.chars().map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(LONGEST_SLUG);
    let slug = slug.trim_end_matches('-');
    let slug = match slug.chars().next() {
        None => "app".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("app-{slug}"),
        Some(_) => slug.to_owned(),
    };
    if number < 2 { slug } else { format!("{slug}-{number}") }
}

fn text(value: &Value, field: &str) -> anyhow::Result<String> {
    let found = value.get(field).and_then(Value::as_str);
    Ok(found.with_context(|| format!("bowline-server's answer has no {field:?}"))?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_may_always_ask_which_account_was_linked() {
        let scopes_of = |scopes: &[&str]| {
            let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
            App { scopes, ..App::new("Prints", "http://localhost:5000/linked") }.scopes()
        };
        assert_eq!(scopes_of(&["files.content.write"]), ["files.content.write", IDENTITY_SCOPE]);
        assert_eq!(scopes_of(&[IDENTITY_SCOPE]), [IDENTITY_SCOPE]);
        assert!(scopes_of(&[]).iter().any(|scope| scope == IDENTITY_SCOPE));
    }

    #[test]
    fn every_name_has_a_short_name() {
        assert_eq!(slug_of("My App", 1), "my-app");
        assert_eq!(slug_of("  Zoë's “Prints” & Co. ", 2), "zo-s-prints-co-2");
        assert_eq!(slug_of("写真", 1), "app");
        assert_eq!(slug_of("500 Photos", 1), "app-500-photos");
        assert_eq!(slug_of(&"long name ".repeat(20), 1).len(), 29);
    }
}
