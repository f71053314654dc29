//! The automatic stop of API keys: what two processes count, habits, announcements, and what operators do.

use bowline_api::TenantId;
use bowline_api::status::Role;
use bowline_server::app::App;
use bowline_server::service::drain;
use bowline_tests::until;
use rocket::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Admin, proven};

const STOP: &str = "/admin/v1/tenants/acme/drain-stop";
const KEYS: &str = "/admin/v1/tenants/acme/api-keys";

/// A tenant with an API key.
struct Acme {
    admin: Admin,
    root: String,
    tenant: TenantId,
    key: Uuid,
    /// The path of the key.
    path: String,
}

impl Acme {
    async fn start() -> Self {
        let admin = Admin::start_with(|settings| settings.limits.logins_per_minute = 0).await;
        let root = admin.operator("root", Role::Admin).await;
        let tenant = admin
            .post(&root, "/admin/v1/tenants", json!({ "slug": "acme", "name": "Acme" }))
            .await
            .expect(201);
        let key = admin.post(&root, KEYS, proven(json!({ "name": "app" }))).await.expect(201);
        let tenant = tenant["id"].as_str().unwrap().parse::<TenantId>().unwrap();
        let id = key["id"].as_str().unwrap();
        let path = format!("{KEYS}/{id}");
        let key = id.parse::<bowline_api::ApiKeyId>().unwrap().uuid();
        Self { admin, root, tenant, key, path }
    }

    async fn set(&self, body: Value) -> crate::harness::Answer {
        self.admin.call(Method::Put, &self.root, STOP, Some(proven(body))).await
    }

    async fn announce(&self, minutes: u32) -> crate::harness::Answer {
        self.announce_of(json!({ "minutes": minutes })).await
    }

    async fn announce_of(&self, mut body: Value) -> crate::harness::Answer {
        body["reason"] = json!("an export");
        self.admin.post(&self.root, &format!("{STOP}/announce"), proven(body)).await
    }

    /// Turns the stop on: above 20 accounts a minute, and above twice the habit.
    async fn turn_on(&self) {
        let set = self.set(json!({ "enabled": true, "times": 2, "least": 20, "reason": "a test" })).await;
        assert_eq!(set.expect(200), json!({ "enabled": true, "times": 2, "least": 20 }));
        drain::refresh(&self.admin.app).await.unwrap();
    }

    /// Hands out tokens of these accounts at one process, and reports it.
    async fn issue(&self, app: &App, accounts: std::ops::Range<u128>) {
        accounts.for_each(|account| app.drains.issued(self.tenant, self.key, Uuid::from_u128(account)));
        drain::report(app).await.unwrap();
    }

    async fn count(&self, sql: &str) -> i64 {
        self.admin.superuser().await.query_one(sql, &[]).await.unwrap().get(0)
    }

    async fn is_suspended(&self) -> bool {
        self.count("SELECT count(suspended_at) FROM api_keys").await == 1
    }

    /// Waits until there is room in the minute, so that the counts of a test do not fall into two.
    async fn room(&self) {
        let second = "SELECT extract(second FROM now())::bigint";
        until("the minute to have room", async || (self.count(second).await < 45).then_some(()))
            .await
            .unwrap();
    }
}

