//! The whole way in both dialects, and every way in which a browser may bring something else.

use std::sync::Arc;

use bowline_provider::{
    Failure, GrantReason, LinkRequest, Malformed, Protocol, Provider, Returned, Revoked,
    dropbox::{Dropbox, Endpoints},
    oauth1::{Dialect, Service, SignRefused, SignatureMethod, TokenPair, Transmission, read_return},
};
use dropbox_sim::{FaultKind, FaultSpec, Garbage, Operation, Reveal};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::bench::{
    BOTH, CALLBACK, STATE, app, app_of, approval, approve, assert_silent, begin, config, http, link, origin,
    query_of, service, simulator,
};

const EXCHANGE: Operation = Operation::OAuth1AccessToken;

fn dead(failure: &Failure) -> Option<GrantReason> {
    match failure {
        Failure::GrantDead { reason, .. } => Some(*reason),
        _ => None,
    }
}

#[tokio::test]
async fn both_dialects_link_however_requests_are_signed() {
    use SignatureMethod::{HmacSha1, HmacSha256, Plaintext};
    use Transmission::{Body, Header, Query};
    let sim = simulator().await;
    for dialect in BOTH {
        for (method, transmission) in [
            (HmacSha1, Header),
            (HmacSha1, Body),
            (HmacSha1, Query),
            (HmacSha256, Header),
            (HmacSha256, Body),
            (HmacSha256, Query),
            (Plaintext, Header),
            (Plaintext, Body),
        ] {
            let mut config = config(dialect, &origin(&sim));
            (config.method, config.transmission) = (method, transmission);
            let service = Service::new(http(&sim), config).unwrap();
            let grant = link(&sim, &service, dialect).await;
            assert!(grant.refresh_token.is_none() && grant.expires_in.is_none() && grant.scopes.is_none());
            assert!(!format!("{grant:?}").contains("CANARY"));
            let profile = service.identify(&app(), &grant.access_token).await.unwrap();
            assert_eq!(
                (Some(&profile.account_id), profile.display_name.as_str()),
                (grant.account_id.as_ref().or(Some(&profile.account_id)), "Amara Okafor")
            );
            service.check(&app(), CALLBACK, &grant.access_token).await.unwrap();
            service.check_app(&app(), CALLBACK).await.unwrap();
        }
    }
    sim.stop().await;
}

#[tokio::test]
async fn the_seam_links_and_revokes_without_naming_a_protocol() {
    let sim = simulator().await;
    let endpoints = Endpoints::at(&origin(&sim), &origin(&sim), true).unwrap();
    let provider = Provider::new(Dropbox::new(http(&sim), endpoints).unwrap());
    let unlisted = Protocol::OAuth1(Arc::new(config(Dialect::OAuth1, &origin(&sim))));
    assert_eq!(provider.accepts(&unlisted), Err(bowline_provider::oauth1::ConfigError::Origin));
    let provider = provider.with_oauth1_at(&[origin(&sim)]);
    for (dialect, ended) in [(Dialect::OAuth1, Revoked::Done), (Dialect::OAuth1a, Revoked::NotAtProvider)] {
        let app = app_of(Protocol::OAuth1(Arc::new(config(dialect, &origin(&sim)))));
        let link = LinkRequest::new(CALLBACK, STATE, &[]);
        let begun = provider.begin(&app, &link).await.unwrap();
        let returned = app.protocol.read_return(&approve(&sim, &begun)).unwrap();
        let Returned::Approved(approval) = returned else { panic!("{returned:?}") };
        let grant = provider.finish(&app, CALLBACK, &begun.parked, &approval).await.unwrap();
        let profile = provider.identify(&app, &grant.access_token).await.unwrap();
        assert!(grant.account_id.is_none_or(|id| id == profile.account_id));
        provider.check(&app, CALLBACK, &grant.access_token).await.unwrap();
        provider.check_app(&app, CALLBACK).await.unwrap();
        let url = origin(&sim).join("/1/metadata").unwrap();
        provider.sign(&app, &grant.access_token, "GET", &url, &[]).unwrap();
        let never = "CANARY_x".into();
        for refreshed in
            [provider.refresh(&app, &never).await, provider.refresh_narrowed(&app, &never, &[]).await]
        {
            assert_eq!(refreshed.unwrap_err().code(), "nothing_to_refresh");
        }
        if dialect == Dialect::OAuth1 {
            provider.token_from_oauth1(&app, &grant.access_token).await.unwrap();
        }
        assert_eq!(provider.revoke(&app, CALLBACK, Some(&grant.access_token), None).await.unwrap(), ended);
        assert_eq!(provider.revoke(&app, CALLBACK, None, None).await.unwrap(), Revoked::AlreadyDead);

        let mut unsafe_config = config(dialect, &origin(&sim));
        unsafe_config.endpoints.access_token.set_scheme("http").unwrap();
        let app = app_of(Protocol::OAuth1(Arc::new(unsafe_config)));
        assert_eq!(provider.begin(&app, &link).await.unwrap_err().code(), "service_misconfigured");
    }
    let oauth2 = app_of(Protocol::OAuth2);
    let token = "sl.u.CANARY_x".into();
    let refused = provider.sign(&oauth2, &token, "GET", &origin(&sim), &[]);
    assert_eq!(refused.err(), Some(SignRefused::NoToken));
    assert_eq!(provider.token_from_oauth1(&oauth2, &token).await.unwrap_err().code(), "invalid_request");
    sim.stop().await;
}

