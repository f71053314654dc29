//! Notices of Dropbox: who is believed, what is marked, and how often a tenant is told. `notices` is a part of the public listener.

mod kept;

use std::sync::Arc;

use bowline_api::status::Role;
use bowline_api::{ConnectorId, TenantId};
use bowline_server::domain::Share;
use bowline_server::http::{every_request::EveryRequest, problem};
use bowline_server::service::notice;
use bowline_server::store::TenantTx;
use bowline_server::{route, settings};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rocket::http::{Header, Method};
use rocket::local::asynchronous::Client;
use serde_json::json;
use sha2::Sha256;
use uuid::Uuid;

use crate::harness::{Admin, proven};

/// A tenant with a connector, and its accounts `dbid:1` to `dbid:3`, of which the last one is revoked.
struct Side {
    tenant: TenantId,
    connector: ConnectorId,
    path: String,
    secret: String,
}

impl Side {
    async fn create(admin: &Admin, root: &str, slug: &str) -> Self {
        let path = |rest: &str| format!("/admin/v1/tenants{rest}");
        let tenant = admin.post(root, &path(""), json!({ "slug": slug, "name": slug })).await.expect(201);
        let secret = format!("{slug}-secret");
        let connector = json!({
            "name": "Photos", "app_key": format!("{slug}-key"), "app_secret": secret, "scopes": ["account_info.read"],
            "return_urls": ["https://acme.example/linked"],
        });
        let connector = admin.post(root, &path(&format!("/{slug}/connectors")), connector).await.expect(201);
        let url = connector["notice_url"].as_str().unwrap();
        let side = Self {
            tenant: tenant["id"].as_str().unwrap().parse().unwrap(),
            connector: connector["id"].as_str().unwrap().parse().unwrap(),
            path: url.strip_prefix("http://localhost:8000").unwrap().to_owned(),
            secret,
        };
        side.accounts(admin, 1..4, "CASE WHEN n = 3 THEN 'revoked' ELSE 'active' END").await;
        side
    }

    async fn accounts(&self, admin: &Admin, numbers: std::ops::Range<u32>, status: &str) {
        let (tenant, connector) = (self.tenant.uuid(), self.connector.uuid());
        let (first, last) = (numbers.start, numbers.end - 1);
        admin
            .execute(&format!(
                "INSERT INTO accounts (tenant_id, id, connector_id, external_user_id, provider_account_id, email, display_name, status,
                     scopes, missing_scopes, assurance, generation, sealed_access_token, access_expires_at, sealed_refresh_token, refreshed_at)
                 SELECT '{tenant}', gen_random_uuid(), '{connector}', 'user-' || n, 'dbid:' || n, 'u' || n || '@example.com', 'Ada', {status},
                     '{{a}}', '{{}}', 'confirmed', 1, s, CASE WHEN s IS NOT NULL THEN now() END, s, CASE WHEN s IS NOT NULL THEN now() END
                 FROM generate_series({first}, {last}) n,
                     LATERAL (SELECT CASE WHEN {status} <> 'revoked' THEN '\\x00'::bytea END AS s) made"
            ))
            .await;
    }

    /// Marks accounts as a notice does, in the process `admin`.
    async fn mark(&self, admin: &Admin, ids: &[String]) -> usize {
        let mark =
            admin.app.store.scoped(self.tenant, async |tx| tx.mark_changed(self.connector.uuid(), ids).await);
        mark.await.unwrap()
    }
}

/// The first round of telling, as a worker does it, and the number of marks that it removed.
async fn tell(side: &Admin) -> usize {
    notice::tell(&side.app, &mut Vec::new()).await.unwrap()
}

/// The tenants of the next round, found in both ways.
async fn next(admin: &Admin, limit: i64, aside: &[Uuid], share: Option<Share>) -> Vec<Uuid> {
    let find = async |is_sharded| {
        let look =
            admin.app.store.worker(async |tx| tx.tenants_with_changes(limit, aside, share, is_sharded).await);
        look.await.unwrap()
    };
    let found = find(false).await;
    assert_eq!(found, find(true).await);
    found
}

async fn public(admin: &Admin) -> Client {
    let rocket = rocket::custom(settings::read(None).unwrap().figment)
        .manage(Arc::clone(&admin.app))
        .register("/", problem::catchers())
        .attach(EveryRequest { listener: "public" });
    Client::untracked(route::public().mount(rocket, false)).await.unwrap()
}

fn signed(secret: &str, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    hex::encode(mac.chain_update(body).finalize().into_bytes())
}

