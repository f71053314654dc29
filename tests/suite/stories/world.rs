//! The real service: two replicas, a database and Dropbox, on which a story is run and checked.

use anyhow::{Context as _, Result, ensure};
use bowline_api::AccountId;
use bowline_api::status::AccountStatus::{Revoked, Revoking};
use bowline_api::v1::AccessToken;
use bowline_tests::{Answer, Operator, PATIENCE, Person, Stack, Tenant, onward, until};
use dropbox_sim::{CallState, FaultKind, FaultSpec, Garbage, GrantView, Operation, Reveal};
use reqwest::Method;
use serde_json::json;

use super::reference::{Dropbox, Event, Expected, Provider, Replica, Step, Told};
use crate::common::newcomer;

/// The service, with a new user for each story.
pub(super) struct World {
    stack: Stack,
    acme: Tenant,
    operator: Operator,
    stories: usize,
    person: Person,
    user: String,
    /// Set by the first link.
    account: Option<AccountId>,
    provider_account: String,
}

impl World {
    pub(super) async fn start() -> Result<Self> {
        let stack = Stack::builder().replicas(2).start().await?;
        let acme = Tenant::create(&stack, "acme").await?;
        let mut operator = Operator::create(&stack, "vera", "operator").await?;
        operator.log_in().await?;
        let person = Person::new(&stack, "nobody@example.com");
        let (user, provider_account) = (String::new(), String::new());
        Ok(Self { stack, acme, operator, stories: 0, person, user, account: None, provider_account })
    }

    /// Restores the service and creates a new user.
    pub(super) async fn begin_story(&mut self) -> Result<()> {
        self.stack.dropbox.clear_faults();
        for replica in 0..2 {
            if !self.stack.server_mut(replica).is_running() {
                self.stack.server_mut(replica).start().await?;
            }
        }
        self.stories += 1;
        self.user = format!("user-{}", self.stories);
        self.person = newcomer(&self.stack, &self.user);
        self.account = None;
        Ok(())
    }

    /// Performs `step`, which leads from `before` to `expected`, and checks the result.
    pub(super) async fn take(&mut self, step: Step, before: &Expected, expected: &Expected) -> Result<()> {
        match step {
            Step::Link(replica) => self.link(replica).await?,
            Step::Choose(replica) => self.choose(replica).await?,
            Step::Fetch(replica, callers) => self.fetch(replica, callers, expected).await?,
            Step::Meanwhile(replica, event, dropbox) => {
                self.meanwhile(replica, event, dropbox, expected).await?;
            }
            Step::TokenRunsLow => self.let_live(100).await?,
            Step::TokenDies => {
                self.stack.dropbox.expire_tokens(Some(self.grant()?.id));
                self.let_live(0).await?;
            }
            Step::HoursPass => self.hours_pass().await?,
            Step::PauseEnds => self.lease("cool_down_until = now()").await?,
            Step::Disconnect => {
                self.stack.dropbox.disconnect(&self.acme.app_key, &self.provider_account);
            }
            Step::Turn(provider) => self.turn(provider),
            Step::Suspend => self.act("suspend").await?,
            Step::Resume => self.act("resume").await?,
            Step::Revoke(replica) => {
                ensure!(self.at(replica).revoke(self.account()?).await?.status == 202, "revoke was refused");
            }
            Step::Kill(replica) => self.stack.server_mut(replica).kill().await?,
            Step::Start(replica) => self.stack.server_mut(replica).start().await?,
        }
        if before.pause != expected.pause && expected.pause == Some(Provider::Nonsense) {
            // Extends the pause beyond the test's duration, which otherwise only Dropbox could request.
            self.lease("cool_down_until = now() + interval '1 hour'").await?;
        }
        self.look(expected).await
    }

    /// Checks what must hold after every step.
    async fn look(&self, expected: &Expected) -> Result<()> {
        let Some(status) = expected.status else { return Ok(()) };
        let running = (0..2).filter(|replica| expected.runs[*replica]);
        for replica in running {
            let is = self.at(replica).account(self.account()?).await?.status;
            ensure!(is == status || (status == Revoked && is == Revoking), "the account is {is}");
        }
        let own = usize::from(expected.grant_lives);
        if expected.provider == Provider::Up {
            let settled = until("the grants that are not needed to die", async || {
                // Ends the pause after a failure and the claims of killed workers.
                self.stack
                    .database
                    .execute("UPDATE revocations SET next_attempt_at = now()", &[])
                    .await
                    .ok()?;
                (self.alive() == own && self.due().await.ok()? == 0).then_some(())
            });
            return settled.await.with_context(|| format!("{} live, {own} needed", self.alive()));
        }
        let due = usize::try_from(self.due().await?)?;
        ensure!(self.alive() <= own + due, "{} grants live, {own} needed, {due} queued", self.alive());
        Ok(())
    }

