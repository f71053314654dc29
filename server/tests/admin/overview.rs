//! The overview: what happened in the last hour, what does not work now, and which jobs run.

use std::time::Duration;

use bowline_api::status::Role;
use bowline_server::service::activity;
use serde_json::{Value, json};

use crate::harness::Admin;

const SEED: &str = "
    INSERT INTO tenants (id, slug, name) VALUES ('01900000-0000-7000-8000-0000000000a1', 'acme', 'Acme'),
        ('01900000-0000-7000-8000-0000000000a2', 'globex', 'Globex');
    INSERT INTO connectors (tenant_id, id, name, provider, protocol, app_key, sealed_app_secret, scopes, return_urls, completion, confirm_page)
    SELECT id, id, slug || ' photos', 'dropbox', 'oauth2', slug, '\\x00', '{a}', '{}', 'tenant', true FROM tenants;
";

async fn overview(admin: &Admin, token: &str) -> Value {
    admin.get(token, "/admin/v1/overview").await.expect(200)
}

/// Nothing happened and nothing fails; a list is 60 minutes long.
#[rocket::async_test]
async fn a_quiet_service_has_an_hour_of_zeros_and_no_failures() {
    let admin = Admin::start().await;
    admin.execute(SEED).await;
    let token = admin.operator("vera", Role::Viewer).await;
    let seen = overview(&admin, &token).await;
    for series in ["links", "failed_links", "refreshes", "failed_refreshes", "issues"] {
        assert_eq!(seen["activity"][series], json!(vec![0; 60]), "{series}");
    }
    let none = json!({ "due": 0, "retried": 0, "oldest_seconds": 0, "given_up": 0 });
    assert_eq!(
        seen["failing"],
        json!({
            "connectors": [], "more_connectors": false, "webhooks": [], "more_webhooks": false, "revocations": none,
            "workers": []
        })
    );
    assert_eq!((&seen["jobs"], &seen["slowest"]), (&Value::Null, &Value::Null));
}

/// Two processes count for the same tenant, and the older minute stays where it was.
#[rocket::async_test]
async fn the_counts_of_all_replicas_are_added_up_by_minute() {
    let admin = Admin::start().await;
    admin.execute(SEED).await;
    admin
        .execute(
            "INSERT INTO tenant_minutes SELECT id, date_trunc('minute', now()) - interval '10 minutes', 7, 2, 1, 900 FROM tenants;
             INSERT INTO tenant_minutes SELECT id, date_trunc('minute', now()) - interval '2 hours', 1000, 0, 0, 0 FROM tenants;
             INSERT INTO audit_events (tenant_id, sequence, id, at, actor_kind, action, detail, previous_hash, hash)
             SELECT t.id, n, gen_random_uuid(), now() - n * interval '10 minutes', 'system',
                 CASE n WHEN 1 THEN 'account.linked' WHEN 2 THEN 'account.relinked' ELSE 'link_session.failed' END, '{}', '', ''
             FROM tenants t, generate_series(1, 3) n",
        )
        .await;
    let acme = "01900000-0000-7000-8000-0000000000a1".parse::<uuid::Uuid>().unwrap().into();
    for _ in 0..2 {
        admin.app.activity.issued(acme, 5);
        admin.app.activity.refreshed(acme, true, Duration::from_secs(4));
        admin.app.activity.refreshed(acme, false, Duration::from_secs(4));
        activity::flush(&admin.app).await.unwrap();
    }
    let token = admin.operator("vera", Role::Viewer).await;
    let seen = overview(&admin, &token).await;
    let sum = |series: &str| -> u64 {
        seen["activity"][series].as_array().unwrap().iter().map(|minute| minute.as_u64().unwrap()).sum()
    };
    let series = ["issues", "refreshes", "failed_refreshes", "links", "failed_links"];
    assert_eq!(series.map(sum), [24, 6, 4, 4, 2]);
    // A minute may end while the test runs.
    let issues = seen["activity"]["issues"].as_array().unwrap();
    assert!(issues[48] == 14 || issues[49] == 14, "{issues:?}");
    // acme: 2 x (2 + 1) older refreshes of 900 ms together, and four of 4 s.
    let (acme, globex) = (&seen["slowest"][0], &seen["slowest"][1]);
    assert_eq!(
        (&acme["tenant"], &acme["refreshes"], &acme["failed"], &acme["mean_millis"]),
        (&json!("acme"), &json!(7), &json!(3), &json!((900 + 16_000) / 7)),
    );
    assert_eq!((&globex["tenant"], &globex["mean_millis"]), (&json!("globex"), &json!(300)));
}

#[rocket::async_test]
async fn old_minutes_are_deleted() {
    let admin = Admin::start().await;
    admin.execute(SEED).await;
    admin
        .execute(
            "INSERT INTO tenant_minutes SELECT id, now() - hour * interval '1 hour', 1, 0, 0, 0
             FROM tenants, generate_series(1, 5) hour",
        )
        .await;
    assert_eq!(activity::sweep(&admin.app).await.unwrap(), 6, "three, four and five hours old");
    assert_eq!(activity::sweep(&admin.app).await.unwrap(), 0);
}

