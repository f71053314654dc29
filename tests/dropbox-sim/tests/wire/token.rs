//! `/oauth2/token`: RFC 6749 with Dropbox's own words.

use anyhow::Result;
use dropbox_sim::{Operation, Reveal};
use serde_json::json;

use crate::bench::{Answer, Bench, CALLBACK, CHALLENGE, VERIFIER, send};

fn assert_error(answer: &Answer, error: &str, description: &str) -> Result<()> {
    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let wanted = json!({"error": error, "error_description": description});
    assert_eq!(answer.json()?, wanted);
    Ok(())
}

#[tokio::test]
async fn an_offline_code_becomes_a_grant_with_a_refresh_token() -> Result<()> {
    let bench = Bench::new().await?;
    let answer = bench.exchange(&bench.code(&[])?).await?;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("x-dropbox-request-id").map(str::len), Some(32));
    let json = answer.json()?;
    let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    assert!(text("access_token").starts_with("sl.u.CANARY_"));
    assert!(text("refresh_token").starts_with("CANARY_"));
    assert_eq!(json["expires_in"], 14_400);
    assert_eq!(json["token_type"], "bearer");
    assert_eq!(json["scope"], "account_info.read files.content.read files.metadata.read");
    assert!(text("account_id").starts_with("dbid:"));
    assert_eq!(text("account_id").len(), 40);
    assert!(text("uid").parse::<u64>().is_ok());
    assert_eq!(json.as_object().map(serde_json::Map::len), Some(7));
    Ok(())
}

#[tokio::test]
async fn without_offline_there_is_no_refresh_token_and_legacy_tokens_do_not_expire() -> Result<()> {
    let bench = Bench::new().await?;
    for online in ["-", "online"] {
        let code = bench.code(&[("token_access_type", online)])?;
        let json = bench.exchange(&code).await?.json()?;
        assert_eq!(json.get("refresh_token"), None);
        assert_eq!(json["expires_in"], 14_400);
    }
    let code = bench.code(&[("token_access_type", "legacy")])?;
    let json = bench.exchange(&code).await?.json()?;
    assert_eq!(json.get("refresh_token"), None);
    assert_eq!(json.get("expires_in"), None);
    Ok(())
}

#[tokio::test]
async fn a_code_works_once_and_for_ten_minutes() -> Result<()> {
    let bench = Bench::new().await?;
    let gone = "code doesn't exist or has expired";
    let code = bench.code(&[])?;
    assert_eq!(bench.exchange(&code).await?.status, 200);
    assert_error(&bench.exchange(&code).await?, "invalid_grant", gone)?;
    assert_error(&bench.exchange("CANARY_never").await?, "invalid_grant", gone)?;

    let (early, late) = (bench.code(&[])?, bench.code(&[])?);
    bench.sim.advance_clock(590);
    assert_eq!(bench.exchange(&early).await?.status, 200);
    bench.sim.advance_clock(11);
    assert_error(&bench.exchange(&late).await?, "invalid_grant", gone)
}

#[tokio::test]
async fn fifty_at_once_spend_a_code_once() -> Result<()> {
    let bench = std::sync::Arc::new(Bench::new().await?);
    let code = bench.code(&[])?;
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (bench, code) = (bench.clone(), code.clone());
            tokio::spawn(async move { bench.exchange(&code).await })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        won += u32::from(task.await??.status == 200);
    }
    assert_eq!(won, 1);
    assert_eq!(bench.sim.grants(Reveal::No).len(), 1);
    assert_eq!(bench.sim.count(Operation::TokenExchange), 50);
    Ok(())
}

#[tokio::test]
async fn redirect_uri_must_be_the_one_of_the_authorization() -> Result<()> {
    let bench = Bench::new().await?;
    let code = bench.code(&[])?;
    for uri in ["http://localhost:8000/callback", "http://127.0.0.1:8000/callback/"] {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", uri),
            ("client_id", "key"),
            ("client_secret", "secret"),
        ];
        assert_error(&bench.token(&fields).await?, "invalid_grant", "redirect_uri mismatch")?;
    }
    Ok(())
}

#[tokio::test]
async fn bad_credentials_are_told_apart_from_missing_ones() -> Result<()> {
    let bench = Bench::new().await?;
    let code = bench.code(&[])?;
    let invalid = json!({"error": "invalid_client: Invalid client_id or client_secret"});
    let exchange = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
    for (key, secret) in [("key", "wrong"), ("other", "secret"), ("key", "")] {
        let fields = [&exchange[..], &[("client_id", key), ("client_secret", secret)]].concat();
        let answer = bench.token(&fields).await?;
        assert_eq!((answer.status, answer.json()?), (400, invalid.clone()));
    }
    let none = "No auth function available for given request";
    assert_error(&bench.token(&exchange).await?, "invalid_request", none)?;
    let keyed = [&exchange[..], &[("client_id", "key")]].concat();
    assert_error(&bench.token(&keyed).await?, "invalid_request", none)?;
    let answer = bench.token(&[("client_id", "key"), ("client_secret", "secret")]).await?;
    assert_eq!(answer.json()?["error"], "unsupported_grant_type");
    Ok(())
}

