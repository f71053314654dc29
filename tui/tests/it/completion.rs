//! Completion in a real shell, the manual pages and the log file: the real program.

use std::path::Path;
use std::process::{Command, Output};

use crate::command_line::Machine;
use crate::fixtures::{account_id, job, page};
use crate::server::Server;

/// Completes the last of these words in bash, as the tabulator key does.
const IN_BASH: &str = r#"
eval "$(bowline completions bash)"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_clap_complete_bowline bowline "${COMP_WORDS[COMP_CWORD]}"
printf '%s\n' "${COMPREPLY[@]}"
"#;

pub(crate) fn program_first() -> std::ffi::OsString {
    let programs = Path::new(env!("CARGO_BIN_EXE_bowline")).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(programs).chain(std::env::split_paths(&path))).unwrap()
}

fn in_bash(config: &Path, words: &[&str]) -> Vec<String> {
    let mut command = Command::new("bash");
    command.args(["--norc", "-c", IN_BASH, "bash", "bowline"]).args(words);
    command.env("PATH", program_first()).env("BOWLINE_CONFIG_DIR", config).env_remove("BOWLINE_SERVER");
    lines(&command.output().unwrap())
}

pub(crate) fn lines(out: &Output) -> Vec<String> {
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && said.is_empty(), "nothing is printed into the operator's line: {said}");
    String::from_utf8_lossy(&out.stdout).lines().map(ToOwned::to_owned).collect()
}

#[test]
fn bash_completes_commands_and_the_names_and_ids_that_there_are() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    let config = machine.config();
    let complete = |words: &[&str]| in_bash(config, words);
    assert_eq!(complete(&["acc"]), ["accounts"]);
    assert_eq!(complete(&["accounts", "list", "--ten"]), ["--tenant"]);
    assert_eq!(complete(&["accounts", "list", "--tenant", ""]), ["acme", "globex"]);
    assert_eq!(complete(&["accounts", "list", "--status", "re"]), ["revoking", "revoked"]);
    assert_eq!(complete(&["audit", "list", "--action", "tenant.f"]), ["tenant.frozen"]);
    assert_eq!(complete(&["jobs", "items", "x", "--state", "f"]), ["failed"]);
    let ids = complete(&["accounts", "show", "acct_"]);
    assert!(ids.len() == 100 && ids.contains(&account_id(0).to_string()), "{ids:?}");
    assert_eq!(complete(&["--context", ""]).len(), 1, "the context of the login");
    assert!(complete(&["--theme", "co"]).contains(&"colour-blind".to_owned()));
    assert_eq!(complete(&["open", "aud"]), ["audit"]);
    assert!(complete(&["open", "acct_"]).contains(&account_id(0).to_string()));
    // What a completion asks the server for needs a session, and is never a reason for an error or a question.
    drop(server);
    assert_eq!(complete(&["accounts", "list", "--tenant", ""]), [""]);
    let nobody = tempfile::tempdir().unwrap();
    assert_eq!(in_bash(nobody.path(), &["accounts", "show", "acct_"]), [""]);
    assert_eq!(in_bash(nobody.path(), &["--context", "nowhere", "accounts", "list", "--tenant", ""]), [""]);
}

#[test]
fn zsh_and_fish_are_told_what_a_value_is() {
    let url = crate::fake::start(None, |path| match path {
        "/jobs" => {
            let rows = page(vec![job(bowline_api::status::JobState::Running, 3, 1, 0).job]);
            (200, serde_json::to_string(&rows).unwrap())
        }
        _ => (404, String::new()),
    });
    let config = crate::fake::logged_in(&url);
    for (shell, between) in [("zsh", ":"), ("fish", "\t")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bowline"));
        command.args(["--", "bowline", "jobs", "show", "job_"]).env("BOWLINE_COMPLETE", shell);
        command.env("_CLAP_COMPLETE_INDEX", "3").env("_CLAP_IFS", "\n");
        command.env("BOWLINE_CONFIG_DIR", config.path()).env_remove("BOWLINE_SERVER");
        let all = lines(&command.output().unwrap());
        assert!(
            all[0].starts_with("job_") && all[0].contains(&format!("{between}running · stale")),
            "{all:?}"
        );
    }
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = lines(&Machine::new().run(&["completions", shell])).join("\n");
        assert!(script.contains("BOWLINE_COMPLETE"), "{shell}: {script}");
    }
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let machine = Machine::new();
    let page = lines(&machine.run(&["man"])).join("\n");
    for part in [".TH bowline 1", "Exit codes:", "read\\-only", "accounts(1)"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let directory = tempfile::tempdir().unwrap();
    lines(&machine.run(&["man", directory.path().to_str().unwrap()]));
    let written = std::fs::read_to_string(directory.path().join("bowline-accounts-revoke.1")).unwrap();
    assert!(written.contains("Revoke an account permanently"), "{written}");
    assert_eq!(machine.run(&["man", "/no/such/directory"]).status.code(), Some(1));
}

#[test]
fn the_log_file_has_each_call_and_nothing_that_was_typed() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    let log = machine.config().join("bowline.log");
    let file = log.to_str().unwrap();
    let search = ["--log-file", file, "accounts", "list", "--search", "typed-by-hand", "--tenant", "acme"];
    assert!(machine.run(&search).status.success());
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains("started, process") && text.contains("GET /admin/v1/accounts 200"), "{text}");
    assert!(text.contains("req_test") && !text.contains("typed") && !text.contains("CANARY"), "{text}");
    assert_eq!(machine.run(&["--log-file", "/no/such/directory/x", "whoami"]).status.code(), Some(2));

    let mut window = crate::window::Window::open(machine.config(), &["--log-file", file]);
    window.wait_for(&crate::server::email(0));
    window.type_in("/typed");
    window.wait_for("no account");
    window.type_in("\u{3}");
    assert_eq!(window.end().0, 0);
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.matches("GET /admin/v1/accounts 200").count() >= 2 && !text.contains("typed"), "{text}");
}