fn notice_of(ids: &[&str]) -> String {
    json!({ "list_folder": { "accounts": ids }, "delta": { "users": [12_345_678] } }).to_string()
}

/// Sends a body with these signatures, and returns the status of the answer.
async fn send(client: &Client, path: &str, body: &str, signatures: &[&str]) -> u16 {
    let mut request = client.post(path.to_owned()).body(body);
    for signature in signatures {
        request.add_header(Header::new("X-Dropbox-Signature", (*signature).to_owned()));
    }
    let response = request.dispatch().await;
    let status = response.status().code;
    assert!(status < 500, "{}", response.into_string().await.unwrap_or_default());
    status
}

async fn count(admin: &Admin, what: &str) -> i64 {
    admin.superuser().await.query_one(&format!("SELECT count(*) FROM {what}"), &[]).await.unwrap().get(0)
}

#[rocket::async_test]
async fn the_challenge_comes_back_as_plain_text_for_a_connector_that_exists() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let (acme, other) =
        (Side::create(&admin, &root, "acme").await, Side::create(&admin, &root, "other").await);
    let client = public(&admin).await;
    let answer = client.get(format!("{}?challenge=aB3-_.~%2B", acme.path)).dispatch().await;
    assert_eq!(answer.status().code, 200);
    for (header, value) in [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    ] {
        assert_eq!(answer.headers().get_one(header), Some(value));
    }
    assert_eq!(answer.into_string().await.as_deref(), Some("aB3-_.~+"));
    let long = format!("?challenge={}", "x".repeat(501));
    for wrong in
        ["", "?challenge=", "?challenge=a&challenge=b", "?challenge=a&x=1", "?challenge=%3Cscript%3E", &long]
    {
        let answer = client.get(format!("{}{wrong}", acme.path)).dispatch().await;
        assert_eq!(answer.status().code, 400, "{wrong}");
        assert!(!answer.into_string().await.unwrap().contains("<script"), "{wrong}");
    }
    assert_eq!(client.head(format!("{}?challenge=a", acme.path)).dispatch().await.status().code, 405);
    let foreign = format!("/notices/{}/{}", acme.tenant, other.connector);
    let nobody = format!("/notices/{}/conn_01h455vb4pex5vsknk084sn02q", acme.tenant);
    for path in ["/notices/acme/photos", &foreign, &nobody, &format!("/notices/{}/x", acme.tenant)] {
        let answer = client.get(format!("{path}?challenge=a")).dispatch().await;
        assert_eq!(answer.status().code, 404, "{path}");
        assert_eq!(send(&client, path, "{}", &[&signed(&other.secret, "{}")]).await, 404, "{path}");
    }
}

