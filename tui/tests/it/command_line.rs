//! The commands as scripts use them: the real program over real HTTP.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use bowline::cli::Arguments;
use bowline::registry::place::Place;
use bowline::screen::all::open;
use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};
use serde_json::Value;

use crate::fixtures::account_id;
use crate::server::{ACCOUNTS, PASSWORD, Server};

/// A machine with its own configuration directory.
pub(crate) struct Machine {
    dir: tempfile::TempDir,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// Its configuration directory.
    pub(crate) fn config(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn logged_in(server: &Server) -> Self {
        let machine = Self::new();
        let out = machine
            .run_with(&["login", "--server", &server.url, "--name", "ops-1", "--password-stdin"], PASSWORD);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        machine
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, "")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        self.run_to(Stdio::piped(), arguments, input)
    }

    fn run_to(&self, stdout: Stdio, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bowline"))
            .args(arguments)
            .env("BOWLINE_CONFIG_DIR", self.dir.path())
            .env_remove("BOWLINE_SERVER")
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input may have exited already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    pub(crate) fn config_file(&self) -> std::path::PathBuf {
        self.dir.path().join("config.toml")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let out = self.run(arguments);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        serde_json::from_slice(&out.stdout).unwrap()
    }

    fn session_file(&self) -> std::path::PathBuf {
        let mut files = std::fs::read_dir(self.dir.path().join("sessions")).unwrap();
        files.next().unwrap().unwrap().path()
    }
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_help_of_every_command() {
    use std::fmt::Write as _;

    fn collect(command: &mut clap::Command, path: &str, into: &mut String) {
        writeln!(into, "$ {path} --help\n{}", command.render_long_help()).unwrap();
        let names: Vec<_> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
        for name in names.iter().filter(|n| *n != "help") {
            let path = format!("{path} {name}");
            collect(command.find_subcommand_mut(name).unwrap(), &path, into);
        }
    }
    let mut command = Arguments::command();
    command.build();
    let mut all = String::new();
    collect(&mut command, "bowline", &mut all);
    insta::assert_snapshot!("help_of_commands", all);
}

#[test]
fn every_screens_command_is_one() {
    for place in [
        Place::Overview,
        Place::Accounts,
        Place::Account(account_id(0)),
        Place::Tenants,
        Place::Audit,
        Place::Connectors,
        Place::ApiKeys,
        Place::Operators,
        Place::Sessions,
        Place::Webhooks,
        Place::Deliveries,
    ] {
        let line = open(place).command().into_text();
        if let Err(error) = Arguments::try_parse_from(line.split(' ')) {
            // A screen that no tenant was chosen on leaves that option to the operator.
            assert_eq!(error.kind(), ErrorKind::MissingRequiredArgument, "{line}: {error}");
        }
    }
}

#[test]
fn the_list_of_keys() {
    let out = Machine::new().run(&["keys"]);
    insta::assert_snapshot!("keys_of_actions", text(&out.stdout));
}

#[test]
fn a_session_is_kept_in_private_used_and_gone_after_logout() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    let file = machine.session_file();
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    assert!(text(&machine.run(&["whoami"]).stdout).starts_with("ops-1 (operator) op_"));
    assert!(!std::fs::read_to_string(machine.dir.path().join("config.toml")).unwrap().contains("CANARY"));
    assert!(machine.run(&["logout"]).status.success());
    assert!(!file.exists());
    assert!(server.facts.log.lock().unwrap().contains(&"DELETE /admin/v1/sessions/current".to_owned()));
    assert_eq!(machine.run(&["whoami"]).status.code(), Some(3));
}

#[test]
fn a_login_shows_no_secret_and_takes_none_from_arguments() {
    let server = Server::start();
    let machine = Machine::new();
    let login = ["login", "--server", &server.url, "--name", "ops-1", "--password-stdin", "--json"];
    let out = machine.run_with(&login, &format!("{PASSWORD}\n"));
    assert!(out.status.success());
    assert!(!text(&out.stdout).contains("CANARY"));
    let wrong = machine.run_with(&login, "wrong");
    assert_eq!(wrong.status.code(), Some(3));
    assert_eq!(
        machine.run(&["login", "--server", &server.url, "--name", "x", "--password", "y"]).status.code(),
        Some(2)
    );
}

#[test]
fn a_login_that_cannot_be_shown_leaves_no_session() {
    let server = Server::start();
    let machine = Machine::new();
    let login = ["login", "--server", &server.url, "--name", "ops-1", "--password-stdin"];
    for json in [&[][..], &["--json"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let out = machine.run_to(full.into(), &[&login, json].concat(), PASSWORD);
        let said = text(&out.stderr);
        assert_eq!(out.status.code(), Some(1), "{said}");
        assert!(said.contains("you are not logged in") && said.contains("No space left"), "{said}");
        assert_eq!(machine.run(&["whoami", "--server", &server.url]).status.code(), Some(3));
    }
    assert!(
        !machine.dir.path().join("sessions").exists() && !machine.dir.path().join("config.toml").exists()
    );
    let log = server.facts.log.lock().unwrap();
    let ended = log.iter().filter(|call| *call == "DELETE /admin/v1/sessions/current").count();
    assert_eq!(ended, 2, "{log:?}");
}

#[test]
fn a_session_that_cannot_be_kept_is_ended() {
    let server = Server::start();
    let machine = Machine::new();
    // The path is a file's child, so nothing can be created or found there.
    std::os::unix::fs::symlink("/no/such/directory", machine.dir.path().join("sessions")).unwrap();
    let login = ["login", "--server", &server.url, "--name", "ops-1", "--password-stdin"];
    let out = machine.run_with(&login, PASSWORD);
    assert_eq!(out.status.code(), Some(1), "{}", text(&out.stderr));
    let log = server.facts.log.lock().unwrap();
    assert!(log.contains(&"DELETE /admin/v1/sessions/current".to_owned()), "{log:?}");
}

#[test]
fn lists_follow_cursors_and_come_as_json() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    let all = machine.json(&["accounts", "list", "--limit", "1000", "--json"]);
    assert_eq!(all["items"].as_array().unwrap().len() as u64, ACCOUNTS);
    assert!(all.get("next").is_none());
    let some =
        machine.json(&["accounts", "list", "--limit", "210", "--tenant", "acme", "--sort", "used", "--json"]);
    assert!(some["items"].as_array().unwrap().iter().all(|row| row["tenant"] == "acme"));
    assert!(
        server
            .facts
            .log
            .lock()
            .unwrap()
            .iter()
            .any(|l| l.contains("tenant=tenant_") && l.contains("sort=used"))
    );
    let first = machine.json(&["accounts", "list", "--limit", "2", "--json"]);
    let next = machine.json(&[
        "accounts",
        "list",
        "--limit",
        "1",
        "--cursor",
        first["next"].as_str().unwrap(),
        "--json",
    ]);
    assert_eq!(next["items"][0]["id"], account_id(2).to_string());
    assert_eq!(machine.run(&["accounts", "list", "--tenant", "nobody"]).status.code(), Some(5));
    assert_eq!(machine.json(&["tenants", "list", "--json"])["items"][0]["slug"], "acme");
    assert_eq!(machine.json(&["audit", "list", "--json"])["items"].as_array().unwrap().len(), 3);
    assert!(machine.run(&["connectors", "list", "--tenant", "acme"]).status.success());
    assert!(machine.run(&["api-keys", "list", "--tenant", "acme"]).status.success());
}

#[test]
fn an_account_is_shown_with_what_happened_to_it() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    let id = account_id(2).to_string();
    let shown = text(&machine.run(&["accounts", "show", &id]).stdout);
    for expected in [id.as_str(), "▲ needs_reauth", "grant_revoked", "files.content.write", "account.linked"]
    {
        assert!(shown.contains(expected), "{expected} is missing in:\n{shown}");
    }
    assert_eq!(machine.json(&["accounts", "show", &id, "--json"])["status"], "needs_reauth");
    let unknown = account_id(9_999).to_string();
    assert_eq!(machine.run(&["accounts", "show", &unknown]).status.code(), Some(5));
    assert_eq!(machine.run(&["accounts", "show", "nonsense"]).status.code(), Some(2));
}

