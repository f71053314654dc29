//! The address of Postgres, and whether the connection is encrypted.
//!
//! TLS always verifies the certificate and the host name, so `require`, `verify-ca` and `verify-full` mean the same. A
//! remote host needs TLS unless its URL says `sslmode=disable`. libpq's default, `prefer`, would continue unencrypted
//! if an attacker on the path claims that the server has no TLS.

use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// Parses a database URL or `key=value` pairs; `None` if it is neither. The parser's own error could repeat a password.
pub(crate) fn parse(url: &SecretString) -> Option<Config> {
    let text = url.expose_secret();
    if !(text.starts_with("postgresql://") || text.starts_with("postgres://")) {
        return key_value_pairs(text).parse().ok();
    }
    // The part before a URL's query may contain a password.
    let Some((before, options)) = text.rsplit_once('?') else { return text.parse().ok() };
    let options: Vec<&str> = options.split('&').map(url_option).collect();
    format!("{before}?{}", options.join("&")).parse().ok()
}

/// libpq's modes for which our parser has another name.
fn is_checked(mode: &str) -> bool {
    matches!(mode, "verify-full" | "verify-ca")
}

/// One option of a URL's query, which may be percent-encoded.
fn url_option(option: &str) -> &str {
    let Some((name, value)) = option.split_once('=') else { return option };
    let is_mode = percent_decode_str(name).eq(*b"sslmode");
    if is_mode && percent_decode_str(value).decode_utf8().is_ok_and(|mode| is_checked(&mode)) {
        return TLS_REQUIRED;
    }
    option
}

const TLS_REQUIRED: &str = "sslmode=require";

/// Parses `key = 'value'` pairs, which may have spaces around `=` and quotes around values.
fn key_value_pairs(text: &str) -> String {
    let mut read = String::new();
    let mut rest = text;
    while let Some((name, behind)) = rest.split_once('=') {
        let length = value_length(behind);
        let Some((value, further)) = behind.split_at_checked(length) else { break };
        if name.trim() == "sslmode" && is_checked(value.trim().trim_matches('\'')) {
            read.push(' ');
            read.push_str(TLS_REQUIRED);
        } else {
            read.extend([name, "=", value]);
        }
        rest = further;
    }
    read.push_str(rest);
    read
}

/// The length in bytes of the value at the start of `text`, including leading spaces.
fn value_length(text: &str) -> usize {
    let mut is_quoted = None;
    let mut is_escaped = false;
    for (place, character) in text.char_indices() {
        match (character, is_quoted) {
            _ if is_escaped => is_escaped = false,
            ('\\', _) => is_escaped = true,
            ('\'', None) => is_quoted = Some(true),
            ('\'', Some(true)) => return place + 1,
            (space, None) if space.is_whitespace() => {}
            (space, Some(false)) if space.is_whitespace() => return place,
            (_, None) => is_quoted = Some(false),
            _ => {}
        }
    }
    text.len()
}

/// Requires TLS for a single host if necessary.
pub(crate) fn secure(host: &mut Config) {
    if host.get_ssl_mode() == SslMode::Prefer && is_elsewhere(host) {
        host.ssl_mode(SslMode::Require);
    }
}

/// Whether passwords and rows are sent to another machine unencrypted.
pub(super) fn is_in_the_clear(url: &SecretString) -> bool {
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
            ("postgresql://u@localhost/x?sslmode=verify%2Dfull", SslMode::Require),
            ("postgresql://u@localhost/x?ssl%6Dode=verify-full&connect_timeout=3", SslMode::Require),
            ("host=localhost sslmode = verify-full user=u", SslMode::Require),
            ("host=localhost sslmode='verify-ca' user=u", SslMode::Require),
            ("sslmode=verify-full host=localhost", SslMode::Require),
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
        let pairs = SecretString::from("host=localhost password='it\\'s sslmode=verify-full' user=u");
        assert_eq!(parse(&pairs).unwrap().get_password(), Some(&b"it's sslmode=verify-full"[..]));
        // Modes that libpq does not know are rejected, not guessed.
        for mode in ["verify_full", "VERIFY-FULL", "verify-fulll", "allow", ""] {
            assert!(
                parse(&SecretString::from(format!("postgresql://u@h/x?sslmode={mode}"))).is_none(),
                "{mode}"
            );
        }
    }
}
