//! Scripted answers: what is taken, what is refused, and what is never believed.

use bowline_provider::{
    Failure,
    oauth1::{Dialect, Service},
};
use secrecy::ExposeSecret;
use url::Url;

use super::bench::{BOTH, app, approval, assert_silent, begin, config};
use crate::support::{Play, Script, answer, json};

fn form(body: &str) -> Play {
    answer(200, "text/html", "", body)
}

async fn at(play: Play, dialect: Dialect) -> (Script, Service) {
    let script = Script::new(play).await;
    let config = config(dialect, &Url::parse(&script.origin).unwrap());
    (script, Service::new(script_http(), config).unwrap())
}

fn script_http() -> bowline_provider::HttpClient {
    let options = bowline_provider::HttpOptions { allow_plain_http: true, ..Default::default() };
    bowline_provider::HttpClient::new(&options).unwrap()
}

async fn request_token(play: Play, dialect: Dialect) -> Result<(), Failure> {
    let (script, service) = at(play, dialect).await;
    let begun = begin(&service).await;
    assert_eq!(script.asked().len(), 1, "asked once");
    if let Err(failure) = &begun {
        assert_silent(failure);
    }
    begun.map(drop)
}

async fn access_token(play: Play, dialect: Dialect) -> Result<String, Failure> {
    let (script, service) = at(play, dialect).await;
    let parked = "oauth_token=CANARY_r&oauth_token_secret=CANARY_rs".into();
    let brought = match dialect {
        Dialect::OAuth1 => "oauth_token=CANARY_r&uid=12345",
        Dialect::OAuth1a => "oauth_token=CANARY_r&oauth_verifier=CANARY_v",
    };
    let grant = service.finish(&app(), &parked, &approval(dialect, brought)).await;
    let asked = script.asked();
    assert!(
        asked[0].starts_with("POST /")
            && asked[0].contains("authorization: OAuth oauth_consumer_key=\"key\"")
    );
    assert_eq!(asked[0].contains("oauth_verifier"), dialect == Dialect::OAuth1a);
    if let Err(failure) = &grant {
        assert_silent(failure);
    }
    grant.map(|grant| grant.account_id.unwrap_or_default())
}

#[tokio::test]
async fn what_is_sent_for_a_request_token_is_what_the_dialect_says() {
    for dialect in BOTH {
        let body = "oauth_token=CANARY_t&oauth_token_secret=CANARY_s&oauth_callback_confirmed=true";
        let (script, service) = at(form(body), dialect).await;
        let begun = begin(&service).await.unwrap();
        let asked = script.asked().pop().unwrap();
        let callback =
            "oauth_callback=\"http%3A%2F%2F127.0.0.1%3A8000%2Flink%2Fconn_1%2Fcallback%3Fstate%3Dstate-1\"";
        assert_eq!(asked.contains(callback), dialect == Dialect::OAuth1a, "{asked}");
        assert!(!asked.contains("oauth_token="), "{asked}");
        let query: Vec<_> = begun.authorize_url.query_pairs().into_owned().collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let unsigned = pair("oauth_callback", "http://127.0.0.1:8000/link/conn_1/callback?state=state-1");
        assert_eq!(query.contains(&unsigned), dialect == Dialect::OAuth1);
        assert!(query.contains(&pair("oauth_token", "CANARY_t")));
        assert!(!format!("{:?}", begun.parked).contains("CANARY"));
    }
}

