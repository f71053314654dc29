//! Jobs: one act on many accounts, prepared, confirmed, perhaps approved, worked off, stopped and tried again.

use std::time::Duration;

use bowline_api::status::Role;
use bowline_api::{AccountId, TenantId};
use bowline_server::domain::{Actor, entropy};
use bowline_server::service::job::work;
use bowline_server::service::operator;
use rocket::http::{ContentType, Header};
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Admin, Answer};

const PASSWORD: &str = "correct horse battery";
const JOBS: &str = "/admin/v1/jobs";

/// A tenant with 12 accounts, two of which are revoked, and an operator with a password.
async fn seeded(approve: bool) -> (Admin, String) {
    let admin = Admin::start_with(|settings| settings.operators.approve_jobs = approve).await;
    let root = admin.operator("root", Role::Admin).await;
    let tenant = json!({ "slug": "acme", "name": "Acme" });
    admin.post(&root, "/admin/v1/tenants", tenant).await.expect(201);
    admin
        .execute(
            "INSERT INTO connectors (tenant_id, id, name, provider, protocol, app_key, sealed_app_secret, scopes, return_urls, completion, confirm_page)
             SELECT id, '01900000-0000-7000-8000-0000000000c1', 'C', 'dropbox', 'oauth2', 'key', '\\x00', '{a}', '{}', 'tenant', true FROM tenants;
             INSERT INTO accounts (tenant_id, id, connector_id, external_user_id, provider_account_id, email, display_name, status, scopes,
                 missing_scopes, assurance, generation, sealed_access_token, access_expires_at, sealed_refresh_token, refreshed_at,
                 linked_at, last_used_at)
             SELECT t.id, ('01900000-0000-7000-8000-0000000000' || lpad(n::text, 2, '0'))::uuid, '01900000-0000-7000-8000-0000000000c1',
                    'user-' || n, 'dbid:' || n, 'u' || n || '@example.com', 'Ada', CASE WHEN n > 10 THEN 'revoked' ELSE 'active' END, '{a}', '{}',
                    'confirmed', 1, s, a, s, a, '2026-01-01', CASE WHEN n % 2 = 0 THEN '2026-06-01Z'::timestamptz + n * interval '1 day' END
             FROM tenants t, (SELECT n, CASE WHEN n <= 10 THEN '\\x00'::bytea END AS s, CASE WHEN n <= 10 THEN now() END AS a
                              FROM generate_series(1, 12) n) AS made;",
        )
        .await;
    let token = person(&admin, "olga").await;
    (admin, token)
}

async fn person(admin: &Admin, name: &str) -> String {
    let password = SecretString::from(PASSWORD);
    let added =
        operator::add(&admin.app, &Actor::CommandLine, name, &password, Role::Operator).await.unwrap();
    admin.session(added.id).await
}

fn account(number: u32) -> AccountId {
    format!("01900000-0000-7000-8000-0000000000{number:02}").parse::<Uuid>().unwrap().into()
}

async fn prepare(admin: &Admin, token: &str, of: Value) -> Value {
    let mut body = json!({ "kind": "revoke_accounts", "tenant": "acme", "reason": "the app is shut down" });
    body.as_object_mut().unwrap().extend(of.as_object().unwrap().clone());
    admin.post(token, JOBS, body).await.expect(201)
}

async fn act(admin: &Admin, token: &str, job: &Value, what: &str, body: Value) -> Answer {
    admin.post(token, &format!("{JOBS}/{}/{what}", job["id"].as_str().unwrap()), body).await
}

async fn confirm(admin: &Admin, token: &str, job: &Value) -> Value {
    let body = json!({ "confirm": job["confirm"], "password": PASSWORD });
    act(admin, token, job, "confirm", body).await.expect(200)
}

async fn show(admin: &Admin, token: &str, job: &Value) -> Value {
    admin.get(token, &format!("{JOBS}/{}", job["id"].as_str().unwrap())).await.expect(200)
}

