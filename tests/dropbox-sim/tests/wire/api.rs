//! `/2/…`: tokens, scopes, arguments, and what revoke kills.

use anyhow::Result;
use dropbox_sim::{Reveal, Simulator};
use serde_json::{Value, json};

use crate::bench::{AMARA, Answer, Bench, app, send};

const ACCOUNT: &str = "/2/users/get_current_account";

/// A 401 or 409 envelope: status, exact content type, tag, and a summary that ends in dots.
fn assert_envelope(answer: &Answer, status: u16, summary: &str) -> Result<Value> {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("x-dropbox-request-id").map(str::len), Some(32));
    let json = answer.json()?;
    let told = json["error_summary"].as_str().unwrap_or_default();
    let dots = told.strip_prefix(&format!("{summary}/")).unwrap_or("no");
    assert!(!dots.is_empty() && dots.chars().all(|c| c == '.'), "{told}");
    Ok(json["error"].clone())
}

fn assert_text(answer: &Answer, text: &str) {
    assert_eq!(answer.status, 400, "{answer:?}");
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")));
    assert_eq!(answer.header("x-dropbox-request-id").map(str::len), Some(32));
    assert_eq!(answer.text, text);
}

#[tokio::test]
async fn the_account_has_every_field_of_dropbox() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, _) = bench.link().await?;
    let answer = bench.call(ACCOUNT, &token).await?;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let json = answer.json()?;
    assert_eq!(json["email"], AMARA);
    assert_eq!(json["name"]["display_name"], "Amara Okafor");
    assert_eq!(json["account_type"], json!({".tag": "basic"}));
    assert_eq!(json["account_id"].as_str().map(str::len), Some(40));
    let fields =
        ["country", "disabled", "email_verified", "is_paired", "locale", "referral_link", "root_info"];
    for field in fields {
        assert!(!json[field].is_null(), "{field}");
    }
    Ok(())
}

#[tokio::test]
async fn a_route_without_argument_accepts_null_or_an_empty_body() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, _) = bench.link().await?;
    assert_eq!(bench.call_with(ACCOUNT, &token, &Value::Null).await?.status, 200);
    let answer = bench.call_with(ACCOUNT, &token, &json!({})).await?;
    let prefix = "Error in call to API function \"users/get_current_account\": ";
    assert_text(&answer, &format!("{prefix}request body: expected null"));
    let form = bench.http.post(bench.url(ACCOUNT)).bearer_auth(&token).form(&[("a", "b")]);
    let answer = send(form).await?;
    assert_eq!(answer.status, 400);
    assert!(answer.text.starts_with(&format!("{prefix}Bad HTTP \"Content-Type\" header: ")));
    Ok(())
}

#[tokio::test]
async fn tokens_are_malformed_unknown_expired_or_dead() -> Result<()> {
    let bench = Bench::new().await?;
    let prefix = "Error in call to API function \"users/get_current_account\": ";
    let malformed = bench.call(ACCOUNT, "nonsense").await?;
    assert_text(&malformed, &format!("{prefix}The given OAuth 2 access token is malformed."));
    let missing = send(bench.http.post(bench.url(ACCOUNT))).await?;
    let wanted = "Must provide HTTP header \"Authorization\" or URL parameter \"authorization\".";
    assert_text(&missing, &format!("{prefix}{wanted}"));

    let unknown = bench.call(ACCOUNT, "sl.u.CANARY_unknown").await?;
    let error = assert_envelope(&unknown, 401, "invalid_access_token")?;
    assert_eq!(error, json!({".tag": "invalid_access_token"}));

    let (token, refresh_token) = bench.link().await?;
    bench.sim.advance_clock(14_399);
    assert_eq!(bench.call(ACCOUNT, &token).await?.status, 200);
    bench.sim.advance_clock(2);
    assert_envelope(&bench.call(ACCOUNT, &token).await?, 401, "expired_access_token")?;
    let fresh = bench.refresh(&refresh_token).await?.json()?;
    let fresh = fresh["access_token"].as_str().unwrap_or_default();
    assert_eq!(bench.call(ACCOUNT, fresh).await?.status, 200);
    assert_eq!(bench.sim.expire_tokens(None), 1);
    assert_envelope(&bench.call(ACCOUNT, fresh).await?, 401, "expired_access_token")?;
    Ok(())
}

#[tokio::test]
async fn a_missing_scope_is_named() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, _) = bench.link_with(&[("scope", "account_info.read")]).await?;
    let list = bench.call_with("/2/files/list_folder", &token, &json!({"path": ""})).await?;
    let error = assert_envelope(&list, 401, "missing_scope")?;
    assert_eq!(error, json!({".tag": "missing_scope", "required_scope": "files.metadata.read"}));
    Ok(())
}