#[test]
fn revoking_wants_a_reason_and_a_yes_where_nobody_can_type() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    let id = account_id(3).to_string();
    assert_eq!(machine.run(&["accounts", "revoke", &id]).status.code(), Some(9));
    assert_eq!(machine.run(&["accounts", "revoke", &id, "--reason", "why not"]).status.code(), Some(9));
    assert_eq!(machine.run(&["accounts", "revoke", &id, "--yes"]).status.code(), Some(2));
    assert_eq!(machine.run(&["accounts", "revoke", &id, "--reason", "x", "--yes"]).status.code(), Some(2));
    assert!(server.facts.revoked.lock().unwrap().is_empty());
    let done = machine.json(&["accounts", "revoke", &id, "--reason", "asked by the user", "--yes", "--json"]);
    assert_eq!(done["status"], "revoked");
    assert_eq!(*server.facts.revoked.lock().unwrap(), [(account_id(3), "asked by the user".to_owned())]);
}

#[test]
fn read_only_changes_nothing_whatever_the_command_and_wherever_it_stands() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    let id = account_id(3).to_string();
    let revoke = ["accounts", "revoke", &id, "--reason", "asked by the user", "--yes"];
    for arguments in
        [[&["--read-only"], revoke.as_slice()].concat(), [revoke.as_slice(), &["--read-only"]].concat()]
    {
        let refused = machine.run(&arguments);
        assert_eq!(refused.status.code(), Some(9), "{arguments:?}");
        assert!(text(&refused.stderr).contains("--read-only"), "{}", text(&refused.stderr));
    }
    // The command fails before it asks for a confirmation.
    assert!(text(&machine.run(&["--read-only", "accounts", "revoke", &id]).stderr).contains("--read-only"));
    assert!(server.facts.revoked.lock().unwrap().is_empty());
    assert!(!server.facts.log.lock().unwrap().iter().any(|line| line.contains("/revoke")));
    for reading in
        [["accounts", "show", &id].as_slice(), &["accounts", "list"], &["whoami"], &["audit", "verify"]]
    {
        assert!(machine.run(&[&["--read-only"], reading].concat()).status.success(), "{reading:?}");
    }
    assert!(machine.run(&["--read-only", "logout"]).status.success(), "a session can always be ended");
}