#[tokio::test]
async fn credentials_may_come_by_basic_and_parameters_by_query_and_twice() -> Result<()> {
    let bench = Bench::new().await?;
    let code = bench.code(&[])?;
    let fields = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
    let request = bench.http.post(bench.url("/oauth2/token")).basic_auth("key", Some("secret"));
    let answer = send(request.form(&fields)).await?;
    let refresh_token = answer.json()?["refresh_token"].as_str().unwrap_or_default().to_owned();

    let request = bench.http.post(bench.url("/oauth2/token"));
    let query = [("grant_type", "refresh_token"), ("refresh_token", &refresh_token)];
    let query = [&query[..], &[("client_id", "key"), ("client_secret", "secret")]].concat();
    assert_eq!(send(request.query(&query)).await?.status, 200);

    let doubled = [&query[..], &query[..]].concat();
    assert_eq!(bench.token(&doubled).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn pkce_binds_the_code_to_its_verifier() -> Result<()> {
    let bench = Bench::new().await?;
    let s256 = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let plain = [("code_challenge", VERIFIER), ("code_challenge_method", "plain")];
    let public = |code: &str, verifier: &str| {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("client_id", "key"),
            ("code_verifier", verifier),
        ];
        fields.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let send = async |fields: &[(String, String)]| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        bench.token(&fields).await
    };
    for challenge in [s256, plain] {
        let code = bench.code(&challenge)?;
        let wrong = "x".repeat(43);
        let text = "invalid code verifier";
        assert_error(&send(&public(&code, &wrong)).await?, "invalid_grant", text)?;
        // The secret does not stand in for the verifier.
        assert_error(&bench.exchange(&code).await?, "invalid_grant", text)?;
        assert_eq!(send(&public(&code, VERIFIER)).await?.status, 200);
    }
    // A verifier where there was no challenge is a downgrade.
    let code = bench.code(&[])?;
    assert_error(&send(&public(&code, VERIFIER)).await?, "invalid_grant", "invalid code verifier")
}

#[tokio::test]
async fn a_public_client_refreshes_without_a_secret_and_others_do_not() -> Result<()> {
    let bench = Bench::new().await?;
    let (_, confidential) = bench.link().await?;
    let code = bench.code(&[("code_challenge", CHALLENGE), ("code_challenge_method", "S256")])?;
    let answer = bench
        .token(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("client_id", "key"),
            ("code_verifier", VERIFIER),
        ])
        .await?;
    let public = answer.json()?["refresh_token"].as_str().unwrap_or_default().to_owned();
    let refresh = async |token: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "key")];
        bench.token(&fields).await
    };
    assert_eq!(refresh(&public).await?.status, 200);
    let none = "No auth function available for given request";
    assert_error(&refresh(&confidential).await?, "invalid_request", none)
}

#[tokio::test]
async fn a_refresh_answers_exactly_three_fields_and_may_narrow() -> Result<()> {
    let bench = Bench::new().await?;
    let (first, refresh_token) = bench.link().await?;
    let json = bench.refresh(&refresh_token).await?.json()?;
    let mut names: Vec<_> = json.as_object().into_iter().flat_map(|fields| fields.keys()).collect();
    names.sort();
    assert_eq!(names, ["access_token", "expires_in", "token_type"]);
    assert_ne!(json["access_token"], first);

    let narrow = async |scope: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", &*refresh_token)];
        let rest = [("client_id", "key"), ("client_secret", "secret"), ("scope", scope)];
        bench.token(&[&fields[..], &rest].concat()).await
    };
    let narrowed = narrow("files.metadata.read").await?.json()?;
    let token = narrowed["access_token"].as_str().unwrap_or_default();
    let answer = bench.call("/2/users/get_current_account", token).await?;
    assert_eq!(answer.json()?["error"]["required_scope"], "account_info.read");
    assert_eq!(narrow("files.content.write").await?.json()?["error"], "invalid_scope");
    Ok(())
}

#[tokio::test]
async fn a_dead_grant_and_a_malformed_refresh_token_have_their_own_words() -> Result<()> {
    let bench = Bench::new().await?;
    let (_, refresh_token) = bench.link().await?;
    assert_error(&bench.refresh("no").await?, "invalid_grant", "refresh token is malformed")?;
    let dead = "refresh token is invalid or revoked";
    assert_error(&bench.refresh("CANARY_unknown-but-well-formed").await?, "invalid_grant", dead)?;
    let account_id = bench.sim.grants(Reveal::No)[0].account_id.clone();
    assert_eq!(bench.sim.disconnect("key", &account_id), 1);
    assert_error(&bench.refresh(&refresh_token).await?, "invalid_grant", dead)
}

#[tokio::test]
async fn another_apps_code_and_refresh_token_are_unknown() -> Result<()> {
    let bench = Bench::new().await?;
    bench.sim.put_app(dropbox_sim::AppConfig::new("other", "other").redirect_uri(CALLBACK));
    let code = bench.code(&[("client_id", "other")])?;
    let gone = "code doesn't exist or has expired";
    assert_error(&bench.exchange(&code).await?, "invalid_grant", gone)?;
    let (_, refresh_token) = bench.link().await?;
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &refresh_token),
        ("client_id", "other"),
        ("client_secret", "other"),
    ];
    let dead = "refresh token is invalid or revoked";
    assert_error(&bench.token(&fields).await?, "invalid_grant", dead)
}

#[tokio::test]
async fn expires_in_can_be_a_string_and_lifetimes_are_settings() -> Result<()> {
    let bench = Bench::new().await?;
    bench.sim.change_settings(|settings| {
        settings.expires_in_as_string = true;
        settings.access_token_seconds = 60;
    });
    let (_, refresh_token) = bench.link().await?;
    assert_eq!(bench.refresh(&refresh_token).await?.json()?["expires_in"], "60");
    Ok(())
}
