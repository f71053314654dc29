//! Signatures for requests that the tenant sends by itself.

use bowline_provider::oauth1::{
    ConfigError, Dialect, Service, SignRefused, SignatureMethod, TokenPair, Transmission,
};
use reqwest::header::AUTHORIZATION;
use url::Url;

use super::bench::{BOTH, app, config, http, link, origin, service, simulator};

#[tokio::test]
async fn a_signed_request_is_accepted_and_holds_no_secret() {
    // Another test of this process may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sim = simulator().await;
    for dialect in BOTH {
        let service = service(&sim, dialect);
        let grant = link(&sim, &service, dialect).await;
        let url = match dialect {
            Dialect::OAuth1 => origin(&sim).join("/1/account/info?locale=de&x=a%20b+c").unwrap(),
            Dialect::OAuth1a => origin(&sim).join("/account/verify_credentials.json?x=%C3%A9&x=").unwrap(),
        };
        let header = service.sign(&app(), &grant.access_token, "get", &url, &[]).unwrap();
        let pair = TokenPair::read(&grant.access_token).unwrap();
        for secret in [&pair.secret, &app().app_secret] {
            assert!(!header.contains(secrecy::ExposeSecret::expose_secret(secret)));
        }
        let ca = reqwest::Certificate::from_pem(sim.ca_pem().as_bytes()).unwrap();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([ca]).build().unwrap();
        let send =
            async || client.get(url.clone()).header(AUTHORIZATION, header.as_str()).send().await.unwrap();
        assert_eq!(send().await.status(), 200);
        assert_eq!(send().await.status(), 401, "a nonce serves once");
    }
    sim.stop().await;
}

#[tokio::test]
async fn only_the_connectors_own_hosts_are_signed_for_and_no_token_endpoint() {
    let sim = simulator().await;
    let service = service(&sim, Dialect::OAuth1);
    let token = TokenPair { token: "t".into(), secret: "s".into() }.to_text();
    let sign = |method: &str, url: &str, form: &[(&str, &str)]| {
        let url = origin(&sim).join(url).unwrap();
        service.sign(&app(), &token, method, &url, form).err()
    };
    assert_eq!(sign("POST", "/1/fileops/delete?x=1", &[("path", "/a&b")]), None);
    for url in
        ["/1/files/100%25%20done;v=1/%ff", "/1/files/my%20oauth%20notes.txt", "/1.1/search/tokenizer.json"]
    {
        assert_eq!(sign("GET", url, &[]), None, "{url}");
    }
    for url in [
        "https://evil.example/1/account/info",
        "http://127.0.0.1:1/1/account/info",
        "https://user@127.0.0.1/1/account/info",
        "//evil.example/1/account/info",
        "/1/account/info#fragment",
    ] {
        assert_eq!(sign("GET", url, &[]), Some(SignRefused::ForeignHost), "{url}");
    }
    for url in [
        "/1/oauth2/token_from_oauth1",
        "/1/disable_access_token?x=1",
        "/1/%64isable_access_token",
        "/1//disable_access_token/",
        "/1/%2564isable_access_token",
        "/1/%252525252561ccount",
        "/1/disable_access_token;x=1",
        "/1;x/disable_access_token%3Bx",
        "/1/DISABLE_access_token",
        "/1/x/%2e%2e/disable_access_token",
        "/1/oauth/access_token",
        "/1/oauth/request_token/x",
        // Other endpoints of a service that hand out or end tokens, whatever the connector names.
        "/1/disable_access_token.json",
        "/2/disable_access_token",
        "/1.1/oauth/invalidate_token.json",
        "/oauth2/token",
        "/OAuth2/Token.XML",
        "/o%61uth",
        "/%6F%41uth-1.0a/x",
        "/api/oauth2revoke",
        "/1/account%2Faccess_token",
        "/1/x.access_token",
        "/1/access_token%00",
        "/api/revokeTokens",
        "/1/token_from_oauth1.json?x=1",
        "/9/token_from_oauth2",
        "/x%5Caccess_token.json",
    ] {
        assert_eq!(sign("POST", url, &[]), Some(SignRefused::TokenEndpoint), "{url}");
    }
    for method in ["", "GET ", "G\r\n", "A-METHOD", "METHODMETHODMETHOD"] {
        assert_eq!(sign(method, "/1/account/info", &[]), Some(SignRefused::Method), "{method}");
    }
    for (url, form) in [
        ("/1/x?oauth_token=other", &[][..]),
        ("/1/x?oauth%5Ftoken=other", &[]),
        ("/1/x?OAuth_Token=other", &[]),
        ("/1/x", &[("oauth_token", "other")]),
        ("/1/x", &[("a", "b"), ("oauth_anything", "")]),
    ] {
        assert_eq!(sign("POST", url, form), Some(SignRefused::ReservedParameter), "{url}");
    }
    let foreign = service.sign(&app(), &"sl.u.x".into(), "GET", &origin(&sim).join("/1/x").unwrap(), &[]);
    assert_eq!(foreign.err(), Some(SignRefused::NoToken));
    let mut plain = config(Dialect::OAuth1, &origin(&sim));
    plain.method = SignatureMethod::Plaintext;
    let plain = Service::new(http(&sim), plain).unwrap();
    let refused = plain.sign(&app(), &token, "GET", &origin(&sim).join("/1/x").unwrap(), &[]);
    assert_eq!(refused.err(), Some(SignRefused::Plaintext));
    assert!(sim.calls().is_empty());
    sim.stop().await;
}

#[tokio::test]
async fn a_service_that_cannot_be_spoken_with_safely_is_refused() {
    let sim = simulator().await;
    let refused = |change: &dyn Fn(&mut bowline_provider::oauth1::ServiceConfig)| {
        let mut config = config(Dialect::OAuth1, &origin(&sim));
        change(&mut config);
        Service::new(http(&sim), config).err()
    };
    let plain = Url::parse("http://api.example/x").unwrap();
    let named = Url::parse("https://user:pass@api.example/x").unwrap();
    assert_eq!(refused(&|_| {}), None);
    assert_eq!(refused(&|config| config.endpoints.account = plain.clone()), Some(ConfigError::Scheme));
    assert_eq!(refused(&|config| config.endpoints.revoke = Some(plain.clone())), Some(ConfigError::Scheme));
    assert_eq!(
        refused(&|config| config.endpoints.also_signed.push(plain.clone())),
        Some(ConfigError::Scheme)
    );
    assert_eq!(refused(&|config| config.endpoints.authorize = named.clone()), Some(ConfigError::Address));
    let in_query = refused(&|config| {
        config.method = SignatureMethod::Plaintext;
        config.transmission = Transmission::Query;
    });
    assert_eq!(in_query, Some(ConfigError::PlaintextInQuery));
    let unbound = refused(&|config| config.account.id_with_token = None);
    assert_eq!(unbound, Some(ConfigError::UnboundApproval));
    sim.stop().await;
}
