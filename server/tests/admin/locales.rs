//! Searches find what is displayed, and lists have the same order, whatever the locale of the database.

use bowline_api::status::Role;
use bowline_server::service::account::search_texts;
use bowline_tests::Database;
use rocket::http::RawStr;

use crate::harness::Admin;

/// Locales of databases: none, that of the system, and two of ICU with special rules for case or order.
const LOCALES: [&str; 4] = [
    "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'",
    "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'",
    "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'tr'",
    "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'sv'",
];

/// The name and e-mail address of each account.
const PEOPLE: [(&str, &str); 12] = [
    ("İbrahim Yılmaz", "INFO@example.com"),
    ("ΟΔΥΣΣΕΥΣ", "ulysses@example.com"),
    ("Émile Zola", "Emile@example.com"),
    ("Åsa Öberg", "asa@example.com"),
    ("Straße", "strasse@example.com"),
    ("ИВАН", "ivan@example.com"),
    ("محمد\u{200c}رضا", "reza@example.com"),
    ("山田 太郎", "yamada@example.com"),
    ("한글", "hangul@example.com"),
    ("100%_off\\", "z_1@example.com"),
    ("Zoë", "z-2@example.com"),
    ("Iıİiǅΐ", "zz@example.com"),
];

const SEED: &str = "
    INSERT INTO tenants (id, slug, name) VALUES
        ('01900000-0000-7000-8000-0000000000a1', 'a-b', 'T'), ('01900000-0000-7000-8000-0000000000a2', 'ab', 'T'),
        ('01900000-0000-7000-8000-0000000000a3', 'a-c', 'T');
    INSERT INTO connectors (tenant_id, id, name, provider, protocol, app_key, sealed_app_secret, scopes, return_urls, completion, confirm_page)
    VALUES ('01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000c1', 'C', 'dropbox', 'oauth2', 'key',
        '\\x00', '{a}', '{}', 'tenant', true)";
const ACCOUNT: &str = "
    INSERT INTO accounts (tenant_id, id, connector_id, external_user_id, provider_account_id, email, display_name, status, scopes,
        missing_scopes, assurance, generation)
    VALUES ('01900000-0000-7000-8000-0000000000a1', $1::text::uuid, '01900000-0000-7000-8000-0000000000c1', $2, 'dbid:x', $3, $4,
        'revoked', '{}', '{}', 'confirmed', 1)";

/// A database as a version without folded texts left it.
async fn filled(options: &str) -> (Admin, String) {
    let admin = Admin::start_on(Database::fresh_with(options).await.unwrap()).await;
    admin.execute(SEED).await;
    let client = admin.superuser().await;
    for (number, (name, email)) in PEOPLE.iter().enumerate() {
        let (id, user) = (format!("01900000-0000-7000-8000-0000000001{number:02}"), format!("user-{number}"));
        client.execute(ACCOUNT, &[&id, &user, email, name]).await.unwrap();
    }
    let token = admin.operator("ops-1", Role::Viewer).await;
    (admin, token)
}

/// The users that a search finds.
async fn found(admin: &Admin, token: &str, text: &str) -> Vec<String> {
    let text = RawStr::new(text).percent_encode();
    let page = admin.get(token, &format!("/admin/v1/accounts?limit=50&q={text}")).await.expect(200);
    column(&page, "external_user_id")
}

fn column(page: &serde_json::Value, name: &str) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|row| row[name].as_str().unwrap().to_owned()).collect()
}

#[rocket::async_test]
async fn what_is_shown_is_found_in_every_database() {
    for options in LOCALES {
        let (admin, token) = filled(options).await;
        assert_eq!(found(&admin, &token, "ulysses").await, ["user-1"], "before it is folded, in {options}");
        assert_eq!(search_texts::fill(&admin.app).await.unwrap(), PEOPLE.len());
        assert_eq!(search_texts::fill(&admin.app).await.unwrap(), 0);
        for (number, (name, email)) in PEOPLE.iter().enumerate() {
            let mut typed = vec![name.chars().skip(1).collect(), format!("{email} {name}")];
            for text in [name, email] {
                typed.extend([(*text).to_owned(), text.to_lowercase(), text.to_uppercase()]);
            }
            for text in typed {
                let found = found(&admin, &token, &text).await;
                assert!(found.contains(&format!("user-{number}")), "{text} in {options}: {found:?}");
            }
        }
        for (text, user) in [
            ("emile zola", "user-2"),
            ("E\u{301}mile", "user-2"),
            ("A\u{30a}SA", "user-3"),
            ("STRASSE", "user-4"),
            ("οδυσσεύς", "user-1"),
            ("محمدرضا", "user-6"),
            ("ｉnfo", "user-0"),
            ("ışık", ""),
        ] {
            let found = found(&admin, &token, text).await;
            assert_eq!(found.contains(&user.to_owned()), !user.is_empty(), "{text} in {options}: {found:?}");
        }
        assert_eq!(found(&admin, &token, "100%_off\\").await, ["user-9"]);
        assert!(found(&admin, &token, "0%o").await.is_empty(), "a wildcard is a plain character");
    }
}

#[rocket::async_test]
async fn lists_have_one_order_in_every_database() {
    let mut orders = Vec::new();
    for options in LOCALES {
        let (admin, token) = filled(options).await;
        let mut order = Vec::new();
        let mut url = "/admin/v1/accounts?limit=4&sort=email".to_owned();
        loop {
            let page = admin.get(&token, &url).await.expect(200);
            order.extend(column(&page, "email"));
            let Some(cursor) = page["next"].as_str() else { break };
            url = format!("/admin/v1/accounts?limit=4&sort=email&cursor={cursor}");
        }
        assert_eq!(order.len(), PEOPLE.len(), "{options}");
        let tenants = admin.get(&token, "/admin/v1/tenants?limit=50").await.expect(200);
        order.extend(column(&tenants, "slug"));
        orders.push(order);
    }
    assert!(orders[0].ends_with(&["a-b", "a-c", "ab"].map(str::to_owned)), "{:?}", orders[0]);
    for order in &orders[1..] {
        assert_eq!(*order, orders[0]);
    }
}
