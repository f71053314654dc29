//! Commands that show a secret once: they do not ask for it where nobody would see it.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use bowline_api::status::Role;
use serde_json::to_string;

use crate::fake::{logged_in, start_with};
use crate::fixtures::{new_api_key, operator, tenants};
use crate::webhook_fixtures::new_endpoint;

/// Runs a command whose standard output goes there, with a password on standard input.
fn run(config: &Path, arguments: &[&str], stdout: Stdio) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bowline"));
    command.args(arguments).env("BOWLINE_CONFIG_DIR", config).env_remove("BOWLINE_SERVER");
    let mut child = command.stdin(Stdio::piped()).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
    // A command that refuses reads nothing.
    let _ = child.stdin.take().unwrap().write_all(b"my own password\n");
    child.wait_with_output().unwrap()
}

#[test]
fn a_device_that_keeps_nothing_is_refused_before_anything_is_asked() {
    let url = start_with(None, |path, _| panic!("{path} was called"));
    let config = logged_in(&url);
    let tenant = tenants()[0].id.to_string();
    let key = new_api_key("x").key.id.to_string();
    let endpoint = new_endpoint().endpoint.id.to_string();
    for arguments in [
        vec!["api-keys", "create", "nightly", "--tenant", &tenant],
        vec!["api-keys", "rotate", &key, "--tenant", &tenant, "--json"],
        vec!["webhooks", "create", "https://photos.acme.example/hooks", "--tenant", &tenant],
        vec!["webhooks", "rotate-secret", &endpoint, "--tenant", &tenant, "--json"],
        vec!["totp", "enrol"],
        vec!["totp", "confirm"],
        vec!["totp", "recovery-codes"],
    ] {
        for device in ["/dev/null", "/dev/full"] {
            let device = File::options().write(true).open(device).unwrap();
            let out = run(config.path(), &arguments, device.into());
            let said = String::from_utf8_lossy(&out.stderr);
            assert_eq!(out.status.code(), Some(2), "{arguments:?}: {said}");
            assert!(said.contains("shown only once") && said.contains("Nothing was changed"), "{said}");
        }
    }
}

#[test]
fn a_secret_that_could_not_be_written_is_said_to_be_lost_and_what_to_do() {
    let url = start_with(None, |path, _| match path {
        "/whoami" => (200, to_string(&operator(Role::Admin)).unwrap()),
        path if path.ends_with("/api-keys") => (201, to_string(&new_api_key("nightly")).unwrap()),
        _ => (404, String::new()),
    });
    let config = logged_in(&url);
    let (nobody, pipe) = std::io::pipe().unwrap();
    drop(nobody);
    let create = ["api-keys", "create", "nightly", "--tenant", &tenants()[0].id.to_string()];
    let out = run(config.path(), &create, pipe.into());
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(1), "{said}");
    let advice = format!("revoke API key {} and create another one", new_api_key("nightly").key.id);
    assert!(said.contains("the secret is lost") && said.contains(&advice), "{said}");
    // A file keeps it.
    let file = config.path().join("secret");
    let out = run(config.path(), &create, File::create(&file).unwrap().into());
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(std::fs::read_to_string(&file).unwrap().contains("bwl_sk_CANARY"));
}
