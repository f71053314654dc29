//! Lists as files and streams for other programs.

use std::os::unix::fs::PermissionsExt as _;

use bowline::app::Msg;
use bowline::dialog::export::ExportProgress;

use crate::command_line::Machine;
use crate::operator::Story;
use crate::screens::frame_text;
use crate::server::{ACCOUNTS, Server};
use crate::window::{Window, configured, log_in};

#[test]
fn a_query_is_exported_whole_to_a_new_file_that_only_its_owner_can_read() {
    let server = Server::start();
    let config = configured(&server.url);
    let path = config.path().join("out.csv");
    let mut window = Window::open(config.path(), &[]);
    log_in(&mut window);
    window.type_in("e");
    window.wait_for("is not overwritten");
    window.type_in(&format!("\u{15}{}\r", path.display()));
    window.wait_for("✓ 250 rows are written");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count() as u64, ACCOUNTS + 1);
    assert!(text.starts_with("account,tenant,email,"), "{text}");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    window.type_in("\r");
    window.wait_gone("rows are written");
    window.type_in("e");
    window.wait_for("is not overwritten");
    window.type_in(&format!("\u{15}{}\r", path.display()));
    window.wait_for("this file exists");
    window.type_in("\u{15}out.xlsx\r");
    window.wait_for("end the name with .csv");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn an_export_that_fails_or_is_cancelled_leaves_no_file() {
    let server = Server::start();
    let config = configured(&server.url);
    let path = config.path().join("out.ndjson");
    let mut window = Window::open(config.path(), &[]);
    log_in(&mut window);
    *server.facts.failing.lock().unwrap() = Some(500);
    window.type_in("e");
    window.wait_for("is not overwritten");
    window.type_in(&format!("\u{15}{}\r", path.display()));
    window.wait_for("server error 500");
    assert!(!path.exists());
    *server.facts.failing.lock().unwrap() = Some(429);
    window.type_in("\r");
    window.wait_for("0 rows are written");
    window.wait("the file", |_| path.exists());
    window.type_in("\u{1b}");
    window.wait_for("the export was cancelled");
    window.wait("the end of the file", |_| !path.exists());
}

#[test]
fn closing_the_dialog_of_a_finished_export_cancels_nothing() {
    let mut story = Story::settled();
    story.press("e enter");
    assert!(
        story.effects.last().unwrap().contains("accounts-all-20261123-182507.csv"),
        "{:?}",
        story.effects
    );
    story.tell(Msg::Export(ExportProgress::Running(200)));
    assert!(frame_text(&story).contains("200 rows are written"), "{}", frame_text(&story));
    story.tell(Msg::Export(ExportProgress::Done { rows: 250, left_out: vec!["acct_new".to_owned()] }));
    let text = frame_text(&story);
    assert!(text.contains("250 rows are written; 1 left out") && text.contains("acct_new"), "{text}");
    story.tell(Msg::Export(ExportProgress::Done { rows: 250, left_out: Vec::new() }));
    story.press("esc");
    assert!(!story.effects.iter().any(|effect| effect == "CancelExport"));
    story.press("e enter esc");
    assert_eq!(story.effects.last().unwrap(), "CancelExport");
}

#[test]
fn a_command_prints_lists_in_every_format_and_all_rows_if_asked() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    let lines = |arguments: &[&str]| {
        let out = machine.run(arguments);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    let csv = lines(&["accounts", "list", "--all", "--output", "csv"]);
    assert_eq!(csv.lines().count() as u64, ACCOUNTS + 1);
    let ndjson = lines(&["accounts", "list", "--all", "--output", "ndjson"]);
    assert_eq!(ndjson.lines().count() as u64, ACCOUNTS);
    for line in ndjson.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].is_string(), "{line}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&lines(&["accounts", "list", "--all", "--output", "json"])).unwrap();
    assert_eq!(json["items"].as_array().unwrap().len() as u64, ACCOUNTS);
    let table = lines(&["accounts", "list", "--all"]);
    assert_eq!(table.lines().count() as u64, ACCOUNTS + 1);
    assert!(lines(&["tenants", "list", "--output", "csv"]).starts_with("TENANT,NAME,ID,"));
    let wrong = machine.run(&["accounts", "list", "--all", "--limit", "3"]);
    assert_eq!(wrong.status.code(), Some(2));
}
