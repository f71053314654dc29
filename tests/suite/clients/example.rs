//! What the users of an example and Bowline do with it: the same story for each language.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use bowline_api::LinkSessionId;
use bowline_api::v1::NewWebhookEndpoint;
use bowline_tests::{Link, Page, Person, Stack, Tenant, TenantOptions, free_port, until};
use reqwest::Method;
use serde_json::json;
use tokio::process::{Child, Command};
use uuid::Uuid;

use crate::common::set_token_life;

/// A running example, and the Bowline and Dropbox that it uses.
struct Example {
    _child: Child,
    stack: Stack,
    acme: Tenant,
    url: String,
    log: PathBuf,
}

impl Example {
    /// Starts the program that `program` makes for a port, with the variables that the demo prints.
    async fn start(program: impl FnOnce(u16) -> Command) -> Result<Self> {
        let port = free_port()?;
        let stack = Stack::builder().setting("BOWLINE_WEBHOOKS__ALLOW_LOOPBACK", true).start().await?;
        let return_url = format!("http://localhost:{port}/linked");
        let options = TenantOptions { return_url, ..TenantOptions::default() };
        let acme = Tenant::create_with(&stack, "acme", options).await?;
        let hooks =
            json!({ "url": format!("http://localhost:{port}/hooks"), "events": ["account.needs_reauth"] });
        let new: NewWebhookEndpoint =
            acme.call(Method::POST, "/v1/webhook-endpoints", Some(hooks)).await?.good()?;
        let (ca, log) = (stack.directory().join("dropbox-ca.pem"), stack.directory().join("example.log"));
        std::fs::write(&ca, stack.dropbox.ca_pem())?;
        let host = stack.dropbox.https_url().replace("https://", "");
        let mut command = program(port);
        for name in ["API", "WEB", "API_CONTENT", "API_NOTIFY"] {
            command.env(format!("DROPBOX_{name}_HOST"), &host);
        }
        for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(name);
        }
        command
            .env("REQUESTS_CA_BUNDLE", &ca)
            .env("NODE_EXTRA_CA_CERTS", &ca)
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
        ensure!(page.status < 400, "{}: {}", page.text(), std::fs::read_to_string(&self.log)?);
        Ok(page)
    }

    /// A person who has signed in.
    async fn signs_in(&self, email: &str, user: &str) -> Result<Person> {
        let mut person = Person::new(&self.stack, email);
        let form = self
            .stack
            .http()
            .post(format!("{}/sign-in", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("user={user}"));
        let answer = form.send().await?;
        let cookie = answer.headers().get("set-cookie").context("the example has no session")?.to_str()?;
        let (name, value) =
            cookie.split(';').next().and_then(|pair| pair.split_once('=')).context("no cookie")?;
        person.cookies.insert(name.to_owned(), value.to_owned());
        Ok(person)
    }

    /// Presses the link on the page, which leads to Bowline's.
    async fn begins(&self, person: &mut Person) -> Result<Link> {
        let page = self.shows(person, "/link").await?;
        let url = page.header("location").to_owned();
        ensure!(url.contains("/link/"), "{url}: {}", page.text());
        Ok(Link { id: LinkSessionId::from(Uuid::nil()), url, verifier: String::new() })
    }
}

/// A user declines, links, and sees files; somebody else with their URL gets nothing; the example hears that the grant
/// has ended.
pub(super) async fn links_lists_files_and_hears_of_the_end(
    program: impl FnOnce(u16) -> Command,
) -> Result<()> {
    let example = Example::start(program).await?;
    let stack = &example.stack;
    let mut ada = example.signs_in("amara@example.com", "ada").await?;
    let home = example.shows(&mut ada, "/").await?.text();
    ensure!(home.contains("You have not linked a Dropbox yet"), "{home}");
    let link = example.begins(&mut ada).await?;
    let declined = ada.declines(stack, &link).await?.url;
    let page = ada.visit(declined.as_str()).await?;
    ensure!(page.status == 200 && page.text().contains("You declined"), "{}", page.text());

    let link = example.begins(&mut ada).await?;
    let returned = ada.approves(stack, &link).await?.url;
    let mut eve = example.signs_in("mei@example.org", "eve").await?;
    let foreign = eve.visit(returned.as_str()).await?.text();
    ensure!(foreign.contains("was not started here"), "{foreign}");
    // A browser may come back twice.
    for _ in 0..2 {
        let page = ada.visit(returned.as_str()).await?;
        ensure!((page.status, page.header("location")) == (302, "/"), "{}", page.text());
    }
    let home = example.shows(&mut ada, "/").await?.text();
    ensure!(home.contains("<li>Notes of amara.txt</li>"), "{home}");

    // A message without a signature is refused. The one about the end of the grant is believed.
    let forged = stack.http().post(format!("{}/hooks", example.url)).body("{}").send().await?;
    assert_eq!(forged.status(), 400);
    let account = example.acme.accounts().await?.into_iter().next().context("nothing is linked")?;
    assert_eq!(stack.dropbox.disconnect(&example.acme.app_key, &account.provider_account_id), 1);
    set_token_life(stack, account.id, 0).await?;
    let home = example.shows(&mut ada, "/").await?.text();
    ensure!(home.contains("not connected any more") && home.contains("Link your Dropbox"), "{home}");
    let heard = async || {
        let log = std::fs::read_to_string(&example.log).ok()?;
        log.contains("account.needs_reauth: ada").then_some(())
    };
    until("the example to hear that the grant has ended", heard).await
}
