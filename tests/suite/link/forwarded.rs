//! A link that somebody else is made to approve: it passes state and PKCE, and must still link nothing.

use anyhow::Result;
use bowline_tests::{Link, Person, Stack, Tenant, until};
use dropbox_sim::Operation;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_begun_by_one_and_approved_by_another_is_refused_and_leaves_no_grant() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    // The attacker begins at the tenant and forwards the link; the victim approves in his own browser.
    let attackers = acme.begin_link("attacker").await?;
    let mut victim = Person::new(&stack, "mei@example.org");
    let returned = victim.approves(&stack, &attackers).await?;
    // The victim's browser lands at the tenant, in the victim's session, which has another verifier.
    let victims_verifier = Link::new_verifier();
    let answer = acme.complete_with(attackers.id, &returned.link_code, &victims_verifier).await?;
    assert_eq!(answer.refusal(), (403, "completion_refused".to_owned()));
    // The attacker has the verifier and not the code that came back.
    let answer = acme.complete_with(attackers.id, "bwl_lc_guessed", &attackers.verifier).await?;
    assert_eq!(answer.refusal(), (403, "completion_refused".to_owned()));
    assert!(acme.accounts().await?.is_empty());
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 0, "the code was never exchanged");

    stack.database.execute("UPDATE link_sessions SET expires_at = now() - interval '1 second'", &[]).await?;
    until("the sweeper", async || {
        acme.link_status(&attackers).await.ok().filter(|(status, _)| status == "expired")
    })
    .await?;
    // Now even the right pair comes too late.
    let late = acme.try_complete(&attackers, &returned).await?;
    assert_eq!(late.refusal(), (410, "link_expired".to_owned()));
    assert_eq!(stack.live_grants(), 0);
    assert!(acme.accounts().await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_begun_in_one_browser_cannot_come_back_in_another() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("attacker").await?;
    let mut attacker = Person::new(&stack, "jonas@example.com");
    let authorize_url = attacker.go_to_dropbox(&link).await?;
    // The attacker sends the victim Dropbox's own page.
    let mut victim = Person::new(&stack, "mei@example.org");
    let callback = victim.approve(&stack, &authorize_url)?;
    assert_eq!(victim.visit(&callback).await?.status, 400);
    assert_eq!(acme.link_status(&link).await?.0, "authorizing", "nothing was consumed");
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 0);
    assert_eq!(stack.live_grants(), 0);
    Ok(())
}
