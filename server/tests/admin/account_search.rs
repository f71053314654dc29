//! Searches of accounts: what matches best comes first, and what takes too long is marked.

use bowline_api::status::Role;
use serde_json::{Value, json};

use crate::harness::Admin;

const LIST: &str = "/admin/v1/accounts";

/// 264 accounts with "ada" in some text, of 400: four whole values (an e-mail address, a user id, a Dropbox id and a label), 30
/// e-mail addresses and 20 user ids that begin with it, and others in which it is a name.
const SEED: &str = "
    INSERT INTO tenants (id, slug, name) VALUES ('01900000-0000-7000-8000-0000000000a1', 'acme', 'T');
    INSERT INTO connectors (tenant_id, id, name, provider, protocol, app_key, sealed_app_secret, scopes, return_urls, completion, confirm_page)
    VALUES ('01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000c1', 'C', 'dropbox', 'oauth2', 'key', '\\x00', '{a}',
            '{}', 'tenant', true);
    INSERT INTO accounts (tenant_id, id, connector_id, external_user_id, provider_account_id, email, display_name, status, scopes,
        missing_scopes, assurance, generation, sealed_access_token, access_expires_at, sealed_refresh_token, refreshed_at, last_used_at, user_label)
    SELECT '01900000-0000-7000-8000-0000000000a1', ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
           '01900000-0000-7000-8000-0000000000c1',
           CASE WHEN n = 7 THEN 'ADA' WHEN n BETWEEN 100 AND 119 THEN 'ada-' || n ELSE 'user-' || n END,
           CASE WHEN n = 8 THEN 'ada' ELSE 'dbid:' || n END,
           CASE WHEN n = 9 THEN 'Ada@example.com' WHEN n BETWEEN 50 AND 79 THEN 'ada.' || n || '@example.com' ELSE n || '@example.com' END,
           CASE WHEN n BETWEEN 11 AND 264 THEN 'Canada ' || n ELSE 'Bob' END,
           'active', '{a}', '{}', 'confirmed', 1, '\\x00', now(), '\\x00', now(), '2026-01-01'::timestamptz + n * interval '1 h',
           CASE WHEN n = 10 THEN 'Ada' WHEN n = 200 THEN 'Ada''s team' END
    FROM generate_series(1, 400) n;
    UPDATE accounts SET display_name = 'Ada Ito' WHERE external_user_id IN ('user-5', 'user-6');
    UPDATE accounts SET display_name = 'Ana Dada' WHERE external_user_id IN ('user-1', 'user-2', 'user-3', 'user-4');
    UPDATE accounts SET search_text = lower(concat_ws(' ', email, display_name, external_user_id, provider_account_id, user_label));
";

async fn seeded(search_milliseconds: u64) -> (Admin, String) {
    let admin =
        Admin::start_with(|settings| settings.operators.search_milliseconds = search_milliseconds).await;
    admin.execute(SEED).await;
    let token = admin.operator("ops-1", Role::Operator).await;
    (admin, token)
}

/// The numbers of the accounts of a page.
fn numbers(page: &Value) -> Vec<u32> {
    let number = |row: &Value| {
        let id: bowline_api::AccountId = row["id"].as_str().unwrap().parse().unwrap();
        u32::try_from(id.uuid().as_u128() & 0xffff).unwrap()
    };
    page["items"].as_array().unwrap().iter().map(number).collect()
}

/// All pages of a list, forwards; and backwards from the last one.
async fn walk(admin: &Admin, token: &str, url: &str) -> (Vec<Vec<u32>>, Vec<u32>) {
    let mut page = admin.get(token, url).await.expect(200);
    assert!(page.get("prev").is_none(), "{page}");
    let mut pages = vec![numbers(&page)];
    while let Some(cursor) = page["next"].as_str() {
        page = admin.get(token, &format!("{url}&cursor={cursor}")).await.expect(200);
        pages.push(numbers(&page));
    }
    let mut back = vec![pages.last().unwrap().clone()];
    while let Some(cursor) = page["prev"].as_str() {
        page = admin.get(token, &format!("{url}&cursor={cursor}")).await.expect(200);
        back.push(numbers(&page));
    }
    back.reverse();
    (pages, back.concat())
}

