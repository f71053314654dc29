//! Where Postgres is, and what of the way there is encrypted.
//!
//! TLS always checks the certificate and the host's name, so `require`, `verify-ca` and `verify-full` mean the same. A host that is not
//! this machine is spoken to with TLS alone, unless its URL says `sslmode=disable`: `prefer`, which is libpq's default, would go on in
//! the clear if somebody on the way says that the server has no TLS.

use std::net::IpAddr;

use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// Reads a database URL, or `key=value` pairs; nothing where it is neither. The parser's own words could repeat a password.
pub(super) fn parse(url: &SecretString) -> Option<Config> {
    let text = url.expose_secret();
    let is_url = text.starts_with("postgresql://") || text.starts_with("postgres://");
    // What stands before a URL's query may be a password.
    let at = if is_url { text.rfind('?').unwrap_or(text.len()) } else { 0 };
    let (before, options) = text.split_at_checked(at)?;
    let options = options
        .replace("sslmode=verify-full", "sslmode=require")
        .replace("sslmode=verify-ca", "sslmode=require");
    format!("{before}{options}").parse().ok()
}

/// Decides for a single host whether it is spoken to with TLS.
pub(super) fn secure(host: &mut Config) {
    if host.get_ssl_mode() == SslMode::Prefer && is_elsewhere(host) {
        host.ssl_mode(SslMode::Require);
    }
}

/// Whether passwords and rows travel to another machine in the clear.
pub fn is_in_the_clear(url: &SecretString) -> bool {
    parse(url).is_some_and(|config| config.get_ssl_mode() == SslMode::Disable && is_elsewhere(&config))
}

fn is_elsewhere(config: &Config) -> bool {
    if !config.get_hostaddrs().is_empty() {
        return config.get_hostaddrs().iter().any(|address| !address.is_loopback());
    }
    config.get_hosts().iter().any(|host| match host {
        Host::Tcp(name) => {
            let is_loopback = name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
            !(is_loopback || name.eq_ignore_ascii_case("localhost"))
        }
        #[cfg(unix)]
        Host::Unix(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> SslMode {
        let mut config = parse(&SecretString::from(url)).unwrap();
        secure(&mut config);
        config.get_ssl_mode()
    }

    #[test]
    fn another_machine_is_spoken_to_with_tls_unless_the_url_forbids_it() {
        for (url, expected) in [
            ("postgresql://u@db.internal/x", SslMode::Require),
            ("postgresql://u@10.0.0.7/x?sslmode=prefer", SslMode::Require),
            ("postgresql://u@[2001:db8::1]/x", SslMode::Require),
            ("host=db.internal user=u", SslMode::Require),
            ("host=localhost hostaddr=10.0.0.7 user=u", SslMode::Require),
            ("postgresql://u@db.internal/x?sslmode=verify-full", SslMode::Require),
            ("postgresql://u@localhost/x?connect_timeout=3&sslmode=verify-ca", SslMode::Require),
            ("host=db.internal sslmode=verify-full", SslMode::Require),
            ("postgresql://u@db.internal/x?sslmode=disable", SslMode::Disable),
            ("postgresql://u@localhost/x", SslMode::Prefer),
            ("postgresql://u@127.0.0.1/x", SslMode::Prefer),
            ("postgresql://u@[::1]/x", SslMode::Prefer),
            ("postgresql://u@/x?host=%2Frun%2Fpostgresql", SslMode::Prefer),
        ] {
            assert_eq!(mode(url), expected, "{url}");
        }
    }

    #[test]
    fn only_what_leaves_this_machine_in_the_clear_is_warned_of() {
        for (url, expected) in [
            ("postgresql://u@db.internal/x?sslmode=disable", true),
            ("postgresql://u@localhost,db.internal/x?sslmode=disable", true),
            ("postgresql://u@db.internal/x", false),
            ("postgresql://u@127.0.0.1/x?sslmode=disable", false),
            ("postgresql://u@/x?host=%2Frun%2Fpostgresql&sslmode=disable", false),
            ("no URL", false),
        ] {
            assert_eq!(is_in_the_clear(&SecretString::from(url)), expected, "{url}");
        }
    }

    #[test]
    fn a_password_is_no_option() {
        let config = parse(&SecretString::from("postgresql://u:sslmode=verify-full@localhost/x")).unwrap();
        assert_eq!(config.get_password(), Some(&b"sslmode=verify-full"[..]));
    }
}
