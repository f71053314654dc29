//! What the command line says to somebody who does not know it yet.

use crate::command_line::Machine;
use crate::fixtures::tenants;
use crate::server::Server;

#[test]
fn a_word_after_accounts_list_is_answered_with_the_option_for_it() {
    let server = Server::start();
    let out = Machine::logged_in(&server).run(&["accounts", "list", "ada", "lovelace"]);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(said.contains("bowline accounts list --search \"ada lovelace\""), "{said}");
}

#[test]
fn the_options_of_every_command_stand_apart_from_its_own() {
    let out = Machine::new().run(&["accounts", "list", "--help"]);
    let help = String::from_utf8_lossy(&out.stdout).into_owned();
    let (own, all) = help.split_once("Options of every command:").expect(&help);
    assert!(own.contains("--search") && !own.contains("--read-only"), "{help}");
    assert!(all.contains("--read-only") && !all.contains("--search"), "{help}");
}

#[test]
fn a_leaked_key_is_read_from_standard_input_and_only_its_tenant_is_asked_for() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    let tenant = tenants()[0].id;
    let secret = format!("bwl_sk_{}_LeakedLeakedLeakedLeaked", tenant.to_string().replace("tenant_", ""));
    let out = machine.run_with(&["api-keys", "find"], &secret);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{said}");
    assert!(said.contains(&tenant.to_string()) && said.contains("was not sent"), "{said}");
    assert!(!said.contains("Leaked") && !String::from_utf8_lossy(&out.stdout).contains("Leaked"), "{said}");
    let asked = server.facts.log.lock().unwrap().join("\n");
    assert!(asked.contains(&format!("GET /admin/v1/tenants/{tenant}/api-keys")), "{asked}");
    assert!(!asked.contains("Leaked"), "{asked}");

    let out = machine.run_with(&["api-keys", "find"], "hunter2");
    assert_eq!(out.status.code(), Some(2));
    assert!(!String::from_utf8_lossy(&out.stderr).contains("hunter2"));
}
