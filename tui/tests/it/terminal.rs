//! The complete event loop on a test backend, with keys from a stream and real HTTP behind it.

use std::io;

use bowline::app::{Model, Setup};
use bowline::config::{Config, Dirs};
use bowline::registry::keymap::Keymap;
use bowline::terminal::{ClientOptions, EffectRunner, TerminalActions, now, run};
use bowline::theme::Theme;
use crossterm::event::Event;
use futures_util::stream;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tokio::sync::mpsc::unbounded_channel;

use crate::operator::key;
use crate::server::{PASSWORD, Server};

#[tokio::test]
async fn keys_go_in_frames_come_out_and_the_session_is_kept() {
    let server = Server::start();
    let dir = tempfile::tempdir().unwrap();
    let dirs = Dirs::find(Some(dir.path())).unwrap();
    let setup = Setup { server: server.url.clone(), name: "ops-1".into(), ..Setup::default() };
    let model = Model::new(setup, Keymap::new(&std::collections::BTreeMap::new()).unwrap(), (100, 20), now());
    let runner = EffectRunner::new(
        dirs.clone(),
        Config::default(),
        (String::new(), server.url.clone()),
        None,
        ClientOptions::default(),
    );
    let actions = TerminalActions {
        suspend: Box::new(|| {}),
        copy: Box::new(|_| {}),
        discard_input: Box::new(|| {}),
        capture_mouse: Box::new(|_| {}),
        size: Box::new(|| Ok((100, 20))),
    };
    let mut terminal = Terminal::new(TestBackend::new(100, 20)).unwrap();

    let (keys, mut pressed) = unbounded_channel::<Event>();
    for c in PASSWORD.chars() {
        keys.send(Event::Key(crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Char(c)))).unwrap();
    }
    keys.send(Event::Key(key("enter"))).unwrap();
    // The input ends once the server has received the request for accounts, which ends the program.
    let facts = std::sync::Arc::clone(&server.facts);
    let ender = tokio::spawn(async move {
        while !facts.log.lock().unwrap().iter().any(|line| line.contains("/accounts?")) {
            tokio::task::yield_now().await;
        }
        drop(keys);
    });
    let input =
        Box::pin(stream::poll_fn(move |context| pressed.poll_recv(context).map(|e| e.map(io::Result::Ok))));
    run(&mut terminal, model, Theme::Dark, input, runner, actions).await.unwrap();
    ender.await.unwrap();

    let config = Config::load(&dirs).unwrap();
    let (context, known) = config.context(None).unwrap().unwrap();
    assert_eq!((known.server.as_str(), known.name.as_str()), (server.url.as_str(), "ops-1"));
    assert!(bowline::config::load(&dirs, &context, &server.url).unwrap().is_some());
    let screen = terminal.backend().to_string();
    assert!(screen.contains("bowline"), "{screen}");
}
