//! The audit logs are searched by actor, action, subject and time, one log or all of them.

use bowline_api::status::Role;
use bowline_tests::until;
use serde_json::Value;

use crate::harness::Admin;

const AUDIT: &str = "/admin/v1/audit";

/// Three logs with events of two operators, a key and the service, of which many have the same time.
const SEED: &str = "
    INSERT INTO tenants (id, slug, name)
    SELECT ('01900000-0000-7000-8000-0000000000a' || n)::uuid, 't' || n, 'T' FROM generate_series(1, 3) n;
    INSERT INTO audit_events (tenant_id, sequence, id, at, actor_kind, actor_id, actor_name, action, subject, detail, previous_hash, hash)
    SELECT ('01900000-0000-7000-8000-0000000000a' || 1 + n % 3)::uuid, 1 + n / 3, gen_random_uuid(),
           '2026-11-01'::timestamptz + n / 7 * interval '1 minute',
           (ARRAY['operator', 'operator', 'api_key', 'system'])[1 + n % 4], (ARRAY['op_a', 'op_b', 'key_a', NULL])[1 + n % 4],
           (ARRAY['ada', 'bob', 'app', NULL])[1 + n % 4],
           (ARRAY['account.linked', 'account.revoked', 'connector.edited', 'api_key.added', 'account.suspended'])[1 + n % 5],
           'acct_' || n % 11, '{}', '\\x00', '\\x00'
    FROM generate_series(0, $N) n;
    INSERT INTO audit_heads (tenant_id, sequence, hash)
    SELECT tenant_id, max(sequence), '\\x00' FROM audit_events GROUP BY tenant_id ON CONFLICT DO NOTHING;
";

async fn seeded(rows: u32) -> (Admin, String) {
    let admin = Admin::start().await;
    let token = admin.operator("ada", Role::Viewer).await;
    admin.execute(&SEED.replace("$N", &rows.to_string())).await;
    let id = admin.get(&token, "/admin/v1/whoami").await.expect(200)["id"].as_str().unwrap().to_owned();
    let rename = format!("UPDATE audit_events SET actor_id = '{id}' WHERE actor_id = 'op_a'");
    admin.execute(&rename).await;
    admin.execute("ANALYZE audit_events").await;
    (admin, token)
}

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

async fn expected(admin: &Admin, condition: &str) -> Vec<String> {
    let sql = format!(
        "SELECT id FROM audit_events WHERE {condition} ORDER BY at DESC, tenant_id DESC, sequence DESC"
    );
    let rows = admin.superuser().await.query(&sql, &[]).await.unwrap();
    rows.iter().map(|row| bowline_api::EventId::from(row.get::<_, uuid::Uuid>(0)).to_string()).collect()
}

/// Follows `next` to the end and `prev` back to the beginning. Both must return `all`.
async fn walk(admin: &Admin, token: &str, url: &str, all: &[String]) {
    let mut page = admin.get(token, url).await.expect(200);
    let mut pages = vec![ids(&page)];
    while let Some(cursor) = page["next"].as_str() {
        page = admin.get(token, &format!("{url}&cursor={cursor}")).await.expect(200);
        pages.push(ids(&page));
    }
    assert_eq!(pages.concat(), all, "{url} forwards");
    let mut back = vec![pages.last().unwrap().clone()];
    while let Some(cursor) = page["prev"].as_str() {
        page = admin.get(token, &format!("{url}&cursor={cursor}")).await.expect(200);
        back.push(ids(&page));
    }
    back.reverse();
    assert_eq!(back, pages, "{url} backwards");
}

#[rocket::async_test]
async fn every_filter_is_walked_to_its_end_and_back() {
    let (admin, token) = seeded(400).await;
    let one = "tenant_id = '01900000-0000-7000-8000-0000000000a1'";
    for (query, condition) in [
        ("all=true", "true".to_owned()),
        ("all=true&actor=ada", "actor_name = 'ada'".to_owned()),
        ("all=true&actor=system", "actor_kind = 'system'".to_owned()),
        ("all=true&action=account.revoked", "action = 'account.revoked'".to_owned()),
        ("all=true&action=account", "action LIKE 'account.%'".to_owned()),
        ("all=true&action=account.*", "action LIKE 'account.%'".to_owned()),
        ("all=true&subject=acct_3", "subject = 'acct_3'".to_owned()),
        ("tenant=t1&actor=ada", format!("{one} AND actor_name = 'ada'")),
        ("tenant=t1&action=account.linked", format!("{one} AND action = 'account.linked'")),
        (
            "tenant=t1&actor=ada&action=account&subject=acct_3",
            format!("{one} AND actor_name = 'ada' AND action LIKE 'account.%' AND subject = 'acct_3'"),
        ),
        (
            "tenant=t1&since=2026-11-01T00:10:00Z&until=2026-11-01T00:40:00Z",
            format!("{one} AND at >= '2026-11-01 00:10Z' AND at < '2026-11-01 00:40Z'"),
        ),
        ("all=true&until=2026-11-01T00:20:00Z", "at < '2026-11-01 00:20Z'".to_owned()),
    ] {
        let all = expected(&admin, &condition).await;
        assert!(!all.is_empty(), "{condition}");
        walk(&admin, &token, &format!("{AUDIT}?limit=7&{query}"), &all).await;
    }
}

