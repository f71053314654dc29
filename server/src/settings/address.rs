//! URLs in the settings. They contain neither user name nor password, and no error repeats them, so that a password
//! that was put there by mistake does not appear in a log.

use anyhow::bail;
use serde::de::{Error as _, IntoDeserializer as _};
use serde::{Deserialize as _, Deserializer};
use url::{Host, Url};

/// Parses a URL; the error does not repeat it.
///
/// # Errors
/// If the text is not a URL.
pub(super) fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Url, D::Error> {
    let text = String::deserialize(source)?;
    Url::parse(text.trim())
        .map_err(|error| D::Error::custom(format!("not a URL such as https://host: {error}")))
}

/// Like [`read`], for an optional URL.
///
/// # Errors
/// If the text is not a URL.
pub(super) fn read_optional<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Url>, D::Error> {
    read(source).map(Some)
}

/// Like [`read`], for a list of URLs.
///
/// # Errors
/// If one of the texts is not a URL.
pub(super) fn read_list<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<Url>, D::Error> {
    let texts = Vec::<String>::deserialize(source)?;
    texts.into_iter().map(|text| read(text.into_deserializer())).collect()
}

/// Accepts only scheme, host and port.
///
/// # Errors
/// If the URL has more, or is neither http nor https.
pub(super) fn check_origin(name: &str, url: &Url) -> anyhow::Result<()> {
    without_credentials(&format!("bowline.{name}"), url)?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !is_bare || !matches!(url.scheme(), "http" | "https") {
        bail!("bowline.{name} must be http[s]://host[:port] and nothing else");
    }
    Ok(())
}

/// Checks the public origin.
///
/// # Errors
/// If it is not an origin, or neither https nor on this machine.
pub(super) fn check_public(url: &Url) -> anyhow::Result<()> {
    check_origin("public_url", url)?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if url.scheme() == "https" || (url.scheme() == "http" && loopback) {
        return Ok(());
    }
    bail!("bowline.public_url must be https, or http on a loopback address; it is {url}")
}

/// Checks the endpoint for traces: http or https, with at most a path.
///
/// # Errors
/// If the URL has more.
pub(super) fn check_collector(url: &Url) -> anyhow::Result<()> {
    without_credentials("bowline.tracing.otlp_endpoint", url)?;
    if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
        bail!("bowline.tracing.otlp_endpoint must be an http or https URL without query and fragment");
    }
    Ok(())
}

/// Rejects user names and passwords in a URL.
///
/// # Errors
/// If `setting` contains one.
pub(crate) fn without_credentials(setting: &str, url: &Url) -> anyhow::Result<()> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(());
    }
    bail!("{setting} must not have a user name or a password in it")
}

#[cfg(test)]
mod tests {
    use super::check_public;
    use crate::settings;

    fn refused_url(setting: &'static str, url: &str) -> String {
        let figment = settings::read(None).unwrap().figment.merge((setting, url));
        format!(
            "{:#}",
            settings::from(figment).map(|_| ()).err().unwrap_or_else(|| panic!("{setting} = {url}"))
        )
    }

    #[test]
    fn users_come_back_by_https_or_on_this_machine() {
        for good in
            ["https://link.example", "http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"]
        {
            check_public(&good.parse().unwrap()).unwrap();
        }
        for bad in
            ["http://link.example", "http://192.0.2.1", "http://localhost.example", "ftp://link.example"]
        {
            assert!(check_public(&bad.parse().unwrap()).is_err(), "{bad}");
        }
    }

    #[test]
    fn no_url_has_credentials_and_no_refusal_repeats_them() {
        let settings =
            ["public_url", "dropbox.web_url", "dropbox.api_url", "sandbox.url", "tracing.otlp_endpoint"];
        for setting in
            settings.map(|name| -> &'static str { Box::leak(format!("bowline.{name}").into_boxed_str()) })
        {
            for url in [
                "https://user:CANARY@host.example",
                "https://CANARY@host.example",
                "https://:CANARY@host.example",
                "https://user:CANARY@",
                "https://user:CANARY@host.example:port",
                "CANARY",
                "ftp://host.example/CANARY?x#y",
            ] {
                let words = refused_url(setting, url);
                assert!(
                    !words.contains("CANARY") && words.contains(setting.rsplit('.').next().unwrap()),
                    "{words}"
                );
            }
        }
        for url in [
            "https://host.example/path",
            "https://host.example?q",
            "https://host.example#f",
            "http://host.example",
        ] {
            refused_url("bowline.public_url", url);
        }
    }
}