    async fn link(&mut self, replica: Replica) -> Result<()> {
        // Bowline's page and the callback are at the public address; the tenant's calls may go to any replica.
        let front = usize::from(!self.stack.server_mut(0).is_running());
        let there = self.at(replica);
        let link = there.begin_link(&self.user).await?;
        let at_front =
            |url: &str| url.replacen(&self.stack.public_url(), &self.stack.server(front).public_url(), 1);
        let mut person = self.person.clone();
        // The browser knows only the public address, whichever replica answers there.
        let page = person.post_from(&at_front(&link.url), &self.stack.public_url(), "same-origin").await?;
        let callback = person.approve(&self.stack, &onward(&page)?)?;
        let returned = person.come_back(&at_front(&callback)).await?;
        let account = there.complete(&link, &returned).await?;
        ensure!(self.account.is_none_or(|known| known == account.id), "the link created another account");
        (self.account, self.provider_account) = (Some(account.id), account.provider_account_id);
        self.person = person;
        Ok(())
    }

    /// Links the account again, first with another person's.
    async fn choose(&mut self, replica: Replica) -> Result<()> {
        let front = usize::from(!self.stack.server_mut(0).is_running());
        let (there, public) = (self.at(replica), self.stack.public_url());
        let link = there.begin_relink(&self.user, self.account()?).await?;
        let at_front = |url: &str| url.replacen(&public, &self.stack.server(front).public_url(), 1);
        let mut person = self.person.clone();
        let own = std::mem::replace(&mut person.email, "jonas@example.com".to_owned());
        let page = person.post_from(&at_front(&link.url), &public, "same-origin").await?;
        let callback = person.approve(&self.stack, &onward(&page)?)?;
        let returned = person.come_back(&at_front(&callback)).await?;
        let refused = there.try_complete(&link, &returned).await?.json();
        let url = refused["outcome_url"].as_str().context("the wrong account was not refused")?;
        ensure!(refused["code"] == "account_mismatch", "{refused}");
        person.email = own;
        let page = person.post_from(&at_front(url), &public, "same-origin").await?;
        let callback = person.approve(&self.stack, &onward(&page)?)?;
        let returned = person.come_back(&at_front(&callback)).await?;
        let account = there.complete(&link, &returned).await?;
        ensure!(self.account == Some(account.id), "the link created another account");
        self.person = person;
        let others = || {
            let grants = self.stack.dropbox.grants(Reveal::No);
            let wrong = self.stack.dropbox.grants(Reveal::No).len().checked_sub(2)?;
            grants.get(wrong).filter(|grant| !grant.alive).map(|_| ())
        };
        until("the grant of the wrong account to die", async || others()).await
    }

    async fn fetch(&self, replica: Replica, callers: usize, expected: &Expected) -> Result<()> {
        // Stories concern one account, so the connector's breaker stays closed.
        self.stack.database.execute("DELETE FROM connector_health", &[]).await?;
        let (grant, account) = (self.grant()?.id, self.account()?);
        let before = self.refreshes_of(grant);
        let calls = (0..callers).map(|number| {
            let other = (replica + number) % 2;
            let caller = self.at(if expected.runs[other] { other } else { replica });
            async move { caller.try_token(account).await }
        });
        for answer in futures_util::future::try_join_all(calls).await? {
            self.compare(&answer, expected).await?;
        }
        let asked = self.refreshes_of(grant) - before;
        ensure!(asked == expected.asked, "Dropbox was asked {asked} times");
        Ok(())
    }

    async fn meanwhile(
        &mut self,
        replica: Replica,
        event: Event,
        dropbox: Dropbox,
        expected: &Expected,
    ) -> Result<()> {
        self.stack.database.execute("DELETE FROM connector_health", &[]).await?;
        let (grant, account) = (self.grant()?.id, self.account()?);
        let before = self.refreshes_of(grant);
        let fault = FaultSpec::new(FaultKind::Pause).on(Operation::TokenRefresh);
        let fault = fault.account(&self.provider_account).times(1);
        let fault = if dropbox == Dropbox::HasAnswered { fault.after() } else { fault };
        let fault = self.stack.dropbox.set_fault(fault);
        let holder = self.at(replica);
        let holder = tokio::spawn(async move { holder.try_token(account).await });
        let parked = |call: &dropbox_sim::Call| call.state == CallState::Parked && call.fault == Some(fault);
        ensure!(self.stack.dropbox.wait_for_calls(1, PATIENCE, parked).await, "no call has reached Dropbox");
        match event {
            Event::TakeOver => {
                self.lease("held_until = now()").await?;
                self.compare(&self.at(1 - replica).try_token(account).await?, expected).await?;
            }
            Event::Kill => {
                self.stack.server_mut(replica).kill().await?;
                self.lease("held_until = now()").await?;
            }
            Event::Revoke => {
                ensure!(self.at(replica).revoke(account).await?.status == 202, "revoke was refused");
            }
            Event::Suspend => self.act("suspend").await?,
            Event::Link => self.link(replica).await?,
        }
        self.stack.dropbox.clear_fault(fault);
        let told = holder.await?;
        if event == Event::Kill {
            ensure!(told.is_err(), "a dead replica has answered");
        } else {
            self.compare(&told?, expected).await?;
        }
        // A worker that revokes the grant may have to refresh it.
        if !matches!(event, Event::Revoke | Event::Link) {
            let asked = self.refreshes_of(grant) - before;
            ensure!(asked == expected.asked, "Dropbox was asked {asked} times");
        }
        Ok(())
    }

