//! Services of both dialects at the simulator or at a script, and a browser without cookies.

use bowline_provider::{
    AppCredentials, Begun, Failure, Grant, HttpClient, HttpOptions, LinkRequest, Protocol, Returned,
    oauth1::{
        AccountFields, Dialect, Endpoints, Service, ServiceConfig, SignatureMethod, Transmission, read_return,
    },
};
use dropbox_sim::{AppConfig, Simulator};
use secrecy::SecretString;
use url::Url;

pub(crate) const CALLBACK: &str = "http://127.0.0.1:8000/link/conn_1/callback";
pub(crate) const STATE: &str = "state-1";
pub(crate) const AMARA: &str = "amara@example.com";
pub(crate) const SECRET: &str = "CANARY_app&secret";
pub(crate) const BOTH: [Dialect; 2] = [Dialect::OAuth1, Dialect::OAuth1a];

pub(crate) fn app() -> AppCredentials {
    app_with(SECRET)
}

pub(crate) fn app_with(secret: &str) -> AppCredentials {
    AppCredentials { app_secret: secret.into(), ..app_of(Protocol::OAuth2) }
}

/// Credentials of a protocol. A [`Service`] does not read which.
pub(crate) fn app_of(protocol: Protocol) -> AppCredentials {
    AppCredentials { protocol, app_key: "key".to_owned(), app_secret: SECRET.into() }
}

pub(crate) async fn simulator() -> Simulator {
    let app = AppConfig::new("key", SECRET).redirect_uri(CALLBACK);
    Simulator::builder().app(app).start().await.unwrap()
}

/// What a service of this dialect is, at the origin of the simulator or of a script.
pub(crate) fn config(dialect: Dialect, origin: &Url) -> ServiceConfig {
    let at = |path| origin.join(path).unwrap();
    match dialect {
        Dialect::OAuth1 => ServiceConfig::dropbox(origin, origin).unwrap(),
        Dialect::OAuth1a => ServiceConfig {
            dialect,
            endpoints: Endpoints {
                request_token: at("/oauth/request_token"),
                authorize: at("/oauth/authorize"),
                access_token: at("/oauth/access_token"),
                account: at("/account/verify_credentials.json"),
                revoke: None,
                oauth2_token: None,
                also_signed: Vec::new(),
            },
            method: SignatureMethod::HmacSha1,
            transmission: Transmission::Header,
            account: AccountFields {
                id: "id".to_owned(),
                id_with_token: None,
                name: "name".to_owned(),
                email: "email".to_owned(),
            },
        },
    }
}

pub(crate) fn http(sim: &Simulator) -> HttpClient {
    let extra_roots = Some(sim.ca_pem().as_bytes().to_vec());
    HttpClient::new(&HttpOptions { extra_roots, ..HttpOptions::default() }).unwrap()
}

pub(crate) fn origin(sim: &Simulator) -> Url {
    Url::parse(&sim.https_url()).unwrap()
}

pub(crate) fn service(sim: &Simulator, dialect: Dialect) -> Service {
    Service::new(http(sim), config(dialect, &origin(sim))).unwrap()
}

pub(crate) async fn begin(service: &Service) -> Result<Begun, Failure> {
    let link = LinkRequest::new(CALLBACK, STATE, &[]);
    service.begin(&app(), &link).await
}

/// The query of the callback after Amara has approved.
pub(crate) fn approve(sim: &Simulator, begun: &Begun) -> String {
    query_of(&sim.approve(begun.authorize_url.as_str(), AMARA).unwrap())
}

/// The query of a callback, which must carry the state.
pub(crate) fn query_of(back: &str) -> String {
    assert!(back.starts_with(CALLBACK), "{back}");
    let url = Url::parse(back).unwrap();
    assert_eq!(
        url.query_pairs().filter(|(name, value)| name == "state" && value == STATE).count(),
        1,
        "{back}"
    );
    url.query().unwrap().to_owned()
}

pub(crate) fn approval(dialect: Dialect, query: &str) -> SecretString {
    match read_return(dialect, query) {
        Ok(Returned::Approved(approval)) => approval,
        other => panic!("{query}: {other:?}"),
    }
}

/// A whole link of Amara's account.
pub(crate) async fn link(sim: &Simulator, service: &Service, dialect: Dialect) -> Grant {
    let begun = begin(service).await.unwrap();
    let approval = approval(dialect, &approve(sim, &begun));
    service.finish(&app(), &begun.parked, &approval).await.unwrap()
}

/// That nothing of a failure gives a secret away.
pub(crate) fn assert_silent(failure: &Failure) {
    assert!(!format!("{failure} {failure:?} {}", failure.code()).contains("CANARY"), "{}", failure.code());
}
