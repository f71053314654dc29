//! Several servers: switching between them, production, and what a login may change.

use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use bowline::app::{Effect, KnownContext, Msg, Setup, Slot, update};
use bowline::client::{Answer, Request};
use bowline::config::{Config, Dirs};
use bowline_api::status::Role;

use crate::fixtures::{operator, page};
use crate::operator::{Story, context, key, setup};
use crate::screens::frame_text;
use crate::server::{Server, email};
use crate::window::Window;

/// Two contexts with sessions, of which the first one is production.
fn two() -> Setup {
    let prod = KnownContext { prod: true, ..context("prod", "https://bowline.example", "ops-1") };
    Setup { contexts: vec![prod, context("test", "https://test.example", "ops-1")], ..setup() }
}

fn settled(setup: Setup, size: (u16, u16)) -> Story {
    let mut story = Story::new(setup, size);
    story.tell(Msg::Tick);
    story.settle();
    story
}

#[test]
fn production_is_marked_in_the_title_and_in_every_dialog_that_changes_something() {
    for size in [(120, 24), (60, 15)] {
        let mut story = settled(two(), size);
        let title = |story: &Story| frame_text(story).lines().next().unwrap().to_owned();
        assert!(title(&story).starts_with("╭─ PROD ── "), "{}", title(&story));
        story.press("R");
        assert!(frame_text(&story).contains(" PROD ─╮"), "{}", frame_text(&story));
        story.press("esc S");
        assert!(frame_text(&story).contains(" PROD ─╮"), "{}", frame_text(&story));
        story.press("esc ?");
        assert!(!frame_text(&story).contains(" PROD ─╮"), "help changes nothing");
        story.press("esc C j enter");
        story.settle();
        assert!(!frame_text(&story).lines().next().unwrap().contains("PROD"), "{}", frame_text(&story));
        story.press("R");
        assert!(!frame_text(&story).contains(" PROD ─"), "{}", frame_text(&story));
    }
}

#[test]
fn production_is_the_server_whichever_of_its_contexts_is_shown() {
    let other = context("other", "https://bowline.example/", "ops-2");
    let mut setup = two();
    setup.contexts.push(KnownContext { has_session: true, ..other });
    assert!(!setup.is_prod_at("https://test.example") && setup.is_prod_at("https://bowline.example"));
    let mut story = settled(setup, (120, 24));
    story.press("C j j enter");
    story.settle();
    assert_eq!(story.model.setup.context, "other");
    assert!(frame_text(&story).starts_with("╭─ PROD ── "), "{}", frame_text(&story));
}

#[test]
fn switching_waits_for_nothing_and_late_answers_of_the_old_server_change_nothing() {
    let mut story = settled(two(), (110, 24));
    story.press("r 2");
    let late = std::mem::take(&mut story.waiting);
    assert!(!late.is_empty());
    story.press("C j enter");
    assert_eq!(story.model.setup.context, "test");
    let effects: Vec<_> = story.effects.iter().filter(|effect| effect.contains("Switch")).collect();
    assert_eq!(effects.len(), 1, "{effects:?}");
    assert!(matches!(story.waiting[..], [(Slot::WhoAmI, _, Request::WhoAmI), (_, _, Request::Accounts(..))]));
    assert!(!frame_text(&story).contains("ada@acme.example"), "{}", frame_text(&story));
    for call in late {
        let answer = match call.2 {
            Request::WhoAmI => Answer::Operator(operator(Role::Admin)),
            Request::Tenants(_) => Answer::Tenants(page(crate::fixtures::tenants())),
            _ => Answer::Accounts(crate::fixtures::account_page(3, None, 100)),
        };
        story.answer(&call, Ok(answer));
    }
    assert!(story.model.operator.is_none());
    assert!(!frame_text(&story).contains("ada@acme.example"), "{}", frame_text(&story));
    story.settle();
    assert!(frame_text(&story).contains("ada@acme.example"), "{}", frame_text(&story));
}

#[test]
fn a_context_without_a_session_asks_to_log_in_and_the_other_one_is_still_logged_in() {
    let mut story = settled(setup(), (110, 24));
    story.press("C j enter");
    let text = frame_text(&story);
    assert!(text.contains("not logged in to test") && text.contains("http://127.0.0.1:8001"), "{text}");
    story.press("down");
    assert!(frame_text(&story).contains("logged in there: enter switches"), "{}", frame_text(&story));
    story.press("enter");
    story.settle();
    assert!(story.model.login.is_none() && story.model.setup.context == "prod");
    assert!(frame_text(&story).contains("ada@acme.example"), "{}", frame_text(&story));
}

#[test]
fn the_outcome_of_a_change_arrives_after_a_switch_and_says_where_it_was() {
    let mut story = settled(two(), (110, 24));
    story.press("S");
    story.type_in("reported as stolen");
    story.press("enter");
    let act = story.waiting.pop().unwrap();
    assert!(matches!(act.2, Request::Act(_)));
    story.press("esc C j enter");
    story.settle();
    story.waiting.push(act);
    story.settle();
    assert!(story.toast().contains("(in context prod)"), "{}", story.toast());
    let quits = update(&mut story.model, Msg::Key(key("ctrl-c")));
    assert!(matches!(quits[..], [Effect::Quit]));
}

/// Writes a session as the client keeps it.
fn keep_session(config: &Path, name: &str, server: &str) {
    let sessions = config.join("sessions");
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&sessions).unwrap();
    let mut file = std::fs::OpenOptions::new();
    let file =
        file.write(true).create_new(true).mode(0o600).open(sessions.join(format!("{name}.json"))).unwrap();
    let session = serde_json::json!({
        "server": server, "name": "ops-1", "token": "bwl_op_CANARY", "expires_at": "2099-01-01T00:00:00Z",
    });
    serde_json::to_writer(file, &session).unwrap();
}

#[test]
fn from_a_server_that_hangs_one_gets_to_another_one_at_once() {
    // The kernel accepts connections for it, and nobody ever answers.
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    let hanging = (format!("http://{}", hanging.local_addr().unwrap()), hanging);
    let server = Server::start();
    let config = tempfile::tempdir().unwrap();
    let text = format!(
        "current = \"a\"\n[contexts.a]\nserver = \"{}\"\nname = \"ops-1\"\nprod = true\n[contexts.b]\nserver = \"{}\"\nname = \"ops-1\"\n",
        hanging.0, server.url
    );
    std::fs::write(config.path().join("config.toml"), text).unwrap();
    keep_session(config.path(), "a", &hanging.0);
    keep_session(config.path(), "b", &server.url);
    let mut window = Window::open(config.path(), &[]);
    window.wait_for("PROD ── bowline ── a");
    window.wait_for("first load");
    window.type_in("C");
    window.wait_for("switches, in this terminal only");
    let began = std::time::Instant::now();
    window.type_in("j\r");
    window.wait_for(&email(0));
    assert!(began.elapsed().as_secs() < 4, "the old server's time limit is 20 s: {:?}", began.elapsed());
    window.type_in("\u{3}");
    assert_eq!(window.end().0, 0);
    let kept = Config::load(&Dirs::find(Some(config.path())).unwrap()).unwrap();
    assert_eq!(kept.current.as_deref(), Some("a"), "the current context of commands is another matter");
    assert!(kept.contexts["a"].prod);
}
