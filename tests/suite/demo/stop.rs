//! The demo's output during startup, and its shutdown.

use anyhow::{Context as _, Result};
use bowline_tests::Demo;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The parts in the order of their start.
const PARTS: [&str; 4] = ["Postgres", "simulated Dropbox", "bowline-server", "Acme Photos"];

fn read(demo: &std::path::Path, name: &str) -> Result<String> {
    std::fs::read_to_string(demo.join(name)).with_context(|| format!("there is no {name}"))
}

/// The Postgres processes that logged `words`.
fn processes<'l>(log: &'l str, words: &str) -> Vec<&'l str> {
    let lines = log.lines().filter(|line| line.contains(words));
    lines.filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_stops_the_parts_in_the_reverse_order_of_their_start_and_says_nothing() -> Result<()> {
    let mut demo = Demo::start(&["--no-build"]).await?;
    let place = demo.place();
    let before = demo.said();
    let server_log = read(&place, "logs/bowline-server.log")?;
    demo.terminal().press("\u{3}")?;
    let (code, said, directory) = demo.end().await?;
    assert_eq!(code, 0, "{said}");
    // The terminal echoes the key.
    let last_words =
        said.strip_prefix(&before).context("the output does not begin with the earlier output")?;
    assert_eq!(last_words.replace("^C", "").trim(), "");

    let (steps, _) = before.split_once("\nBowline is running").context("the demo did not start")?;
    let names: Vec<&str> = steps.lines().map(|line| line.get(2..20).unwrap_or(line).trim()).collect();
    let expected = [
        "packages",
        "Postgres",
        "simulated Dropbox",
        "keys and tables",
        "made-up data",
        "bowline-server",
        "Acme Photos",
    ];
    assert_eq!(names, expected, "one line for each step: {steps}");
    assert!(steps.lines().all(|line| line.ends_with(" s)")), "{steps}");

    // Each part still had what it needed during its shutdown.
    let own_log = read(&place, "logs/demo.log")?;
    let stopped: Vec<&str> = own_log.lines().filter(|line| line.contains("stopped")).collect();
    assert_eq!(stopped.len(), PARTS.len(), "{own_log}");
    for (line, part) in stopped.iter().zip(PARTS.iter().rev()) {
        assert!(line.contains(part), "{own_log}");
    }
    let log = read(&place, "logs/bowline-server.log")?;
    let last_words = log.strip_prefix(&server_log).context("the log does not begin with the earlier log")?;
    assert!(!last_words.contains("WARN") && !last_words.contains("ERROR"), "{last_words}");
    let postgres = read(&place, "postgres/postgres.log")?;
    assert!(postgres.contains("database system is shut down"), "{postgres}");
    // A connection may not notice that its client has ended, but no connection has a client that is still running.
    let ended = processes(&postgres, "terminating connection");
    let alone = processes(&postgres, "could not send data to client");
    assert!(ended.iter().all(|process| alone.contains(process)), "a client was running: {postgres}");
    drop(directory);
    Ok(())
}

/// The processes of Postgres and the server.
fn children(demo: i32) -> Result<Vec<Pid>> {
    let tasks = std::fs::read_dir(format!("/proc/{demo}/task"))?;
    let mut children = Vec::new();
    for task in tasks {
        let text = std::fs::read_to_string(task?.path().join("children"))?;
        for child in text.split_whitespace() {
            children.push(Pid::from_raw(child.parse()?));
        }
    }
    Ok(children)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_that_reaches_every_part_at_once_ends_the_demo_as_silently() -> Result<()> {
    let demo = Demo::start(&["--no-build"]).await?;
    let before = demo.said();
    let own = demo.pid()?;
    let children = children(own)?;
    assert_eq!(children.len(), 2, "Postgres and the server");
    // As when a whole session or container is ended.
    for process in children.into_iter().chain([Pid::from_raw(own)]) {
        kill(process, Signal::SIGTERM)?;
    }
    let (code, said, _directory) = demo.end().await?;
    assert_eq!((code, said), (0, before));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_is_given_up_stops_what_has_been_started_and_fails_nothing() -> Result<()> {
    let demo = Demo::begin(&["--no-build"])?;
    demo.says("made-up data").await?;
    kill(Pid::from_raw(demo.pid()?), Signal::SIGTERM)?;
    let place = demo.place();
    let (code, said, _directory) = demo.end().await?;
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("fail") && !said.contains("Bowline is running"), "{said}");
    let own_log = read(&place, "logs/demo.log")?;
    let simulator = own_log.find("simulated Dropbox").context("the simulator has not stopped")?;
    assert!(own_log.get(simulator..).is_some_and(|rest| rest.contains("Postgres")), "{own_log}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_fails_names_the_file_with_what_it_printed() -> Result<()> {
    let demo = Demo::start(&["--no-build"]).await?;
    let place = demo.place();
    kill(Pid::from_raw(demo.pid()?), Signal::SIGTERM)?;
    let (code, _, directory) = demo.end().await?;
    assert_eq!(code, 0);
    // The keys of another installation: the server refuses to start on this database.
    std::fs::remove_file(place.join("keys.toml"))?;
    let keep = place.to_str().context("the path is not UTF-8")?;
    let again = Demo::command(&["--no-build", "--keep", keep]).await?;
    let said = String::from_utf8(again.stderr)?;
    assert_eq!(again.status.code(), Some(1), "{said}");
    let file = place.canonicalize()?.join("logs/bowline-server.log");
    let named = file.file_name().and_then(std::ffi::OsStr::to_str).context("the file has no name")?;
    assert!(said.contains("bowline-server     failed\n"), "{said}");
    assert!(said.contains(&format!("What this step printed is in {keep}/logs/{named}")), "{said}");
    assert!(!std::fs::read_to_string(file)?.is_empty());
    drop(directory);
    Ok(())
}
