//! Forwarded links under OAuth 1: one person begins and another approves. A naive client of OAuth 1.0 links the other's
//! account; Bowline does not, and OAuth 1.0a does not either.

use anyhow::{Context as _, Result};
use bowline_api::status::{AccountStatus, Protocol};
use bowline_tests::{Link, Person, Stack, Tenant};
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use futures_util::future::try_join;

use super::oauth1::{DIALECTS, tenant, with};
use crate::common::a_call_is_held;

const NAIVE_CALLBACK: &str = "https://naive.example/callback";

/// A client of OAuth 1.0 that asks nobody who approved. It signs by PLAINTEXT.
struct Naive<'a> {
    stack: &'a Stack,
    acme: &'a Tenant,
}

impl Naive<'_> {
    async fn call(&self, path: &str, token: Option<&[String; 2]>) -> Result<String> {
        let (name, secret) = token.map_or(("", ""), |[name, secret]| (name.as_str(), secret.as_str()));
        let signature = format!("{}%26{secret}", self.acme.app_secret);
        let own = if name.is_empty() { String::new() } else { format!("oauth_token=\"{name}\", ") };
        let header = format!(
            "OAuth oauth_consumer_key=\"{}\", {own}oauth_signature_method=\"PLAINTEXT\", oauth_signature=\"{signature}\"",
            self.acme.app_key
        );
        let url = format!("{}{path}", self.stack.dropbox.http_url());
        let answer = self.stack.http().post(url).header("authorization", header).send().await?;
        anyhow::ensure!(answer.status() == 200, "{path}: {}", answer.text().await?);
        Ok(answer.text().await?)
    }

    /// A request token with its secret.
    async fn begin(&self) -> Result<[String; 2]> {
        let body = self.call("/1/oauth/request_token", None).await?;
        Ok([field(&body, "oauth_token")?, field(&body, "oauth_token_secret")?])
    }

    /// The account of the access token.
    async fn finish(&self, request_token: &[String; 2]) -> Result<String> {
        field(&self.call("/1/oauth/access_token", Some(request_token)).await?, "uid")
    }
}

