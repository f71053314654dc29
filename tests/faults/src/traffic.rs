//! The load during a fault, and the answers that its callers received.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bowline_api::AccountId;
use bowline_api::v1::{AccessToken, Account};
use bowline_tests::{Person, Resealer, onward};
use dropbox_sim::Dropbox;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::bench::Bench;
use crate::fleet::Fleet;
use crate::ledger::Ledger;
use crate::watch::ProberHandle;

/// A caller's pause between two calls.
const CALLER_PAUSE: Duration = Duration::from_millis(10);
/// The pause between two expiries, and between two links.
const PAUSE: Duration = Duration::from_millis(100);
/// How often a completion is attempted, as a careful tenant would do.
const TRIES: usize = 3;

/// An answer to a caller.
#[derive(Debug, Clone)]
pub struct Event {
    /// When the call began.
    pub at: Instant,
    /// How long it took.
    pub took: Duration,
    /// The status; 0 if there was no answer.
    pub status: u16,
    /// The error code of a refusal.
    pub code: String,
}

/// The answers to all callers.
#[derive(Debug, Default)]
pub struct Tally {
    events: Mutex<Vec<Event>>,
    linked: AtomicUsize,
    revoked: AtomicUsize,
    unlinked: Mutex<Vec<String>>,
}

impl Tally {
    fn push(&self, event: Event) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// All answers so far.
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The number of answers per status.
    pub fn statuses(&self) -> BTreeMap<u16, usize> {
        let mut all = BTreeMap::new();
        for event in self.events() {
            *all.entry(event.status).or_default() += 1;
        }
        all
    }

    /// The longest time that any caller waited for an answer.
    pub fn slowest(&self) -> Duration {
        self.events().iter().map(|event| event.took).max().unwrap_or_default()
    }

    /// Fails unless every answer had one of these statuses; 0 stands for no answer.
    pub fn only(&self, allowed: &[u16]) -> Result<()> {
        let events = self.events();
        ensure!(
            events.iter().any(|event| event.status == 200),
            "no caller got a token: {:?}",
            self.statuses()
        );
        let strange = events.iter().find(|event| !allowed.contains(&event.status));
        ensure!(strange.is_none(), "{strange:?} among {:?}", self.statuses());
        Ok(())
    }

    /// Fails unless every step of every link, and every revocation, succeeded.
    pub fn every_link_went_well(&self) -> Result<()> {
        ensure!(self.linked.load(Ordering::Relaxed) > 0, "no account was linked");
        let unlinked = self.unlinked.lock().unwrap_or_else(PoisonError::into_inner);
        ensure!(unlinked.is_empty(), "{} requests of links failed: {:?}", unlinked.len(), unlinked.first());
        Ok(())
    }

    fn failed(&self, why: &anyhow::Error) {
        self.unlinked.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{why:#}"));
    }

    /// A short summary.
    pub fn text(&self) -> String {
        let statuses: Vec<String> = self
            .statuses()
            .iter()
            .map(|(status, count)| match status {
                0 => format!("{count} × no answer"),
                status => format!("{count} × {status}"),
            })
            .collect();
        let (linked, revoked) = (self.linked.load(Ordering::Relaxed), self.revoked.load(Ordering::Relaxed));
        format!("{}; {linked} linked, {revoked} revoked", statuses.join(", "))
    }
}

/// Traffic that is running.
#[derive(Debug)]
pub struct Traffic {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    /// The answers so far.
    pub tally: Arc<Tally>,
}

impl Bench {
    /// Starts callers that fetch tokens, one that links and revokes, and a task that expires tokens.
    pub fn traffic(&self, callers: usize) -> Traffic {
        Traffic::start(self, callers)
    }
}

impl Traffic {
    pub(crate) fn start(bench: &Bench, callers: usize) -> Self {
        let (stop, stopped) = watch::channel(false);
        let tally: Arc<Tally> = Arc::default();
        let mut tasks = JoinSet::new();
        let accounts: Arc<[AccountId]> = bench.accounts.iter().map(|account| account.id).collect();
        for number in 0..callers {
            let caller = Caller {
                fleet: Arc::clone(&bench.fleet),
                accounts: Arc::clone(&accounts),
                ledger: Arc::clone(&bench.ledger),
                tally: Arc::clone(&tally),
            };
            tasks.spawn(caller.run(number, stopped.clone()));
        }
        tasks.spawn(run_out(bench.stack.resealer(), accounts, Arc::clone(&bench.ledger), stopped.clone()));
        let linker = Linker {
            person: Person::new(&bench.stack, "new"),
            dropbox: bench.stack.dropbox.dropbox(),
            fleet: Arc::clone(&bench.fleet),
            public_url: bench.stack.public_url(),
            ledger: Arc::clone(&bench.ledger),
            prober: bench.prober.handle(),
            tally: Arc::clone(&tally),
        };
        tasks.spawn(linker.run(stopped));
        Self { stop, tasks, tally }
    }

