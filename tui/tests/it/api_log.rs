//! The API log: every call is in it, and no secret.

use crate::server::{PASSWORD, Server};
use crate::window::{Window, configured, log_in};

#[test]
fn every_call_is_in_the_log_with_its_status_and_request_id_and_no_secret_is() {
    let server = Server::start();
    let config = configured(&server.url);
    let mut window = Window::open(config.path(), &[]);
    log_in(&mut window);
    *server.facts.failing.lock().unwrap() = Some(500);
    window.type_in("r");
    window.wait_for("error 500");
    window.type_in("L");
    window.wait_for("POST   /admin/v1/sessions");
    window.wait_for("GET    /admin/v1/accounts");
    window.wait_for("500");
    window.wait_for("req_test");
    window.type_in("Y");
    window.wait_for("copied: curl ");
    window.type_in("\u{3}");
    let (_, raw) = window.end();
    let text = String::from_utf8(raw).unwrap();
    assert!(!text.contains("CANARY") && !text.contains(PASSWORD));
}
