//! Three replicas behind the edge proxy of `deploy/` are restarted one after another under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::{Context as _, Result, ensure};
use bowline_api::AccountId;
use bowline_tests::{Edge, Person, Stack, StackBuilder, Tenant};

/// The number of concurrent callers; each sends its next request when the previous one is answered.
const CALLERS: usize = 8;
/// The number of answers between two restarts, so that each restart happens under load.
const BETWEEN: usize = 50;

/// Calls that continue until they are stopped; the first failure is kept.
struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    callers: Vec<tokio::task::JoinHandle<Result<()>>>,
}

impl Load {
    fn start(tenant: &Tenant, account: AccountId) -> Self {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let callers = (0..CALLERS)
            .map(|number| {
                let (tenant, stop, answered) = (tenant.clone(), Arc::clone(&stop), Arc::clone(&answered));
                tokio::spawn(async move {
                    while !stop.load(Ordering::Relaxed) {
                        if number % 2 == 0 {
                            tenant.token(account).await.context("a token call failed")?;
                        } else {
                            tenant
                                .begin_link(&format!("user-{number}"))
                                .await
                                .context("creating a link session failed")?;
                        }
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok(())
                })
            })
            .collect();
        Self { stop, answered, callers }
    }

    /// Waits until the load has made some more calls.
    async fn goes_on(&self) -> Result<()> {
        let from = self.answered.load(Ordering::Relaxed);
        bowline_tests::until("the load to go on", async || {
            let broken = self.callers.iter().any(tokio::task::JoinHandle::is_finished);
            (broken || self.answered.load(Ordering::Relaxed) >= from + BETWEEN).then_some(())
        })
        .await
    }

    async fn end(self) -> Result<usize> {
        self.stop.store(true, Ordering::Relaxed);
        for caller in self.callers {
            caller.await??;
        }
        Ok(self.answered.load(Ordering::Relaxed))
    }
}

/// The stack on which the restart of three replicas behind `edge` is tested.
pub(super) fn three_behind(edge: &Edge) -> StackBuilder {
    Stack::builder()
        .replicas(3)
        .behind(edge)
        .setting("BOWLINE_LOG", "info")
        // Longer than HAProxy needs to notice that a server is not ready.
        .setting("BOWLINE_DRAIN_SECONDS", 3)
        // Rocket waits for idle connections that HAProxy keeps as if they carried a request; in this test no request
        // takes longer.
        .setting("ROCKET_SHUTDOWN", "{grace=4}")
}

/// Restarts the replicas one after another under load; no request may fail.
pub(super) async fn restarts_without_a_failed_request(mut edge: Edge, mut stack: Stack) -> Result<()> {
    edge.start(&stack).await?;
    let acme = Tenant::create(&stack, "acme").await?.at(edge.url());
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let load = Load::start(&acme, account.id);
    for number in 0..3 {
        load.goes_on().await?;
        stack.server(number).ask_to_stop()?;
        let status = stack.server_mut(number).ended().await?;
        ensure!(status.success(), "server {number} ended with {status}");
        load.goes_on().await?;
        stack.server_mut(number).start().await?;
        edge.sends_to(&stack.http(), stack.server(number)).await?;
    }
    load.goes_on().await?;
    let answered = load.end().await?;
    eprintln!("{answered} requests answered, none failed, over three restarts");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_under_load_fails_no_request() -> Result<()> {
    let edge = Edge::reserve()?;
    let stack = three_behind(&edge).start().await?;
    restarts_without_a_failed_request(edge, stack).await
}