#[rocket::async_test]
async fn only_what_the_app_secret_has_signed_marks_accounts_of_this_connector_alone() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let (acme, other) =
        (Side::create(&admin, &root, "acme").await, Side::create(&admin, &root, "other").await);
    let client = public(&admin).await;
    let body = notice_of(&["dbid:1", "dbid:1", "dbid:3", "dbid:99", "nonsense"]);
    let good = signed(&acme.secret, &body);
    let theirs = signed(&other.secret, &body);
    for (what, signatures) in [
        ("absent", &[][..]),
        ("of another tenant", &[theirs.as_str()]),
        ("of another body", &[&signed(&acme.secret, "{}")]),
        ("doubled", &[&good, &good]),
        ("cut", &[&good[..62]]),
        ("no hexadecimal", &["x"]),
        ("empty", &[""]),
    ] {
        assert_eq!(send(&client, &acme.path, &body, signatures).await, 401, "{what}");
    }
    let large = notice_of(&["dbid:1", &"x".repeat(70_000)]);
    assert_eq!(send(&client, &acme.path, &large, &[&signed(&acme.secret, &large)]).await, 413);
    assert_eq!(send(&client, &acme.path, "[1]", &[&signed(&acme.secret, "[1]")]).await, 400);
    let encoded = client.post(acme.path.clone()).header(Header::new("Content-Encoding", "gzip"));
    let encoded = encoded.header(Header::new("X-Dropbox-Signature", good.clone())).body(&body);
    assert_eq!(encoded.dispatch().await.status().code, 415);
    assert_eq!(count(&admin, "account_changes").await, 0, "nothing was marked");

    for _ in 0..2 {
        assert_eq!(send(&client, &acme.path, &body, &[&good]).await, 200);
    }
    let right = format!(
        "account_changes c JOIN accounts a ON (a.tenant_id, a.id) = (c.tenant_id, c.account_id)
         WHERE a.provider_account_id = 'dbid:1' AND a.tenant_id = '{}' AND c.due_at IS NOT NULL",
        acme.tenant.uuid()
    );
    assert_eq!((count(&admin, &right).await, count(&admin, "account_changes").await), (1, 1));
    for silent in ["{}", &notice_of(&[]), &notice_of(&["dbid:99"])] {
        assert_eq!(
            send(&client, &acme.path, silent, &[&signed(&acme.secret, silent)]).await,
            200,
            "{silent}"
        );
    }

    // A new secret counts at once, and the old one no longer.
    let secret = format!("/admin/v1/tenants/acme/connectors/{}/app-secret", acme.connector);
    let new = proven(json!({ "app_secret": "new-secret" }));
    admin.call(Method::Put, &root, &secret, Some(new)).await.expect(200);
    assert_eq!(send(&client, &acme.path, &body, &[&good]).await, 401);
    assert_eq!(send(&client, &acme.path, &body, &[&signed("new-secret", &body)]).await, 200);

    // Nobody is told for a disabled connector or a frozen tenant, and the provider is not told why.
    let two = notice_of(&["dbid:2"]);
    for (path, signature, act, undo) in [
        (
            &acme.path,
            signed("new-secret", &two),
            "connectors SET status = 'disabled'",
            Some("connectors SET status = 'active'"),
        ),
        (&acme.path, signed("new-secret", &two), "tenants SET frozen_at = now()", None),
    ] {
        admin.execute(&format!("UPDATE {act}")).await;
        assert_eq!(send(&client, path, &two, &[&signature]).await, 200, "{act}");
        assert_eq!(count(&admin, "account_changes").await, 1, "{act}");
        if let Some(undo) = undo {
            admin.execute(&format!("UPDATE {undo}")).await;
        }
    }
    // What was marked before the freeze is not told either.
    while tell(&admin).await > 0 {}
    assert_eq!(count(&admin, "account_changes WHERE due_at IS NOT NULL").await, 0);
    assert_eq!(count(&admin, "webhook_events").await, 0);
}

#[rocket::async_test]
async fn an_account_is_told_once_a_second_over_all_processes_and_never_forgotten() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let acme = Side::create(&admin, &root, "acme").await;
    let replica = admin.replica().await;
    let log = count(&admin, "audit_events").await;
    let one = ["dbid:1".to_owned()];
    assert_eq!(
        (acme.mark(&admin, &one).await, acme.mark(&replica, &one).await),
        (1, 0),
        "it is marked already"
    );
    assert_eq!(tell(&replica).await, 1);
    assert_eq!(count(&admin, "webhook_events WHERE kind = 'account.changed' AND number = 1").await, 1);

    // A change right after that is told as well, but later.
    assert_eq!((acme.mark(&replica, &one).await, acme.mark(&admin, &one).await), (1, 0));
    let later = "account_changes WHERE due_at >= quiet_until AND due_at > now()";
    admin.execute("UPDATE account_changes SET due_at = due_at + interval '1 hour', quiet_until = quiet_until + interval '1 hour'").await;
    assert_eq!(count(&admin, later).await, 1);
    assert_eq!((tell(&admin).await, tell(&replica).await), (0, 0));
    admin.execute("UPDATE account_changes SET due_at = now(), quiet_until = now()").await;
    let both = tokio::join!(tell(&admin), tell(&replica));
    assert_eq!(both.0 + both.1, 1);
    assert_eq!(count(&admin, "webhook_events WHERE number = 2").await, 1);

    // Many accounts in one notice, told by two processes: each once, with numbers of their own in the outbox.
    acme.accounts(&admin, 100..1000, "'active'").await;
    let all: Vec<String> = (100..1000).map(|number| format!("dbid:{number}")).collect();
    assert_eq!(acme.mark(&admin, &all).await, 900);
    let work = async |side: &Admin| {
        let mut told = 0;
        while count(&admin, "account_changes WHERE due_at IS NOT NULL").await > 0 {
            told += tell(side).await;
        }
        told
    };
    let (first, second) = tokio::join!(work(&admin), work(&replica));
    assert_eq!(first + second, 900);
    let events = "webhook_events e JOIN webhook_heads h USING (tenant_id) WHERE e.sequence BETWEEN 1 AND h.last AND h.last = 902";
    assert_eq!((count(&admin, events).await, count(&admin, "webhook_events").await), (902, 902));
    assert_eq!(count(&admin, "webhook_numbers WHERE last = 1").await, 900);
    assert_eq!(count(&admin, "audit_events").await, log, "the audit log knows nothing of it");
}

