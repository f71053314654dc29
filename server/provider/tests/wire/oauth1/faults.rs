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
    BOTH, app, app_with, approval, approve, assert_silent, begin, config, http, link, origin, service,
    simulator,
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
                service.check_app(&wrong).await.unwrap_err(),
                service.check(&wrong, &grant.access_token).await.unwrap_err(),
            ];
            for failure in failures {
                assert_eq!(failure.code(), "invalid_client", "{dialect:?} {method:?}");
                assert_silent(&failure);
            }
            let mut unknown = app();
            unknown.app_key = "unknown".to_owned();
            assert_eq!(service.check_app(&unknown).await.unwrap_err().code(), "invalid_client");
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
            service.check_app(&app()).await.unwrap_err(),
            service.check(&app(), &grant.access_token).await.unwrap_err(),
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
    service(&sim, Dialect::OAuth1).revoke(&app(), orphan).await.unwrap();
    assert!(!sim.grant(newest.id, Reveal::No).unwrap().alive);
    sim.stop().await;
}

/// What the account endpoint says after an exchange decides whether there is an account; without one the token is ended.
#[tokio::test]
async fn a_token_without_a_readable_account_is_orphaned() {
    let sim = simulator().await;
    let service = service(&sim, Dialect::OAuth1a);
    let begun = begin(&service).await.unwrap();
    let brought = approval(Dialect::OAuth1a, &approve(&sim, &begun));
    let error = FaultKind::Status { status: 500, body: None, content_type: None, retry_after: None };
    sim.set_fault(FaultSpec::new(error).on(Operation::OAuth1Account));
    let failure = service.finish(&app(), &begun.parked, &brought).await.unwrap_err();
    assert_eq!(failure.code(), "malformed_account_id");
    assert!(failure.orphan().is_some());
    sim.stop().await;
}
