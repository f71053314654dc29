//! The token endpoint: what is sent, what is taken, and what each error means.

use crate::support::{Play, Script, answer, app, json};
use bowline_provider::{ClientReason, Failure, GrantReason, Malformed, RequestReason, TransientKind};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

const ID: &str = "dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc";

fn good() -> Value {
    json!({"access_token": "sl.u.CANARY_a", "expires_in": 14400, "token_type": "bearer",
        "scope": "account_info.read files.content.read", "refresh_token": "CANARY_r",
        "account_id": ID, "uid": "12345"})
}

fn with(field: &str, value: Value) -> String {
    let mut body = good();
    match value {
        Value::Null => body.as_object_mut().unwrap().remove(field),
        value => body.as_object_mut().unwrap().insert(field.to_owned(), value),
    };
    body.to_string()
}

async fn exchange(script: &Script) -> Result<bowline_provider::Grant, Failure> {
    let (code, verifier) = ("CANARY_code".into(), "CANARY_verifier".into());
    script.dropbox.exchange_code(&app(), &code, &verifier, "https://l.example/cb").await
}

async fn refresh_failure(play: Play) -> Failure {
    let script = Script::new(play).await;
    let failure = script.dropbox.refresh(&app(), &"CANARY_r".into()).await.unwrap_err();
    assert_eq!(script.asked().len(), 1, "asked once");
    assert!(!format!("{failure} {failure:?}").contains("CANARY"));
    failure
}

#[tokio::test]
async fn a_code_becomes_a_grant() {
    let script = Script::new(json(200, &good().to_string())).await;
    let grant = exchange(&script).await.unwrap();
    assert_eq!(grant.access_token.expose_secret(), "sl.u.CANARY_a");
    assert_eq!(grant.refresh_token.as_ref().unwrap().expose_secret(), "CANARY_r");
    assert_eq!(grant.expires_in.unwrap().as_secs(), 14400);
    assert_eq!(grant.account_id.as_deref(), Some(ID));
    let scopes = ["account_info.read", "files.content.read"].map(str::to_owned);
    assert_eq!(grant.scopes.as_deref(), Some(scopes.as_slice()));
    assert!(!format!("{grant:?}").contains("CANARY"));

    let asked = script.asked().pop().unwrap();
    let (head, body) = asked.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /oauth2/token HTTP/1.1\r\n"), "{head}");
    assert_eq!(
        body,
        "grant_type=authorization_code&code=CANARY_code&code_verifier=CANARY_verifier&\
         redirect_uri=https%3A%2F%2Fl.example%2Fcb&client_id=appkey&client_secret=CANARY_app_secret"
    );
}

#[tokio::test]
async fn variations_that_dropbox_may_send_are_accepted() {
    for (field, value) in [
        ("expires_in", json!("14400")),
        ("expires_in", json!(1)),
        ("expires_in", json!(14400.0)),
        ("expires_in", json!(1.5)),
        ("expires_in", json!("14400.0")),
        ("expires_in", json!("1.44e4")),
        ("something_new", json!("\u{1b}")),
        ("token_type", json!("Bearer")),
        ("scope", Value::Null),
        ("scope", json!("")),
        ("uid", Value::Null),
        ("something_new", json!({"a": [1]})),
    ] {
        let script = Script::new(json(200, &with(field, value.clone()))).await;
        assert!(exchange(&script).await.is_ok(), "{field} {value}");
    }
}

#[tokio::test]
async fn numbers_are_numbers_and_scopes_are_a_set_however_they_are_written() {
    for (from, to) in [
        ("14400", "14400.0"),
        ("14400", "1.44e4"),
        ("14400", "1.44E+4"),
        ("14400", "14400.75"),
        ("\"12345\"", "\"\\ud83d\""),
        ("\"12345\"", "\"a\nb\""),
        ("\"12345\"", "1e999"),
        ("account_info.read files.content.read", "account_info.read files.content.read account_info.read"),
        ("account_info.read files.content.read", " account_info.read  files.content.read\\t"),
    ] {
        let body = good().to_string();
        assert!(body.contains(from), "{from}");
        let script = Script::new(json(200, &body.replace(from, to))).await;
        let grant = exchange(&script).await.unwrap_or_else(|failure| panic!("{to}: {failure:?}"));
        assert_eq!(grant.expires_in.unwrap().as_secs(), 14400, "{to}");
        assert_eq!(grant.scopes.unwrap(), ["account_info.read", "files.content.read"], "{to}");
    }
}

