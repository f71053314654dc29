//! The load of tenant apps: the hot statements, called by several tenants at the same time.

use anyhow::{Result, ensure};
use bowline_api::AccountId;
use bowline_api::v1::{AccessToken, Tokens};
use bowline_tests::{Answer, Stack, Tenant, until};
use dropbox_sim::Operation;
use futures_util::future::{join_all, try_join_all};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::{newcomer, out_of_order, set_token_life};

/// A tenant with its accounts, each of a different user.
pub(super) struct Busy {
    pub(super) tenant: Tenant,
    pub(super) accounts: Vec<AccountId>,
}

impl Busy {
    pub(super) async fn create(stack: &Stack, slug: &str) -> Result<Self> {
        Ok(Self { tenant: Tenant::create(stack, slug).await?, accounts: Vec::new() })
    }

    /// Links this many users through the complete flow.
    pub(super) async fn link(&mut self, stack: &Stack, users: usize) -> Result<()> {
        for user in 0..users {
            let mut person = newcomer(stack, &format!("{}-{user}", self.tenant.slug));
            self.accounts.push(person.links(stack, &self.tenant, &format!("user-{user}")).await?.id);
        }
        Ok(())
    }

    async fn post(&self, path: &str, body: Option<Value>) -> Result<Answer> {
        self.tenant.call(Method::POST, path, body).await
    }

    async fn care(&self, account: AccountId, path: &str) -> Result<Answer> {
        self.post(&format!("/v1/accounts/{account}/{path}"), None).await
    }

    /// Fetches valid tokens in every way, with link sessions and lists in between.
    async fn fetches(&self) -> Result<()> {
        let singles = (0..40).map(|number| self.tenant.token(self.accounts[number % self.accounts.len()]));
        let batches = (0..5).map(|_| all_tokens(&self.tenant, &self.accounts));
        let users = (0..10).map(async |number: usize| {
            let user = number % self.accounts.len();
            self.post(&format!("/v1/users/user-{user}/token"), None).await?.good::<AccessToken>()
        });
        let links = (0..5).map(async |number| {
            let link = self.tenant.begin_link(&format!("another-{number}")).await?;
            self.tenant.link_status(&link).await
        });
        let lists = (0..3).map(|_| self.tenant.accounts());
        tokio::try_join!(
            try_join_all(singles),
            try_join_all(batches),
            try_join_all(users),
            try_join_all(links),
            try_join_all(lists)
        )?;
        Ok(())
    }

    /// A refresh with many waiting callers, a forced one, a narrowed token, and a check.
    async fn refreshes(&self) -> Result<()> {
        let [stale, forced, narrowed, ..] = self.accounts[..] else { anyhow::bail!("too few accounts") };
        let stale = (0..10).map(|_| self.tenant.token(stale));
        let scopes = json!({ "scopes": ["files.metadata.read"] });
        let path = format!("/v1/accounts/{narrowed}/token");
        let (_, forced, narrow, check) = tokio::try_join!(
            try_join_all(stale),
            self.care(forced, "token/refresh"),
            self.post(&path, Some(scopes)),
            self.care(narrowed, "check")
        )?;
        for answer in [forced, narrow, check] {
            ensure!(answer.status == 200, "{}", answer.text());
        }
        Ok(())
    }
}

/// Fetches a token of each of these accounts in one call.
async fn all_tokens(tenant: &Tenant, accounts: &[AccountId]) -> Result<()> {
    let body = json!({ "account_ids": accounts });
    let tokens: Tokens = tenant.call(Method::POST, "/v1/tokens", Some(body)).await?.good()?;
    ensure!(tokens.items.iter().all(|item| item.token.is_some()), "an account got no token");
    Ok(())
}

/// First and repeated issues, by all tenants at once.
pub(super) async fn fetches(tenants: &[Busy]) -> Result<()> {
    try_join_all(tenants.iter().map(Busy::fetches)).await?;
    Ok(())
}

/// Successful refreshes, by all tenants at once.
pub(super) async fn refreshes(stack: &Stack, tenants: &[Busy]) -> Result<()> {
    for busy in tenants {
        set_token_life(stack, busy.accounts[0], 0).await?;
    }
    try_join_all(tenants.iter().map(Busy::refreshes)).await?;
    Ok(())
}

