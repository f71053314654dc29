//! The list of accounts across all tenants, and what operators do with an account.

use bowline_api::status::Role;
use bowline_api::{AccountId, ConnectorId, TenantId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::Admin;

const ACME: &str = "01900000-0000-7000-8000-0000000000a1";
const CONNECTOR: &str = "01900000-0000-7000-8000-0000000000c1";
const LIST: &str = "/admin/v1/accounts";

/// 500 accounts of two tenants: some with e-mail addresses that differ in case only, with equal times of use, and many
/// never used.
const SEED: &str = "
    INSERT INTO tenants (id, slug, name) SELECT ('01900000-0000-7000-8000-0000000000a' || n)::uuid, 't' || n, 'T' FROM generate_series(1, 2) n;
    INSERT INTO connectors (tenant_id, id, name, provider, protocol, app_key, sealed_app_secret, scopes, return_urls, completion, confirm_page)
    SELECT ('01900000-0000-7000-8000-0000000000a' || 1 + n / 3)::uuid, ('01900000-0000-7000-8000-0000000000c' || n)::uuid,
           'C', 'dropbox', 'oauth2', 'key' || n, '\\x00', '{a}', '{}', 'tenant', true FROM generate_series(1, 3) n;
    INSERT INTO accounts (tenant_id, id, connector_id, external_user_id, provider_account_id, email, display_name, status, scopes,
        missing_scopes, assurance, generation, sealed_access_token, access_expires_at, sealed_refresh_token, refreshed_at, last_used_at)
    SELECT ('01900000-0000-7000-8000-0000000000a' || 1 + c / 3)::uuid, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
           ('01900000-0000-7000-8000-0000000000c' || c)::uuid, 'user-' || n, 'dbid:' || n,
           CASE WHEN n % 2 = 0 THEN 'Mail' ELSE 'mail' END || n % 40 || '@example.com',
           CASE WHEN n = 77 THEN '100%_off\\' ELSE 'Person ' || n END,
           s, CASE WHEN n % 7 = 0 THEN '{files.read,sharing.read}' ELSE '{files.read}' END::text[], '{}', 'confirmed', 1,
           sealed, at, sealed, at, CASE WHEN n % 3 > 0 THEN '2026-01-01'::timestamptz + n % 20 * interval '1 day' END
    FROM (SELECT n, 1 + n % 3 AS c, (ARRAY['active', 'needs_reauth', 'revoked', 'active'])[1 + n % 4] AS s,
                 CASE WHEN n % 4 <> 2 THEN '\\x00'::bytea END AS sealed, CASE WHEN n % 4 <> 2 THEN now() END AS at
          FROM generate_series(1, 500) n) AS made;
";

async fn seeded() -> (Admin, String) {
    let admin = Admin::start().await;
    admin.execute(SEED).await;
    let token = admin.operator("ops-1", Role::Operator).await;
    (admin, token)
}

fn ids(page: &Value) -> Vec<Uuid> {
    let id = |row: &Value| row["id"].as_str().unwrap().parse::<AccountId>().unwrap().uuid();
    page["items"].as_array().unwrap().iter().map(id).collect()
}

async fn expected(admin: &Admin, condition: &str, order: &str) -> Vec<Uuid> {
    let sql = format!("SELECT id::text FROM accounts WHERE {condition} ORDER BY {order}");
    let rows = admin.superuser().await.query(&sql, &[]).await.unwrap();
    rows.iter().map(|row| row.get::<_, String>(0).parse().unwrap()).collect()
}

#[rocket::async_test]
async fn every_order_and_filter_is_walked_to_its_end_and_back() {
    let (admin, token) = seeded().await;
    let (tenant, connector) = (
        TenantId::from(ACME.parse::<Uuid>().unwrap()),
        ConnectorId::from(CONNECTOR.parse::<Uuid>().unwrap()),
    );
    let filters = [
        (String::new(), "true".to_owned()),
        ("&status=needs_reauth".to_owned(), "status = 'needs_reauth'".to_owned()),
        ("&status=revoked,needs_reauth".to_owned(), "status IN ('needs_reauth', 'revoked')".to_owned()),
        (
            format!("&tenant={tenant}&status=active,revoked&scope=files.read"),
            format!("tenant_id = '{ACME}' AND status IN ('active', 'revoked')"),
        ),
        (
            "&status=revoked,needs_reauth&q=mail".to_owned(),
            "status IN ('needs_reauth', 'revoked') AND lower(email) LIKE '%mail%'".to_owned(),
        ),
        (format!("&tenant={tenant}"), format!("tenant_id = '{ACME}'")),
        (format!("&connector={connector}"), format!("connector_id = '{CONNECTOR}'")),
        (format!("&tenant={tenant}&status=active"), format!("tenant_id = '{ACME}' AND status = 'active'")),
        ("&status=active&q=mail".to_owned(), "status = 'active' AND lower(email) LIKE '%mail%'".to_owned()),
        ("&scope=sharing.read".to_owned(), "'sharing.read' = ANY (scopes)".to_owned()),
        ("&q=mail3".to_owned(), "lower(email) LIKE '%mail3%'".to_owned()),
        (
            format!("&tenant={tenant}&status=active&scope=sharing.read"),
            format!("tenant_id = '{ACME}' AND status = 'active' AND 'sharing.read' = ANY (scopes)"),
        ),
    ];
    let orders = [
        ("newest", "accounts.id DESC"),
        ("oldest", "accounts.id"),
        ("email", "lower(email COLLATE \"C\"), accounts.id"),
        ("used", "coalesce(last_used_at, '-infinity') DESC, accounts.id"),
    ];
    for (filter, condition) in &filters {
        for (sort, order) in orders {
            let order = match filter.split_once("&q=") {
                Some((_, text)) => searched_order(text, sort, order),
                None => order.to_owned(),
            };
            let all = expected(&admin, condition, &order).await;
            assert!(all.len() > 10, "{condition}");
            let url = format!("{LIST}?limit=37&sort={sort}{filter}");
            walk(&admin, &token, &url, &all).await;
        }
    }
}

/// All e-mail addresses begin with the text. Those whose name is the text come first, and in the order `newest` the others follow in the order
/// of their addresses.
fn searched_order(text: &str, sort: &str, order: &str) -> String {
    let whole = format!("lower(email) LIKE '{text}@%'");
    let by_email = "lower(email COLLATE \"C\"), accounts.id";
    let rest = if sort == "newest" { by_email } else { order };
    format!(
        "NOT {whole}, CASE WHEN {whole} THEN lower(email COLLATE \"C\") END, CASE WHEN {whole} THEN accounts.id END, {rest}"
    )
}

/// Follows `next` to the end and `prev` back to the beginning. Both must return `all`, and the first page their number.
async fn walk(admin: &Admin, token: &str, url: &str, all: &[Uuid]) {
    let page = admin.get(token, url).await.expect(200);
    assert_eq!(page["total"], json!({ "count": all.len(), "approximate": false }), "{url}");
    walk_on(admin, token, url, page, all).await;
}

async fn walk_on(admin: &Admin, token: &str, url: &str, mut page: Value, all: &[Uuid]) {
    assert!(page.get("prev").is_none(), "{url}");
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
    // The border between the parts of a search is the end of a page in both directions.
    assert_eq!(back.concat(), pages.concat(), "{url} backwards");
}

/// Whatever the frequency of a text, the search finds the same as a scan of every account. Among 7,000 more are texts
/// that fill a page immediately, that need a longer scan, that begin far down the list by e-mail address, that only the
/// index finds, and that do not occur.
#[rocket::async_test]
async fn a_search_finds_the_common_and_the_rare() {
    let (admin, token) = seeded().await;
    let more = SEED[SEED.find("INSERT INTO accounts").unwrap()..]
        .replace("generate_series(1, 500)", "generate_series(501, 7500)")
        .replace(
            "ELSE 'Person ' || n",
            "WHEN n % 3 = 0 THEN 'Common' WHEN n % 11 = 5 THEN 'Late' WHEN n % 301 = 7 THEN 'Seldom' WHEN n % 3001 = 10 THEN 'Rare'",
        );
    admin.execute(&more.replace("'Rare'", "'Rare' ELSE 'Person'")).await;
    admin.execute("UPDATE accounts SET email = 'z' || email WHERE display_name = 'Late'").await;
    admin.execute("ANALYZE accounts").await;
    for (text, at_least, at_most) in
        [("common", 2000, 3000), ("late", 400, 500), ("seldom", 10, 30), ("rare", 1, 3), ("nobody", 0, 0)]
    {
        for (sort, order) in [("newest", "id DESC"), ("email", "lower(email COLLATE \"C\"), id")] {
            let all = expected(&admin, &format!("search LIKE '%{text}%'"), order).await;
            assert!((at_least..=at_most).contains(&all.len()), "{text}: {}", all.len());
            let url = format!("{LIST}?limit=200&sort={sort}&q={text}");
            let page = admin.get(&token, &url).await.expect(200);
            let count = usize::try_from(page["total"]["count"].as_u64().unwrap()).unwrap();
            if page["total"]["approximate"] == json!(true) {
                assert!(
                    ["common", "late"].contains(&text) && count.abs_diff(all.len()) < 300,
                    "{text}: {count} of {}",
                    all.len()
                );
            } else {
                assert!(count == all.len() && count < 100, "{text}: {count} of {}", all.len());
            }
            walk_on(&admin, &token, &url, page, &all).await;
            let few = format!("{LIST}?limit=2&sort={sort}&q={text}");
            assert_eq!(ids(&admin.get(&token, &few).await.expect(200)), all[..all.len().min(2)], "{few}");
        }
    }
}

/// A search that finds too much is not reported as an unreachable database.
#[rocket::async_test]
async fn a_search_that_takes_too_long_says_what_to_do() {
    let (admin, token) = seeded().await;
    let slowly = "ALTER POLICY accounts_operator ON accounts USING (pg_sleep(0.02) IS NOT NULL)";
    admin.execute(slowly).await;
    let answer = admin.get(&token, &format!("{LIST}?q=mail3")).await.expect(422);
    assert_eq!(answer["code"], "search_too_broad", "{answer}");
    assert!(answer["detail"].as_str().unwrap().contains("one tenant"), "{answer}");
}

#[rocket::async_test]
async fn a_page_stays_where_it_was_when_rows_come_and_go() {
    let (admin, token) = seeded().await;
    let url = format!("{LIST}?limit=10");
    let first = admin.get(&token, &url).await.expect(200);
    let next = format!("{url}&cursor={}", first["next"].as_str().unwrap());
    let second = ids(&admin.get(&token, &next).await.expect(200));
    // The row of the cursor, and a newer one.
    admin.execute("DELETE FROM accounts WHERE external_user_id IN ('user-491', 'user-500')").await;
    assert_eq!(ids(&admin.get(&token, &next).await.expect(200)), second);
}

#[rocket::async_test]
async fn a_cursor_that_was_edited_or_is_of_another_list_is_refused() {
    let (admin, token) = seeded().await;
    let page = admin.get(&token, &format!("{LIST}?limit=5&sort=email")).await.expect(200);
    let cursor = page["next"].as_str().unwrap();
    let mut edited = cursor.to_owned();
    edited.replace_range(12..13, if &cursor[12..13] == "A" { "B" } else { "A" });
    for query in [
        format!("sort=email&cursor={edited}"),
        format!("sort=used&cursor={cursor}"),
        format!("sort=email&status=active&cursor={cursor}"),
        "sort=email&cursor=".to_owned(),
    ] {
        let answer = admin.get(&token, &format!("{LIST}?{query}")).await;
        assert_eq!((answer.status, answer.code()), (400, "invalid_cursor"), "{query}");
    }
    // Another limit returns that many rows of the same list.
    admin.get(&token, &format!("{LIST}?limit=9&sort=email&cursor={cursor}")).await.expect(200);
}

#[rocket::async_test]
async fn the_search_takes_wildcards_as_they_stand_and_knows_account_ids() {
    let (admin, token) = seeded().await;
    let seventy_seven = AccountId::from("01900000-0000-7000-8000-00000000004d".parse::<Uuid>().unwrap());
    for text in ["0%25_O", "%25_off%5C", &seventy_seven.to_string(), "%20user-77%20"] {
        let page = admin.get(&token, &format!("{LIST}?q={text}")).await.expect(200);
        assert_eq!(ids(&page), [seventy_seven.uuid()], "{text}");
    }
    assert_eq!(ids(&admin.get(&token, &format!("{LIST}?q=%25%25")).await.expect(200)), [] as [Uuid; 0]);
    let nobodys = ConnectorId::from(Uuid::nil());
    let none = admin.get(&token, &format!("{LIST}?connector={nobodys}")).await.expect(200);
    assert_eq!(none, json!({ "items": [], "total": { "count": 0, "approximate": false } }));
    for bad in [
        "status=nonsense",
        "sort=nonsense",
        "limit=0",
        "limit=201",
        "limit=x",
        "tenant=X",
        "connector=x",
        "q=%00",
    ] {
        let answer = admin.get(&token, &format!("{LIST}?{bad}")).await;
        assert_eq!((answer.status, answer.code()), (422, "invalid_field"), "{bad}");
    }
}

/// All words, in any order; a pair of metadata; the end of an id as a screen shows it.
#[rocket::async_test]
async fn a_search_takes_words_in_any_order_pairs_and_the_end_of_an_id() {
    let (admin, token) = seeded().await;
    let set = "UPDATE accounts SET display_name = 'Ada Ito', user_label = 'Lovelace', metadata = '{\"Plan\": \"big team\"}',
            search_text = 'mail37@example.com ada ito user-77 dbid:77 lovelace plan big team' WHERE external_user_id = 'user-77';
        UPDATE accounts SET user_label = 'plan big team', metadata = '{\"region\": \"eu\"}',
            search_text = 'mail38@example.com person 78 user-78 dbid:78 plan big team region eu' WHERE external_user_id = 'user-78'";
    admin.execute(set).await;
    let id = AccountId::from("01900000-0000-7000-8000-00000000004d".parse::<Uuid>().unwrap()).to_string();
    let end = &id[id.len() - 6..];
    let both = ["user-78", "user-77"];
    for (text, users) in [
        ("ito ada", &["user-77"][..]),
        ("ITO%20%20mail37", &["user-77"]),
        ("%22ito%20ada%22", &[]),
        ("%22ada%20ito%22%20lovelace", &["user-77"]),
        ("ada nobody", &[]),
        ("team big", &both),
        ("%22plan=big%20team%22", &["user-77"]),
        ("PLAN=", &["user-77"]),
        ("region=eu", &["user-78"]),
        ("region=e", &[]),
        ("region=eu%20ada", &[]),
        (end, &["user-77"]),
        (&end.to_uppercase(), &["user-77"]),
        (&format!("%E2%80%A6{end}"), &["user-77"]),
        (&format!("acct_%E2%80%A6{end}"), &["user-77"]),
    ] {
        let text = text.replace(' ', "%20");
        for sort in ["newest", "email"] {
            let page = admin.get(&token, &format!("{LIST}?sort={sort}&q={text}")).await.expect(200);
            let rows = page["items"].as_array().unwrap();
            let mut found: Vec<_> =
                rows.iter().map(|row| row["external_user_id"].as_str().unwrap()).collect();
            found.sort_unstable_by(|one, other| other.cmp(one));
            assert_eq!(found, *users, "{text}");
            assert_eq!(page["total"]["count"], users.len(), "{text}");
        }
        let other = admin.get(&token, &format!("{LIST}?status=revoked&q={text}")).await.expect(200);
        let revoked = other["items"].as_array().unwrap().iter().all(|row| row["status"] == "revoked");
        assert!(revoked, "the other filters hold for an id, too: {text}");
    }
}

#[rocket::async_test]
async fn looking_at_an_account_is_recorded_and_shows_no_token() {
    let (admin, token) = seeded().await;
    let id = AccountId::from("01900000-0000-7000-8000-000000000004".parse::<Uuid>().unwrap());
    let detail = admin.get(&token, &format!("{LIST}/{id}")).await.expect(200);
    assert_eq!((&detail["connector"], &detail["connector_name"]), (&json!("C"), &json!("C")));
    let listed = admin.get(&token, &format!("{LIST}?limit=1")).await.expect(200);
    assert_eq!(listed["items"][0]["connector_name"], "C", "{listed}");
    assert_eq!(detail["token"]["holders"], 0);
    let fingerprint = detail["token"]["fingerprint"].as_str().unwrap().to_owned();
    assert_eq!(fingerprint.len(), 8);
    admin.execute("UPDATE accounts SET generation = 2").await;
    let detail = admin.get(&token, &format!("{LIST}/{id}")).await.expect(200);
    assert_ne!(detail["token"]["fingerprint"], fingerprint, "another generation is another token");
    let timeline = admin.get(&token, &format!("{LIST}/{id}/timeline")).await.expect(200);
    let events = timeline["items"].as_array().unwrap();
    assert_eq!(events.len(), 1, "one entry for both looks");
    let event = &events[0];
    assert_eq!((&event["action"], &event["actor"]["name"]), (&json!("account.inspected"), &json!("ops-1")));
}

#[rocket::async_test]
async fn looks_are_recorded_once_for_each_operator_account_and_hour() {
    let (admin, token) = seeded().await;
    let account = |number: u8| {
        let id = format!("01900000-0000-7000-8000-0000000000{number:02x}").parse::<Uuid>().unwrap();
        format!("{LIST}/{}", AccountId::from(id))
    };
    let (one, other) = (account(4), account(8));
    let entries = async |path: &str| {
        let timeline = admin.get(&token, &format!("{path}/timeline")).await.expect(200);
        let items = timeline["items"].as_array().unwrap();
        items.iter().filter(|event| event["action"] == "account.inspected").count()
    };
    // Waiting for a change leaves no entry.
    assert_eq!(admin.get(&token, &format!("{one}/status")).await.expect(200)["status"], "active");
    assert_eq!(entries(&one).await, 0);
    // All at the same time, as from several replicas.
    let looks = (0..8).map(|_| admin.get(&token, &one));
    for look in rocket::futures::future::join_all(looks).await {
        look.expect(200);
    }
    assert_eq!(entries(&one).await, 1);
    admin.get(&token, &other).await.expect(200);
    assert_eq!(entries(&other).await, 1, "another account");
    let colleague = admin.operator("ops-2", Role::Viewer).await;
    admin.get(&colleague, &one).await.expect(200);
    assert_eq!(entries(&one).await, 2, "another operator");
    admin.execute("UPDATE audit_events SET at = at - interval '61 minutes'").await;
    admin.get(&token, &one).await.expect(200);
    admin.get(&token, &one).await.expect(200);
    assert_eq!(entries(&one).await, 3, "another hour");
}

#[rocket::async_test]
async fn an_account_is_frozen_and_let_go_with_a_reason() {
    let (admin, token) = seeded().await;
    let id = AccountId::from("01900000-0000-7000-8000-000000000004".parse::<Uuid>().unwrap());
    let reason = json!({ "reason": "asked by the tenant" });
    let suspended = admin.post(&token, &format!("{LIST}/{id}/suspend"), reason.clone()).await.expect(200);
    assert_eq!(suspended["status"], "suspended");
    admin.post(&token, &format!("{LIST}/{id}/suspend"), reason.clone()).await.expect(200);
    let resumed = admin.post(&token, &format!("{LIST}/{id}/resume"), reason.clone()).await.expect(200);
    assert_eq!(resumed["status"], "active");
    assert!(resumed.get("status_reason").is_none());
    let short = admin.post(&token, &format!("{LIST}/{id}/suspend"), json!({ "reason": " x " })).await;
    assert_eq!(short.code(), "invalid_field");
    let revoked = AccountId::from("01900000-0000-7000-8000-000000000002".parse::<Uuid>().unwrap());
    let refused = admin.post(&token, &format!("{LIST}/{revoked}/suspend"), reason).await;
    assert_eq!((refused.status, refused.code()), (409, "invalid_state"));
    let timeline = admin.get(&token, &format!("{LIST}/{id}/timeline")).await.expect(200);
    let actions: Vec<_> =
        timeline["items"].as_array().unwrap().iter().map(|event| &event["action"]).collect();
    assert_eq!(actions, ["account.resumed", "account.suspended"], "an action without effect is not recorded");
    assert_eq!(timeline["items"][1]["detail"]["reason"], "asked by the tenant");
}

#[rocket::async_test]
async fn the_overview_counts_every_status() {
    let (admin, token) = seeded().await;
    let overview = admin.get(&token, "/admin/v1/overview").await.expect(200);
    let counted = |status: &str| {
        let row =
            overview["accounts"].as_array().unwrap().iter().find(|row| row["status"] == status).unwrap();
        row["total"]["count"].as_u64().unwrap()
    };
    assert_eq!(
        ["active", "needs_reauth", "revoked", "suspended", "revoking"].map(counted),
        [250, 125, 125, 0, 0]
    );
}