#[rocket::async_test]
async fn ada_is_first_among_264_hits_and_no_row_stands_twice_in_either_direction() {
    let (admin, token) = seeded(60_000).await;
    let matching: Vec<u32> = (1..=264).collect();
    let whole = [9, 7, 8, 10];
    let mut best = whole.to_vec();
    best.extend((50..80).chain(100..120).chain([200]));
    let rest = |order: &mut dyn Iterator<Item = u32>, best: &[u32]| -> Vec<u32> {
        order.filter(|number| !best.contains(number)).collect()
    };
    for limit in [7, 55, 200] {
        let url = format!("{LIST}?q=ada&limit={limit}");
        let (pages, back) = walk(&admin, &token, &url).await;
        let all = pages.concat();
        assert_eq!(all[..best.len()], best, "{limit}");
        assert_eq!(all[best.len()..], rest(&mut (1..=264).rev(), &best), "{limit}");
        assert_eq!(back, all, "{limit}");
        let mut sorted = all;
        sorted.sort_unstable();
        assert_eq!(sorted, matching);
        assert!(
            pages
                .iter()
                .all(|page| page.iter().all(|n| best.contains(n)) || page.iter().all(|n| !best.contains(n)))
        );
    }
    // An order that was asked for is kept after the whole values.
    let (pages, back) = walk(&admin, &token, &format!("{LIST}?q=ADA&limit=50&sort=used")).await;
    assert_eq!(pages[0], whole);
    assert_eq!(pages[1..].concat(), rest(&mut (1..=264).rev(), &whole));
    assert_eq!(back, pages.concat());
    let page = admin.get(&token, &format!("{LIST}?q=ada&limit=50")).await.expect(200);
    assert_eq!(page["total"], json!({ "count": 264, "approximate": false }), "{page}");
    // The other filters hold for what matches best, too, and nothing needs to follow.
    admin.execute("UPDATE accounts SET status = 'suspended' WHERE user_label = 'Ada'").await;
    let (pages, back) = walk(&admin, &token, &format!("{LIST}?q=ada&status=suspended&limit=50")).await;
    assert_eq!((pages.as_slice(), back.as_slice()), (&[vec![10], vec![]][..], &[10][..]));
}

#[rocket::async_test]
async fn what_there_was_no_time_to_find_is_said_to_be_missing() {
    let (admin, token) = seeded(0).await;
    let url = format!("{LIST}?q=ada&limit=200");
    let first = admin.get(&token, &url).await.expect(200);
    assert_eq!(numbers(&first).len(), 55);
    assert!(first.get("incomplete").is_none(), "{first}");
    let next = format!("{url}&cursor={}", first["next"].as_str().unwrap());
    let second = admin.get(&token, &next).await.expect(200);
    assert_eq!((numbers(&second), &second["incomplete"]), (vec![], &json!(true)), "{second}");
    assert!(second.get("next").is_none());
    let back = format!("{url}&cursor={}", second["prev"].as_str().unwrap());
    assert_eq!(numbers(&admin.get(&token, &back).await.expect(200)), numbers(&first));
    let nothing = admin.get(&token, &format!("{LIST}?q=nada")).await.expect(422);
    assert_eq!(nothing["code"], "search_too_broad");
    assert!(nothing["detail"].as_str().unwrap().contains("whole e-mail address"), "{nothing}");
    // A list without a text has no limit.
    assert_eq!(numbers(&admin.get(&token, &format!("{LIST}?limit=200")).await.expect(200)).len(), 200);
}