/// Works jobs off until there is nothing to do.
async fn work_off(admin: &Admin) {
    while work::work(&admin.app, entropy::owner()).await.unwrap() > 0 {}
}

async fn revoked(admin: &Admin) -> i64 {
    let sql = "SELECT count(*) FROM accounts WHERE status IN ('revoking', 'revoked')";
    admin.superuser().await.query_one(sql, &[]).await.unwrap().get(0)
}

fn figures(job: &Value) -> [u64; 3] {
    ["total", "done", "failed"].map(|name| job[name].as_u64().unwrap())
}

#[rocket::async_test]
async fn a_job_is_prepared_confirmed_and_worked_off_and_each_revocation_names_it() {
    let (admin, olga) = seeded(false).await;
    let job = prepare(&admin, &olga, json!({ "filter": {} })).await;
    assert_eq!((&job["state"], figures(&job)), (&json!("prepared"), [10, 0, 0]), "{job}");
    assert_eq!(job["confirm"], "revoke 10 accounts of acme");
    assert_eq!(job["sample"].as_array().unwrap().len(), 10);
    work_off(&admin).await;
    assert_eq!(revoked(&admin).await, 2, "nothing is done before it is confirmed");
    for (body, field) in [
        (json!({ "confirm": "revoke 10 accounts", "password": PASSWORD }), "confirm"),
        (json!({ "confirm": job["confirm"], "password": "wrong" }), "password"),
    ] {
        let refused = act(&admin, &olga, &job, "confirm", body).await;
        assert_eq!((refused.status, refused.body["field"].as_str()), (422, Some(field)));
    }
    let other = person(&admin, "oscar").await;
    let body = json!({ "confirm": job["confirm"], "password": PASSWORD });
    assert_eq!(act(&admin, &other, &job, "confirm", body).await.code(), "invalid_state", "it is olga's");
    // Which accounts it has was decided when it was prepared.
    admin
        .execute(
            "UPDATE accounts SET status = 'active', sealed_access_token = '\\x00', access_expires_at = now(),
        sealed_refresh_token = '\\x00', refreshed_at = now() WHERE external_user_id = 'user-12'",
        )
        .await;
    assert_eq!(confirm(&admin, &olga, &job).await["state"], "running");
    assert_eq!(confirm(&admin, &olga, &job).await["state"], "running", "a repeated call changes nothing");
    work_off(&admin).await;
    let ended = show(&admin, &olga, &job).await;
    assert_eq!((&ended["state"], figures(&ended)), (&json!("finished"), [10, 10, 0]), "{ended}");
    assert_eq!(revoked(&admin).await, 11);
    let timeline = admin.get(&olga, &format!("/admin/v1/accounts/{}/timeline", account(3))).await.expect(200);
    let entry =
        timeline["items"].as_array().unwrap().iter().find(|e| e["action"] == "account.revoked").unwrap();
    assert_eq!((&entry["detail"]["job"], &entry["actor"]["name"]), (&job["id"], &json!("olga")));
    let log = admin
        .get(&olga, &format!("/admin/v1/audit?tenant=acme&subject={}", job["id"].as_str().unwrap()))
        .await;
    let log = log.expect(200);
    let actions: Vec<_> = log["items"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["job.finished", "job.confirmed", "job.prepared"]);
    let listed = admin.get(&olga, &format!("{JOBS}?tenant=acme")).await.expect(200);
    assert_eq!(listed["items"][0]["id"], job["id"]);
    let again = act(&admin, &olga, &job, "retry", json!({ "password": PASSWORD })).await;
    assert_eq!((again.status, again.code()), (409, "invalid_state"), "nothing is left");
}

