//! What the users of the examples and Bowline do with them: the same story for each language and framework.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use bowline_api::LinkSessionId;
use bowline_api::v1::NewWebhookEndpoint;
use bowline_tests::{Link, Page, Person, Stack, Tenant, TenantOptions, free_port, until};
use futures_util::future::try_join_all;
use reqwest::Method;
use serde_json::json;
use tokio::process::{Child, Command};
use uuid::Uuid;

use super::without_proxies;
use crate::common::set_token_life;

/// The name of an example, which is also its tenant's, and what makes the program that serves it at a port.
pub(crate) type App = (&'static str, Box<dyn FnOnce(u16) -> Command>);

/// A running example, and the tenant and Bowline that it uses.
pub(crate) struct Example<'a> {
    _child: Child,
    stack: &'a Stack,
    pub(crate) acme: Tenant,
    pub(crate) url: String,
    log: PathBuf,
}

impl<'a> Example<'a> {
    /// Starts an example with the variables that the demo prints.
    pub(crate) async fn start(stack: &'a Stack, (name, program): App) -> Result<Self> {
        let port = free_port()?;
        let return_url = format!("http://localhost:{port}/linked");
        let options = TenantOptions { return_url, ..TenantOptions::default() };
        let acme = Tenant::create_with(stack, name, options).await?;
        let hooks =
            json!({ "url": format!("http://localhost:{port}/hooks"), "events": ["account.needs_reauth"] });
        let new: NewWebhookEndpoint =
            acme.call(Method::POST, "/v1/webhook-endpoints", Some(hooks)).await?.good()?;
        let ca = stack.directory().join(format!("{name}-dropbox-ca.pem"));
        let log = stack.directory().join(format!("{name}.log"));
        std::fs::write(&ca, stack.dropbox.ca_pem())?;
        let host = stack.dropbox.https_url().replace("https://", "");
        let mut command = program(port);
        for service in ["API", "WEB", "API_CONTENT", "API_NOTIFY"] {
            command.env(format!("DROPBOX_{service}_HOST"), &host);
        }
        without_proxies(&mut command);
        command
            .env("REQUESTS_CA_BUNDLE", &ca)
            .env("NODE_EXTRA_CA_CERTS", &ca)
            .env("SSL_CERT_FILE", &ca)
            .env("BOWLINE_URL", stack.public_url())
            .env("BOWLINE_API_KEY", &acme.api_key)
            .env("RETURN_URL", &acme.return_url)
            .env("WEBHOOK_SECRET", &new.secret)
            .env("NO_COLOR", "1")
            .env_remove("SECRET_KEY");
        let output = std::fs::File::create(&log)?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).kill_on_drop(true);
        let child = command.spawn()?;
        let listens = async || tokio::net::TcpStream::connect(("localhost", port)).await.ok();
        until("the example to listen", listens)
            .await
            .with_context(|| std::fs::read_to_string(&log).unwrap_or_default())?;
        Ok(Self { _child: child, stack, acme, url: format!("http://localhost:{port}"), log })
    }

    /// Opens a page of the example.
    async fn shows(&self, person: &mut Person, path: &str) -> Result<Page> {
        let page = person.visit(&format!("{}{path}", self.url)).await?;
        ensure!(page.status < 400, "{path} is answered with {}: {}", page.status, page.text());
        Ok(page)
    }

    /// A person who has signed in by the form of the page, with all of its hidden fields.
    async fn signs_in(&self, email: &str, user: &str) -> Result<Person> {
        let mut person = Person::new(self.stack, email);
        let page = self.shows(&mut person, "/").await?.text();
        let mut fields = vec![("user", user)];
        for field in page.split("<input type=\"hidden\" name=\"").skip(1) {
            fields.extend(
                field
                    .split_once("\" value=\"")
                    .and_then(|(name, rest)| Some((name, rest.split('"').next()?))),
            );
        }
        let page = person.submit(&format!("{}/sign-in", self.url), &fields).await?;
        ensure!((300..400).contains(&page.status), "{}: {}", page.status, page.text());
        ensure!(!page.header("set-cookie").is_empty(), "the example has no session");
        Ok(person)
    }

    /// Its name and what it has printed, for a failure.
    pub(crate) fn told(&self, name: &str) -> String {
        format!("{name}: {}", std::fs::read_to_string(&self.log).unwrap_or_default())
    }

    /// Presses the button or the link on the page, which leads to Bowline's.
    async fn begins(&self, person: &mut Person) -> Result<Link> {
        let home = self.shows(person, "/").await?.text();
        let page = if home.contains("<form method=\"post\" action=\"/link\">") {
            person.submit(&format!("{}/link", self.url), &[]).await?
        } else {
            self.shows(person, "/link").await?
        };
        let url = page.header("location").to_owned();
        ensure!(url.contains("/link/"), "{url}: {}", page.text());
        Ok(Link { id: LinkSessionId::from(Uuid::nil()), url, verifier: String::new() })
    }

    /// A user declines, links, and sees files; somebody else with their URL gets nothing. Returns the user.
    async fn links_and_lists_files(&self) -> Result<Person> {
        let mut ada = self.signs_in("amara@example.com", "ada").await?;
        let home = self.shows(&mut ada, "/").await?.text();
        ensure!(home.contains("You have not linked a Dropbox yet"), "{home}");
        let link = self.begins(&mut ada).await?;
        let declined = ada.declines(self.stack, &link).await?.url;
        let page = ada.visit(declined.as_str()).await?;
        ensure!(page.status == 200 && page.text().contains("You declined"), "{}", page.text());

        let link = self.begins(&mut ada).await?;
        let returned = ada.approves(self.stack, &link).await?.url;
        let mut eve = self.signs_in("mei@example.org", "eve").await?;
        let foreign = eve.visit(returned.as_str()).await?.text();
        ensure!(foreign.contains("was not started here"), "{foreign}");
        // A browser may come back twice.
        for _ in 0..2 {
            let page = ada.visit(returned.as_str()).await?;
            // The example with the script of the button has a page that tells the window of the button, and leads on.
            let leads_on = [302, 303].contains(&page.status) && page.header("location") == "/";
            let tells = page.status == 200 && page.text().contains("report=\"linked\" next=\"/\"");
            ensure!(leads_on || tells, "{} {}: {}", page.status, page.header("location"), page.text());
        }
        let home = self.shows(&mut ada, "/").await?.text();
        ensure!(home.contains("<li>Notes of amara.txt</li>"), "{home}");
        Ok(ada)
    }

    /// The example refuses a message without a signature, and hears that the grant has ended.
    async fn hears_of_the_end(&self, mut ada: Person) -> Result<()> {
        let forged = self.stack.http().post(format!("{}/hooks", self.url)).body("{}").send().await?;
        ensure!(forged.status() == 400, "a forged message is answered with {}", forged.status());
        let account = self.acme.accounts().await?.into_iter().next().context("nothing is linked")?;
        ensure!(self.stack.dropbox.disconnect(&self.acme.app_key, &account.provider_account_id) == 1);
        set_token_life(self.stack, account.id, 0).await?;
        let home = self.shows(&mut ada, "/").await?.text();
        ensure!(home.contains("not connected any more") && home.contains("Link your Dropbox"), "{home}");
        let heard = async || {
            let log = std::fs::read_to_string(&self.log).ok()?;
            log.contains("account.needs_reauth: ada").then_some(())
        };
        until("the example to hear that the grant has ended", heard).await
    }
}

/// A Bowline for examples, whose webhooks reach this machine.
pub(crate) async fn stack() -> Result<Stack> {
    Stack::builder().setting("BOWLINE_WEBHOOKS__ALLOW_LOOPBACK", true).start().await
}

/// All these examples, with one Bowline.
pub(super) async fn all_link_list_files_and_hear_of_the_end(apps: Vec<App>) -> Result<()> {
    let stack = &stack().await?;
    let linking = apps.into_iter().map(|app| async move {
        let name = app.0;
        let example = Example::start(stack, app).await.context(name)?;
        let ada = example.links_and_lists_files().await.with_context(|| example.told(name))?;
        anyhow::Ok((name, example, ada))
    });
    // The end of one grant expires the tokens of all, so the others have listed their files by then.
    for (name, example, ada) in try_join_all(linking).await? {
        example.hears_of_the_end(ada).await.with_context(|| example.told(name))?;
    }
    Ok(())
}
