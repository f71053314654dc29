//! `POST /v1/manage-sessions`.

use anyhow::Result;
use bowline_api::ConnectorId;
use bowline_api::status::Permission;
use bowline_api::v1::{CreateManageSession, NewManageSession};
use bowline_tests::{Answer, Person, Stack, Tenant, until};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::visit::Visit;

const PATH: &str = "/v1/manage-sessions";

async fn create(tenant: &Tenant, body: Value) -> Result<Answer> {
    tenant.call(Method::POST, PATH, Some(body)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_needs_the_permissions_for_all_that_its_page_does_and_is_on_record() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let wanted = json!({ "external_user_id": "user-1", "return_url": acme.return_url });
    // The page shows accounts, ends them and links them again.
    let needed = [Permission::AccountsRead, Permission::AccountsWrite, Permission::Link];
    for missing in needed {
        let others: Vec<_> =
            Permission::ALL.iter().copied().filter(|permission| *permission != missing).collect();
        let app = acme.permitted(&stack, &others).await?;
        let answer = create(&app, wanted.clone()).await?;
        assert_eq!(answer.refusal(), (403, "insufficient_scope".to_owned()), "{missing}");
    }
    let app = acme.permitted(&stack, &needed).await?;
    let made: NewManageSession = create(&app, wanted.clone()).await?.good()?;
    assert!(made.url.contains("/link/manage/bwl_mt_"), "{}", made.url);
    let recorded = "SELECT count(*) FROM audit_events WHERE action = 'manage_session.created'
        AND actor_kind = 'api_key' AND detail ->> 'external_user_id' = 'user-1' AND subject LIKE 'ms_%'";
    assert_eq!(stack.database.count(recorded).await?, 1);
    // The database has the ticket's digest alone.
    let visit = Visit::of(&acme, "user-1").await?;
    let rows = stack.database.rows("SELECT row_to_json(m)::text FROM manage_sessions m", &[]).await?;
    let ticket = visit.url.rsplit('/').next().unwrap_or_default();
    assert!(rows.len() == 2 && rows.iter().all(|row| !row.get::<_, String>(0).contains(ticket)));
    assert!(!stack.logs().contains(ticket));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_request_is_said() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let other = Tenant::create(&stack, "other").await?;
    let good = json!({ "external_user_id": "user-1", "return_url": acme.return_url });
    for (field, value) in [
        ("external_user_id", json!("")),
        ("external_user_id", json!("a\u{7}")),
        ("return_url", json!("https://evil.example/linked")),
        ("return_url", json!("javascript:alert(1)")),
        ("return_url", json!(format!("{}/", acme.return_url))),
        ("completion_challenge", json!("short")),
        ("user_label", json!("a\u{202e}b")),
        ("locale", json!("german!")),
    ] {
        let mut body = good.clone();
        body[field] = value.clone();
        let answer = create(&acme, body).await?;
        assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()), "{field}: {value}");
        assert_eq!(answer.json()["field"], field, "{}", answer.text());
    }
    let mut unknown = good.clone();
    unknown["account_id"] = json!("acct_x");
    assert_eq!(create(&acme, unknown).await?.status, 422);
    // Another tenant's connector and one that does not exist are the same.
    let ask = async |id: ConnectorId| {
        let mut body = good.clone();
        body["connector"] = json!(id);
        create(&acme, body).await
    };
    let (theirs, nothing) = (ask(other.connector).await?, ask(Uuid::from_u128(7).into()).await?);
    assert_eq!(theirs.refusal(), (404, "not_found".to_owned()));
    assert_eq!(theirs.without_request_id(), nothing.without_request_id());
    // A disabled connector keeps nobody from ending what there is; a removed one has no name and no return URLs.
    stack.database.execute("UPDATE connectors SET status = 'disabled'", &[]).await?;
    assert_eq!(create(&acme, good.clone()).await?.status, 201);
    let mut named = good.clone();
    named["connector"] = json!(acme.connector);
    stack.database.execute("UPDATE connectors SET removed_at = now()", &[]).await?;
    assert_eq!(create(&acme, named).await?.refusal(), (403, "connector_disabled".to_owned()));
    assert_eq!(create(&acme, good).await?.refusal(), (404, "not_found".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_call_creates_one_session() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let send = async |user: &str| {
        let body = CreateManageSession::new(user, &acme.return_url);
        let request = stack.http().post(format!("{}{PATH}", acme.base())).bearer_auth(&acme.api_key);
        Answer::read(request.header("Idempotency-Key", "visit-7").json(&body).send().await?).await
    };
    let (first, second) = (send("user-1").await?, send("user-1").await?);
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!((first.text(), second.header("idempotent-replayed")), (second.text(), "true"));
    assert_eq!(send("user-2").await?.refusal(), (422, "idempotency_key_reused".to_owned()));
    assert_eq!(stack.database.count("SELECT count(*) FROM manage_sessions").await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_nobody_can_use_any_more_is_deleted() -> Result<()> {
    let mut stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let (old, new) = (Visit::of(&acme, "user-1").await?, Visit::of(&acme, "user-1").await?);
    let age = "UPDATE manage_sessions SET expires_at = now() - interval '25 hours' WHERE id = $1";
    stack.database.execute(age, &[&old.id.uuid()]).await?;
    // The sweep runs when a server starts, and once a minute.
    stack.server_mut(0).kill().await?;
    stack.server_mut(0).start().await?;
    until("the old session to be deleted", async || {
        let left = stack.database.count("SELECT count(*) FROM manage_sessions").await.ok()?;
        (left == 1).then_some(())
    })
    .await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    assert_eq!(amara.visit(&old.url).await?.status, 404);
    assert_eq!(amara.visit(&new.url).await?.status, 200);
    Ok(())
}
