//! Completion in zsh and fish: the shells themselves, with the scripts that `bowline completions` prints.

use std::path::Path;
use std::process::Command;

use crate::command_line::Machine;
use crate::completion::{lines, program_first};
use crate::server::Server;
use crate::window::Window;

#[test]
fn zsh_completes_at_the_press_of_a_key() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    let path = program_first().into_string().unwrap();
    let start = format!(
        "export PATH='{path}'; PS1='ready> '; autoload -Uz compinit; compinit -D -u; source <(bowline completions zsh)\r"
    );
    let mut window = Window::spawn("zsh", machine.config(), &["-f", "-i"]);
    window.type_in(&start);
    window.wait_for("ready> ");
    // One value is completed at once; of several, all are shown.
    window.type_in("bowline accounts list --tenant ac\t");
    window.wait_for("ready> bowline accounts list --tenant acme");
    window.type_in("\u{15}bowline accounts list --status re\t");
    window.wait_for("ready> bowline accounts list --status revok");
    window.type_in("\t");
    window.wait_for("revoking");
    window.wait_for("revoked");
    window.type_in("\u{15}exit\r");
    window.end();
}

fn in_fish(config: &Path, line: &str) -> Vec<String> {
    let script = format!("bowline completions fish | source; complete -C '{line}'");
    let mut command = Command::new("fish");
    command.args(["--no-config", "-c", &script]);
    command.env("PATH", program_first()).env("BOWLINE_CONFIG_DIR", config).env("HOME", config);
    command.env_remove("BOWLINE_SERVER");
    lines(&command.output().expect("fish is needed: on Debian, `apt-get install fish`"))
}

#[test]
fn fish_completes_with_what_a_value_is() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    let complete = |line: &str| in_fish(machine.config(), line);
    assert_eq!(
        complete("bowline accounts list --tenant "),
        ["acme\tAcme Photos", "globex\tGlobex Corporation"]
    );
    assert_eq!(complete("bowline accounts list --status re"), ["revoking", "revoked"]);
    let commands = complete("bowline acc");
    assert!(commands.len() == 1 && commands[0].starts_with("accounts\t"), "{commands:?}");
}