#[rocket::async_test]
async fn an_account_that_fails_is_named_and_tried_again_and_a_stopped_job_continues() {
    let (admin, olga) = seeded(false).await;
    admin
        .execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'on purpose'; END $$;
             CREATE TRIGGER refuse BEFORE UPDATE ON accounts FOR EACH ROW WHEN (OLD.external_user_id = 'user-3') EXECUTE FUNCTION refuse()",
        )
        .await;
    let accounts = [1, 2, 3, 11].map(|number| account(number).to_string());
    let job = prepare(&admin, &olga, json!({ "accounts": accounts })).await;
    assert_eq!(figures(&job), [3, 0, 0], "one of them is revoked already");
    confirm(&admin, &olga, &job).await;
    work_off(&admin).await;
    let ended = show(&admin, &olga, &job).await;
    assert_eq!((&ended["state"], figures(&ended)), (&json!("finished"), [3, 2, 1]), "{ended}");
    let failed = format!("{JOBS}/{}/items?state=failed", job["id"].as_str().unwrap());
    let failed = admin.get(&olga, &failed).await.expect(200);
    assert_eq!(failed["items"][0]["account_id"], account(3).to_string());
    assert_eq!(failed["items"][0]["error"], "internal", "{failed}");
    let count = async |states: &str| {
        let path = format!("{JOBS}/{}/items?state={states}", job["id"].as_str().unwrap());
        admin.get(&olga, &path).await.expect(200)["items"].as_array().unwrap().len()
    };
    assert_eq!([count("failed,done").await, count("waiting,failed").await, count("done").await], [3, 1, 2]);
    admin.execute("DROP TRIGGER refuse ON accounts").await;
    admin.execute("UPDATE jobs SET confirmed_at = confirmed_at - interval '25 hours'").await;
    let late = act(&admin, &olga, &job, "retry", json!({ "password": PASSWORD })).await;
    assert_eq!(late.code(), "invalid_state", "accounts that were chosen a day ago");
    admin.execute("UPDATE jobs SET confirmed_at = confirmed_at + interval '25 hours'").await;
    let password = json!({ "password": PASSWORD });
    let retried = act(&admin, &olga, &job, "retry", password.clone()).await.expect(200);
    assert_eq!((&retried["state"], figures(&retried)), (&json!("running"), [3, 2, 0]));
    let stopped =
        act(&admin, &olga, &job, "stop", json!({ "reason": "wait for ticket 4711" })).await.expect(200);
    assert_eq!(stopped["state"], "stopped");
    work_off(&admin).await;
    assert_eq!(figures(&show(&admin, &olga, &job).await), [3, 2, 0], "a stopped job does nothing");
    act(&admin, &olga, &job, "retry", password).await.expect(200);
    work_off(&admin).await;
    let ended = show(&admin, &olga, &job).await;
    assert_eq!((&ended["state"], figures(&ended)), (&json!("finished"), [3, 3, 0]));
}

#[rocket::async_test]
async fn an_account_that_its_user_links_again_before_its_turn_is_left_out() {
    let (admin, olga) = seeded(false).await;
    let accounts = [1, 2].map(|number| account(number).to_string());
    let job = prepare(&admin, &olga, json!({ "accounts": accounts })).await;
    admin
        .execute(
            "INSERT INTO link_sessions (tenant_id, id, connector_id, external_user_id, return_url, scopes, expires_at, ticket_hash, status,
                 account_id, finished_at)
             SELECT tenant_id, gen_random_uuid(), connector_id, external_user_id, 'https://app.example/', scopes, now(), sha256('ticket'),
                 'completed', id, clock_timestamp()
             FROM accounts WHERE external_user_id = 'user-2'",
        )
        .await;
    confirm(&admin, &olga, &job).await;
    work_off(&admin).await;
    assert_eq!(figures(&show(&admin, &olga, &job).await), [2, 1, 1]);
    let failed = format!("{JOBS}/{}/items?state=failed", job["id"].as_str().unwrap());
    let failed = admin.get(&olga, &failed).await.expect(200);
    assert_eq!(
        (&failed["items"][0]["account_id"], &failed["items"][0]["error"]),
        (&json!(account(2).to_string()), &json!("invalid_state"))
    );
}

