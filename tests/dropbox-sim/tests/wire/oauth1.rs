//! OAuth 1 on the wire, signed with PLAINTEXT by hand. Python's packages check the other signatures.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use dropbox_sim::{AppStatus, FaultKind, FaultSpec, Garbage, Operation, Reveal, WalkError};
use serde_json::json;

use crate::bench::{AMARA, Answer, Bench, CALLBACK, query, send};

type Fields = HashMap<String, String>;

/// A header of the app and, if there is one, of a token with its secret.
fn header(token: Option<(&str, &str)>, more: &str) -> String {
    let (token, secret) = match token {
        Some((token, secret)) => (format!("oauth_token=\"{token}\", "), secret),
        None => (String::new(), ""),
    };
    format!(
        "OAuth realm=\"x\", oauth_consumer_key=\"key\", {token}oauth_signature_method=\"PLAINTEXT\", \
         oauth_signature=\"secret%26{secret}\"{more}"
    )
}

async fn post(bench: &Bench, path: &str, authorization: &str) -> Result<Answer> {
    send(bench.http.post(bench.url(path)).header("Authorization", authorization)).await
}

fn form(answer: &Answer) -> Fields {
    url::form_urlencoded::parse(answer.text.as_bytes()).into_owned().collect()
}

async fn request_token(bench: &Bench) -> Result<Fields> {
    Ok(form(&post(bench, "/1/oauth/request_token", &header(None, "")).await?))
}

fn authorize_url(bench: &Bench, token: &Fields, callback: &str) -> Result<String> {
    let mut url = url::Url::parse(&bench.url("/1/oauth/authorize"))?;
    url.query_pairs_mut()
        .append_pair("oauth_token", &token["oauth_token"])
        .append_pair("oauth_callback", callback);
    Ok(url.into())
}

async fn exchange(bench: &Bench, token: &Fields) -> Result<Answer> {
    let pair = Some((token["oauth_token"].as_str(), token["oauth_token_secret"].as_str()));
    post(bench, "/1/oauth/access_token", &header(pair, "")).await
}

/// The hole: whoever has an authorize URL may write any callback into it, and nothing ties the user who approves to the one who began.
#[tokio::test]
async fn the_hole_of_1_0_is_open_as_it_was_at_dropbox() -> Result<()> {
    let bench = Bench::new().await?;
    let attackers = request_token(&bench).await?;
    let url = authorize_url(&bench, &attackers, "https://attacker.example/?x=1")?;
    let back = bench.sim.approve(&url, AMARA)?;
    assert!(back.starts_with("https://attacker.example/?x=1&uid="), "{back}");
    let access = form(&exchange(&bench, &attackers).await?);
    assert_eq!(query(&back)?["uid"], access["uid"], "the victim's account in the attacker's hands");
    Ok(())
}

#[tokio::test]
async fn requests_that_break_a_rule_are_400() -> Result<()> {
    let bench = Bench::new().await?;
    let good = header(None, "");
    for bad in [
        good.replace("oauth_consumer_key=\"key\", ", ""),
        good.replace("PLAINTEXT", "RSA-SHA1"),
        good.replace("key=\"key\"", "key=\"key\", oauth_consumer_key=\"key\""),
        header(None, ", oauth_version=\"2.0\""),
        header(None, ", oauth_nonce=\"n\""),
        header(None, ", oauth_nonce=\"n\", oauth_timestamp=\"soon\""),
        good.replace("secret%26", "secret%2"),
        "Bearer x".to_owned(),
    ] {
        assert_eq!(post(&bench, "/1/oauth/request_token", &bad).await?.status, 400, "{bad}");
    }
    let twice = post(&bench, "/1/oauth/request_token?oauth_consumer_key=key", &good).await?;
    assert_eq!(twice.json()?["error"], "The parameters are in more than one place");
    assert_eq!(post(&bench, "/1/oauth/request_token", &good).await?.status, 200);
    let no_callback = post(&bench, "/oauth/request_token", &good).await?;
    assert_eq!((no_callback.status, no_callback.text.as_str()), (400, "Missing parameter: oauth_callback"));
    let foreign = header(None, ", oauth_callback=\"https%3A%2F%2Fevil.example%2F\"");
    assert_eq!(post(&bench, "/oauth/request_token", &foreign).await?.status, 403);
    let verifier = post(&bench, "/oauth/request_token", &header(None, ", oauth_callback=\"oob\"")).await?;
    assert_eq!(form(&verifier)["oauth_callback_confirmed"], "true");
    Ok(())
}

