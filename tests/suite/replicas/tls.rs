//! TLS to Postgres: the server connects only if it can verify the certificate, and reports unsafe settings.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use bowline_postgres::{Cluster, Options};
use bowline_tests::{Database, Postgres, Stack};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

/// A certificate authority, and the certificate and key of a Postgres at `address`, as PEM.
fn certificates(address: Ipv4Addr) -> Result<[String; 3]> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(vec![address.to_string()])?.signed_by(&key, &authority)?;
    Ok([authority.pem(), certificate.pem(), key.serialize_pem()])
}

/// Writes a file that Postgres, which does not run as root, can read; other users cannot read a key.
fn write(path: &Path, text: &str) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, text)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    if nix::unistd::geteuid().is_root() {
        let account =
            nix::unistd::User::from_name("postgres")?.context("this machine has no user postgres")?;
        nix::unistd::chown(path, Some(account.uid), Some(account.gid))?;
    }
    Ok(())
}

/// A loopback address that is unique to this process, because the port is always the same.
fn own_address() -> Ipv4Addr {
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, 64 | (high & 63), middle, low.max(2))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_is_believed_by_its_authority_and_its_name_alone() -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::Builder::new().prefix("bowline-tls-").tempdir_in("/tmp")?;
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755))?;
    let file = |name: &str| directory.path().join(name);
    let address = own_address();
    let [authority, certificate, key] = certificates(address)?;
    let [other_authority, ..] = certificates(address)?;
    for (name, text) in [("certificate", &certificate), ("key", &key)] {
        write(&file(name), text)?;
    }
    for (name, text) in [("authority", authority.as_str()), ("other", &other_authority), ("empty", "")] {
        std::fs::write(file(name), text)?;
    }
    let path = |name: &str| file(name).display().to_string();
    let options = Options::temporary()
        .max_connections(100)
        .setting("listen_addresses", format!("{address},localhost"))
        .setting("ssl", "on")
        .setting("ssl_cert_file", path("certificate"))
        .setting("ssl_key_file", path("key"));
    let cluster = Arc::new(tokio::task::spawn_blocking(|| Cluster::start(options)).await??);
    let port = cluster.port();
    let database = Database::fresh_in(Postgres::of(cluster)?).await?;
    let name = database.name().to_owned();
    let stack = Stack::builder().database(database).start().await?;
    let doctor = async |host: &str, sslmode: &str, authority: Option<&str>| -> Result<(bool, String)> {
        let url = format!("postgresql://bowline_server@{host}:{port}/{name}?sslmode={sslmode}");
        let mut settings = vec![("BOWLINE_DATABASE__URL", url)];
        settings.extend(authority.map(|authority| ("BOWLINE_DATABASE__CA_FILE", path(authority))));
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let output = stack.try_command_with(&settings, &["doctor"], None).await?;
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Ok((output.status.success(), said.concat()))
    };
    let address = address.to_string();
    for sslmode in ["require", "verify-ca", "verify-full"] {
        let (ok, said) = doctor(&address, sslmode, Some("authority")).await?;
        assert!(ok, "{sslmode}: {said}");
        // Another authority; none, which selects this machine's; and the right one with another name.
        for (host, authority) in [
            (address.as_str(), Some("other")),
            (&address, None),
            ("localhost", Some("authority")),
            (&address, Some("empty")),
            (&address, Some("missing")),
        ] {
            let (ok, said) = doctor(host, sslmode, authority).await?;
            assert!(!ok, "{sslmode} {host} {authority:?}: {said}");
        }
    }
    // The migrations use the same settings.
    let owner = format!("postgresql://postgres@{address}:{port}/{name}?sslmode=verify-full");
    for (authority, expected) in [("authority", true), ("other", false)] {
        let settings = [
            ("BOWLINE_DATABASE__OWNER_URL", owner.as_str()),
            ("BOWLINE_DATABASE__CA_FILE", &path(authority)),
        ];
        let output = stack.try_command_with(&settings, &["migrate"], None).await?;
        assert_eq!(
            output.status.success(),
            expected,
            "{authority}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_safe_is_said_at_every_start_and_by_doctor() -> Result<()> {
    let mut stack = Stack::builder().setting("BOWLINE_LOG", "warn").start().await?;
    let starts = |stack: &Stack| stack.logs().matches("bowline.development is on").count();
    assert_eq!(starts(&stack), 1);
    stack.server(0).ask_to_stop()?;
    stack.server_mut(0).ended().await?;
    stack.server_mut(0).start().await?;
    assert_eq!(starts(&stack), 2);
    let report = stack.command(&["doctor", "--json"], None).await?;
    assert_eq!(report["healthy"], true, "it works: {report}");
    assert!(
        report["warnings"][0].as_str().is_some_and(|words| words.contains("bowline.development")),
        "{report}"
    );
    let off = [("BOWLINE_DEVELOPMENT", "false"), ("BOWLINE_DROPBOX__WEB_URL", "https://www.dropbox.com")];
    let rest =
        [("BOWLINE_DROPBOX__API_URL", "https://api.dropboxapi.com"), ("BOWLINE_OAUTH1__ORIGINS", "[]")];
    let off = [&off[..], &rest].concat();
    let report = stack.try_command_with(&off, &["doctor", "--json"], None).await?;
    let report: serde_json::Value = serde_json::from_slice(&report.stdout)?;
    assert_eq!(report["warnings"], serde_json::json!([]), "{report}");
    Ok(())
}