    /// Waits until this many more tokens have been issued.
    pub async fn go_on_for(&self, tokens: usize) -> Result<()> {
        let good = || self.tally.events().iter().filter(|event| event.status == 200).count();
        let goal = good() + tokens;
        bowline_tests::until("tokens to be handed out", async || (good() >= goal).then_some(()))
            .await
            .with_context(|| self.tally.text())
    }

    /// Stops the load; each caller finishes its current call.
    pub async fn finish(mut self) -> Result<Arc<Tally>> {
        self.stop.send_replace(true);
        while let Some(ended) = self.tasks.join_next().await {
            ended?;
        }
        Ok(Arc::clone(&self.tally))
    }
}

struct Caller {
    fleet: Arc<Fleet>,
    accounts: Arc<[AccountId]>,
    ledger: Arc<Ledger>,
    tally: Arc<Tally>,
}

impl Caller {
    async fn run(self, number: usize, stopped: watch::Receiver<bool>) {
        let mut turn = number;
        while !*stopped.borrow() {
            let Some(account) = self.accounts.get(turn % self.accounts.len().max(1)) else { return };
            turn += 1;
            let at = Instant::now();
            let answer = self.fleet.pick().try_token(*account).await;
            let took = at.elapsed();
            let (status, code) = answer
                .as_ref()
                .map_or_else(|error| (0, format!("{error:#}")), bowline_tests::Answer::refusal);
            if let Ok(token) = answer.and_then(|answer| answer.good::<AccessToken>()) {
                self.ledger.token(*account, &token.access_token);
            }
            self.tally.push(Event { at, took, status, code });
            tokio::time::sleep(CALLER_PAUSE).await;
        }
    }
}

/// Expires one token after another, except recently refreshed ones, so that no token expires between a refresh and its
/// answer.
async fn run_out(
    resealer: Resealer,
    accounts: Arc<[AccountId]>,
    ledger: Arc<Ledger>,
    stopped: watch::Receiver<bool>,
) {
    for account in accounts.iter().cycle() {
        if *stopped.borrow() {
            return;
        }
        let which = format!(
            "id = '{}' AND access_expires_at > now() AND refreshed_at < now() - interval '5 seconds'",
            account.uuid()
        );
        // If the database's answer is lost, the change may have been made.
        if resealer.edit_accounts("access_expires_at = now()", &which).await.is_ok_and(|rows| rows == 0) {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        ledger.expired();
        tokio::time::sleep(PAUSE).await;
    }
}

/// Links one new user after another and revokes every second one. Each request goes to the next replica in turn.
struct Linker {
    person: Person,
    dropbox: Arc<Dropbox>,
    fleet: Arc<Fleet>,
    /// The public URL that the servers are configured with.
    public_url: String,
    ledger: Arc<Ledger>,
    prober: ProberHandle,
    tally: Arc<Tally>,
}

impl Linker {
    async fn run(self, stopped: watch::Receiver<bool>) {
        let mut number = 0_usize;
        while !*stopped.borrow() {
            number += 1;
            // Links that are not acknowledged are not in the ledger. The scenario knows whether failures are permitted.
            if let Err(error) = self.link_and_revoke(number).await {
                self.tally.failed(&error);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn link_and_revoke(&self, number: usize) -> Result<()> {
        let account = self.link(&format!("new-user-{number}")).await?.id;
        self.ledger.linked(account);
        self.tally.linked.fetch_add(1, Ordering::Relaxed);
        if number.is_multiple_of(2) {
            self.ledger.revoking(account);
            let answer = self.fleet.pick().revoke(account).await.context("a revocation failed")?;
            ensure!(answer.status == 202, "a revoke was answered {}", answer.text());
            self.ledger.revoked(account);
            self.prober.add(account);
            self.tally.revoked.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    async fn link(&self, user: &str) -> Result<Account> {
        let mut person = self.person.clone();
        let link = self.fleet.pick().begin_link(user).await.context("creating a link session failed")?;
        let page = person.visit(&self.routed(&link.url)).await.context("the link page failed")?;
        ensure!(page.status == 200, "the link page answered {}: {}", page.status, page.text());
        let form = self.routed(&link.url);
        let page =
            person.post_from(&form, &self.public_url, "same-origin").await.context("the button failed")?;
        let callback = self.dropbox.approve(&onward(&page).context("the button failed")?, "new")?;
        let returned = person.come_back(&self.routed(&callback)).await.context("the callback failed")?;
        let mut outcome = self.fleet.pick().complete(&link, &returned).await.context("a completion failed");
        for _ in 1..TRIES {
            let Err(error) = &outcome else { break };
            self.tally.failed(error);
            tokio::time::sleep(PAUSE).await;
            outcome = self.fleet.pick().complete(&link, &returned).await.context("a completion failed");
        }
        outcome
    }

    /// This URL at the next replica, as a load balancer would route it.
    fn routed(&self, url: &str) -> String {
        url.replacen(&self.public_url, self.fleet.pick().base(), 1)
    }
}