#[rocket::async_test]
async fn a_second_person_approves_if_the_setting_says_so() {
    let (admin, olga) = seeded(true).await;
    let job = prepare(&admin, &olga, json!({ "filter": { "q": "u4@example.com" } })).await;
    assert_eq!(job["confirm"], "revoke 1 account of acme");
    let password = json!({ "password": PASSWORD });
    let early = act(&admin, &olga, &job, "approve", password.clone()).await;
    assert_eq!(early.code(), "invalid_state");
    assert_eq!(confirm(&admin, &olga, &job).await["state"], "awaiting_approval");
    work_off(&admin).await;
    assert_eq!(revoked(&admin).await, 2, "nothing is done before it is approved");
    assert_eq!(
        act(&admin, &olga, &job, "approve", password.clone()).await.code(),
        "invalid_state",
        "not oneself"
    );
    let oscar = person(&admin, "oscar").await;
    // A person may have an operator with a password and another one at the identity provider.
    let issuer = async |value: &str| {
        admin
            .execute(&format!(
                "UPDATE operators SET (issuer, subject) = ({value}, {value}) WHERE name = 'olga'"
            ))
            .await;
    };
    issuer("'https://login.example'").await;
    let other_way = act(&admin, &oscar, &job, "approve", password.clone()).await;
    assert_eq!(other_way.code(), "invalid_state");
    assert!(other_way.body["detail"].as_str().unwrap().contains("one person"), "{}", other_way.body);
    issuer("NULL").await;
    let approved = act(&admin, &oscar, &job, "approve", password.clone()).await.expect(200);
    assert_eq!((&approved["state"], &approved["approved_by"]), (&json!("running"), &json!("oscar")));
    work_off(&admin).await;
    assert_eq!(show(&admin, &olga, &job).await["state"], "finished");
    // What is left of a job is approved anew, and only its own operator asks for that.
    let stopped = prepare(&admin, &olga, json!({ "accounts": [account(5).to_string()] })).await;
    confirm(&admin, &olga, &stopped).await;
    act(&admin, &oscar, &stopped, "approve", password.clone()).await.expect(200);
    act(&admin, &oscar, &stopped, "stop", json!({ "reason": "not that one" })).await.expect(200);
    assert_eq!(act(&admin, &oscar, &stopped, "retry", password.clone()).await.code(), "invalid_state");
    let waiting = act(&admin, &olga, &stopped, "retry", password.clone()).await.expect(200);
    assert_eq!((&waiting["state"], &waiting["approved_by"]), (&json!("awaiting_approval"), &json!(null)));
    work_off(&admin).await;
    assert_eq!(revoked(&admin).await, 3, "nothing is done before it is approved again");
    act(&admin, &olga, &stopped, "stop", json!({ "reason": "not that one" })).await.expect(200);
    // One that waits too long, or is not wanted any more, is not carried out.
    let late = prepare(&admin, &olga, json!({ "accounts": [account(5).to_string()] })).await;
    confirm(&admin, &olga, &late).await;
    admin.execute("UPDATE jobs SET expires_at = now() WHERE state = 'awaiting_approval'").await;
    assert_eq!(act(&admin, &oscar, &late, "approve", password.clone()).await.code(), "invalid_state");
    assert_eq!(work::sweep(&admin.app).await.unwrap(), 1);
    assert_eq!(admin.get(&olga, &format!("{JOBS}/{}", late["id"].as_str().unwrap())).await.status, 404);
    let unwanted = prepare(&admin, &olga, json!({ "accounts": [account(5).to_string()] })).await;
    let cancelled =
        act(&admin, &oscar, &unwanted, "stop", json!({ "reason": "not that one" })).await.expect(200);
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(act(&admin, &oscar, &unwanted, "retry", password).await.code(), "invalid_state");
}

