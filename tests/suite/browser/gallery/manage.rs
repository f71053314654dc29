//! The page with a user's linked accounts, and its ends.

use anyhow::{Context as _, Result, ensure};
use bowline_api::v1::CreateManageSession;
use bowline_tests::{Person, Tenant, TenantOptions, hidden_field};
use dropbox_sim::UserConfig;
use reqwest::Method;
use reqwest::header::HeaderMap;

use super::{Gallery, SCOPES, Shown};
use crate::manage::Visit;

impl Gallery {
    /// Every page of a user with one account, with several in different states, and with none.
    pub(super) async fn managed(&mut self) -> Result<()> {
        let everything: Vec<String> = SCOPES.map(str::to_owned).into();
        let options =
            TenantOptions { app_scopes: everything.clone(), scopes: everything, ..TenantOptions::default() };
        let keeper = Tenant::create_with(&self.stack, "keeper", options).await?;
        let account = self.amara.clone().links(&self.stack, &keeper, "ada@acme.example").await?;
        keeper.token(account.id).await?;
        let visit = Visit::of(&keeper, "ada@acme.example").await?;
        self.visit("accounts-open", &visit.url).await?;
        visit.open(&mut self.amara).await?;
        self.visit("account", &visit.url).await?;
        self.visit("disconnect", &visit.action("disconnect", account.id)).await?;
        for (name, columns) in [
            ("jonas", "status = 'needs_reauth', status_reason = 'invalid_grant'"),
            ("mei", "status = 'suspended', status_reason = 'x'"),
            (
                "olu",
                "status = 'revoked', status_reason = 'x', sealed_access_token = NULL, access_expires_at = NULL,
                 sealed_refresh_token = NULL, refreshed_at = NULL",
            ),
        ] {
            let email = format!("{name}@keeper.example");
            self.stack.dropbox.add_user(&UserConfig::new(name, &email));
            let mut person = Person::new(&self.stack, &email);
            let linked = person.links(&self.stack, &keeper, "ada@acme.example").await?;
            let update = format!("UPDATE accounts SET {columns} WHERE id = $1");
            self.stack.database.execute(&update, &[&linked.id.uuid()]).await?;
        }
        self.visit("accounts", &visit.url).await?;
        let nobody = Visit::of(&keeper, "nobody").await?;
        nobody.open(&mut self.amara).await?;
        self.visit("accounts-none", &nobody.url).await?;
        self.ends_of_the_page(&keeper, &visit).await
    }

    async fn ends_of_the_page(&mut self, keeper: &Tenant, visit: &Visit) -> Result<()> {
        let mei = Person::new(&self.stack, "mei@example.org");
        self.take("page-elsewhere", &mei, Method::GET, &visit.url, &[]).await?;
        let fresh = Visit::with(keeper, CreateManageSession::new("ada", &keeper.return_url)).await?;
        let field = hidden_field(&mei.clone().visit(&fresh.url).await?)?;
        for language in self.languages {
            let mut headers = HeaderMap::new();
            headers.insert("origin", "null".parse()?);
            headers.insert("accept-language", language.parse()?);
            let page = mei.clone().post_form(&fresh.url, headers, &field).await?;
            ensure!(page.header("content-language") == *language, "{}", page.text());
            ensure!(page.text().contains("id=\"failure\""), "{}", page.text());
            self.pages.push(Shown { name: "page-without-cookie", language, page });
        }
        let expired = "UPDATE manage_sessions SET expires_at = now() WHERE id = $1";
        let edited = self.stack.database.execute(expired, &[&fresh.id.uuid()]).await?;
        (edited == 1).then_some(()).context("there is no such session")?;
        self.take("page-expired", &mei, Method::GET, &fresh.url, &[]).await
    }
}