#[test]
fn a_password_is_read_from_a_pipe_as_the_help_says() {
    let server = Server::start();
    let machine = Machine::new();
    let login = ["login", "--server", &server.url, "--name", "ops-1"];
    let out = machine.run_with(&login, &format!("{PASSWORD}\n"));
    assert!(out.status.success(), "{}", text(&out.stderr));
    assert_eq!(machine.run_with(&login, "").status.code(), Some(2), "no password is no login");
}

#[test]
fn verifying_the_log_has_an_exit_code_of_its_own() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    assert!(machine.run(&["audit", "verify"]).status.success());
    let broken = machine.run(&["audit", "verify", "--tenant", "acme"]);
    assert_eq!(broken.status.code(), Some(8));
    assert_eq!(text(&broken.stdout), "BROKEN at entry 41: edited (80 entries checked)\n");
}

#[test]
fn each_failure_has_its_exit_code_and_says_what_to_quote() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    let id = account_id(0).to_string();
    for (status, code) in [(401, 3), (403, 4), (404, 5), (422, 6), (429, 7), (500, 7), (503, 7)] {
        *server.facts.failing.lock().unwrap() = Some(status);
        let out = machine.run(&["accounts", "show", &id]);
        assert_eq!(out.status.code(), Some(code), "{status}");
        assert!(status != 500 || text(&out.stderr).contains("req_test"));
    }
    // A list cannot be missing, so the server lacks the route.
    *server.facts.failing.lock().unwrap() = Some(404);
    assert_eq!(machine.run(&["accounts", "list"]).status.code(), Some(6));
    let (nobody, _) = Server::nobody();
    let out = machine.run_with(&["login", "--server", &nobody, "--name", "x", "--password-stdin"], "pw");
    assert_eq!(out.status.code(), Some(7));
    let far = machine
        .run_with(&["login", "--server", "http://bowline.example", "--name", "x", "--password-stdin"], "pw");
    assert_eq!(far.status.code(), Some(6));
    assert_eq!(Machine::new().run(&["whoami"]).status.code(), Some(2));
}

