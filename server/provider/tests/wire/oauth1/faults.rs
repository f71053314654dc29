//! What a failure means, and that nothing that a service writes goes any further.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use bowline_provider::{
    Failure, TransientKind,
    oauth1::{Dialect, Service, SignatureMethod},
};
use dropbox_sim::{FaultKind, FaultSpec, Operation, Reveal, Simulator};

use super::bench::{
    BOTH, CALLBACK, app, app_with, approval, approve, assert_silent, begin, config, http, link, origin,
    service, simulator,
};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Under PLAINTEXT the "base string" that Dropbox repeats is both secrets.
#[tokio::test]
async fn a_wrong_secret_is_the_apps_fault_and_the_expected_base_string_goes_nowhere() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let sim = simulator().await;
    for dialect in BOTH {
        for method in [SignatureMethod::Plaintext, SignatureMethod::HmacSha1, SignatureMethod::HmacSha256] {
            let mut config = config(dialect, &origin(&sim));
            config.method = method;
            let service = Service::new(http(&sim), config).unwrap();
            let grant = link(&sim, &service, dialect).await;
            let wrong = app_with("wrong");
            let failures = [
                service.check_app(&wrong, CALLBACK).await.unwrap_err(),
                service.check(&wrong, CALLBACK, &grant.access_token).await.unwrap_err(),
            ];
            for failure in failures {
                assert_eq!(failure.code(), "invalid_client", "{dialect:?} {method:?}");
                assert_silent(&failure);
            }
            let mut unknown = app();
            unknown.app_key = "unknown".to_owned();
            assert_eq!(service.check_app(&unknown, CALLBACK).await.unwrap_err().code(), "invalid_client");
        }
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("provider answered"), "{log}");
    assert!(!log.contains("CANARY") && !log.contains("base string"), "{log}");
    sim.stop().await;
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_nobodys_grant_and_nobodys_secret() {
    let sim = simulator().await;
    for dialect in BOTH {
        let service = service(&sim, dialect);
        let grant = link(&sim, &service, dialect).await;
        sim.advance_clock(7_200);
        for failure in [
            service.check_app(&app(), CALLBACK).await.unwrap_err(),
            service.check(&app(), CALLBACK, &grant.access_token).await.unwrap_err(),
        ] {
            assert_eq!(failure.code(), "timestamp_refused");
        }
        sim.advance_clock(-7_200);
    }
    sim.stop().await;
}

#[tokio::test]
async fn a_503_with_retry_after_is_a_rate_limit_and_loses_nothing() {
    let sim = simulator().await;
    for dialect in BOTH {
        let service = service(&sim, dialect);
        let begun = begin(&service).await.unwrap();
        let brought = approval(dialect, &approve(&sim, &begun));
        let id = sim.set_fault(FaultSpec::new(FaultKind::RateLimit { retry_after: 7 }));
        for failure in [
            begin(&service).await.unwrap_err(),
            service.finish(&app(), &begun.parked, &brought).await.unwrap_err(),
        ] {
            let limited = matches!(failure, Failure::Transient { kind: TransientKind::RateLimited, .. });
            assert!(limited && !failure.answer_is_lost(), "{failure:?}");
            assert_eq!(failure.retry_after().unwrap().as_secs(), 7);
        }
        assert!(sim.clear_fault(id));
        service.finish(&app(), &begun.parked, &brought).await.unwrap();
    }
    sim.stop().await;
}

async fn exchange_with(sim: &Simulator, dialect: Dialect, fault: FaultKind) -> Failure {
    let service = service(sim, dialect);
    let begun = begin(&service).await.unwrap();
    let brought = approval(dialect, &approve(sim, &begun));
    let id = sim.set_fault(FaultSpec::new(fault).on(Operation::OAuth1AccessToken).after());
    let failure = service.finish(&app(), &begun.parked, &brought).await.unwrap_err();
    assert!(sim.clear_fault(id));
    assert_silent(&failure);
    failure
}

