//! A session whose token is in the desktop's keyring: the real program, with a script in place of `secret-tool`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use nix::sys::stat::Mode;

use crate::command_line::Machine;
use crate::server::{Server, email};
use crate::window::Window;

#[test]
fn a_keyring_that_asks_to_be_unlocked_holds_up_nothing_but_what_needs_the_token() {
    let server = Server::start();
    let machine = Machine::logged_in(&server);
    let config = machine.config();
    let file = fs::read_dir(config.join("sessions")).unwrap().next().unwrap().unwrap().path();
    let mut saved: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let token = saved.as_object_mut().unwrap().remove("token").unwrap();
    fs::write(&file, saved.to_string()).unwrap();
    // The keyring is unlocked by whoever writes into the pipe.
    let pipe = config.join("question");
    nix::unistd::mkfifo(&pipe, Mode::S_IRUSR | Mode::S_IWUSR).unwrap();
    let program = config.join("secret-tool");
    fs::write(&program, format!("#!/bin/sh\nexec cat '{}'\n", pipe.display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();

    let mut window = Window::open(config, &[]);
    window.wait_for("accounts");
    window.type_in("?");
    window.wait_for("half a page down");
    window.type_in("\u{1b}");
    fs::write(&pipe, token.as_str().unwrap()).unwrap();
    window.wait_for(&email(0));
    window.type_in("\u{3}");
    assert_eq!(window.end().0, 0);

    // One that has no such session says so, and the login begins.
    fs::write(&program, "#!/bin/sh\nexit 1\n").unwrap();
    let mut window = Window::open(config, &[]);
    window.wait_for("the keyring has no such session");
    window.type_in("\u{3}");
    assert_eq!(window.end().0, 0);
}