#[rocket::async_test]
async fn what_fails_is_named_with_its_tenant() {
    let admin = Admin::start().await;
    admin.execute(SEED).await;
    let token = admin.operator("vera", Role::Viewer).await;
    admin
        .execute(
            "UPDATE connectors SET status = 'broken', status_reason = 'invalid_client' WHERE app_key = 'acme';
             INSERT INTO connector_health (tenant_id, connector_id, window_started_at, failures, successes, opened_at, retry_at, openings)
             SELECT tenant_id, id, now(), 5, 0, now(), now() + interval '1 hour', 1 FROM connectors WHERE app_key = 'globex';
             INSERT INTO revocations (tenant_id, id, connector_id, generation, cause, last_error, created_at, next_attempt_at)
             SELECT tenant_id, gen_random_uuid(), id, 1, 'orphaned', 'timeout', now() - interval '10 minutes', now() - interval '5 minutes'
             FROM connectors;
             INSERT INTO audit_events (tenant_id, sequence, id, at, actor_kind, action, detail, previous_hash, hash)
             SELECT id, 1, gen_random_uuid(), now(), 'system', 'account.revocation_given_up', '{}', '', '' FROM tenants;
             INSERT INTO jobs (tenant_id, id, kind, state, reason, total, done, created_at, created_by, created_by_name, expires_at, held_until)
             SELECT id, id, 'revoke_accounts', state, 'why', 9, 4, now(), id, 'ops', now() + interval '1 day', now() - interval '2 minutes'
             FROM tenants JOIN (VALUES ('acme', 'running'), ('globex', 'finished')) s (slug, state) USING (slug);
             SELECT 1",
        )
        .await;
    let seen = overview(&admin, &token).await;
    let connectors = seen["failing"]["connectors"].as_array().unwrap();
    let named = |row: &Value| (row["tenant"].clone(), row["status"].clone(), row["status_reason"].clone());
    assert_eq!(
        connectors.iter().map(named).collect::<Vec<_>>(),
        [
            (json!("acme"), json!("broken"), json!("invalid_client")),
            (json!("globex"), json!("active"), Value::Null)
        ]
    );
    assert!(connectors[0]["paused_until"].is_null() && connectors[1]["paused_until"].is_string(), "{seen}");
    let pending = &seen["failing"]["revocations"];
    assert_eq!(
        (&pending["due"], &pending["retried"], &pending["given_up"]),
        (&json!(2), &json!(2), &json!(2))
    );
    let oldest = pending["oldest_seconds"].as_u64().unwrap();
    assert!((600..700).contains(&oldest), "{oldest}");
    let late: Vec<_> = seen["failing"]["workers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["worker"].as_str().unwrap())
        .collect();
    assert_eq!(late, ["revocations", "jobs"]);
    let jobs = seen["jobs"].as_array().unwrap();
    assert_eq!(jobs.len(), 1, "the finished job is not shown");
    assert_eq!((&jobs[0]["tenant"], &jobs[0]["done"]), (&json!("acme"), &json!(4)));
    // A connector that an operator has disabled is no failure.
    admin.execute("UPDATE connectors SET status = 'disabled', status_reason = 'asked for'").await;
    assert_eq!(overview(&admin, &token).await["failing"]["connectors"], json!([]));
}

#[rocket::async_test]
async fn endpoints_that_fail_are_named_until_nothing_is_left_to_be_sent_to_them() {
    let admin = Admin::start().await;
    admin.execute(SEED).await;
    let token = admin.operator("vera", Role::Viewer).await;
    admin
        .execute(
            "INSERT INTO webhook_endpoints (tenant_id, id, url, events, state, state_reason, created_at, failing_since, held_until)
             SELECT t.id, gen_random_uuid(), e.url, '{}', e.state, e.reason, now(), now() - e.since, now() FROM tenants t,
                 (VALUES ('works', 'enabled', NULL, NULL), ('just now', 'enabled', NULL, interval '4 minutes'),
                     ('for a while', 'enabled', NULL, interval '6 minutes'), ('gone', 'disabled', 'gone', interval '1 minute'),
                     ('given up', 'disabled', 'failing', interval '11 days'), ('long ago', 'disabled', 'failing', interval '31 days'),
                     ('edited', 'disabled', 'integrity_error', NULL), ('asked for', 'disabled', 'requested', interval '1 day'),
                     ('removed', 'removed', 'failing', interval '1 day')) e (url, state, reason, since)
             WHERE t.slug = 'acme'",
        )
        .await;
    let named = async || -> Value { overview(&admin, &token).await["failing"].take() };
    let failing = named().await;
    let shown: Vec<_> = failing["webhooks"].as_array().unwrap().iter().map(|row| &row["url"]).collect();
    assert_eq!(shown, ["gone", "for a while", "given up", "edited"], "the last one to fail comes first");
    let gone = &failing["webhooks"][0];
    assert_eq!(
        (&gone["tenant"], &gone["state"], &gone["state_reason"]),
        (&json!("acme"), &json!("disabled"), &json!("gone"))
    );
    assert!(gone["failing_since"].is_string() && gone["id"].as_str().unwrap().starts_with("whe_"), "{gone}");
    admin
        .execute(
            "INSERT INTO webhook_endpoints (tenant_id, id, url, events, state, created_at, failing_since, held_until)
             SELECT t.id, gen_random_uuid(), 'https://hooks.example/' || n, '{}', 'enabled', now(), now() - interval '1 hour', now()
             FROM tenants t, generate_series(1, 30) n",
        )
        .await;
    let many = named().await;
    assert_eq!((many["webhooks"].as_array().unwrap().len(), &many["more_webhooks"]), (50, &json!(true)));
}