#[rocket::async_test]
async fn a_repeated_call_prepares_nothing_new() {
    let (admin, olga) = seeded(false).await;
    let call = async |key: &str, body: Value| {
        let request = admin.client.post(JOBS).header(ContentType::JSON).body(body.to_string());
        let request = request.header(Header::new("Authorization", format!("Bearer {olga}")));
        let response = request.header(Header::new("Idempotency-Key", key.to_owned())).dispatch().await;
        let status = response.status().code;
        (status, serde_json::from_str::<Value>(&response.into_string().await.unwrap()).unwrap())
    };
    let body = json!({ "kind": "revoke_accounts", "tenant": "acme", "filter": {}, "reason": "the app is shut down" });
    let calls = (0..4).map(|_| call("one", body.clone()));
    let answers = rocket::futures::future::join_all(calls).await;
    assert!(
        answers.iter().all(|(status, job)| *status == 201 && job["id"] == answers[0].1["id"]),
        "{answers:?}"
    );
    let other = json!({ "kind": "revoke_accounts", "tenant": "acme", "filter": {}, "reason": "another" });
    let (status, refused) = call("one", other.clone()).await;
    assert_eq!((status, &refused["code"]), (422, &json!("idempotency_key_reused")));
    let (status, job) = call("two", other).await;
    assert!(status == 201 && job["id"] != answers[0].1["id"]);
}

/// A replica that dies in the middle of a job holds it for some seconds only, and nothing is done twice.
#[rocket::async_test]
async fn another_replica_continues_a_job_whose_worker_is_gone() {
    let (admin, olga) = seeded(false).await;
    let job = prepare(&admin, &olga, json!({ "filter": { "status": "active" } })).await;
    confirm(&admin, &olga, &job).await;
    let gone = async |tx: &mut bowline_server::store::WorkerTx| {
        tx.claim_job(entropy::owner(), Duration::from_mins(1)).await
    };
    assert!(admin.app.store.worker(gone).await.unwrap().is_some());
    work_off(&admin).await;
    assert_eq!(figures(&show(&admin, &olga, &job).await), [10, 0, 0], "it is somebody else's");
    admin.execute("UPDATE jobs SET held_until = now()").await;
    let both = (0..2).map(|_| work::work(&admin.app, entropy::owner()));
    for tried in rocket::futures::future::join_all(both).await {
        tried.unwrap();
    }
    work_off(&admin).await;
    let ended = show(&admin, &olga, &job).await;
    assert_eq!((&ended["state"], figures(&ended)), (&json!("finished"), [10, 10, 0]));
    let sql = "SELECT count(*) FROM audit_events WHERE action = 'account.revoked'";
    let entries: i64 = admin.superuser().await.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(entries, 10);
}

#[rocket::async_test]
async fn the_filter_selects_and_what_selects_nothing_or_too_much_is_refused() {
    let (admin, olga) = seeded(false).await;
    for (filter, total) in [
        (json!({ "unused_since": "2026-06-05T00:00:00Z" }), 6),
        (json!({ "unused_since": "2025-01-01T00:00:00Z" }), 0),
        (json!({ "q": "ada user-7" }), 1),
        (json!({ "scope": "b" }), 0),
        (json!({ "status": "needs_reauth" }), 0),
    ] {
        let body =
            json!({ "kind": "revoke_accounts", "tenant": "acme", "reason": "old ones", "filter": filter });
        let answer = admin.post(&olga, JOBS, body).await;
        if total == 0 {
            assert_eq!((answer.status, answer.body["field"].as_str()), (422, Some("filter")), "{filter}");
        } else {
            assert_eq!(answer.expect(201)["total"], total, "{filter}");
        }
    }
    let tenant = TenantId::from(Uuid::nil()).to_string();
    for (change, status) in [
        (json!({ "tenant": tenant, "filter": {} }), 422),
        (json!({ "tenant": "nobody", "filter": {} }), 404),
        (json!({}), 422),
        (json!({ "filter": {}, "accounts": [account(1).to_string()] }), 422),
        (json!({ "filter": { "status": "revoked" } }), 422),
        (json!({ "filter": {}, "reason": "x" }), 422),
        (json!({ "filter": {}, "kind": "delete" }), 422),
    ] {
        let mut body = json!({ "kind": "revoke_accounts", "tenant": "acme", "reason": "old ones" });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = admin.post(&olga, JOBS, body.clone()).await;
        assert_eq!(answer.status, status, "{body} {}", answer.body);
    }
}