#[test]
fn hostile_names_leave_no_byte_of_their_own_on_standard_output() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    let name = "a\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{200b}\r\nb";
    *server.facts.name.lock().unwrap() = Some(name.to_owned());
    let id = account_id(0).to_string();
    for arguments in [vec!["accounts", "list", "--limit", "1"], vec!["accounts", "show", &id]] {
        let shown = text(&machine.run(&arguments).stdout);
        assert!(shown.contains("␛]0;owned␇‹009B›31m‹202E›‹200B›␍␊b"), "{shown}");
        assert!(shown.chars().all(|c| c == '\n' || !(c.is_control() || "\u{202e}\u{200b}".contains(c))));
    }
    let out = machine.run(&["accounts", "show", &id, "--json"]);
    assert!(
        text(&out.stdout).chars().all(|c| c == '\n' || !(c.is_control() || "\u{202e}\u{200b}".contains(c)))
    );
    assert_eq!(serde_json::from_slice::<Value>(&out.stdout).unwrap()["email"], name);
}

#[test]
fn without_a_terminal_the_client_says_so() {
    let out = Machine::new().run(&[]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("needs a terminal"));
}

#[test]
fn standard_output_has_the_rows_alone_and_a_very_long_name_widens_only_its_own() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    *server.facts.name.lock().unwrap() = Some("x".repeat(10_000));
    let out = machine.run(&["accounts", "list", "--limit", "3"]);
    let (rows, remarks) = (text(&out.stdout), text(&out.stderr));
    assert_eq!(rows.lines().count(), 4, "titles and three rows: {rows}");
    assert!(remarks.contains("more rows: --cursor 3"), "{remarks}");
    let widths: Vec<_> = rows.lines().map(|line| line.chars().count()).collect();
    assert!(widths[1] > 10_000, "its own row is whole");
    assert!([0, 2, 3].iter().all(|row| widths[*row] < 300), "{widths:?}");
}

#[test]
fn a_context_that_does_not_exist_is_a_wrong_argument() {
    let machine = Machine::new();
    for name in ["nowhere", "../x"] {
        assert_eq!(machine.run(&["--context", name, "whoami"]).status.code(), Some(2), "{name}");
    }
}

#[test]
fn an_api_key_is_revoked_only_with_the_end_of_its_id() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    let id = crate::fixtures::api_key(0).id.to_string();
    let revoke = |confirm: &str| {
        machine.run(&["api-keys", "revoke", &id, "--tenant", "acme", "--confirm", confirm]).status.code()
    };
    assert_eq!(revoke("wrong1"), Some(9));
    let deleted = |line: &String| line.starts_with("DELETE") && line.contains(&id);
    assert!(!server.facts.log.lock().unwrap().iter().any(deleted));
    // The test's server answers without a body, which is no API key.
    assert_eq!(revoke(&id[id.len() - 6..]), Some(1));
    assert!(server.facts.log.lock().unwrap().iter().any(deleted));
}
