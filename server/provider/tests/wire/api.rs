//! The API routes: account, revoke, checks, and the errors they share.

use crate::support::{Play, Script, answer, app, json};
use bowline_provider::{
    AccessTag, ClientReason, Failure, Malformed, RequestReason, Revoked, TokenTag, dropbox::AccountType,
};
use serde_json::{Value, json};

fn account() -> Value {
    json!({"account_id": "dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc",
        "name": {"given_name": "A", "surname": "B", "familiar_name": "A", "display_name": "A \u{1b}[2J B",
            "abbreviated_name": "AB"},
        "email": "a@example.com", "email_verified": true, "disabled": false, "country": "DE", "locale": "de",
        "referral_link": "https://db.tt/x", "is_paired": false, "account_type": {".tag": "pro"},
        "root_info": {".tag": "user", "root_namespace_id": "1", "home_namespace_id": "1"}})
}

fn envelope(tag: &str) -> String {
    json!({"error_summary": format!("{tag}/..."), "error": {".tag": tag, "required_scope": "files.content.read"}})
        .to_string()
}

async fn account_failure(play: Play) -> Failure {
    let script = Script::new(play).await;
    let failure = script.dropbox.current_account(&"CANARY_a".into()).await.unwrap_err();
    assert!(!format!("{failure} {failure:?}").contains("CANARY"));
    failure
}

async fn revoke(play: Play) -> Result<Revoked, Failure> {
    Script::new(play).await.dropbox.revoke(&"CANARY_a".into()).await
}

#[tokio::test]
async fn an_account_is_read() {
    let script = Script::new(json(200, &account().to_string())).await;
    let account = script.dropbox.current_account(&"CANARY_a".into()).await.unwrap();
    assert_eq!(account.display_name, "A \u{fffd}[2J B");
    assert_eq!((account.email.as_str(), account.email_verified), ("a@example.com", true));
    assert_eq!((account.account_type, account.disabled), (AccountType::Pro, false));
    assert_eq!(account.country.as_deref(), Some("DE"));
    let asked = script.asked().pop().unwrap();
    assert!(asked.starts_with("POST /2/users/get_current_account HTTP/1.1\r\n"));
    assert!(asked.to_lowercase().contains("\r\nauthorization: bearer canary_a\r\n"));
    assert!(asked.to_lowercase().contains("\r\ncontent-type: application/json\r\n"));
    assert!(asked.ends_with("\r\n\r\nnull"));
}

#[tokio::test]
async fn an_account_without_a_good_id_is_refused() {
    for value in
        [json!("dbid:short"), json!(1), json!(null), json!(format!("dbid:{}", "\u{fffd}".repeat(35)))]
    {
        let mut body = account();
        body["account_id"] = value;
        let failure = account_failure(json(200, &body.to_string())).await;
        assert!(matches!(failure, Failure::Malformed { what: Malformed::AccountId, .. }), "{failure:?}");
    }
    let half = account().to_string().replace("dbid:AAH4", "dbid:AAH\\ud83d");
    let failure = account_failure(json(200, &half)).await;
    assert!(matches!(failure, Failure::Malformed { what: Malformed::AccountId, .. }), "{failure:?}");
    for body in ["", "CANARY", "{\"account_id\":\"CANARY"] {
        let failure = account_failure(json(200, body)).await;
        assert!(matches!(failure, Failure::Malformed { what: Malformed::Json, .. }));
    }
}

#[tokio::test]
async fn unusual_display_values_do_not_prevent_a_link() {
    let long = "\u{e9}x".repeat(700);
    for (pointer, value) in [
        ("/email", json!("")),
        ("/email", json!(null)),
        ("/email", json!(["a@example.com"])),
        ("/email", json!(long)),
        ("/email_verified", json!("true")),
        ("/disabled", json!(0)),
        ("/name", json!("x")),
        ("/name", json!(null)),
        ("/name/display_name", json!(7)),
        ("/name/display_name", json!(long)),
        ("/name/display_name", json!("\u{0}\u{7f}\u{9b}\n")),
        ("/country", json!(49)),
        ("/locale", json!({})),
        ("/account_type", json!("pro")),
        ("/account_type/.tag", json!(1)),
    ] {
        let mut body = account();
        *body.pointer_mut(pointer).unwrap() = value;
        let script = Script::new(json(200, &body.to_string())).await;
        let account = script.dropbox.current_account(&"CANARY_a".into()).await;
        let account = account.unwrap_or_else(|failure| panic!("{pointer}: {failure:?}"));
        for text in [&account.email, &account.display_name] {
            assert!(text.len() <= 1024 && !text.contains(char::is_control), "{pointer}: {text:?}");
        }
        if pointer == "/name/display_name" && account.display_name.len() > 7 * 3 {
            assert_eq!(account.display_name, long[..1023], "between two characters");
        }
    }
    for (from, to) in [
        ("\"given_name\":\"A\"", "\"given_name\":\"A\\ud83d\""),
        ("\"locale\":\"de\"", "\"locale\":\"\\ude00\""),
        ("https://db.tt/x", "https://db.tt/\\ud83d\\ud83d"),
        ("https://db.tt/x", "a\nb\tc"),
        ("\"is_paired\":false", "\"is_paired\":1e999"),
    ] {
        let body = account().to_string();
        assert!(body.contains(from), "{from}");
        let script = Script::new(json(200, &body.replace(from, to))).await;
        assert!(script.dropbox.current_account(&"CANARY_a".into()).await.is_ok(), "{to}");
    }
    let half = account().to_string().replace("[2J B", "\\ud83d");
    let script = Script::new(json(200, &half)).await;
    let account = script.dropbox.current_account(&"CANARY_a".into()).await.unwrap();
    assert_eq!(account.display_name, "A \u{fffd}\u{fffd}");
}

