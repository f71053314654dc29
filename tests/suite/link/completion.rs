//! The completion: its proof belongs to one session of one tenant's user.

use anyhow::Result;
use bowline_tests::{Person, Stack, Tenant};
use dropbox_sim::Operation;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proof_of_one_session_does_not_fit_another() -> Result<()> {
    let stack = Stack::start().await?;
    let (acme, other) = (Tenant::create(&stack, "acme").await?, Tenant::create(&stack, "other").await?);
    let mut amara = Person::new(&stack, "amara@example.com");
    let (first, second) = (acme.begin_link("user-1").await?, acme.begin_link("user-2").await?);
    let came_first = amara.approves(&stack, &first).await?;
    let came_second = amara.approves(&stack, &second).await?;
    for (session, code, verifier) in [
        (second.id, &came_first.link_code, &first.verifier),
        (second.id, &came_first.link_code, &second.verifier),
        (second.id, &came_second.link_code, &first.verifier),
    ] {
        let answer = acme.complete_with(session, code, verifier).await?;
        assert_eq!(answer.refusal(), (403, "completion_refused".to_owned()));
    }
    let foreign = other.try_complete(&first, &came_first).await?;
    assert_eq!(foreign.refusal(), (404, "not_found".to_owned()));
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 0);
    acme.complete(&first, &came_first).await?;
    acme.complete(&second, &came_second).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn completing_again_gives_the_same_account_and_asks_dropbox_once() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("user-1").await?;
    let early = acme.complete_with(link.id, "bwl_lc_nothing", &link.verifier).await?;
    assert_eq!(early.refusal(), (409, "link_not_returned".to_owned()));
    let returned = Person::new(&stack, "amara@example.com").approves(&stack, &link).await?;
    let calls = (0..20).map(|_| acme.try_complete(&link, &returned));
    let answers = futures_util::future::try_join_all(calls).await?;
    let good = answers.iter().filter(|answer| answer.status == 200).count();
    assert!(good >= 1);
    for answer in &answers {
        assert!(
            answer.status == 200 || answer.refusal() == (409, "link_in_progress".to_owned()),
            "{answer:?}"
        );
    }
    let account = acme.complete(&link, &returned).await?;
    assert_eq!(acme.accounts().await?.len(), 1);
    assert_eq!(acme.complete(&link, &returned).await?.id, account.id);
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 1);
    assert_eq!(stack.live_grants(), 1);
    Ok(())
}