#[tokio::test]
async fn a_denial_is_one_and_ends_the_request_token() {
    let sim = simulator().await;
    for dialect in BOTH {
        let service = service(&sim, dialect);
        let begun = begin(&service).await.unwrap();
        let back = query_of(&sim.decline(begun.authorize_url.as_str()).unwrap());
        assert!(matches!(read_return(dialect, &back), Ok(Returned::Declined)), "{back}");
        assert!(sim.approve(begun.authorize_url.as_str(), "new").is_err());
    }
    assert_eq!(sim.count(EXCHANGE), 0);
    sim.stop().await;
}

/// The hole of 1.0: the attacker's request token in the victim's browser, or the other way round. Who brings the wrong one gets
/// nothing, and nothing is sent.
#[tokio::test]
async fn another_request_token_is_refused_before_anything_is_sent() {
    let sim = simulator().await;
    for dialect in BOTH {
        let service = service(&sim, dialect);
        let (attacker, victim) = (begin(&service).await.unwrap(), begin(&service).await.unwrap());
        let brought = approval(dialect, &approve(&sim, &attacker));
        let failure = service.finish(&app(), &victim.parked, &brought).await.unwrap_err();
        assert_eq!(dead(&failure), Some(GrantReason::RequestTokenMismatch));
        assert!(!failure.answer_is_lost() && failure.orphan().is_none());
    }
    assert_eq!((sim.count(EXCHANGE), sim.grants(Reveal::No).len()), (0, 0));
    sim.stop().await;
}

#[tokio::test]
async fn an_account_that_the_browser_did_not_name_is_refused_and_can_be_ended() {
    let sim = simulator().await;
    let service = service(&sim, Dialect::OAuth1);
    let begun = begin(&service).await.unwrap();
    let back = approve(&sim, &begun);
    let uid = back.split('&').find_map(|pair| pair.strip_prefix("uid=")).unwrap();
    let forged = back.replace(&format!("uid={uid}"), "uid=1");
    let failure =
        service.finish(&app(), &begun.parked, &approval(Dialect::OAuth1, &forged)).await.unwrap_err();
    assert!(matches!(failure, Failure::Malformed { what: Malformed::AccountMismatch, .. }), "{failure:?}");
    assert_silent(&failure);
    let orphan = failure.orphan().unwrap().access_token.as_ref();
    assert_eq!(service.revoke(&app(), CALLBACK, orphan).await.unwrap(), Revoked::Done);
    assert!(sim.grants(Reveal::No).iter().all(|grant| !grant.alive));
    sim.stop().await;
}

