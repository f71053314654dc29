//! How a grant ends.

use bowline_provider::{Failure, Malformed, Revoked, oauth1::Dialect};
use dropbox_sim::{FaultKind, FaultSpec, Operation, Reveal};

use super::bench::{CALLBACK, app, app_with, link, service, simulator};

fn status(status: u16, body: &str) -> FaultKind {
    FaultKind::Status {
        status,
        body: Some(body.to_owned()),
        content_type: Some("application/json".to_owned()),
        retry_after: None,
    }
}

#[tokio::test]
async fn a_token_is_ended_and_seen_to_be_dead() {
    let sim = simulator().await;
    let service = service(&sim, Dialect::OAuth1);
    let grant = link(&sim, &service, Dialect::OAuth1).await;
    let token = Some(&grant.access_token);
    assert_eq!(service.revoke(&app(), CALLBACK, token).await.unwrap(), Revoked::Done);
    assert!(sim.grants(Reveal::No).iter().all(|grant| !grant.alive));
    assert_eq!(sim.count(Operation::OAuth1Account), 1, "the check");
    assert_eq!(service.revoke(&app(), CALLBACK, token).await.unwrap(), Revoked::AlreadyDead);
    assert_eq!(service.revoke(&app(), CALLBACK, None).await.unwrap(), Revoked::AlreadyDead);
    let failure = service.check(&app(), CALLBACK, &grant.access_token).await.unwrap_err();
    assert_eq!(failure.code(), "invalid_access_token");
    sim.stop().await;
}

#[tokio::test]
async fn an_end_that_is_only_claimed_is_none() {
    let sim = simulator().await;
    let service = service(&sim, Dialect::OAuth1);
    let grant = link(&sim, &service, Dialect::OAuth1).await;
    let token = Some(&grant.access_token);
    let id = sim.set_fault(FaultSpec::new(status(200, "{}")).on(Operation::OAuth1Disable));
    let failure = service.revoke(&app(), CALLBACK, token).await.unwrap_err();
    assert!(matches!(failure, Failure::Malformed { what: Malformed::StillAlive, .. }), "{failure:?}");
    assert!(failure.is_transient(), "it is tried again");
    sim.clear_fault(id);

    // Neither a wrong secret nor a clock that is wrong nor words that nobody knows say that the token is dead.
    let wrong = service.revoke(&app_with("wrong"), CALLBACK, token).await.unwrap_err();
    assert_eq!(wrong.code(), "invalid_client");
    sim.advance_clock(7_200);
    assert_eq!(service.revoke(&app(), CALLBACK, token).await.unwrap_err().code(), "timestamp_refused");
    sim.advance_clock(-7_200);
    for operation in [Operation::OAuth1Disable, Operation::OAuth1RequestToken] {
        sim.set_fault(FaultSpec::new(status(401, r#"{"error":"Go away."}"#)).on(operation));
    }
    assert_eq!(service.revoke(&app(), CALLBACK, token).await.unwrap_err().code(), "invalid_client");
    sim.clear_faults();
    assert!(sim.grants(Reveal::No)[0].alive);

    // The token is ended, but the check is not answered: the next try learns it.
    let id = sim.set_fault(FaultSpec::new(status(500, "{}")).on(Operation::OAuth1Account));
    assert_eq!(service.revoke(&app(), CALLBACK, token).await.unwrap_err().code(), "provider_error");
    sim.clear_fault(id);
    assert_eq!(service.revoke(&app(), CALLBACK, token).await.unwrap(), Revoked::AlreadyDead);
    sim.stop().await;
}

#[tokio::test]
async fn a_service_without_such_a_call_is_not_said_to_have_ended_anything() {
    let sim = simulator().await;
    let service = service(&sim, Dialect::OAuth1a);
    let grant = link(&sim, &service, Dialect::OAuth1a).await;
    assert_eq!(
        service.revoke(&app(), CALLBACK, Some(&grant.access_token)).await.unwrap(),
        Revoked::NotAtProvider
    );
    assert!(sim.grants(Reveal::No)[0].alive);
    sim.stop().await;
}

/// A token of OAuth 2 that ends up here is never sent anywhere.
#[tokio::test]
async fn a_token_of_another_protocol_is_not_sent() {
    let sim = simulator().await;
    let service = service(&sim, Dialect::OAuth1);
    let foreign = "sl.u.CANARY_x".into();
    for failure in [
        service.check(&app(), CALLBACK, &foreign).await.unwrap_err(),
        service.revoke(&app(), CALLBACK, Some(&foreign)).await.unwrap_err(),
        service.token_from_oauth1(&app(), &foreign).await.unwrap_err(),
    ] {
        assert_eq!(failure.code(), "malformed_access_token");
    }
    assert!(sim.calls().is_empty());
    sim.stop().await;
}