#[tokio::test]
async fn escaped_characters_of_tokens_are_undone_also_where_tokens_are_saved() {
    let whole = good().to_string().replace("CANARY_a", "a\\\"b\\\\c\\u0064").replace("CANARY_r", "r\\/s");
    let script = Script::new(json(200, &whole)).await;
    let grant = exchange(&script).await.unwrap();
    assert_eq!(grant.access_token.expose_secret(), "sl.u.a\"b\\cd");
    assert_eq!(grant.refresh_token.as_ref().unwrap().expose_secret(), "r/s");
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n";
    for play in [json(200, &whole[..whole.len() - 2]), Play::Answer(format!("{head}{whole}").into_bytes())] {
        let script = Script::new(play).await;
        let failure = exchange(&script).await.unwrap_err();
        let orphan = failure.orphan().unwrap();
        assert_eq!(orphan.access_token.as_ref().unwrap().expose_secret(), "sl.u.a\"b\\cd");
        assert_eq!(orphan.refresh_token.as_ref().unwrap().expose_secret(), "r/s");
    }
}

#[tokio::test]
async fn a_malformed_field_fails_and_the_failure_contains_the_tokens() {
    let long = "x".repeat(4097);
    for (field, value, expected) in [
        ("token_type", json!("mac"), Malformed::TokenType),
        ("token_type", Value::Null, Malformed::TokenType),
        ("expires_in", json!(-1), Malformed::ExpiresIn),
        ("expires_in", json!(0), Malformed::ExpiresIn),
        ("expires_in", json!(1e12), Malformed::ExpiresIn),
        ("expires_in", json!(31_622_401), Malformed::ExpiresIn),
        ("expires_in", json!(0.9), Malformed::ExpiresIn),
        ("expires_in", json!("1e12"), Malformed::ExpiresIn),
        ("expires_in", json!("inf"), Malformed::ExpiresIn),
        ("expires_in", json!("1 s"), Malformed::ExpiresIn),
        ("expires_in", json!([14400]), Malformed::ExpiresIn),
        ("expires_in", json!("x"), Malformed::ExpiresIn),
        ("expires_in", json!("+5"), Malformed::ExpiresIn),
        ("expires_in", json!(""), Malformed::ExpiresIn),
        ("expires_in", Value::Null, Malformed::ExpiresIn),
        ("scope", json!(["a"]), Malformed::Scope),
        ("scope", json!("a \"b"), Malformed::Scope),
        ("refresh_token", Value::Null, Malformed::RefreshToken),
        ("refresh_token", json!(7), Malformed::RefreshToken),
        ("refresh_token", json!(""), Malformed::RefreshToken),
        ("account_id", Value::Null, Malformed::AccountId),
        ("account_id", json!(7), Malformed::AccountId),
        ("account_id", json!(&ID[..39]), Malformed::AccountId),
        ("account_id", json!(format!("{ID}x")), Malformed::AccountId),
        ("account_id", json!(ID.replace("dbid", "dbmd")), Malformed::AccountId),
        ("access_token", json!(7), Malformed::AccessToken),
        ("access_token", json!("a b"), Malformed::AccessToken),
        ("access_token", json!("ä"), Malformed::AccessToken),
        ("access_token", json!(long), Malformed::AccessToken),
        ("access_token", Value::Null, Malformed::AccessToken),
    ] {
        let script = Script::new(json(200, &with(field, value.clone()))).await;
        let failure = exchange(&script).await.unwrap_err();
        assert!(!format!("{failure} {failure:?}").contains("CANARY"));
        let Failure::Malformed { what, orphan: Some(orphan) } = failure else {
            panic!("{field} {value}: {failure:?}");
        };
        assert_eq!(what, expected, "{field} {value}");
        let access = orphan.access_token.as_ref().map(ExposeSecret::expose_secret);
        let refresh = orphan.refresh_token.as_ref().map(ExposeSecret::expose_secret);
        assert_eq!(access, (field != "access_token").then_some("sl.u.CANARY_a"));
        assert_eq!(refresh, (field != "refresh_token").then_some("CANARY_r"));
    }
}

#[tokio::test]
async fn a_team_is_no_account() {
    let mut body = good();
    body.as_object_mut().unwrap().remove("account_id");
    body["team_id"] = json!("dbtid:AA");
    let script = Script::new(json(200, &body.to_string())).await;
    let failure = exchange(&script).await.unwrap_err();
    assert!(failure.orphan().is_some());
    assert_eq!(failure.code(), "team_grant");
}

#[tokio::test]
async fn tokens_are_saved_from_answers_that_broke_off() {
    let whole = good().to_string();
    let cut = &whole[..whole.len() - 2];
    let access = whole.find("\"account_id\"").unwrap();
    assert!(access > whole.find("sl.u").unwrap());
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n";
    for (play, expected) in [
        (json(200, cut), Malformed::Json),
        (answer(200, "text/html", "", &whole), Malformed::Json),
        (json(200, &whole.replacen('{', "{\"expires_in\":1,", 1)), Malformed::Json),
        (Play::Answer(format!("{head}{cut}").into_bytes()), Malformed::Incomplete),
        (json(200, &with("zzz", json!("x".repeat(70_000)))), Malformed::Incomplete),
    ] {
        let script = Script::new(play).await;
        let failure = exchange(&script).await.unwrap_err();
        let orphan = failure.orphan().unwrap().access_token.clone().unwrap();
        assert_eq!(orphan.expose_secret(), "sl.u.CANARY_a");
        assert!(matches!(failure, Failure::Malformed { what, .. } if what == expected), "{failure:?}");
    }
}

