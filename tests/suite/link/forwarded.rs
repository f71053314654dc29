//! A forwarded link that another person approves passes state and PKCE checks but must not link anything.

use anyhow::Result;
use bowline_tests::{Link, Person, Stack, Tenant, TenantOptions, until};
use dropbox_sim::Operation;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_begun_by_one_and_approved_by_another_is_refused_and_leaves_no_grant() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    // The attacker starts at the tenant and forwards the link; the victim approves in their own browser.
    let attackers = acme.begin_link("attacker").await?;
    let mut victim = Person::new(&stack, "mei@example.org");
    let returned = victim.approves(&stack, &attackers).await?;
    // The victim's browser returns to the tenant in the victim's session, which has another verifier.
    let victims_verifier = Link::new_verifier();
    let answer = acme.complete_with(attackers.id, &returned.link_code, &victims_verifier).await?;
    assert_eq!(answer.refusal(), (403, "completion_refused".to_owned()));
    // The attacker has the verifier but not the link code.
    let answer = acme.complete_with(attackers.id, "bwl_lc_guessed", &attackers.verifier).await?;
    assert_eq!(answer.refusal(), (403, "completion_refused".to_owned()));
    assert!(acme.accounts().await?.is_empty());
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 0, "the code was never exchanged");

    stack.database.execute("UPDATE link_sessions SET expires_at = now() - interval '1 second'", &[]).await?;
    until("the sweeper", async || {
        acme.link_status(&attackers).await.ok().filter(|(status, _)| status == "expired")
    })
    .await?;
    // Now even the right pair is too late.
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
    // The attacker sends the victim directly to Dropbox's page.
    let mut victim = Person::new(&stack, "mei@example.org");
    let callback = victim.approve(&stack, &authorize_url)?;
    assert_eq!(victim.visit(&callback).await?.status, 400);
    assert_eq!(acme.link_status(&link).await?.0, "authorizing", "nothing was consumed");
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 0);
    assert_eq!(stack.live_grants(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_exception_is_a_connector_that_completes_in_the_browser_and_adding_one_warns() -> Result<()> {
    let stack = Stack::start().await?;
    let options = TenantOptions { completes_in_browser: true, ..TenantOptions::default() };
    let acme = Tenant::create_with(&stack, "acme", options).await?;
    let link = acme.begin_link("attacker").await?;
    let mut victim = Person::new(&stack, "mei@example.org");
    let authorize_url = victim.go_to_dropbox(&link).await?;
    let callback = victim.approve(&stack, &authorize_url)?;
    let page = victim.visit(&callback).await?;
    assert_eq!((page.status, page.header("location").contains("link_code")), (303, false));
    let account = acme.accounts().await?.remove(0);
    assert_eq!((account.external_user_id.as_str(), account.email.as_str()), ("attacker", "mei@example.org"));
    assert_eq!(serde_json::to_value(account.assurance)?, "browser");
    for (completion, warns) in [("browser", true), ("tenant", false)] {
        let app_key = format!("another-app-{completion}");
        let mut add =
            vec!["connector", "add", "--tenant", "acme", "--name", "Acme TV", "--app-key", &app_key];
        add.extend([
            "--app-secret-stdin",
            "--scope",
            "account_info.read",
            "--json",
            "--completion",
            completion,
        ]);
        add.extend(["--return-url", "https://photos.example/tv"]);
        let output = stack.try_command(&add, Some("CANARY_secret_of_acme_tv")).await?;
        assert!(output.status.success());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.contains("Warning: with --completion browser"), warns, "{said}");
        serde_json::from_slice::<serde_json::Value>(&output.stdout)?;
    }
    Ok(())
}