fn field(text: &str, name: &str) -> Result<String> {
    let mut fields = url::form_urlencoded::parse(text.as_bytes());
    let value = fields.find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    value.with_context(|| format!("no {name} in {text}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_attack_works_on_a_naive_client_of_oauth_1_0_and_not_on_bowline() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = tenant(&stack, Protocol::OAuth1).await?;
    let mut victim = Person::new(&stack, "mei@example.org");
    // The attacker begins at the naive client, has the victim approve, and goes on in their own session.
    let naive = Naive { stack: &stack, acme: &acme };
    let request_token = naive.begin().await?;
    let authorize_url = format!(
        "{}/1/oauth/authorize?oauth_token={}&oauth_callback={NAIVE_CALLBACK}",
        stack.dropbox.http_url(),
        request_token[0]
    );
    let arrived = victim.approve(&stack, &authorize_url)?;
    let victims_uid = field(arrived.split_once('?').context("no query")?.1, "uid")?;
    assert_eq!(naive.finish(&request_token).await?, victims_uid, "the attacker has the victim's account");
    let stolen = stack.live_grants();

    // The same at Bowline: the attacker sends the victim to Dropbox's page, and knows the victim's uid.
    for attacker_is_first in [false, true] {
        let link = acme.begin_link("attacker").await?;
        let mut attacker = Person::new(&stack, "jonas@example.com");
        let authorize_url = attacker.go_to_dropbox(&link).await?;
        let exchanged = stack.dropbox.count(Operation::OAuth1AccessToken);
        let callback = victim.approve(&stack, &authorize_url)?;
        if attacker_is_first {
            // The attacker writes down the victim's approval before the victim's browser is here.
            let returned = attacker.come_back(&callback).await?;
            assert_eq!(victim.visit(&callback).await?.status, 400);
            assert_eq!(acme.try_complete(&link, &returned).await?.json()["reason"], "foreign_browser");
        } else {
            assert_eq!(victim.visit(&callback).await?.status, 400);
            let returned = attacker.visit(&callback).await?;
            assert!(!returned.header("location").contains("link_code"), "{}", returned.header("location"));
        }
        let failed = ("failed".to_owned(), Some("foreign_browser".to_owned()));
        assert_eq!(acme.link_status(&link).await?, failed);
        assert_eq!(stack.dropbox.count(Operation::OAuth1AccessToken), exchanged, "nothing was exchanged");
    }
    assert!(acme.accounts().await?.is_empty());
    assert_eq!(stack.live_grants(), stolen, "Bowline got no grant");
    Ok(())
}

/// Whoever begins a link of OAuth 1.0 writes the callback's address, so the victim's browser may arrive with anything in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spoilt_callback_in_the_victims_browser_ends_the_link_too() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = tenant(&stack, Protocol::OAuth1).await?;
    let mut victim = Person::new(&stack, "mei@example.org");
    let state_of = |callback: &str| field(callback.split_once('?').unwrap_or_default().1, "state");
    let foreign = {
        let link = acme.begin_link("attacker-too").await?;
        let authorize_url = Person::new(&stack, "jonas@example.com").go_to_dropbox(&link).await?;
        state_of(&victim.approve(&stack, &authorize_url)?)?
    };
    let spoilt: [fn(&str, &str, &str) -> String; 8] = [
        |callback, state, _| callback.replace(&format!("state={state}&"), ""),
        |callback, state, _| callback.replace(&format!("state={state}"), "state=x"),
        |callback, state, foreign| callback.replace(state, foreign),
        |callback, state, _| format!("{callback}&state={state}"),
        |callback, _, _| callback.replace("uid=", "id="),
        |callback, _, _| format!("{callback}&uid=1&uid=2"),
        |callback, _, _| callback.replace("?state=", "?oauth_token=x&oauth_token=y&state="),
        |callback, _, _| format!("{callback}&not_approved=true&denied=x"),
    ];
    for (at, spoil) in spoilt.iter().enumerate() {
        let link = acme.begin_link("attacker").await?;
        let mut attacker = Person::new(&stack, "jonas@example.com");
        let authorize_url = attacker.go_to_dropbox(&link).await?;
        let callback = victim.approve(&stack, &authorize_url)?;
        let spoilt = spoil(&callback, &state_of(&callback)?, &foreign);
        // Their own browser may bring nonsense without harm.
        assert_eq!(attacker.visit(&spoilt).await?.status, 400, "{at}: {spoilt}");
        assert_eq!(acme.link_status(&link).await?.0, "authorizing", "{at}: {spoilt}");
        assert_eq!(victim.visit(&spoilt).await?.status, 400, "{at}: {spoilt}");
        let failed = ("failed".to_owned(), Some("foreign_browser".to_owned()));
        assert_eq!(acme.link_status(&link).await?, failed, "{at}: {spoilt}");
        let returned = attacker.visit(&callback).await?;
        assert!(!returned.header("location").contains("link_code"), "{at}: {}", returned.header("location"));
    }
    assert_eq!(stack.dropbox.count(Operation::OAuth1AccessToken), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_revoked_if_the_victims_browser_arrives_after_its_link() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = tenant(&stack, Protocol::OAuth1).await?;
    let mut victim = Person::new(&stack, "mei@example.org");
    for is_late in [false, true] {
        let link = acme.begin_link("attacker").await?;
        let mut attacker = Person::new(&stack, "jonas@example.com");
        let authorize_url = attacker.go_to_dropbox(&link).await?;
        let callback = victim.approve(&stack, &authorize_url)?;
        let returned = attacker.come_back(&callback).await?;
        let account = acme.complete(&link, &returned).await?;
        acme.try_token(account.id).await?.good::<bowline_api::v1::OAuth1Token>()?;
        if is_late {
            // Long after the link, the callback comes from a browser's history and says nothing.
            let late =
                "UPDATE link_sessions SET expires_at = now() - interval '1 hour' WHERE status = 'completed'";
            stack.database.execute(late, &[]).await?;
            assert_eq!(victim.visit(&callback).await?.status, 400);
            assert_eq!(acme.account(account.id).await?.status, AccountStatus::Active);
        } else {
            assert_eq!(victim.visit(&callback).await?.status, 400);
            assert_eq!(acme.try_token(account.id).await?.refusal(), (410, "account_revoked".to_owned()));
            stack.wait_for_live_grants(0).await?;
        }
    }
    let told = "SELECT count(*) FROM audit_events WHERE action = 'account.revoked' AND detail->>'reason' = 'foreign_browser'";
    assert_eq!(stack.database.count(told).await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_callback_in_another_browser_does_not_revoke_what_a_later_link_has_brought() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = tenant(&stack, Protocol::OAuth1).await?;
    let mut mei = Person::new(&stack, "mei@example.org");
    let link = acme.begin_link("user-1").await?;
    let authorize_url = mei.go_to_dropbox(&link).await?;
    let callback = mei.approve(&stack, &authorize_url)?;
    let returned = mei.come_back(&callback).await?;
    let account = acme.complete(&link, &returned).await?;
    let again = Person::new(&stack, "mei@example.org").links(&stack, &acme, "user-1").await?;
    assert_eq!(again.id, account.id);
    assert_eq!(Person::new(&stack, "mei@example.org").visit(&callback).await?.status, 400);
    assert_eq!(acme.account(account.id).await?.status, AccountStatus::Active);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_oauth_1_0a_the_attacker_lacks_the_verifier() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = tenant(&stack, Protocol::OAuth1a).await?;
    let link = acme.begin_link("attacker").await?;
    let mut attacker = Person::new(&stack, "jonas@example.com");
    let authorize_url = attacker.go_to_dropbox(&link).await?;
    let mut victim = Person::new(&stack, "mei@example.org");
    let callback = victim.approve(&stack, &authorize_url)?;
    assert_eq!(victim.visit(&callback).await?.status, 400);
    assert_eq!(acme.link_status(&link).await?.0, "authorizing", "nothing was consumed");
    let without = callback.split("&oauth_verifier=").next().unwrap_or_default();
    assert_eq!(attacker.visit(without).await?.status, 400, "it is no answer of OAuth 1.0");
    let returned = attacker.come_back(&with(&callback, "oauth_verifier", "CANARY_guessed")?).await?;
    let refused = acme.try_complete(&link, &returned).await?;
    assert_eq!((refused.status, refused.json()["reason"].as_str()), (409, Some("verifier_mismatch")));
    assert!(acme.accounts().await?.is_empty());
    assert_eq!(stack.live_grants(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_link_that_is_forwarded_is_refused_for_want_of_the_tenants_proof() -> Result<()> {
    let stack = Stack::start().await?;
    for protocol in DIALECTS {
        let acme = tenant(&stack, protocol).await?;
        let attackers = acme.begin_link("attacker").await?;
        let returned = Person::new(&stack, "mei@example.org").approves(&stack, &attackers).await?;
        // The victim's browser is at the tenant in the victim's session, which has another verifier.
        let answer = acme.complete_with(attackers.id, &returned.link_code, &Link::new_verifier()).await?;
        assert_eq!(answer.refusal(), (403, "completion_refused".to_owned()));
        assert!(acme.accounts().await?.is_empty());
    }
    assert_eq!((stack.dropbox.count(Operation::OAuth1AccessToken), stack.live_grants()), (0, 0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_that_is_being_completed_when_the_victims_browser_arrives_is_revoked() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = tenant(&stack, Protocol::OAuth1).await?;
    for held in [Operation::OAuth1AccessToken, Operation::OAuth1Account] {
        let link = acme.begin_link("attacker").await?;
        let mut attacker = Person::new(&stack, "jonas@example.com");
        let mut victim = Person::new(&stack, "mei@example.org");
        let authorize_url = attacker.go_to_dropbox(&link).await?;
        let callback = victim.approve(&stack, &authorize_url)?;
        let returned = attacker.come_back(&callback).await?;
        let fault = stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(held).times(1));
        let arrives = async {
            a_call_is_held(&stack).await;
            assert_eq!(victim.visit(&callback).await?.status, 400);
            stack.dropbox.clear_fault(fault);
            Ok(())
        };
        let (answer, ()) = try_join(acme.try_complete(&link, &returned), arrives).await?;
        assert_eq!(answer.refusal(), (409, "link_in_progress".to_owned()), "{held:?}");
        assert_eq!(acme.try_complete(&link, &returned).await?.json()["reason"], "foreign_browser");
        stack.wait_for_live_grants(0).await?;
    }
    assert!(acme.accounts().await?.is_empty());
    Ok(())
}