#[tokio::test]
async fn a_refresh_brings_an_access_token_alone() {
    let body = r#"{"access_token":"sl.CANARY_b","token_type":"bearer","expires_in":14400}"#;
    let script = Script::new(json(200, body)).await;
    let token = script.dropbox.refresh(&app(), &"CANARY_r".into()).await.unwrap();
    assert_eq!(token.access_token.expose_secret(), "sl.CANARY_b");
    assert!(token.refresh_token.is_none() && token.scopes.is_none());
    let asked = script.asked().pop().unwrap();
    assert!(asked.ends_with(
        "\r\n\r\ngrant_type=refresh_token&refresh_token=CANARY_r&client_id=appkey&client_secret=CANARY_app_secret"
    ));
}

#[tokio::test]
async fn only_invalid_grant_kills_a_grant() {
    for (description, expected) in [
        ("code doesn't exist or has expired", GrantReason::CodeExpired),
        ("redirect_uri mismatch", GrantReason::RedirectUriMismatch),
        ("refresh token is invalid or revoked", GrantReason::RefreshTokenRevoked),
        ("refresh token is malformed", GrantReason::RefreshTokenMalformed),
        ("invalid code verifier", GrantReason::VerifierMismatch),
        ("CANARY <script>", GrantReason::Other),
    ] {
        let body = json!({"error": "invalid_grant", "error_description": description});
        let failure = refresh_failure(json(400, &body.to_string())).await;
        let Failure::GrantDead { reason, .. } = failure else {
            panic!("{failure:?}");
        };
        assert_eq!(reason, expected);
    }
    // The sentence beside it only tells more.
    for description in ["7", "null", "1e999", r#"{"text":"x"}"#, r#""\ud83d""#] {
        let body = format!(r#"{{"error":"invalid_grant","error_description":{description}}}"#);
        let failure = refresh_failure(json(400, &body)).await;
        assert!(matches!(failure, Failure::GrantDead { .. }), "{description}: {failure:?}");
    }
    for status in [401, 403, 404, 429, 500, 503] {
        let failure = refresh_failure(json(status, r#"{"error":"invalid_grant"}"#)).await;
        assert!(failure.is_transient(), "{status}: {failure:?}");
    }
}

#[tokio::test]
async fn a_refused_app_is_told_apart() {
    let no_auth =
        r#"{"error":"invalid_request","error_description":"No auth function available for given request"}"#;
    for (status, body, expected) in [
        (
            400,
            r#"{"error":"invalid_client: Invalid client_id or client_secret"}"#,
            ClientReason::InvalidClient,
        ),
        (401, r#"{"error":"invalid_client"}"#, ClientReason::InvalidClient),
        (400, r#"{"error":"unauthorized_client"}"#, ClientReason::UnauthorizedClient),
        (400, no_auth, ClientReason::NoAuthFunction),
    ] {
        let failure = refresh_failure(json(status, body)).await;
        let Failure::ClientRejected { reason } = failure else {
            panic!("{body}: {failure:?}");
        };
        assert_eq!(reason, expected);
    }
    for (body, expected) in [
        (r#"{"error":"invalid_request"}"#, RequestReason::InvalidRequest),
        (r#"{"error":"invalid_scope"}"#, RequestReason::InvalidScope),
        (r#"{"error":"unsupported_grant_type"}"#, RequestReason::UnsupportedGrantType),
    ] {
        let failure = refresh_failure(json(400, body)).await;
        assert!(matches!(failure, Failure::RequestRejected { reason } if reason == expected), "{body}");
    }
}

#[tokio::test]
async fn an_unrecognised_response_reveals_nothing() {
    let page = "<html>CANARY</html>";
    for play in [
        answer(400, "text/html", "", page),
        json(400, "CANARY"),
        json(400, r#"{"error":"invalid_clientele"}"#),
        json(400, r#"{"error":["invalid_grant"]}"#),
        json(
            500,
            r#"{"error":"The server has either erred or is incapable of performing the requested operation."}"#,
        ),
        answer(302, "text/html", "Location: http://127.0.0.1:1/CANARY\r\n", ""),
        json(204, ""),
    ] {
        let failure = refresh_failure(play).await;
        assert!(
            matches!(failure, Failure::Transient { kind: TransientKind::Status(_), sent: true, .. }),
            "{failure:?}"
        );
    }
    for play in [
        answer(200, "text/html", "", page),
        json(200, ""),
        json(200, "[]"),
        json(200, "{\"access_token\":\"CANARY"),
    ] {
        let failure = refresh_failure(play).await;
        assert!(matches!(failure, Failure::Malformed { what: Malformed::Json, orphan: None }), "{failure:?}");
    }
}
