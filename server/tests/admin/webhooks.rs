//! Webhooks without a sender: leases, what is kept no longer, and a log that was cut.

use bowline_api::status::Role;
use bowline_server::domain::entropy;
use bowline_server::service::webhook::{self, send};
use rocket::http::Method;
use serde_json::json;

use crate::harness::{Admin, proven};

const ENDPOINTS: &str = "/admin/v1/tenants/acme/webhook-endpoints";

/// A tenant with an endpoint that has got a test event.
async fn tested() -> (Admin, String, String) {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    admin.post(&root, "/admin/v1/tenants", json!({ "slug": "acme", "name": "Acme" })).await.expect(201);
    let wanted = proven(json!({ "url": "https://hooks.acme.example/" }));
    let new = admin.post(&root, ENDPOINTS, wanted).await.expect(201);
    let endpoint = format!("{ENDPOINTS}/{}", new["id"].as_str().unwrap());
    test(&admin, &root, &endpoint).await;
    (admin, root, endpoint)
}

async fn test(admin: &Admin, root: &str, endpoint: &str) {
    admin.call(Method::Post, root, &format!("{endpoint}/test"), None).await.expect(202);
}

async fn count(admin: &Admin, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    admin.superuser().await.query_one(&sql, &[]).await.unwrap().get(0)
}

#[rocket::async_test]
async fn an_endpoint_has_one_sender_at_a_time() {
    let (admin, ..) = tested().await;
    let (one, other) = (entropy::owner(), entropy::owner());
    let claim = async |owner| send::claim(&admin.app, owner, 10, 10).await.unwrap().len();
    assert_eq!(claim(one).await, 1);
    assert_eq!(claim(other).await, 0);
    admin.execute("UPDATE webhook_endpoints SET held_until = now()").await;
    assert_eq!(claim(other).await, 1, "the lease has expired");
    admin.execute("UPDATE webhook_endpoints SET held_until = now(), failing_since = now()").await;
    let none_that_fails = send::claim(&admin.app, one, 10, 0).await.unwrap();
    assert!(none_that_fails.is_empty(), "{none_that_fails:?}");
    assert!(send::claim(&admin.app, one, 10, 1).await.unwrap()[0].is_failing);
    admin.execute("UPDATE webhook_endpoints SET held_until = now()").await;
    admin.execute("UPDATE webhook_deliveries SET next_at = now() + interval '1 hour'").await;
    assert_eq!(claim(one).await, 0, "nothing is due");
    admin.execute("UPDATE webhook_deliveries SET next_at = now()").await;
    admin.execute("UPDATE webhook_endpoints SET state = 'disabled'").await;
    assert_eq!(claim(one).await, 0, "it is disabled");
}

#[rocket::async_test]
async fn what_waits_is_due_at_once_when_it_is_asked_for() {
    let (admin, root, endpoint) = tested().await;
    let is_due = async || {
        let due = send::claim(&admin.app, entropy::owner(), 10, 10).await.unwrap().len() == 1;
        admin.execute("UPDATE webhook_endpoints SET held_until = now()").await;
        admin
            .execute("UPDATE webhook_deliveries SET next_at = now() + interval '10 hours', attempts = 7")
            .await;
        due
    };
    assert!(is_due().await && !is_due().await);
    let url = proven(json!({ "url": "https://other.acme.example/" }));
    admin.call(Method::Patch, &root, &endpoint, Some(url)).await.expect(200);
    assert!(is_due().await, "at its new address");
    admin.call(Method::Post, &root, &format!("{endpoint}/disable"), None).await.expect(200);
    admin.call(Method::Post, &root, &format!("{endpoint}/enable"), None).await.expect(200);
    assert!(is_due().await, "enabled again");
    let since = json!({ "since": "2020-01-01T00:00:00Z" });
    let resent = admin.post(&root, &format!("{endpoint}/resend"), since).await.expect(202);
    assert_eq!(resent["events"], 1, "{resent}");
    assert_eq!(count(&admin, "webhook_deliveries WHERE attempts = 0").await, 1);
    assert!(is_due().await, "sent again");
}

#[rocket::async_test]
async fn old_events_and_removed_endpoints_are_deleted() {
    let (admin, root, endpoint) = tested().await;
    admin.execute("UPDATE webhook_events SET at = at - interval '31 days'").await;
    test(&admin, &root, &endpoint).await;
    assert_eq!(count(&admin, "webhook_deliveries").await, 2);
    assert_eq!(webhook::sweep(&admin.app).await.unwrap(), 1);
    assert_eq!((count(&admin, "webhook_events").await, count(&admin, "webhook_deliveries").await), (1, 1));
    assert_eq!(webhook::sweep(&admin.app).await.unwrap(), 0);
    admin.call(Method::Delete, &root, &endpoint, None).await;
    assert_eq!(count(&admin, "webhook_secrets").await, 0, "at once");
    while webhook::sweep(&admin.app).await.unwrap() > 0 {}
    assert_eq!((count(&admin, "webhook_endpoints").await, count(&admin, "webhook_deliveries").await), (0, 0));
    assert_eq!(count(&admin, "webhook_events").await, 1, "other endpoints may want it");
}

/// The numbers of a log that was put back come again, and what is recorded then must not fail for that: the outbox has its own.
#[rocket::async_test]
async fn a_log_that_was_cut_together_with_its_head_goes_on() {
    let (admin, root, endpoint) = tested().await;
    let of = "tenant_id = (SELECT id FROM tenants WHERE slug = 'acme')";
    let last = format!("(SELECT max(sequence) FROM audit_events WHERE {of})");
    admin.execute(&format!("DELETE FROM audit_events WHERE {of} AND sequence = {last}")).await;
    admin
        .execute(&format!(
            "UPDATE audit_heads SET sequence = {last}, hash = (SELECT hash FROM audit_events WHERE {of} AND sequence = {last}) WHERE {of}"
        ))
        .await;
    test(&admin, &root, &endpoint).await;
    let log = admin.get(&root, &format!("{endpoint}/deliveries")).await.expect(200);
    assert_eq!(log["items"].as_array().map(Vec::len), Some(2), "{log}");
    assert_eq!(count(&admin, "webhook_events e JOIN audit_events a USING (tenant_id, id)").await, 1);
}