#[rocket::async_test]
async fn the_counts_of_all_processes_stop_a_key_once_and_an_operator_resumes_it() {
    let acme = Acme::start().await;
    let (here, there) = (&acme.admin, acme.admin.replica().await);
    acme.turn_on().await;
    drain::refresh(&there.app).await.unwrap();
    acme.room().await;
    acme.issue(&here.app, 0..15).await;
    acme.issue(&there.app, 100..105).await;
    acme.issue(&here.app, 0..15).await;
    assert!(!acme.is_suspended().await, "it has what it may have, and the same accounts count once");
    for account in [15, 16] {
        for app in [&here.app, &there.app] {
            app.drains.issued(acme.tenant, acme.key, Uuid::from_u128(account));
        }
    }
    let (one, other) = tokio::join!(drain::report(&here.app), drain::report(&there.app));
    one.and(other).unwrap();
    assert!(acme.is_suspended().await);
    let events =
        |action: &str| format!("SELECT count(*) FROM audit_events WHERE action = 'api_key.{action}'");
    assert_eq!(acme.count(&events("suspended")).await, 1);
    let log = here.get(&acme.root, "/admin/v1/audit?tenant=acme&action=api_key.suspended").await.expect(200);
    let detail = &log["items"][0]["detail"];
    assert_eq!((&detail["limit"], &detail["habit"]), (&json!(20), &json!(0)));
    assert!((21..=24).contains(&detail["accounts"].as_i64().unwrap()), "{detail}");

    // What replaces the key works, and the key itself stays suspended.
    let rotated =
        here.post(&acme.root, &format!("{}/rotate", acme.path), proven(json!({}))).await.expect(201);
    assert!(rotated["new"]["suspended"].is_null() && rotated["old"]["suspended"]["since"].is_string());
    let listed = here.get(&acme.root, KEYS).await.expect(200);
    let reason = &listed["items"][1]["suspended"]["reason"];
    assert_eq!(reason, "it fetched the tokens of far more accounts than it is used to");

    let (resume, wanted) = (format!("{}/resume", acme.path), json!({ "reason": "it was their export" }));
    let (vera, olga) =
        (here.operator("vera", Role::Viewer).await, here.operator("olga", Role::Operator).await);
    assert_eq!(here.post(&vera, &resume, proven(wanted.clone())).await.status, 403);
    assert_eq!(here.post(&olga, &resume, wanted.clone()).await.status, 422);
    assert!(acme.is_suspended().await);
    for _ in 0..2 {
        let now = here.post(&olga, &resume, proven(wanted.clone())).await.expect(200);
        assert!(now["suspended"].is_null(), "{now}");
    }
    assert_eq!(acme.count(&events("resumed")).await, 1, "the second call changes nothing");
    // What it was suspended for is its habit: 22 at least, so it may fetch 44.
    acme.issue(&here.app, 200..215).await;
    assert!(!acme.is_suspended().await);
    acme.issue(&here.app, 300..400).await;
    assert!(acme.is_suspended().await, "the new habit has a limit as well");
    let nobody = format!("{KEYS}/{}/resume", bowline_api::ApiKeyId::from(Uuid::from_u128(1)));
    assert_eq!(here.post(&olga, &nobody, proven(wanted)).await.status, 404);
}

#[rocket::async_test]
async fn what_is_announced_is_neither_stopped_nor_counted() {
    let acme = Acme::start().await;
    let app = &acme.admin.app;
    let early = acme.announce(60).await;
    assert_eq!((early.status, early.code()), (409, "invalid_state"));
    acme.turn_on().await;
    assert_eq!(acme.announce(10_081).await.code(), "invalid_field");
    let until = acme.announce(60).await.expect(200)["announced_until"].clone();
    assert!(until.is_string(), "{until}");
    acme.issue(app, 0..500).await;
    assert!(!acme.is_suspended().await);
    assert_eq!(acme.count("SELECT count(*) FROM key_habits").await, 0);
    let changed = acme.set(json!({ "enabled": true, "times": 3, "least": 20, "reason": "a test" })).await;
    assert_eq!(changed.expect(200)["announced_until"], until, "an announcement stays");
    assert!(acme.announce(0).await.expect(200)["announced_until"].is_null());
    acme.issue(app, 0..500).await;
    assert!(acme.is_suspended().await, "the same is too much afterwards");
    let log = acme.admin.get(&acme.root, "/admin/v1/audit?tenant=acme&action=tenant").await.expect(200);
    let told: Vec<_> = log["items"].as_array().unwrap().iter().map(|item| &item["action"]).collect();
    assert_eq!(told[0], "tenant.mass_fetch_announced");
    assert_eq!(told.iter().filter(|action| **action == "tenant.drain_stop_changed").count(), 2, "{told:?}");
}

#[rocket::async_test]
async fn an_announcement_of_one_key_leaves_the_others_to_be_stopped() {
    let acme = Acme::start().await;
    let app = &acme.admin.app;
    acme.turn_on().await;
    let id = bowline_api::ApiKeyId::from(acme.key).to_string();
    let other = acme.admin.post(&acme.root, KEYS, proven(json!({ "name": "other" }))).await.expect(201);
    let foreign = bowline_api::ApiKeyId::from(Uuid::from_u128(1));
    assert_eq!(acme.announce_of(json!({ "minutes": 60, "key": foreign })).await.status, 404);
    let now = acme.announce_of(json!({ "minutes": 60, "key": id })).await.expect(200);
    assert_eq!(now["announced_key"], id, "{now}");
    let changed = acme.set(json!({ "enabled": true, "times": 2, "least": 30, "reason": "a test" })).await;
    assert_eq!(changed.expect(200)["announced_key"], id, "an announcement stays");
    let log =
        acme.admin.get(&acme.root, "/admin/v1/audit?tenant=acme&action=tenant.mass_fetch_announced").await;
    assert_eq!(log.expect(200)["items"][0]["detail"]["api_key"], id);

    acme.issue(app, 0..500).await;
    assert!(!acme.is_suspended().await);
    let other = other["id"].as_str().unwrap().parse::<bowline_api::ApiKeyId>().unwrap().uuid();
    (0..500).for_each(|account| app.drains.issued(acme.tenant, other, Uuid::from_u128(account)));
    drain::report(app).await.unwrap();
    let stopped = acme.admin.superuser().await;
    let stopped = stopped.query("SELECT id FROM api_keys WHERE suspended_at IS NOT NULL", &[]).await.unwrap();
    assert_eq!(stopped.iter().map(|row| row.get(0)).collect::<Vec<Uuid>>(), [other]);

    // One about all keys takes its place, and its end is the end of every announcement.
    assert!(acme.announce(60).await.expect(200)["announced_key"].is_null());
    acme.announce_of(json!({ "minutes": 60, "key": id })).await.expect(200);
    let ended = acme.announce(0).await.expect(200);
    assert!(ended["announced_until"].is_null() && ended["announced_key"].is_null(), "{ended}");
}