#[tokio::test]
async fn a_suspended_user_is_told_so_and_can_recover() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, _) = bench.link().await?;
    let account_id = bench.sim.grants(Reveal::No)[0].account_id.clone();
    assert!(bench.sim.suspend_user(&account_id, true));
    assert_envelope(&bench.call(ACCOUNT, &token).await?, 401, "user_suspended")?;
    assert!(bench.sim.suspend_user(&account_id, false));
    assert_eq!(bench.call(ACCOUNT, &token).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn revoke_kills_the_hierarchy_and_nothing_else() -> Result<()> {
    let bench = Bench::new().await?;
    let (first, refresh_token) = bench.link().await?;
    let second = bench.refresh(&refresh_token).await?.json()?;
    let second = second["access_token"].as_str().unwrap_or_default();
    let (other, other_refresh) = bench.link().await?;

    let answer = bench.call("/2/auth/token/revoke", second).await?;
    assert_eq!((answer.status, answer.text.as_str()), (200, "null"));
    for dead in [&first, second] {
        assert_envelope(&bench.call(ACCOUNT, dead).await?, 401, "invalid_access_token")?;
    }
    assert_eq!(bench.refresh(&refresh_token).await?.json()?["error"], "invalid_grant");
    let again = bench.call("/2/auth/token/revoke", second).await?;
    assert_envelope(&again, 401, "invalid_access_token")?;

    assert_eq!(bench.call(ACCOUNT, &other).await?.status, 200);
    assert_eq!(bench.refresh(&other_refresh).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn revoke_needs_a_live_access_token() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, refresh_token) = bench.link().await?;
    bench.sim.expire_tokens(None);
    let answer = bench.call("/2/auth/token/revoke", &token).await?;
    assert_envelope(&answer, 401, "expired_access_token")?;
    assert_eq!(bench.refresh(&refresh_token).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn check_user_and_check_app_echo() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, _) = bench.link().await?;
    let query = json!({"query": "hello"});
    let user = bench.call_with("/2/check/user", &token, &query).await?;
    assert_eq!((user.status, user.json()?), (200, json!({"result": "hello"})));
    let app = async |secret: &str| {
        let request = bench.http.post(bench.url("/2/check/app")).basic_auth("key", Some(secret));
        send(request.json(&query)).await
    };
    assert_eq!(app("secret").await?.json()?, json!({"result": "hello"}));
    assert_eq!(app("wrong").await?.status, 401);
    Ok(())
}

#[tokio::test]
async fn files_are_listed_page_by_page() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, _) = bench.link().await?;
    let list = "/2/files/list_folder";
    let all = bench.call_with(list, &token, &json!({"path": ""})).await?.json()?;
    assert_eq!((all["entries"].as_array().map(Vec::len), &all["has_more"]), (Some(4), &json!(false)));

    let mut page = bench.call_with(list, &token, &json!({"path": "", "limit": 3})).await?.json()?;
    let mut names = Vec::new();
    loop {
        for entry in page["entries"].as_array().into_iter().flatten() {
            names.push(entry["name"].clone());
        }
        if page["has_more"] == false {
            break;
        }
        let cursor = json!({"cursor": page["cursor"]});
        page = bench.call_with("/2/files/list_folder/continue", &token, &cursor).await?.json()?;
    }
    let wanted: Vec<_> =
        all["entries"].as_array().into_iter().flatten().map(|entry| entry["name"].clone()).collect();
    assert_eq!(names, wanted);

    let missing = bench.call_with(list, &token, &json!({"path": "/no"})).await?;
    let error = assert_envelope(&missing, 409, "path/not_found")?;
    assert_eq!(error, json!({".tag": "path", "path": {".tag": "not_found"}}));
    assert_eq!(bench.call_with(list, &token, &json!({"path": "/"})).await?.status, 400);
    Ok(())
}

#[tokio::test]
async fn the_same_application_speaks_tls() -> Result<()> {
    let bench = Bench::with(Simulator::builder().app(app()).start().await?)?;
    let (token, _) = bench.link().await?;
    for host in ["127.0.0.1", "localhost"] {
        let origin = bench.sim.https_url().replace("127.0.0.1", host);
        let request = bench.http.post(format!("{origin}{ACCOUNT}")).bearer_auth(&token);
        assert_eq!(send(request).await?.status, 200);
    }
    Ok(())
}

#[tokio::test]
async fn an_unknown_function_is_a_400() -> Result<()> {
    let bench = Bench::new().await?;
    let answer = bench.call("/2/files/no_such", "sl.u.CANARY_x").await?;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.text, "Unknown API function: \"files/no_such\"");
    Ok(())
}
