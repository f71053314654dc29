//! How long events of changed files are kept.

use bowline_api::status::Role;
use bowline_server::service::webhook;
use rocket::http::Method;
use serde_json::json;

use super::{Side, count, tell};
use crate::harness::{Admin, proven};

#[rocket::async_test]
async fn what_was_told_of_changed_files_is_kept_for_three_days() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let acme = Side::create(&admin, &root, "acme").await;
    let endpoint = proven(json!({ "url": "https://hooks.acme.example/" }));
    admin.post(&root, "/admin/v1/tenants/acme/webhook-endpoints", endpoint).await.expect(201);
    let told = async |id: &str| {
        acme.mark(&admin, &[id.to_owned()]).await;
        assert_eq!(tell(&admin).await, 1);
    };
    told("dbid:1").await;
    admin.execute("UPDATE webhook_events SET kind = 'account.linked'").await;
    told("dbid:2").await;
    age(&admin, 71).await;
    assert_eq!(webhook::sweep(&admin.app).await.unwrap(), 0);
    age(&admin, 2).await;
    admin.execute("UPDATE account_changes SET quiet_until = now()").await;
    told("dbid:1").await;
    assert_eq!(count(&admin, "webhook_deliveries").await, 3);
    assert_eq!(webhook::sweep(&admin.app).await.unwrap(), 1);
    assert_eq!((count(&admin, "webhook_events").await, count(&admin, "webhook_deliveries").await), (2, 2));
    assert_eq!(
        count(&admin, "webhook_events WHERE kind = 'account.linked'").await,
        1,
        "others are kept longer"
    );
    assert_eq!(webhook::sweep(&admin.app).await.unwrap(), 0);
}

/// Makes all events and their deliveries older.
async fn age(admin: &Admin, hours: u32) {
    admin.execute(&format!("UPDATE webhook_events SET at = at - interval '{hours} hours'")).await;
    admin
        .execute(&format!("UPDATE webhook_deliveries SET queued_at = queued_at - interval '{hours} hours'"))
        .await;
}

#[rocket::async_test]
async fn what_is_sent_again_is_kept_as_long_as_it_is_tried() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let acme = Side::create(&admin, &root, "acme").await;
    let endpoint = proven(json!({ "url": "https://hooks.acme.example/" }));
    let endpoints = "/admin/v1/tenants/acme/webhook-endpoints";
    let endpoint = admin.post(&root, endpoints, endpoint).await.expect(201);
    for id in ["dbid:1", "dbid:2"] {
        acme.mark(&admin, &[id.to_owned()]).await;
        assert_eq!(tell(&admin).await, 1);
    }
    age(&admin, 71).await;
    let log = format!("{endpoints}/{}/deliveries", endpoint["id"].as_str().unwrap());
    let again = admin.get(&root, &log).await.expect(200)["items"][0]["event_id"].as_str().unwrap().to_owned();
    admin.call(Method::Post, &root, &format!("{log}/{again}/resend"), None).await.expect(202);
    age(&admin, 2).await;
    assert_eq!(webhook::sweep(&admin.app).await.unwrap(), 1, "the other one");
    assert_eq!((count(&admin, "webhook_events").await, count(&admin, "webhook_deliveries").await), (1, 1));
    let kept = admin.get(&root, &log).await.expect(200);
    assert_eq!(kept["items"][0]["event_id"], again, "{kept}");
    age(&admin, 71).await;
    assert_eq!(webhook::sweep(&admin.app).await.unwrap(), 1, "not for ever");
}
