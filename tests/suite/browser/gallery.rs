//! Every page for end users, fetched from a real server that is brought into the state of each.

mod manage;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_api::status::{Protocol, RequiredRole};
use bowline_tests::{Link, Operator, Page, Person, Stack, Tenant, TenantOptions, hidden_field};
use dropbox_sim::{AccountType, Operation, UserConfig};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::json;

use crate::common::out_of_order;

/// The languages of the pages.
pub(super) const LANGUAGES: [&str; 7] = ["en", "de", "fr", "es", "pt", "ja", "ar"];

/// More requests than the gallery needs, so that only the page about too many requests meets the limit.
const BURST: u16 = 500;

/// Scopes of both kinds, that see and that change.
const SCOPES: [&str; 5] = [
    "account_info.read",
    "files.metadata.read",
    "files.content.read",
    "files.content.write",
    "sharing.write",
];

const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#8a2be2" d="M4 0l4 4-4 4-4-4z"/></svg>"##;

/// A page in one language.
pub(super) struct Shown {
    pub(super) name: &'static str,
    pub(super) language: &'static str,
    pub(super) page: Page,
}

impl Shown {
    /// The page without what makes a browser move on by itself.
    pub(super) fn html(&self) -> String {
        let text = self.page.text();
        let lines = text.lines().filter(|line| !line.contains("http-equiv=\"refresh\""));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// A server whose pages are collected.
pub(super) struct Gallery {
    stack: Stack,
    acme: Tenant,
    amara: Person,
    pages: Vec<Shown>,
    languages: &'static [&'static str],
}

/// Ends of a link in the browser that began it, and the state of its row.
const STATES: &[(&str, &str)] = &[
    ("approved", "status = 'returned', expires_at = now() + interval '5 minutes'"),
    ("linked", "status = 'completed'"),
    ("declined", "status = 'denied', failure = 'access_denied'"),
    ("failed", "status = 'failed', failure = 'something_new'"),
    ("cancelled", "status = 'failed', failure = 'cancelled'"),
    ("wrong-account", "status = 'failed', failure = 'account_mismatch'"),
    ("team", "status = 'failed', failure = 'team_grant'"),
    ("not-permitted", "status = 'failed', failure = 'no_permission'"),
    ("lost", "status = 'failed', failure = 'answer_lost'"),
    ("provider-trouble", "status = 'failed', failure = 'server_error'"),
    ("misconfigured", "status = 'failed', failure = 'redirect_uri_mismatch'"),
    (
        "in-progress",
        "status = 'returned', expires_at = now() - interval '1 second', claimed_until = now() + interval '1 hour'",
    ),
    ("too-late", "status = 'expired', claimed_until = NULL"),
];

impl Gallery {
    /// Every page in these languages.
    pub(super) async fn open(languages: &'static [&'static str]) -> Result<(Stack, Vec<Shown>)> {
        let stack = Stack::builder()
            .setting("BOWLINE_LIMITS__LINK_PER_SECOND", 1)
            .setting("BOWLINE_LIMITS__LINK_BURST", BURST)
            .setting("BOWLINE_TRUSTED_PROXIES", r#"["127.0.0.1"]"#)
            .start()
            .await?;
        let everything: Vec<String> = SCOPES.map(str::to_owned).into();
        let options =
            TenantOptions { app_scopes: everything.clone(), scopes: everything, ..TenantOptions::default() };
        let acme = Tenant::create_with(&stack, "acme", options).await?;
        let amara = Person::new(&stack, "amara@example.com");
        let mut gallery = Self { stack, acme, amara, pages: Vec::new(), languages };
        gallery.before().await?;
        gallery.branded().await?;
        gallery.again().await?;
        gallery.choices().await?;
        gallery.other_protocol().await?;
        gallery.managed().await?;
        gallery.other_browsers().await?;
        gallery.states().await?;
        gallery.faults().await?;
        Ok((gallery.stack, gallery.pages))
    }

    async fn take(
        &mut self,
        name: &'static str,
        person: &Person,
        method: Method,
        url: &str,
        with: &[(&'static str, &str)],
    ) -> Result<()> {
        for language in self.languages {
            let mut headers = HeaderMap::new();
            headers.insert("accept-language", language.parse()?);
            for (name, value) in with {
                headers.insert(*name, value.parse()?);
            }
            // The browser's memory is the same for each language.
            let page = person.clone().send(method.clone(), url, &headers).await?;
            ensure!(page.header("content-language") == *language, "{name}: {}", page.text());
            ensure!(page.text().contains(&format!("<html lang=\"{language}\"")), "{name}: {}", page.text());
            self.pages.push(Shown { name, language, page });
        }
        Ok(())
    }

    async fn visit(&mut self, name: &'static str, url: &str) -> Result<()> {
        let amara = self.amara.clone();
        self.take(name, &amara, Method::GET, url, &[]).await
    }

    async fn post(&mut self, name: &'static str, url: &str) -> Result<()> {
        let (amara, own) = (self.amara.clone(), self.stack.public_url());
        self.take(name, &amara, Method::POST, url, &[("origin", &own), ("sec-fetch-site", "same-origin")])
            .await
    }

    async fn before(&mut self) -> Result<()> {
        let link = self.acme.begin_link("ada@acme.example").await?;
        self.visit("consent", &link.url).await?;
        self.amara.visit(&link.url).await?;
        let onward = self.acme.begin_link("ada@acme.example").await?;
        self.amara.visit(&onward.url).await?;
        self.amara.press_continue(&onward.url).await?;
        self.post("onward", &onward.url).await
    }

    /// The consent page of an app with a logo, a colour and addresses of its own.
    async fn branded(&mut self) -> Result<()> {
        let branded = Tenant::create(&self.stack, "brand").await?;
        let mut admin = Operator::create(&self.stack, "root", "admin").await?;
        admin.log_in().await?;
        let branding = json!({
            "logo": STANDARD.encode(LOGO), "accent": "#8a2be2",
            "support_url": "https://photos.example/help", "privacy_url": "https://photos.example/privacy",
        });
        let path = format!("/admin/v1/tenants/{}/connectors/{}", branded.slug, branded.connector);
        let edited = admin.call(Method::PATCH, &path, Some(json!({ "branding": branding }))).await?;
        ensure!(edited.status == 200, "{}", edited.text());
        let link = branded.begin_link("ada@acme.example").await?;
        self.visit("branding", &link.url).await
    }

    async fn again(&mut self) -> Result<()> {
        let account = self.amara.clone().links(&self.stack, &self.acme, "ada@acme.example").await?;
        let fewer = "UPDATE accounts SET scopes = '{account_info.read,files.metadata.read}'";
        self.stack.database.execute(fewer, &[]).await?;
        let mut wanted = self.acme.link_request("ada@acme.example");
        wanted.account_id = Some(account.id);
        wanted.scopes = Some(
            ["account_info.read", "files.metadata.read", "files.content.write"].map(str::to_owned).into(),
        );
        let link = self.acme.begin(wanted).await?;
        self.visit("upgrade", &link.url).await?;
        let ended = "UPDATE accounts SET status = 'needs_reauth', status_reason = 'invalid_grant'";
        self.stack.database.execute(ended, &[]).await?;
        let link = self.acme.begin_relink("ada@acme.example", account.id).await?;
        self.visit("relink", &link.url).await
    }

    /// The ends after which the user may choose another account.
    async fn choices(&mut self) -> Result<()> {
        let wanda = UserConfig::new("Wanda", "wanda@team.example");
        self.stack.dropbox.add_user(&UserConfig { account_type: AccountType::Business, ..wanda });
        let account = self.acme.accounts().await?.pop().context("nothing is linked")?;
        let link = self.acme.begin_relink("ada@acme.example", account.id).await?;
        self.chooses("wrong-account-choose", &link, "jonas@example.com").await?;
        for (name, email, role) in [
            ("wrong-kind-work", "amara@example.com", RequiredRole::Work),
            ("wrong-kind-personal", "wanda@team.example", RequiredRole::Personal),
        ] {
            let mut wanted = self.acme.link_request("ada@acme.example");
            wanted.require_role = Some(role);
            let link = self.acme.begin(wanted).await?;
            self.chooses(name, &link, email).await?;
        }
        Ok(())
    }

    /// Approves with the account of `email`, which `link` does not accept, and takes the page about it.
    async fn chooses(&mut self, name: &'static str, link: &Link, email: &str) -> Result<()> {
        let mut person = Person::new(&self.stack, email);
        let asked = person.go_to_dropbox(link).await?;
        let evaded = asked.replace("&require_role=work", "").replace("&require_role=personal", "");
        let callback = person.approve(&self.stack, &evaded)?;
        let returned = person.come_back(&callback).await?;
        let answer = self.acme.try_complete(link, &returned).await?.json();
        let url = answer["outcome_url"].as_str().with_context(|| format!("{name}: {answer}"))?.to_owned();
        self.take(name, &person, Method::GET, &url, &[]).await
    }

    async fn other_protocol(&mut self) -> Result<()> {
        let options = TenantOptions { protocol: Protocol::OAuth1a, ..TenantOptions::default() };
        let other = Tenant::create_with(&self.stack, "other", options).await?;
        let link = other.begin_link("ada@acme.example").await?;
        self.visit("consent-oauth1", &link.url).await?;
        self.amara.visit(&link.url).await?;
        self.stack.dropbox.set_fault(out_of_order(Operation::OAuth1RequestToken));
        self.post("provider-unreachable", &link.url).await?;
        self.stack.dropbox.clear_faults();
        Ok(())
    }

    async fn other_browsers(&mut self) -> Result<()> {
        let link = self.acme.begin_link("ada@acme.example").await?;
        self.amara.go_to_dropbox(&link).await?;
        let mei = Person::new(&self.stack, "mei@example.org");
        self.take("opened-elsewhere", &mei, Method::GET, &link.url, &[]).await?;
        self.set(&link, "status = 'denied', failure = 'access_denied'").await?;
        self.take("used", &mei, Method::GET, &link.url, &[]).await?;
        let fresh = self.acme.begin_link("ada@acme.example").await?;
        let evil = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
        self.take("foreign", &mei, Method::POST, &fresh.url, &evil).await?;
        self.out_of_date(&fresh).await?;
        self.set(&fresh, "expires_at = now() - interval '1 second'").await?;
        self.take("too-old", &mei, Method::GET, &fresh.url, &[]).await?;
        let callback = format!("{}?code=c&state=s", self.acme.callback_url);
        self.take("not-this-browser", &mei, Method::GET, &callback, &[]).await
    }

    /// The two ends of browsers that send no `Sec-Fetch-Site`, of which the form's field decides.
    async fn out_of_date(&mut self, link: &Link) -> Result<()> {
        for (name, mut person) in [
            ("without-cookie", Person::new(&self.stack, "mei@example.org")),
            ("out-of-date", self.amara.clone()),
        ] {
            let page = person.visit(&link.url).await?;
            let field = hidden_field(&page)?;
            if name == "without-cookie" {
                person.cookies.clear();
            } else {
                let cookie = person.cookies.values_mut().next_back().context("no cookie was set")?;
                "another".clone_into(cookie);
            }
            for language in self.languages {
                let mut headers = HeaderMap::new();
                headers.insert("origin", "null".parse()?);
                headers.insert("accept-language", language.parse()?);
                let page = person.post_form(&link.url, headers, &field).await?;
                ensure!(page.header("content-language") == *language, "{name}: {}", page.text());
                self.pages.push(Shown { name, language, page });
            }
        }
        Ok(())
    }

    async fn set(&self, link: &Link, columns: &str) -> Result<()> {
        let client = self.stack.database.superuser().await?;
        // Other tests go through the whole flows that lead to these states. Here only the page matters.
        let unchecked = "DO $$ DECLARE name text; BEGIN
             FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'link_sessions'::regclass AND contype = 'c' LOOP
                 EXECUTE format('ALTER TABLE link_sessions DROP CONSTRAINT %I', name);
             END LOOP; END $$";
        let id = link.id.uuid();
        let update = format!("UPDATE link_sessions SET {columns} WHERE id = '{id}'");
        client
            .batch_execute(&format!("{unchecked}; SET session_replication_role = replica; {update}"))
            .await?;
        Ok(())
    }

    async fn states(&mut self) -> Result<()> {
        let link = self.acme.begin_link("ada@acme.example").await?;
        self.amara.go_to_dropbox(&link).await?;
        for (name, columns) in STATES {
            self.set(&link, columns).await?;
            self.visit(name, &link.url).await?;
        }
        Ok(())
    }

    async fn faults(&mut self) -> Result<()> {
        self.visit("not-found", &format!("{}/link/nothing", self.stack.public_url())).await?;
        let link = self.acme.begin_link("ada@acme.example").await?;
        self.stack.database.execute("UPDATE connectors SET status = 'disabled'", &[]).await?;
        self.visit("disabled", &link.url).await?;
        self.set(&link, "status = 'paused'").await?;
        self.visit("unavailable", &link.url).await?;
        self.set(&link, "sealed_intent = '\\x00'").await?;
        self.visit("internal", &link.url).await?;
        let flood = "198.51.100.1";
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", flood.parse()?);
        for _ in 0..2 * BURST {
            if self.amara.send(Method::GET, &link.url, &headers).await?.status == 429 {
                let amara = self.amara.clone();
                return self
                    .take("too-many", &amara, Method::GET, &link.url, &[("x-forwarded-for", flood)])
                    .await;
            }
        }
        anyhow::bail!("no request was refused")
    }
}
