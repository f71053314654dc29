//! The service of a connector of OAuth 1: checked when the connector is added, stored as JSON, and read for each call.

use std::sync::Arc;

use bowline_api::admin::OAuth1Service;
use bowline_api::status::{self, SignatureMethod, Transmission};
use bowline_provider::oauth1::{self, AccountFields, Dialect, Endpoints, ServiceConfig};
use bowline_provider::{Protocol, Provider};
use url::Url;

use crate::domain::{About, Code, Error, Result, text};
use crate::service::vault;
use crate::settings::{self, Dropbox};
use crate::store::connectors::ConnectorRow;

const OAUTH1_SERVICE_COLUMN: &str = "connectors.oauth1_service";

/// The field of a request that contains the service.
const OAUTH1_SERVICE_FIELD: &str = "oauth1_service";

/// Refuses OAuth 1.0 for a new connector unless the settings allow it, because its callback is not signed.
///
/// # Errors
/// `invalid_field`.
pub(super) fn check_protocol(settings: &settings::OAuth1, protocol: status::Protocol) -> Result<()> {
    if protocol != status::Protocol::OAuth1 || settings.allow_1_0 {
        return Ok(());
    }
    let detail = "OAuth 1.0 leaves an attack open that OAuth 1.0a closes; if the service speaks nothing else, set \
                  bowline.oauth1.allow_1_0 = true in the server's settings (docs/security.md, \"OAuth 1\")";
    Err(Code::InvalidField.because(detail).field("protocol").into())
}

/// The text that is stored for a new connector: none under OAuth 2.
///
/// # Errors
/// `invalid_field` if the service is missing or superfluous, or cannot be called.
pub(super) fn stored(
    provider: &Provider,
    protocol: status::Protocol,
    service: Option<&OAuth1Service>,
) -> Result<Option<String>> {
    let refuse =
        |detail: &str| Error::from(Code::InvalidField.because(detail.to_owned()).field(OAUTH1_SERVICE_FIELD));
    let Some(dialect) = service_dialect(protocol) else {
        return match service {
            None => Ok(None),
            Some(_) => {
                Err(refuse("oauth1_service belongs to connectors of the protocols oauth1 and oauth1a"))
            }
        };
    };
    let service =
        service.ok_or_else(|| refuse("oauth1_service is required: the endpoints of the service"))?;
    let service = &plain_service(service)?;
    let config = service_config(dialect, service).map_err(|_| {
        refuse("every address of oauth1_service must be a URL such as https://api.example/oauth/…")
    })?;
    provider.accepts(&Protocol::OAuth1(Arc::new(config))).map_err(|error| match error {
        oauth1::ConfigError::Origin => refuse(
            "an address of oauth1_service is at an origin that bowline.oauth1.origins in the server's settings does not list; \
             while that list is empty, no connector of OAuth 1 can be added",
        ),
        other => refuse(&other.to_string()),
    })?;
    serde_json::to_string(service)
        .map(Some)
        .map_err(|source| Error::internal("a service of OAuth 1 is not representable", source))
}

