//! The whole way against the Dropbox simulator, over TLS that it signed itself.

use std::collections::HashMap;

use bowline_provider::{
    AppCredentials, Failure, GrantReason, HttpClient, HttpOptions, LinkRequest, Protocol, Provider, Returned,
    Revoked, TokenTag,
    dropbox::{AuthorizeRequest, Dropbox, Endpoints},
    oauth2::{self, Pkce},
};
use dropbox_sim::{AppConfig, Reveal, Simulator};
use rand::rngs::SysRng;
use secrecy::SecretString;
use url::Url;

const CALLBACK: &str = "http://127.0.0.1:8000/link/conn_1/callback";
const STATE: &str = "state-1";

async fn simulator() -> Simulator {
    let app = AppConfig::new("key", "secret").redirect_uri(CALLBACK);
    Simulator::builder().app(app).start().await.unwrap()
}

fn client(sim: &Simulator) -> Dropbox {
    let http = HttpClient::new(&HttpOptions {
        extra_roots: Some(sim.ca_pem().as_bytes().to_vec()),
        ..HttpOptions::default()
    });
    let origin = Url::parse(&sim.https_url()).unwrap();
    let endpoints = Endpoints::at(&origin, &origin, true).unwrap();
    Dropbox::new(http.unwrap(), endpoints).unwrap()
}

fn app(secret: &str) -> AppCredentials {
    AppCredentials { protocol: Protocol::OAuth2, app_key: "key".to_owned(), app_secret: secret.into() }
}

/// Sends a new user through the authorize page; the code that comes back.
fn approve(sim: &Simulator, dropbox: &Dropbox, pkce: &Pkce) -> SecretString {
    let url = dropbox.authorize_url(&AuthorizeRequest {
        oauth: oauth2::AuthorizeRequest {
            client_id: "key",
            redirect_uri: CALLBACK,
            state: STATE,
            scopes: &["account_info.read".to_owned()],
            challenge: &pkce.challenge,
        },
        force_reauthentication: false,
        require_role: None,
        force_reapprove: false,
        locale: Some("de"),
        include_granted_scopes: false,
    });
    let back = Url::parse(&sim.approve(url.as_str(), "new").unwrap()).unwrap();
    let query: HashMap<_, _> = back.query_pairs().into_owned().collect();
    assert_eq!(query["state"], STATE);
    query["code"].as_str().into()
}

#[tokio::test]
async fn link_refresh_and_revoke() {
    let sim = simulator().await;
    let dropbox = client(&sim);
    let app = app("secret");
    let pkce = Pkce::generate(&mut SysRng).unwrap();
    let code = approve(&sim, &dropbox, &pkce);

    let grant = dropbox.exchange_code(&app, &code, &pkce.verifier, CALLBACK).await.unwrap();
    assert_eq!(grant.scopes, Some(vec!["account_info.read".to_owned()]));
    let account = dropbox.current_account(&grant.access_token).await.unwrap();
    assert_eq!(Some(account.account_id.as_str()), grant.account_id.as_deref());
    dropbox.check_user(&grant.access_token).await.unwrap();
    dropbox.check_app(&app).await.unwrap();

    let again = dropbox.exchange_code(&app, &code, &pkce.verifier, CALLBACK).await;
    assert!(matches!(again, Err(Failure::GrantDead { reason: GrantReason::CodeExpired, .. })));

    sim.expire_tokens(None);
    let expired = dropbox.revoke(&grant.access_token).await;
    assert!(matches!(expired, Err(Failure::TokenRejected { tag: TokenTag::Expired })));
    let fresh = dropbox.refresh(&app, grant.refresh_token.as_ref().unwrap()).await.unwrap();
    assert!(sim.grants(Reveal::No).iter().any(|grant| grant.alive));
    assert_eq!(dropbox.revoke(&fresh.access_token).await.unwrap(), Revoked::Done);
    assert!(sim.grants(Reveal::No).iter().all(|grant| !grant.alive));
    assert_eq!(dropbox.revoke(&fresh.access_token).await.unwrap(), Revoked::AlreadyDead);
    let dead = dropbox.refresh(&app, grant.refresh_token.as_ref().unwrap()).await.unwrap_err();
    assert!(matches!(dead, Failure::GrantDead { reason: GrantReason::RefreshTokenRevoked, .. }));
    assert_eq!(dead.provider_request().map(str::len), Some(32), "Dropbox's id of the request");
    sim.stop().await;
}