#[rocket::async_test]
async fn a_word_that_most_accounts_have_still_counts_beside_a_rare_one() {
    let (admin, token) = seeded(10_000).await;
    // More newer accounts than a search looks through before it asks the index, each with "example" and "bob".
    let newer = "
        INSERT INTO accounts (tenant_id, id, connector_id, external_user_id, provider_account_id, email, display_name, status, scopes,
            missing_scopes, assurance, generation, sealed_access_token, access_expires_at, sealed_refresh_token, refreshed_at, search_text)
        SELECT tenant_id, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, connector_id, 'user-' || n, 'dbid:' || n,
               n || '@example.com', display_name, status, scopes, missing_scopes, assurance, generation, sealed_access_token,
               access_expires_at, sealed_refresh_token, refreshed_at, lower(concat_ws(' ', n || '@example.com', display_name, 'user-' || n, 'dbid:' || n))
        FROM accounts, generate_series(401, 2400) n WHERE external_user_id = 'user-400';
        UPDATE accounts SET search_text = replace(search_text, 'example', 'other') WHERE external_user_id = 'user-20';";
    admin.execute(newer).await;
    // 1 to 4 and 100 to 119 are no "canada" with "user-": the former have other names, the latter other user ids.
    let expected: Vec<u32> = (11..=264).filter(|n| !(100..=119).contains(n)).rev().collect();
    for (text, without) in
        [("canada+user-", None), ("canada+user-+example", Some(20)), ("example+user-+canada", Some(20))]
    {
        let (pages, _) = walk(&admin, &token, &format!("{LIST}?q={text}&limit=200")).await;
        let expected: Vec<u32> = expected.iter().copied().filter(|n| Some(*n) != without).collect();
        assert_eq!(pages.concat(), expected, "{text}");
    }
}

#[rocket::async_test]
async fn accounts_are_found_by_how_long_ago_they_were_used_and_linked() {
    let (admin, token) = seeded(60_000).await;
    // 1 was used an hour ago and linked long ago, 2 was not used for long, 3 was never used, 4 was linked an hour ago and never used.
    let set = "UPDATE accounts SET last_used_at = now() - interval '1 h', linked_at = now() - interval '400 d' WHERE external_user_id = 'user-1';
        UPDATE accounts SET last_used_at = now() - interval '91 d', linked_at = now() - interval '400 d' WHERE external_user_id = 'user-2';
        UPDATE accounts SET last_used_at = NULL, linked_at = now() - interval '91 d' WHERE external_user_id = 'user-3';
        UPDATE accounts SET last_used_at = NULL, linked_at = now() - interval '1 h',
            id = (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '70008000000000000004')::uuid
            WHERE external_user_id = 'user-4';
        DELETE FROM accounts WHERE external_user_id NOT IN ('user-1', 'user-2', 'user-3', 'user-4')";
    admin.execute(set).await;
    for (query, found) in [
        ("used_within=90d", &[1][..]),
        ("used_within=100d&q=user-2", &[2]),
        ("used_within=30m", &[]),
        ("unused_for=90d", &[3, 2]),
        ("unused_for=90d&sort=used", &[2, 3]),
        ("linked_within=7d", &[4]),
        ("linked_for=365d", &[2, 1]),
        ("linked_for=30d&unused_for=1d&linked_within=400w", &[3, 2]),
    ] {
        let page = admin.get(&token, &format!("{LIST}?{query}")).await.expect(200);
        assert_eq!(numbers(&page), found, "{query}");
        assert_eq!(page["total"]["count"], found.len(), "{query}");
    }
    let wrong = admin.get(&token, &format!("{LIST}?unused_for=90")).await.expect(422);
    assert_eq!(wrong["field"], "unused_for");
    let job = json!({ "kind": "revoke_accounts", "tenant": "acme", "reason": "stale", "filter": { "unused_for": "90d" } });
    let job = admin.post(&token, "/admin/v1/jobs", job).await.expect(201);
    assert_eq!(job["total"], 2, "{job}");
}