#[tokio::test]
async fn request_tokens_come_in_many_forms_and_bad_ones_are_refused() {
    let long = format!("oauth_token={}&oauth_token_secret=s", "x".repeat(5_000));
    for (body, wanted) in [
        ("oauth_token_secret=s&oauth_token=t&oauth_callback_confirmed=true", None),
        ("oauth_token=t%26+&oauth_token_secret=s&x=1&x=2", Some("malformed_request_token")),
        (
            "&oauth_token=t&&oauth_token_secret=s%20&oauth_callback_confirmed=true",
            Some("malformed_request_token"),
        ),
        ("", Some("malformed_request_token")),
        ("<html>down</html>", Some("malformed_request_token")),
        ("oauth_token=t", Some("malformed_request_token")),
        ("oauth_token=&oauth_token_secret=s", Some("malformed_request_token")),
        ("oauth_token=t&oauth_token_secret=", Some("malformed_request_token")),
        ("oauth_token=t&oauth_token=t&oauth_token_secret=s", Some("malformed_form")),
        ("oauth_token=t&oauth_token_secret=s&oauth_token_secret=s", Some("malformed_form")),
        ("oauth_token=%ff&oauth_token_secret=s", Some("malformed_form")),
        ("oauth_token=a%0d%0ab&oauth_token_secret=s", Some("malformed_request_token")),
        (long.as_str(), Some("malformed_request_token")),
    ] {
        let failure = request_token(form(body), Dialect::OAuth1).await.err();
        assert_eq!(failure.as_ref().map(Failure::code), wanted, "{body}");
        assert!(failure.is_none_or(|failure| failure.orphan().is_none()));
    }
    let twice =
        "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true&oauth_callback_confirmed=true";
    for body in ["oauth_token=t&oauth_token_secret=s", twice] {
        let failure = request_token(form(body), Dialect::OAuth1a).await.unwrap_err();
        assert_eq!(failure.code(), "malformed_callback_confirmed", "{body}");
    }
    let bomb = format!("oauth_token=t&oauth_token_secret=s&x={}", "x".repeat(100_000));
    assert_eq!(request_token(form(&bomb), Dialect::OAuth1).await.unwrap_err().code(), "malformed_too_large");
}

#[tokio::test]
async fn access_tokens_with_a_bad_account_are_orphaned() {
    let good = "oauth_token_secret=CANARY_s&oauth_token=CANARY_t&uid=12345";
    assert_eq!(access_token(form(good), Dialect::OAuth1).await.unwrap(), "12345");
    let long = format!("{good}{}", "1".repeat(200));
    for (body, wanted, orphaned) in [
        (good.replace("&uid=12345", ""), "malformed_account_id", true),
        (good.replace("12345", ""), "malformed_account_id", true),
        (good.replace("12345", "1%202"), "malformed_account_id", true),
        (good.replace("12345", "54321"), "malformed_account_mismatch", true),
        (format!("{good}&uid=12345"), "malformed_account_id", true),
        (long, "malformed_account_id", true),
        (format!("{good}&x={}", "x".repeat(100_000)), "malformed_incomplete", true),
        (good.replace("CANARY_s", ""), "malformed_access_token", false),
        (format!("{good}&oauth_token=other"), "malformed_form", false),
        ("{\"error\":\"CANARY\"}".to_owned(), "malformed_access_token", false),
    ] {
        let failure = access_token(form(&body), Dialect::OAuth1).await.unwrap_err();
        assert_eq!(failure.code(), wanted);
        assert_eq!(failure.orphan().is_some(), orphaned, "{wanted}");
        assert_eq!(failure.answer_is_lost(), !orphaned, "{wanted}");
    }
}