/// A service of 1.0 in the place of one of 1.0a: no confirmation, so nobody would ask for the verifier.
#[tokio::test]
async fn a_downgrade_from_1_0a_is_refused() {
    let sim = simulator().await;
    let service = service(&sim, Dialect::OAuth1a);
    for value in [json!(null), json!("false"), json!("")] {
        let changes = [("oauth_callback_confirmed".to_owned(), value)].into_iter().collect();
        let fault = FaultKind::Garbage { garbage: Garbage::Merge(changes) };
        let id = sim.set_fault(FaultSpec::new(fault).on(Operation::OAuth1RequestToken));
        let failure = begin(&service).await.unwrap_err();
        assert!(
            matches!(failure, Failure::Malformed { what: Malformed::CallbackConfirmed, .. }),
            "{failure:?}"
        );
        assert!(sim.clear_fault(id));
    }
    let begun = begin(&service).await.unwrap();
    let back = approve(&sim, &begun);
    let at = back.find("&oauth_verifier").unwrap();
    assert!(read_return(Dialect::OAuth1a, &back[..at]).is_err(), "no verifier");
    let wrong = format!("{}&oauth_verifier=wrong", &back[..at]);
    let failure =
        service.finish(&app(), &begun.parked, &approval(Dialect::OAuth1a, &wrong)).await.unwrap_err();
    assert_eq!(dead(&failure), Some(GrantReason::VerifierMismatch), "the app is not to blame");
    assert!(sim.grants(Reveal::No).is_empty());
    sim.stop().await;
}

#[tokio::test]
async fn request_tokens_live_shortly_are_approved_and_serve_once() {
    let sim = simulator().await;
    for dialect in BOTH {
        let service = service(&sim, dialect);
        let proof = |begun: &bowline_provider::Begun| {
            let pair = TokenPair::read(&begun.parked).unwrap();
            let token = pair.token.expose_secret();
            approval(
                dialect,
                &format!("oauth_token={token}&uid=1&oauth_verifier=v")
                    .replace(if dialect == Dialect::OAuth1 { "&oauth_verifier=v" } else { "&uid=1" }, ""),
            )
        };
        let unapproved = begin(&service).await.unwrap();
        let failure = service.finish(&app(), &unapproved.parked, &proof(&unapproved)).await.unwrap_err();
        assert_eq!(dead(&failure), Some(GrantReason::NotAuthorized));

        let used = begin(&service).await.unwrap();
        let brought = approval(dialect, &approve(&sim, &used));
        service.finish(&app(), &used.parked, &brought).await.unwrap();
        let failure = service.finish(&app(), &used.parked, &brought).await.unwrap_err();
        assert_eq!(dead(&failure), Some(GrantReason::RequestTokenExpired), "used");

        let old = begin(&service).await.unwrap();
        let brought = approval(dialect, &approve(&sim, &old));
        // The timestamp of a signature is of now, and the simulator's clock must still take it.
        sim.change_settings(|settings| settings.timestamp_seconds = 3_600);
        sim.advance_clock(601);
        let failure = service.finish(&app(), &old.parked, &brought).await.unwrap_err();
        assert_eq!(dead(&failure), Some(GrantReason::RequestTokenExpired), "too old");
        sim.advance_clock(-601);

        let unknown = TokenPair { token: "t".into(), secret: "s".into() }.to_text();
        let brought: SecretString = proof(&bowline_provider::Begun { parked: unknown.clone(), ..old });
        let failure = service.finish(&app(), &unknown, &brought).await.unwrap_err();
        assert_eq!(dead(&failure), Some(GrantReason::RequestTokenExpired), "unknown");
    }
    sim.stop().await;
}

#[tokio::test]
async fn an_oauth1_token_becomes_an_oauth2_token_of_the_same_account() {
    let sim = simulator().await;
    let service = service(&sim, Dialect::OAuth1);
    let grant = link(&sim, &service, Dialect::OAuth1).await;
    let migrated = service.token_from_oauth1(&app(), &grant.access_token).await.unwrap();
    assert!(migrated.refresh_token.is_none() && migrated.expires_in.is_none());
    assert!(!format!("{migrated:?}").contains("CANARY"));
    let endpoints = Endpoints::at(&origin(&sim), &origin(&sim), true).unwrap();
    let dropbox = Dropbox::new(http(&sim), endpoints).unwrap();
    let account = dropbox.current_account(&migrated.access_token).await.unwrap();
    assert_eq!(account.display_name, "Amara Okafor");
    service.check(&app(), CALLBACK, &grant.access_token).await.unwrap();
    assert_eq!(service.revoke(&app(), CALLBACK, Some(&grant.access_token)).await.unwrap(), Revoked::Done);
    dropbox.check_user(&migrated.access_token).await.unwrap();
    let other = super::bench::service(&sim, Dialect::OAuth1a);
    let failure = other.token_from_oauth1(&app(), &grant.access_token).await.unwrap_err();
    assert_eq!(failure.code(), "invalid_request", "no such call");
    sim.stop().await;
}