#[tokio::test]
async fn the_seam_links_refreshes_and_revokes_without_naming_a_protocol() {
    let sim = simulator().await;
    let provider = Provider::new(client(&sim));
    let app = app("secret");
    let scopes = ["account_info.read".to_owned()];
    let link = LinkRequest::new(CALLBACK, STATE, &scopes);
    let begun = provider.begin(&app, &link).await.unwrap();
    let back = Url::parse(&sim.approve(begun.authorize_url.as_str(), "new").unwrap()).unwrap();
    assert!(back.query_pairs().any(|(name, value)| name == "state" && value == STATE));
    let returned = app.protocol.read_return(back.query().unwrap()).unwrap();
    let Returned::Approved(approval) = returned else { panic!("{returned:?}") };

    let grant = provider.finish(&app, CALLBACK, &begun.parked, &approval).await.unwrap();
    let profile = provider.identify(&app, &grant.access_token).await.unwrap();
    assert_eq!(Some(profile.account_id), grant.account_id);
    provider.check(&app, CALLBACK, &grant.access_token).await.unwrap();
    provider.check_app(&app, CALLBACK).await.unwrap();

    let refresh_token = grant.refresh_token.as_ref();
    let fresh = provider.refresh(&app, refresh_token.unwrap()).await.unwrap();
    let narrowed = provider.refresh_narrowed(&app, refresh_token.unwrap(), &scopes).await.unwrap();
    provider.check(&app, CALLBACK, &narrowed.access_token).await.unwrap();
    sim.expire_tokens(None);
    let revoke = |access_token| provider.revoke(&app, CALLBACK, access_token, refresh_token);
    assert_eq!(revoke(Some(&fresh.access_token)).await.unwrap(), Revoked::Done, "by a fresh token");
    assert!(sim.grants(Reveal::No).iter().all(|grant| !grant.alive));
    assert_eq!(revoke(None).await.unwrap(), Revoked::AlreadyDead);
    assert_eq!(provider.revoke(&app, CALLBACK, None, None).await.unwrap(), Revoked::AlreadyDead);
    sim.stop().await;
}

#[tokio::test]
async fn wrong_secret_wrong_verifier_wrong_callback() {
    let sim = simulator().await;
    let dropbox = client(&sim);
    let pkce = Pkce::generate(&mut SysRng).unwrap();
    let other = Pkce::generate(&mut SysRng).unwrap();

    let wrong_app = dropbox.check_app(&app("wrong")).await;
    assert!(matches!(wrong_app, Err(Failure::ClientRejected { .. })));
    let code = approve(&sim, &dropbox, &pkce);
    let refused = dropbox.exchange_code(&app("wrong"), &code, &pkce.verifier, CALLBACK).await;
    assert!(matches!(refused, Err(Failure::ClientRejected { .. })));

    let code = approve(&sim, &dropbox, &pkce);
    let refused = dropbox.exchange_code(&app("secret"), &code, &other.verifier, CALLBACK).await;
    assert!(matches!(refused, Err(Failure::GrantDead { .. })), "{refused:?}");
    let code = approve(&sim, &dropbox, &pkce);
    let refused =
        dropbox.exchange_code(&app("secret"), &code, &pkce.verifier, "http://127.0.0.1:8000/other").await;
    assert!(matches!(refused, Err(Failure::GrantDead { reason: GrantReason::RedirectUriMismatch, .. })));
    sim.stop().await;
}

#[tokio::test]
async fn an_unknown_authority_is_no_connection() {
    let sim = simulator().await;
    let origin = Url::parse(&sim.https_url()).unwrap();
    let http = HttpClient::new(&HttpOptions::default()).unwrap();
    let dropbox = Dropbox::new(http, Endpoints::at(&origin, &origin, true).unwrap()).unwrap();
    let failure = dropbox.check_app(&app("secret")).await.unwrap_err();
    assert_eq!((failure.code(), failure.sent()), ("connect_failed", false));
    assert!(sim.calls().is_empty());
    sim.stop().await;
}