/// Only what certainly is about the app may break the connector: a verifier is anybody's.
#[tokio::test]
async fn refusals_in_every_form_that_is_in_use() {
    let text = |status, body| answer(status, "text/plain", "", body);
    let invalid = "Invalid signature. Expected signature base string: POST&CANARY_secret";
    let dropbox = |status, sentence: &str| json(status, &format!("{{\"error\":\"{sentence}\"}}"));
    for (play, at_request_token, at_access_token) in [
        (dropbox(403, invalid), "invalid_client", "invalid_client"),
        (text(401, invalid), "invalid_client", "invalid_client"),
        (text(401, "oauth_problem=signature_invalid&debug=CANARY"), "invalid_client", "invalid_client"),
        (text(401, "oauth_problem=consumer_key_unknown"), "invalid_client", "invalid_client"),
        (text(401, "oauth_problem=timestamp_refused"), "timestamp_refused", "timestamp_refused"),
        (text(401, "oauth_problem=nonce_used"), "timestamp_refused", "timestamp_refused"),
        (text(401, "oauth_problem=token_rejected"), "invalid_client", "request_token_expired"),
        (text(401, "oauth_problem=permission_unknown"), "invalid_client", "request_token_not_authorized"),
        (text(401, "Invalid oauth_verifier parameter"), "invalid_client", "verifier_mismatch"),
        (dropbox(401, "Request token not found."), "invalid_client", "request_token_expired"),
        (
            dropbox(401, "Request token has not been properly authorized by a user."),
            "invalid_client",
            "request_token_not_authorized",
        ),
        (
            json(401, r#"{"errors":[{"code":32,"message":"Could not authenticate you."}]}"#),
            "invalid_client",
            "invalid_grant",
        ),
        (text(401, "CANARY what is this"), "invalid_client", "invalid_grant"),
        (text(400, "CANARY what is this"), "invalid_request", "invalid_request"),
        (dropbox(403, "CANARY what is this"), "invalid_request", "invalid_request"),
        (
            answer(401, "text/html", "", "<h1>Invalid signature</h1>"),
            "unexpected_status",
            "unexpected_status",
        ),
        (text(401, ""), "unexpected_status", "unexpected_status"),
        (json(401, "[]"), "unexpected_status", "unexpected_status"),
        (text(404, invalid), "unexpected_status", "unexpected_status"),
        (
            answer(302, "text/plain", "Location: https://evil.example/\r\n", ""),
            "unexpected_status",
            "unexpected_status",
        ),
        (text(429, "slow"), "rate_limited", "rate_limited"),
        (text(503, "down"), "provider_error", "provider_error"),
        (answer(503, "text/plain", "Retry-After: 3\r\n", "slow"), "rate_limited", "rate_limited"),
    ] {
        for dialect in BOTH {
            let failure = request_token(play.clone(), dialect).await.unwrap_err();
            assert_eq!(failure.code(), at_request_token, "{dialect:?}");
            let failure = access_token(play.clone(), dialect).await.unwrap_err();
            assert_eq!(failure.code(), at_access_token, "{dialect:?}");
        }
    }
}

#[tokio::test]
async fn accounts_are_read_by_their_id_alone() {
    let token = "oauth_token=t&oauth_token_secret=s".into();
    for (body, wanted) in [
        (r#"{"uid":12345,"display_name":"A"}"#, Ok("12345")),
        (r#"{"uid":"12345","display_name":null,"email":7}"#, Ok("12345")),
        (r#"{"uid":12345.5}"#, Err("malformed_account_id")),
        (r#"{"uid":-1}"#, Err("malformed_account_id")),
        (r#"{"uid":""}"#, Err("malformed_account_id")),
        (r#"{"uid":null}"#, Err("malformed_account_id")),
        (r#"{"display_name":"A"}"#, Err("malformed_account_id")),
        ("[]", Err("malformed_json")),
        ("", Err("malformed_json")),
    ] {
        let (_script, service) = at(json(200, body), Dialect::OAuth1).await;
        let account = service.identify(&app(), &token).await;
        let is = account.as_ref().map(|account| account.account_id.as_str()).map_err(Failure::code);
        assert_eq!(is, wanted, "{body}");
    }
}

/// A bad answer may contain a live token, which has to be revoked.
#[tokio::test]
async fn a_bad_answer_to_a_migration_gives_up_its_token_and_does_not_lose_it() {
    for (body, code, orphan) in [
        (r#"{"access_token":"CANARY_new","token_type":"bearer","expires_in":"soon"}"#, "expires_in", true),
        (r#"{"access_token":"CANARY_new","token_type":"mac"}"#, "token_type", true),
        (r#"{"token_type":"bearer"}"#, "access_token", false),
    ] {
        let (_script, service) = at(json(200, body), Dialect::OAuth1).await;
        let token = "oauth_token=CANARY_t&oauth_token_secret=CANARY_s".into();
        let failure = service.token_from_oauth1(&app(), &token).await.unwrap_err();
        assert_silent(&failure);
        assert!(failure.to_string().contains(code), "{body}: {failure}");
        let found = failure.orphan().and_then(|orphan| orphan.access_token.as_ref());
        assert_eq!(found.map(ExposeSecret::expose_secret), orphan.then_some("CANARY_new"), "{body}");
    }
}
