//! Requests that are signed for apps which never get the account's token.

use anyhow::Result;
use bowline_api::AccountId;
use bowline_api::status::{Permission, Protocol};
use bowline_api::v1::SignedRequest;
use bowline_tests::{Answer, Person, Stack, Tenant, until};
use reqwest::Method;
use serde_json::{Value, json};

use super::oauth1::{DIALECTS, tenant};
use crate::common::linked;

async fn sign(acme: &Tenant, account: AccountId, body: Value) -> Result<Answer> {
    acme.call(Method::POST, &format!("/v1/accounts/{account}/sign"), Some(body)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_may_sign_uses_the_account_and_never_gets_its_token() -> Result<()> {
    let stack = Stack::start().await?;
    for (protocol, path) in DIALECTS.into_iter().zip(["/1/account/info", "/account/verify_credentials.json"])
    {
        let acme = tenant(&stack, protocol).await?;
        let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
        let limited = acme.permitted(&stack, &[Permission::Sign]).await?;
        let url = format!("{}{path}?locale=de", stack.dropbox.http_url());
        let answer = sign(&limited, account.id, json!({ "method": "GET", "url": url })).await?;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("cache-control"), "no-store");
        let signed: SignedRequest = answer.good()?;
        let asked = stack.http().get(&url).header("authorization", &signed.authorization).send().await?;
        assert_eq!(asked.status(), 200);
        if protocol == Protocol::OAuth1 {
            let body = json!({ "method": "POST", "url": url, "body_params": { "a b": "c&d=é" } });
            let signed: SignedRequest = sign(&limited, account.id, body).await?.good()?;
            let form =
                url::form_urlencoded::Serializer::new(String::new()).append_pair("a b", "c&d=é").finish();
            let post = stack.http().post(&url).header("authorization", &signed.authorization);
            let post = post.header("content-type", "application/x-www-form-urlencoded").body(form);
            assert_eq!(post.send().await?.status(), 200);
        }
        assert_eq!(limited.try_token(account.id).await?.refusal(), (403, "insufficient_scope".to_owned()));
        let fetcher = acme.permitted(&stack, &[Permission::Token]).await?;
        let body = json!({ "method": "GET", "url": url });
        assert_eq!(
            sign(&fetcher, account.id, body.clone()).await?.refusal(),
            (403, "insufficient_scope".to_owned())
        );

        let origin = stack.dropbox.http_url();
        let endpoint =
            if protocol == Protocol::OAuth1 { "/1//oauth2/token_from_oauth1" } else { "/OAuth/access_token" };
        for (method, url, params, field) in [
            ("GET", "https://evil.example/account".to_owned(), json!({}), "url"),
            ("GET", "not a URL".to_owned(), json!({}), "url"),
            ("POST", format!("{origin}{endpoint}"), json!({}), "url"),
            ("GET IT", url.clone(), json!({}), "method"),
            ("POST", url.clone(), json!({ "oauth_token": "other" }), "body_params"),
        ] {
            let body = json!({ "method": method, "url": url, "body_params": params });
            let refused = sign(&limited, account.id, body).await?;
            assert_eq!(
                (refused.status, refused.json()["field"].as_str()),
                (422, Some(field)),
                "{method} {url}"
            );
        }
        // Signing is a use of the account, and on record once for each key and hour.
        let signed = "SELECT count(*) FROM audit_events e JOIN accounts a ON e.subject = $1 AND a.id = $2 AND a.last_used_at > a.linked_at
            WHERE e.action = 'account.signed' AND e.actor_kind = 'api_key'";
        let rows = stack.database.rows(signed, &[&account.id.to_string(), &account.id.uuid()]).await?;
        assert_eq!(rows[0].get::<_, i64>(0), 1);
        counts_towards_the_stop(&stack, &limited, account.id, &body).await?;
        acme.revoke(account.id).await?;
        assert_eq!(sign(&limited, account.id, body).await?.refusal(), (410, "account_revoked".to_owned()));
    }
    Ok(())
}

/// An automatic stop counts the accounts that a key has requests signed for.
async fn counts_towards_the_stop(
    stack: &Stack,
    signer: &Tenant,
    account: AccountId,
    body: &Value,
) -> Result<()> {
    let on =
        "INSERT INTO drain_stops (tenant_id, times, least) SELECT id, 2, 10 FROM tenants WHERE slug = $1";
    stack.database.execute(on, &[&signer.slug]).await?;
    let counted = "SELECT h.accounts FROM key_habits h JOIN tenants t ON t.id = h.tenant_id AND t.slug = $1
        JOIN api_keys k ON k.id = h.api_key_id AND k.permissions = '{sign}'";
    until("the replica knows of the stop and counts the account", async || {
        sign(signer, account, body.clone()).await.ok().filter(|answer| answer.status == 200)?;
        let rows = stack.database.rows(counted, &[&signer.slug]).await.ok()?;
        rows.first().map(|row| row.get::<_, i32>(0)).filter(|accounts| *accounts == 1)
    })
    .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_signed_for_an_account_of_oauth_2() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let url = format!("{}/2/users/get_current_account", stack.dropbox.http_url());
    let body = json!({ "method": "POST", "url": url });
    let usual = sign(&acme, account.id, body.clone()).await?;
    assert_eq!(usual.refusal(), (403, "insufficient_scope".to_owned()), "keys do not have `sign` by default");
    let signer = acme.permitted(&stack, &[Permission::Sign]).await?;
    assert_eq!(sign(&signer, account.id, body).await?.refusal(), (409, "invalid_state".to_owned()));
    Ok(())
}