#[tokio::test]
async fn pages_lead_back_only_from_a_request_token_that_is_known() -> Result<()> {
    let bench = Bench::new().await?;
    let token = request_token(&bench).await?;
    let url = authorize_url(&bench, &token, CALLBACK)?;
    let page = send(bench.http.get(&url)).await?;
    assert!(page.status == 200 && page.text.contains("id=\"sign-in\""), "{}", page.text);
    assert!(page.text.contains("value=\"/1/oauth/authorize\""), "{}", page.text);
    bench.sim.set_app_status("key", AppStatus::Frozen);
    assert!(matches!(bench.sim.approve(&url, AMARA), Err(WalkError::Page(_))));
    bench.sim.set_app_status("key", AppStatus::Active);
    let walked = bench.http.post(bench.url("/sim/decline")).json(&json!({"authorize_url": url}));
    assert_eq!(send(walked).await?.json()?["redirect"], format!("{CALLBACK}?not_approved=true"));
    assert_eq!(send(bench.http.get(&url)).await?.status, 400, "its token is gone");

    // A token of one dialect is unknown to the other.
    let token = request_token(&bench).await?;
    let other = authorize_url(&bench, &token, CALLBACK)?.replace("/1/oauth", "/oauth");
    assert!(matches!(bench.sim.approve(&other, AMARA), Err(WalkError::Page(_))));
    assert_eq!(
        bench.sim.approve(&authorize_url(&bench, &token, "")?, AMARA),
        Ok(String::new()),
        "no address"
    );
    Ok(())
}

#[tokio::test]
async fn faults_speak_the_words_of_the_api_v1() -> Result<()> {
    let bench = Bench::new().await?;
    let ask = async || post(&bench, "/1/oauth/request_token", &header(None, "")).await;
    let id = bench.sim.set_fault(FaultSpec::new(FaultKind::RateLimit { retry_after: 7 }));
    let answer = ask().await?;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("7")));
    bench.sim.clear_fault(id);

    let changes = [("oauth_token".to_owned(), json!(null)), ("more".to_owned(), json!("a b"))];
    let garbage = Garbage::Merge(changes.into_iter().collect());
    let id = bench.sim.set_fault(FaultSpec::new(FaultKind::Garbage { garbage }));
    let answer = form(&ask().await?);
    assert!(!answer.contains_key("oauth_token") && answer["more"] == "a b", "{answer:?}");
    bench.sim.clear_fault(id);

    let id = bench.sim.set_fault(FaultSpec::new(FaultKind::BadClient));
    let answer = ask().await?;
    let error = answer.json()?["error"].as_str().context("no error")?.to_owned();
    assert!(answer.status == 403 && error.starts_with("Invalid signature."), "{error}");
    bench.sim.clear_fault(id);

    let token = request_token(&bench).await?;
    bench.sim.approve(&authorize_url(&bench, &token, CALLBACK)?, AMARA)?;
    let id = bench.sim.set_fault(FaultSpec::new(FaultKind::DeadGrant).on(Operation::OAuth1AccessToken));
    assert_eq!(exchange(&bench, &token).await?.json()?["error"], "Request token not found.");
    bench.sim.clear_fault(id);
    let access = form(&exchange(&bench, &token).await?);
    let account_id = bench.sim.grants(Reveal::No)[0].account_id.clone();
    bench
        .sim
        .set_fault(FaultSpec::new(FaultKind::DeadGrant).on(Operation::OAuth1Account).account(account_id));
    let pair = Some((access["oauth_token"].as_str(), access["oauth_token_secret"].as_str()));
    let answer = post(&bench, "/1/account/info", &header(pair, "")).await?;
    assert_eq!((answer.status, answer.json()?), (401, json!({"error": "Token is invalid."})));
    assert!(!bench.sim.grants(Reveal::No)[0].alive);
    Ok(())
}