#[rocket::async_test]
async fn a_tenant_beyond_its_share_is_told_later_and_forgets_nothing() {
    let (per_second, burst) = (10, 20);
    let admin = Admin::start_with(|settings| {
        (settings.limits.changes_per_second, settings.limits.changes_burst) = (per_second, burst);
    })
    .await;
    let share = Share::new(per_second, burst);
    let root = admin.operator("root", Role::Admin).await;
    let (acme, other) =
        (Side::create(&admin, &root, "acme").await, Side::create(&admin, &root, "other").await);
    acme.accounts(&admin, 100..130, "'active'").await;
    let all: Vec<String> = (100..130).map(|number| format!("dbid:{number}")).collect();
    assert_eq!(acme.mark(&admin, &all).await, 30);
    assert_eq!(tell(&admin).await, 20, "a burst");
    let until = "webhook_heads WHERE changes_until > now() - interval '1 minute'";
    assert_eq!(count(&admin, until).await, 1);

    // It is as if it had just used up its share, however long this test takes.
    admin.execute("UPDATE webhook_heads SET changes_until = now() + interval '1 hour'").await;
    assert_eq!(other.mark(&admin, &["dbid:1".to_owned()]).await, 1);
    assert_eq!(next(&admin, 10, &[], share).await, [other.tenant.uuid()]);
    assert_eq!(next(&admin, 10, &[], None).await, [acme.tenant.uuid(), other.tenant.uuid()]);
    assert_eq!((tell(&admin).await, tell(&admin).await), (1, 0), "others have theirs");
    assert_eq!(acme.mark(&admin, &all).await, 20, "ten are marked still");
    let tell_acme = async |tx: &mut TenantTx| tx.tell_changed(100, share).await;
    assert_eq!(admin.app.store.scoped(acme.tenant, tell_acme).await.unwrap(), 0);
    assert_eq!(count(&admin, "account_changes WHERE due_at IS NOT NULL").await, 30);

    // When it has room for a second, those come first that were marked first.
    admin.execute("UPDATE webhook_heads SET changes_until = now() + interval '1 second'").await;
    assert!((10..=20).contains(&tell(&admin).await));
    let numbers = format!("webhook_numbers WHERE tenant_id = '{}'", acme.tenant.uuid());
    assert_eq!(count(&admin, &numbers).await, 30, "each was told");
}

#[rocket::async_test]
async fn those_come_first_who_have_waited_longest_and_a_failure_of_one_stops_nobody() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let mut ids = Vec::new();
    for (slug, minutes) in [("late", 1), ("broken", 3), ("patient", 2)] {
        let side = Side::create(&admin, &root, slug).await;
        side.mark(&admin, &["dbid:1".to_owned(), "dbid:2".to_owned()]).await;
        let (id, due) = (side.tenant.uuid(), format!("now() - interval '{minutes} minutes'"));
        admin.execute(&format!("UPDATE account_changes SET due_at = {due} WHERE tenant_id = '{id}'")).await;
        ids.push(id);
    }
    let [late, broken, patient] = ids[..] else { panic!("three tenants") };
    assert_eq!(next(&admin, 10, &[], None).await, [broken, patient, late]);
    assert_eq!(next(&admin, 1, &[], None).await, [broken]);
    assert_eq!(next(&admin, 1, &[broken], None).await, [patient]);

    // Its next event has a number that is taken.
    admin
        .execute(&format!(
            "INSERT INTO webhook_events (tenant_id, sequence, id, at, kind, payload)
             VALUES ('{broken}', 1, gen_random_uuid(), now(), 'account.linked', '{{}}')"
        ))
        .await;
    let mut aside = Vec::new();
    assert_eq!(notice::tell(&admin.app, &mut aside).await.unwrap(), 4);
    assert_eq!(aside, [broken]);
    assert_eq!(notice::tell(&admin.app, &mut aside).await.unwrap(), 0);
    assert_eq!(aside, [broken], "the rounds are over");
    assert_eq!(count(&admin, "account_changes WHERE due_at IS NOT NULL").await, 2);
    assert!(notice::tell(&admin.app, &mut Vec::new()).await.is_err(), "nobody else was told");
    admin.execute("DELETE FROM webhook_events WHERE kind = 'account.linked'").await;
    assert_eq!(tell(&admin).await, 2, "once it can be told");
}