#[tokio::test]
async fn an_account_that_is_newer_than_this_client_is_read() {
    let mut newer = account();
    newer["account_type"] = json!({".tag": "family"});
    let script = Script::new(json(200, &newer.to_string())).await;
    let account = script.dropbox.current_account(&"a".into()).await.unwrap();
    assert_eq!(account.account_type, AccountType::Other);
}

#[tokio::test]
async fn refused_tokens_are_told_apart() {
    for (tag, expected) in [
        ("invalid_access_token", TokenTag::Invalid),
        ("expired_access_token", TokenTag::Expired),
        ("invalid_select_user", TokenTag::RouteDenied),
        ("invalid_select_admin", TokenTag::RouteDenied),
        ("route_access_denied", TokenTag::RouteDenied),
        ("CANARY_new", TokenTag::Other),
    ] {
        let failure = account_failure(json(401, &envelope(tag))).await;
        assert!(matches!(failure, Failure::TokenRejected { tag } if tag == expected), "{tag}: {failure:?}");
    }
    let failure = account_failure(json(401, &envelope("user_suspended"))).await;
    assert!(matches!(failure, Failure::UserSuspended) && failure.is_transient());
    let failure = account_failure(json(401, &envelope("missing_scope"))).await;
    assert!(
        matches!(failure, Failure::MissingScope { required: Some(scope) } if scope == "files.content.read")
    );
    let odd = envelope("missing_scope").replace("files.content.read", "CANARY \\u001b");
    let failure = account_failure(json(401, &odd)).await;
    assert!(matches!(failure, Failure::MissingScope { required: None }));
    let text = "Error in call to API function \"users/get_current_account\": The given OAuth 2 access token is malformed.";
    let failure = account_failure(answer(400, "text/plain; charset=utf-8", "", text)).await;
    assert!(matches!(failure, Failure::TokenRejected { tag: TokenTag::Malformed }));
}

#[tokio::test]
async fn other_errors_are_told_apart() {
    for (tag, expected) in [
        ("invalid_account_type", AccessTag::AccountType),
        ("paper_access_denied", AccessTag::Paper),
        ("team_access_denied", AccessTag::Team),
        ("no_permission", AccessTag::NoPermission),
        ("CANARY_new", AccessTag::Other),
    ] {
        let failure = account_failure(json(403, &envelope(tag))).await;
        assert!(matches!(failure, Failure::AccessDenied { tag } if tag == expected), "{tag}: {failure:?}");
    }
    let failure = account_failure(json(409, &envelope("CANARY"))).await;
    assert!(matches!(failure, Failure::RequestRejected { reason: RequestReason::Route }));
    let failure = account_failure(answer(400, "text/plain", "", "CANARY")).await;
    assert!(matches!(failure, Failure::RequestRejected { reason: RequestReason::InvalidRequest }));
    for status in [400, 401, 403, 404, 409, 500] {
        let failure = account_failure(answer(status, "text/html", "", "<p>CANARY")).await;
        assert!(matches!(failure, Failure::Transient { .. }), "{status}: {failure:?}");
    }
}

#[tokio::test]
async fn a_revoke_is_done_or_was_done() {
    assert_eq!(revoke(json(200, "null")).await.unwrap(), Revoked::Done);
    let dead = revoke(json(401, &envelope("invalid_access_token"))).await;
    assert_eq!(dead.unwrap(), Revoked::AlreadyDead);
}

#[tokio::test]
async fn a_revoke_that_may_not_have_worked_is_a_failure() {
    // The grant of an expired token is alive until it is refreshed and revoked.
    let expired = revoke(json(401, &envelope("expired_access_token"))).await.unwrap_err();
    assert!(matches!(expired, Failure::TokenRejected { tag: TokenTag::Expired }));
    let suspended = revoke(json(401, &envelope("user_suspended"))).await.unwrap_err();
    assert!(matches!(suspended, Failure::UserSuspended));
    for play in [json(200, ""), json(200, "{}"), answer(200, "text/html", "", "null")] {
        let failure = revoke(play).await.unwrap_err();
        assert!(matches!(failure, Failure::Malformed { what: Malformed::Json, .. }));
    }
    for play in [json(500, "null"), json(404, "null"), answer(401, "text/html", "", "<p>log in")] {
        assert!(revoke(play).await.unwrap_err().is_transient());
    }
}

#[tokio::test]
async fn checks_want_their_echo() {
    let echo = Script::new(json(200, r#"{"result":"bowline"}"#)).await;
    assert!(echo.dropbox.check_app(&app()).await.is_ok());
    assert!(echo.dropbox.check_user(&"a".into()).await.is_ok());
    let asked = echo.asked();
    // base64("appkey:CANARY_app_secret")
    assert!(asked[0].contains("Basic YXBwa2V5OkNBTkFSWV9hcHBfc2VjcmV0"), "{}", asked[0]);
    assert!(asked[0].ends_with(r#"{"query":"bowline"}"#));

    let other = Script::new(json(200, r#"{"result":"x"}"#)).await;
    let failure = other.dropbox.check_user(&"a".into()).await.unwrap_err();
    assert!(matches!(failure, Failure::Malformed { what: Malformed::Echo, .. }));
    for play in [json(401, "{}"), answer(400, "text/plain", "", "bad key")] {
        let failure = Script::new(play).await.dropbox.check_app(&app()).await.unwrap_err();
        assert!(matches!(failure, Failure::ClientRejected { reason: ClientReason::InvalidClient }));
    }
    let page = Script::new(answer(401, "text/html", "", "<p>")).await;
    assert!(page.dropbox.check_app(&app()).await.unwrap_err().is_transient());
}
