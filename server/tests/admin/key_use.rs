//! On which day an API key was last used.

use bowline_api::status::Role;
use bowline_server::domain::credential::parse_api_key;
use bowline_server::service::{api_key, key_use};
use serde_json::{Value, json};

use crate::harness::{Admin, proven};

const KEYS: &str = "/admin/v1/tenants/acme/api-keys";

#[rocket::async_test]
async fn the_day_of_the_last_use_of_a_key_is_written_down_later_and_once() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    admin.post(&root, "/admin/v1/tenants", json!({ "slug": "acme", "name": "Acme" })).await.expect(201);
    let mut keys = Vec::new();
    for name in ["used", "unused"] {
        let key = admin.post(&root, KEYS, proven(json!({ "name": name }))).await.expect(201);
        keys.push(parse_api_key(key["secret"].as_str().unwrap()).unwrap());
    }
    let shown = async || {
        let listed = admin.get(&root, KEYS).await.expect(200);
        let day = |name: &str| {
            let key = listed["items"].as_array().unwrap().iter().find(|key| key["name"] == name).unwrap();
            key.get("last_used_on").cloned()
        };
        (day("used"), day("unused"))
    };
    let versions = async || {
        let sql = "SELECT string_agg(xmin::text, ' ' ORDER BY name) FROM api_keys";
        admin.superuser().await.query_one(sql, &[]).await.unwrap().get::<_, String>(0)
    };
    let before = versions().await;
    api_key::verify(&admin.app, keys[0]).await.unwrap();
    assert_eq!((shown().await, versions().await), ((None, None), before), "the call itself writes nothing");
    // It may be midnight during the test.
    let days = "SELECT ((now() AT TIME ZONE 'UTC')::date + day)::text FROM generate_series(0, 1) AS day";
    let days = admin.superuser().await.query(days, &[]).await.unwrap();
    let days: Vec<Value> = days.iter().map(|row| json!(row.get::<_, String>(0))).collect();
    let is_today = |day: Option<Value>| day.is_some_and(|day| days.contains(&day));
    key_use::flush(&admin.app).await.unwrap();
    let (used, unused) = shown().await;
    assert!(is_today(used.clone()) && unused.is_none(), "{used:?} {unused:?}");

    let written = versions().await;
    api_key::verify(&admin.app, keys[0]).await.unwrap();
    key_use::flush(&admin.app).await.unwrap();
    if shown().await.0 == used {
        assert_eq!(versions().await, written, "on the same day nothing is written again");
    }
    admin.execute("UPDATE api_keys SET last_used_on = '2026-01-01' WHERE name = 'used'").await;
    key_use::flush(&admin.app).await.unwrap();
    assert_eq!(shown().await.0, Some(json!("2026-01-01")), "it was not used since");
    api_key::verify(&admin.app, keys[0]).await.unwrap();
    key_use::flush(&admin.app).await.unwrap();
    assert!(is_today(shown().await.0));
}