#[rocket::async_test]
async fn without_all_the_log_is_one_and_a_cursor_belongs_to_its_filter() {
    let (admin, token) = seeded(100).await;
    let own = admin.get(&token, &format!("{AUDIT}?action=account.revoked")).await.expect(200);
    assert_eq!(ids(&own), [] as [String; 0], "the service's own log has no such event");
    let page = admin.get(&token, &format!("{AUDIT}?all=true&actor=ada&limit=3")).await.expect(200);
    let cursor = page["next"].as_str().unwrap();
    for other in ["all=true", "all=true&actor=system", "tenant=t1&actor=ada"] {
        let answer = admin.get(&token, &format!("{AUDIT}?{other}&cursor={cursor}")).await;
        assert_eq!((answer.status, answer.code()), (400, "invalid_cursor"), "{other}");
    }
}

#[rocket::async_test]
async fn a_value_that_cannot_be_meant_is_refused_with_its_parameter() {
    let (admin, token) = seeded(10).await;
    for (query, field, says) in [
        ("actor=nobody", "actor", "the name of an operator"),
        ("actor=op_1", "actor", "op_…"),
        ("actor=%00", "actor", "op_…"),
        ("action=account.loved", "action", "account.linked"),
        ("action=nonsense", "action", "tenant, connector"),
        ("since=yesterday", "since", "a time such as"),
        ("until=2026-11-01", "until", "a time such as"),
        ("since=2026-11-02T00:00:00Z&until=2026-11-01T00:00:00Z", "until", "later than since"),
        ("all=true&tenant=t1", "all", "leave out tenant"),
        ("all=1", "all", "true"),
        ("subject=%00", "subject", "NUL"),
    ] {
        let answer = admin.get(&token, &format!("{AUDIT}?{query}")).await;
        assert_eq!((answer.status, answer.code()), (422, "invalid_field"), "{query}: {}", answer.body);
        assert_eq!(answer.body["field"], field, "{query}");
        assert!(answer.body["detail"].as_str().unwrap().contains(says), "{query}: {}", answer.body);
    }
}

/// The first page costs as much among 40,000 events as among few: each filter has an index that ends with the time.
#[rocket::async_test]
async fn a_page_reads_no_more_of_the_log_than_it_shows() {
    const QUERIES: [&str; 7] = [
        "all=true",
        "all=true&actor=ada",
        "all=true&action=account.revoked",
        "all=true&since=2026-11-02T00:00:00Z&until=2026-11-02T12:00:00Z",
        "tenant=t1&action=account.revoked",
        "tenant=t1&until=2026-11-02T00:00:00Z",
        "tenant=t1&actor=ada",
    ];
    let (admin, token) = seeded(40_000).await;
    let database = admin.superuser().await;
    let counted = async || {
        let sql =
            "SELECT (SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'audit_events')::bigint
                   + sum(idx_tup_read)::bigint, sum(idx_scan)::bigint
            FROM pg_stat_user_indexes WHERE relname = 'audit_events'";
        let row = database.query_one(sql, &[]).await.unwrap();
        (row.get::<_, i64>(0), row.get::<_, i64>(1))
    };
    let before = counted().await;
    for query in QUERIES {
        admin.get(&token, &format!("{AUDIT}?limit=20&{query}")).await.expect(200);
    }
    // Connections report what they have read some seconds later.
    let read = until("all scans to be counted", async || {
        let now = counted().await;
        let scans = usize::try_from(now.1 - before.1).ok()?;
        (scans >= QUERIES.len()).then_some(now.0 - before.0)
    });
    let read = read.await.unwrap();
    assert!(read < 2_000, "{read} entries were read for seven pages of 20");
}