    /// A caller must get the expected answer; a token must belong to the account's own grant and work.
    async fn compare(&self, answer: &Answer, expected: &Expected) -> Result<()> {
        let told = expected.told.context("no answer is expected")?;
        let Told::Token(degraded) = told else {
            let (status, code) = answer.refusal();
            let same = told == Told::Refused(status, Box::leak(code.into_boxed_str()));
            ensure!(same, "a caller was told {}", answer.text());
            return Ok(());
        };
        let token: AccessToken = answer.good()?;
        ensure!(token.degraded == degraded, "degraded is {}", token.degraded);
        let tokens = self.grant()?.tokens.context("the simulator revealed no tokens")?;
        ensure!(tokens.access_tokens.contains(&token.access_token), "the token belongs to another grant");
        if expected.provider != Provider::Down {
            let url = format!("{}/2/users/get_current_account", self.stack.dropbox.http_url());
            let status = self.stack.http().post(url).bearer_auth(&token.access_token).send().await?.status();
            ensure!(status.is_success() == expected.grant_lives, "Dropbox answers {status} to the token");
        }
        Ok(())
    }

    async fn act(&self, what: &str) -> Result<()> {
        let path = format!("/admin/v1/accounts/{}/{what}", self.account()?);
        let answer = self.operator.call(Method::POST, &path, Some(json!({ "reason": "a story" }))).await?;
        ensure!(answer.status == 200, "{what}: {}", answer.text());
        Ok(())
    }

    fn turn(&self, provider: Provider) {
        self.stack.dropbox.clear_faults();
        match provider {
            Provider::Up => {}
            Provider::Down => {
                let pause = Some("3600".to_owned());
                let down =
                    FaultKind::Status { status: 503, body: None, content_type: None, retry_after: pause };
                self.stack.dropbox.set_fault(FaultSpec::new(down));
            }
            Provider::Nonsense => {
                let html = FaultKind::Garbage { garbage: Garbage::Html };
                self.stack.dropbox.set_fault(FaultSpec::new(html).on(Operation::TokenRefresh));
            }
        }
    }

    async fn let_live(&self, seconds: i32) -> Result<()> {
        let change = format!("access_expires_at = now() + {seconds} * interval '1 second'");
        let account = format!("id = '{}'", self.account()?.uuid());
        let changed = self.stack.resealer().edit_accounts(&change, &account).await?;
        ensure!(changed == 1, "there is no such account");
        Ok(())
    }

    /// Moves deadlines in the database five hours closer, which is equivalent to advancing its clock.
    async fn hours_pass(&self) -> Result<()> {
        self.stack.dropbox.advance_clock(5 * 3600);
        let nearer = "access_expires_at = access_expires_at - interval '5 hours'";
        self.stack.resealer().edit_accounts(nearer, "true").await?;
        for (table, column) in [
            ("refresh_leases", "held_until"),
            ("refresh_leases", "cool_down_until"),
            ("revocations", "access_expires_at"),
            ("revocations", "next_attempt_at"),
        ] {
            let sql = format!("UPDATE {table} SET {column} = {column} - interval '5 hours'");
            self.stack.database.execute(&sql, &[]).await?;
        }
        Ok(())
    }

    async fn lease(&self, change: &str) -> Result<()> {
        let sql = format!("UPDATE refresh_leases SET {change} WHERE account_id = $1");
        self.stack.database.execute(&sql, &[&self.account()?.uuid()]).await.map(drop)
    }

    /// Pending revocations of this account's grants.
    async fn due(&self) -> Result<i64> {
        let sql = "SELECT count(*) FROM revocations WHERE state = 'due' AND account_id = $1";
        Ok(self.stack.database.rows(sql, &[&self.account()?.uuid()]).await?[0].get(0))
    }

    fn at(&self, replica: Replica) -> Tenant {
        self.acme.at(self.stack.server(replica).public_url())
    }

    fn account(&self) -> Result<AccountId> {
        self.account.context("no account is linked yet")
    }

    fn grants(&self) -> Vec<GrantView> {
        let mut all = self.stack.dropbox.grants(Reveal::Tokens);
        all.retain(|grant| grant.account_id == self.provider_account);
        all
    }

    /// The grant of the last link.
    fn grant(&self) -> Result<GrantView> {
        self.grants().pop().context("no grant exists")
    }

    fn alive(&self) -> usize {
        self.grants().iter().filter(|grant| grant.alive).count()
    }

    fn refreshes_of(&self, grant: u64) -> usize {
        let ours = |call: &&dropbox_sim::Call| {
            call.operation == Operation::TokenRefresh && call.grant == Some(grant)
        };
        self.stack.dropbox.calls().iter().filter(ours).count()
    }
}