/// Refreshes that fail because Dropbox is out of order, and then because users have disconnected; these accounts are
/// then revoked.
pub(super) async fn failures(stack: &Stack, tenants: &[Busy]) -> Result<()> {
    for busy in tenants {
        set_token_life(stack, busy.accounts[0], 0).await?;
    }
    stack.dropbox.set_fault(out_of_order(Operation::TokenRefresh));
    let status = async |calls: Vec<(&Tenant, AccountId)>, status: u16| -> Result<()> {
        for answer in join_all(calls.into_iter().map(|(tenant, account)| tenant.try_token(account))).await {
            let answer = answer?;
            ensure!(answer.status == status, "{}", answer.text());
        }
        Ok(())
    };
    let of = |number: usize| tenants.iter().map(|busy| (&busy.tenant, busy.accounts[number])).collect();
    status(of(0), 503).await?;
    stack.dropbox.clear_faults();
    for busy in tenants {
        let account = busy.tenant.account(busy.accounts[1]).await?;
        stack.dropbox.disconnect(&busy.tenant.app_key, &account.provider_account_id);
        set_token_life(stack, account.id, 0).await?;
    }
    status(of(1), 409).await?;
    for answer in join_all(tenants.iter().map(|busy| busy.tenant.revoke(busy.accounts[1]))).await {
        ensure!(answer?.status == 202);
    }
    Ok(())
}

/// A tenant with one of many keys, and the accounts that it can fetch for.
pub(super) type Keyed<'a> = (Tenant, &'a [AccountId]);

/// Creates this many keys per tenant, for the accounts that still work.
pub(super) async fn keys<'a>(stack: &Stack, tenants: &'a [Busy], keys: usize) -> Result<Vec<Keyed<'a>>> {
    let adds = tenants.iter().flat_map(|busy| (0..keys).map(move |number| (busy, number)));
    stream::iter(adds)
        .map(async |(busy, number)| {
            let name = format!("key {number}");
            let add = ["api-key", "add", "--tenant", &busy.tenant.slug, "--name", &name, "--json"];
            let key = stack.command(&add, None).await?;
            let secret = key["secret"].as_str().unwrap_or_default().to_owned();
            anyhow::Ok((busy.tenant.with_key(secret), &busy.accounts[2..]))
        })
        .buffer_unordered(4)
        .try_collect()
        .await
}

/// Fetches a token of each account with each key while flushing is blocked, so that the next flush goes through the
/// journal.
pub(super) async fn repeats(stack: &Stack, keyed: &[Keyed<'_>]) -> Result<()> {
    let hand = stack.database.superuser().await?;
    let turn = "hashtextextended('bowline holdings', uuid_hash_extended(id, 0))";
    hand.execute(&format!("SELECT pg_advisory_lock({turn}) FROM tenants"), &[]).await?;
    try_join_all(keyed.iter().map(|(tenant, accounts)| all_tokens(tenant, accounts))).await?;
    hand.execute(&format!("SELECT pg_advisory_unlock({turn}) FROM tenants"), &[]).await?;
    Ok(())
}

/// Rare actions: a declined link, a revoked key, a notice of Dropbox, a replaced app secret.
pub(super) async fn administration(stack: &Stack, tenants: &[Busy]) -> Result<()> {
    for Busy { tenant, .. } in tenants {
        let link = tenant.begin_link("declined").await?;
        newcomer(stack, &format!("{}-declined", tenant.slug)).declines(stack, &link).await?;
        let of = ["--tenant", tenant.slug.as_str(), "--json"];
        let key =
            stack.command(&[&["api-key", "add", "--name", "short-lived"], &of[..]].concat(), None).await?;
        let id = key["id"].as_str().unwrap_or_default();
        for _ in 0..2 {
            stack.command(&[&["api-key", "revoke", "--key", id], &of[..]].concat(), None).await?;
        }
        let accounts = tenant.accounts().await?;
        let ids: Vec<String> = accounts.into_iter().map(|account| account.provider_account_id).collect();
        stack.dropbox.set_webhook_uri(&tenant.app_key, &tenant.notice_url).await?;
        ensure!(stack.dropbox.notify(&tenant.app_key, &ids).await? == 200, "the notice was refused");
        tenant.set_app_secret(stack, &tenant.app_secret).await?;
    }
    let waiting = "SELECT count(*) FROM account_changes WHERE due_at IS NOT NULL";
    until("tenants to be told", async || (stack.database.count(waiting).await.ok()? == 0).then_some(())).await
}