#[rocket::async_test]
async fn a_habit_is_the_largest_minute_of_the_seven_days_before() {
    let acme = Acme::start().await;
    let app = &acme.admin.app;
    acme.turn_on().await;
    let mut next = 0;
    let mut issue = async |count: u128| {
        acme.issue(app, next..next + count).await;
        next += count;
        let sql = "SELECT accounts, largest, earlier FROM key_habits WHERE api_key_id = $1";
        let row = acme.admin.superuser().await.query_one(sql, &[&acme.key]).await.unwrap();
        (row.get::<_, i32>(0), row.get::<_, i32>(1), row.get::<_, Vec<i32>>(2))
    };
    let back = async |days: i32| {
        let minute = "minute = minute - interval '1 minute'";
        acme.admin.execute(&format!("UPDATE key_habits SET {minute}, day = day - {days}")).await;
    };
    assert_eq!(issue(10).await, (10, 10, vec![]));
    back(0).await;
    assert_eq!(issue(4).await, (4, 10, vec![]), "the largest minute of the day stays");
    back(1).await;
    assert_eq!(issue(11).await, (11, 11, vec![10]));
    back(3).await;
    assert_eq!(issue(5).await, (5, 5, vec![0, 0, 11, 10]), "days without a fetch are days");
    back(5).await;
    assert_eq!(issue(6).await, (6, 6, vec![0, 0, 0, 0, 5, 0, 0]), "what is older is forgotten");
    back(9).await;
    assert_eq!(issue(6).await, (6, 6, vec![0; 7]));
    acme.admin.execute("UPDATE key_habits SET earlier = '{0,30}'").await;
    back(0).await;
    issue(60).await;
    assert!(!acme.is_suspended().await, "twice its habit");
    // What replaces the key is used to the same.
    acme.admin.post(&acme.root, &format!("{}/rotate", acme.path), proven(json!({}))).await.expect(201);
    let inherited =
        "SELECT count(*) FROM key_habits WHERE accounts = 0 AND largest = 60 AND 30 = ANY (earlier)";
    assert_eq!(acme.count(inherited).await, 1);
    back(0).await;
    issue(61).await;
    assert!(acme.is_suspended().await, "more than twice its habit");
}

#[rocket::async_test]
async fn it_is_off_until_an_admin_turns_it_on_with_numbers_in_range() {
    let acme = Acme::start().await;
    let admin = &acme.admin;
    let usual = json!({ "enabled": false, "times": 10, "least": 1000 });
    assert_eq!(admin.get(&acme.root, STOP).await.expect(200), usual);
    for (field, value) in [("times", 1), ("times", 1001), ("least", 9), ("least", 10_000_001)] {
        let mut wanted = json!({ "enabled": true, "reason": "a test" });
        wanted[field] = json!(value);
        let refused = acme.set(wanted).await;
        assert_eq!((refused.status, &refused.body["field"]), (422, &json!(field)), "{value}");
    }
    let olga = admin.operator("olga", Role::Operator).await;
    let wanted = proven(json!({ "enabled": true, "reason": "a test" }));
    assert_eq!(admin.call(Method::Put, &olga, STOP, Some(wanted)).await.status, 403);
    drain::refresh(&admin.app).await.unwrap();
    acme.issue(&admin.app, 0..5000).await;
    assert_eq!(acme.count("SELECT count(*) FROM key_habits").await, 0);
    acme.turn_on().await;
    let listed = admin.get(&acme.root, "/admin/v1/tenants").await.expect(200);
    assert_eq!(listed["items"][0]["drain_stop"]["least"], 20, "{listed}");
    let off = acme.set(json!({ "enabled": false, "reason": "a test" })).await.expect(200);
    assert_eq!(off, usual);
    // A process that does not know of it yet counts nothing either.
    acme.issue(&admin.app, 0..5000).await;
    assert!(!acme.is_suspended().await);
    assert_eq!(acme.count("SELECT count(*) FROM key_habits").await, 0);
    let listed = admin.get(&acme.root, "/admin/v1/tenants").await.expect(200);
    assert!(listed["items"][0]["drain_stop"].is_null(), "{listed}");
}