#[tokio::test]
async fn an_answer_that_is_lost_or_cut_is_known_as_such() {
    let sim = simulator().await;
    for dialect in BOTH {
        let error = FaultKind::Status { status: 500, body: None, content_type: None, retry_after: None };
        for fault in [FaultKind::Reset, FaultKind::Cut { bytes: 0 }, FaultKind::Cut { bytes: 40 }, error] {
            let failure = exchange_with(&sim, dialect, fault).await;
            assert!(failure.answer_is_lost(), "{failure:?}");
        }
    }
    // Dropbox names the account last: with only that missing, both parts of the token are known.
    let whole = "oauth_token_secret=&oauth_token=&u".len() + 2 * ("CANARY_".len() + 43);
    let failure = exchange_with(&sim, Dialect::OAuth1, FaultKind::Cut { bytes: whole }).await;
    assert_eq!(failure.code(), "malformed_incomplete");
    let newest = sim.grants(Reveal::No).pop().unwrap();
    assert!(newest.alive);
    let orphan = failure.orphan().unwrap().access_token.as_ref();
    service(&sim, Dialect::OAuth1).revoke(&app(), CALLBACK, orphan).await.unwrap();
    assert!(!sim.grant(newest.id, Reveal::No).unwrap().alive);
    sim.stop().await;
}

/// The exchange is over when the token is here. Which account it is of can be asked again until the service answers.
#[tokio::test]
async fn a_token_whose_account_cannot_be_read_yet_is_kept() {
    let sim = simulator().await;
    let service = service(&sim, Dialect::OAuth1a);
    let begun = begin(&service).await.unwrap();
    let brought = approval(Dialect::OAuth1a, &approve(&sim, &begun));
    let error = FaultKind::Status { status: 500, body: None, content_type: None, retry_after: None };
    sim.set_fault(FaultSpec::new(error).on(Operation::OAuth1Account).times(1));
    let grant = service.finish(&app(), &begun.parked, &brought).await.unwrap();
    assert_eq!((grant.account_id, sim.count(Operation::OAuth1Account)), (None, 0));
    assert!(service.identify(&app(), &grant.access_token).await.unwrap_err().is_transient());
    assert_eq!(service.identify(&app(), &grant.access_token).await.unwrap().display_name, "Amara Okafor");
    sim.stop().await;
}

fn refusal(status: u16, text: &str) -> FaultKind {
    FaultKind::Status {
        status,
        body: Some(text.to_owned()),
        content_type: Some("text/plain".to_owned()),
        retry_after: None,
    }
}

/// A 401 in words that nobody knows is about the token only if the app is not refused.
#[tokio::test]
async fn a_check_asks_about_the_app_before_it_says_that_the_token_is_dead() {
    let sim = simulator().await;
    for dialect in BOTH {
        let service = service(&sim, dialect);
        let grant = link(&sim, &service, dialect).await;
        sim.set_fault(FaultSpec::new(refusal(401, "Go away.")).on(Operation::OAuth1Account));
        let failure = service.check(&app(), CALLBACK, &grant.access_token).await.unwrap_err();
        assert_eq!(failure.code(), "token_rejected", "the app is accepted");
        sim.set_fault(FaultSpec::new(refusal(401, "Go away.")).on(Operation::OAuth1RequestToken));
        let failure = service.check(&app(), CALLBACK, &grant.access_token).await.unwrap_err();
        assert_eq!(failure.code(), "invalid_client", "the app is refused");
        sim.clear_faults();
        sim.set_fault(FaultSpec::new(refusal(401, "Go away.")).on(Operation::OAuth1Account));
        sim.set_fault(FaultSpec::new(refusal(503, "Down.")).on(Operation::OAuth1RequestToken));
        let failure = service.check(&app(), CALLBACK, &grant.access_token).await.unwrap_err();
        assert!(failure.is_transient(), "nothing is known of the app");
        sim.clear_faults();
    }
    sim.stop().await;
}

/// Services accept the callbacks that are registered with them, and many refuse `oob`.
#[tokio::test]
async fn an_app_is_checked_with_the_callback_of_its_links() {
    let sim = simulator().await;
    let service = service(&sim, Dialect::OAuth1a);
    service.check_app(&app(), CALLBACK).await.unwrap();
    let failure = service.check_app(&app(), "http://127.0.0.1:8000/other").await.unwrap_err();
    assert_eq!(failure.code(), "redirect_uri_mismatch");
    sim.set_fault(
        FaultSpec::new(refusal(401, "Callback URL not approved")).on(Operation::OAuth1RequestToken),
    );
    assert_eq!(service.check_app(&app(), CALLBACK).await.unwrap_err().code(), "redirect_uri_mismatch");
    sim.stop().await;
}