/// Who issues the app keys of a service: the origin of its request tokens. None for the hosts of Dropbox, which issues them under each
/// protocol.
pub(super) fn issuer(dropbox: &Dropbox, service: Option<&OAuth1Service>) -> Option<String> {
    let url = service.and_then(|service| Url::parse(&service.request_token_url).ok());
    let own = |url: &Url| {
        let is_dropboxs = |host: &str| {
            ["dropbox.com", "dropboxapi.com"]
                .iter()
                .any(|own| host.strip_suffix(own).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')))
        };
        url.host_str().is_some_and(is_dropboxs)
            || [&dropbox.web_url, &dropbox.api_url].iter().any(|own| own.origin() == url.origin())
    };
    url.filter(|url| !own(url)).map(|url| url.origin().ascii_serialization())
}

/// The protocol of a connector of OAuth 1.
///
/// # Errors
/// `integrity_error` if what is stored is not a service.
pub(super) fn protocol(connector: &ConnectorRow, dialect: Dialect) -> Result<Protocol> {
    let service = service(connector)?;
    let config = service.as_ref().and_then(|service| service_config(dialect, service).ok());
    config.map(|config| Protocol::OAuth1(Arc::new(config))).ok_or_else(|| tampered_service(connector))
}

/// The service of a connector, as its operators see it; none under OAuth 2.
///
/// # Errors
/// `integrity_error` if what is stored is not a service.
pub(super) fn service(connector: &ConnectorRow) -> Result<Option<OAuth1Service>> {
    let stored = connector.oauth1_service.as_deref();
    stored.map(serde_json::from_str).transpose().map_err(|_| tampered_service(connector))
}

fn tampered_service(connector: &ConnectorRow) -> Error {
    vault::tampered(
        OAUTH1_SERVICE_COLUMN,
        About::Connector(connector.id.into()),
        &"it is not a service of OAuth 1",
    )
}

const fn service_dialect(protocol: status::Protocol) -> Option<Dialect> {
    match protocol {
        status::Protocol::OAuth2 => None,
        status::Protocol::OAuth1 => Some(Dialect::OAuth1),
        status::Protocol::OAuth1a => Some(Dialect::OAuth1a),
    }
}

/// The service with short names of fields.
fn plain_service(service: &OAuth1Service) -> Result<OAuth1Service> {
    let field = |name: &str| text::line(OAUTH1_SERVICE_FIELD, name, 1, 100);
    Ok(OAuth1Service {
        account_id_field: field(&service.account_id_field)?,
        token_account_id_field: service.token_account_id_field.as_deref().map(field).transpose()?,
        name_field: field(&service.name_field)?,
        email_field: field(&service.email_field)?,
        ..service.clone()
    })
}

fn service_config(
    dialect: Dialect,
    service: &OAuth1Service,
) -> std::result::Result<ServiceConfig, url::ParseError> {
    let url = |text: &String| Url::parse(text);
    Ok(ServiceConfig {
        dialect,
        endpoints: Endpoints {
            request_token: url(&service.request_token_url)?,
            authorize: url(&service.authorize_url)?,
            access_token: url(&service.access_token_url)?,
            account: url(&service.account_url)?,
            revoke: service.revoke_url.as_ref().map(url).transpose()?,
            oauth2_token: service.oauth2_token_url.as_ref().map(url).transpose()?,
            also_signed: service.api_origins.iter().map(url).collect::<std::result::Result<_, _>>()?,
        },
        method: match service.signature_method {
            SignatureMethod::Plaintext => oauth1::SignatureMethod::Plaintext,
            SignatureMethod::HmacSha1 => oauth1::SignatureMethod::HmacSha1,
            SignatureMethod::HmacSha256 => oauth1::SignatureMethod::HmacSha256,
        },
        transmission: match service.transmission {
            Transmission::Header => oauth1::Transmission::Header,
            Transmission::Body => oauth1::Transmission::Body,
            Transmission::Query => oauth1::Transmission::Query,
        },
        account: AccountFields {
            id: service.account_id_field.clone(),
            id_with_token: service.token_account_id_field.clone(),
            name: service.name_field.clone(),
            email: service.email_field.clone(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropbox_issues_the_app_keys_of_its_own_hosts_only() {
        let url = |text: &str| Url::parse(text).unwrap();
        let dropbox = Dropbox {
            web_url: url("http://127.0.0.1:1"),
            api_url: url("http://127.0.0.1:2"),
            ca_file: None,
            connect_seconds: 2,
            total_seconds: 10,
        };
        let of = |address: &str| {
            let service = service_as_json(address);
            issuer(&dropbox, Some(&service))
        };
        for own in ["https://api.dropbox.com/1", "https://dropboxapi.com/", "http://127.0.0.1:2/oauth"] {
            assert_eq!(of(own), None, "{own}");
        }
        assert_eq!(issuer(&dropbox, None), None);
        assert_eq!(of("https://Api.Photos.example:443/oauth").as_deref(), Some("https://api.photos.example"));
        assert_eq!(of("https://api.notdropbox.com/1").as_deref(), Some("https://api.notdropbox.com"));
        assert_eq!(of("http://127.0.0.1:3/1").as_deref(), Some("http://127.0.0.1:3"));
    }

    fn service_as_json(address: &str) -> OAuth1Service {
        let text = format!(
            r#"{{"request_token_url":"{address}","authorize_url":"x","access_token_url":"x","account_url":"x","account_id_field":"id"}}"#
        );
        serde_json::from_str(&text).unwrap()
    }
}
