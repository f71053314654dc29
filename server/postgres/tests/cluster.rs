//! A private Postgres from its first start to the death of its parent.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test that calls them")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bowline_postgres::{Cluster, Durability, Error, Options, SUPERUSER};

/// A directory that the account Postgres runs as can reach, also when the tests run as root.
fn reachable() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let made = tempfile::tempdir_in("/tmp").unwrap();
    std::fs::set_permissions(made.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    made
}

fn kept_in(path: &Path) -> Options {
    Options::in_directory(path).durability(Durability::None)
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_mins(1), "waited too long until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn is_alive(pid: u32) -> bool {
    // A zombie has no command line any more.
    std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|command| !command.is_empty())
}

#[test]
fn data_outlives_a_restart() {
    let place = reachable();
    let directory = place.path().join("kept");
    let first = Cluster::start(kept_in(&directory)).unwrap();
    first.create_database("shop", None).unwrap();
    first
        .execute("shop", "CREATE TABLE fruit (name text); INSERT INTO fruit VALUES ('äpple'), ('pear');")
        .unwrap();
    first.stop().unwrap();

    let second = Cluster::start(kept_in(&directory)).unwrap();
    let fruit = second.execute("shop", "SELECT name, 1 FROM fruit ORDER BY name;").unwrap();
    assert_eq!(fruit, "pear|1\näpple|1");
    second.create_database("shop two's \"copy\"", Some("shop")).unwrap();
    assert_eq!(second.execute("shop two's \"copy\"", "SELECT count(*) FROM fruit").unwrap(), "2");
    second.drop_database("shop two's \"copy\"").unwrap();
    assert!(second.execute("shop two's \"copy\"", "SELECT 1").is_err());
    second.stop().unwrap();
}

#[test]
fn a_temporary_cluster_leaves_nothing() {
    let cluster = Cluster::start(Options::temporary()).unwrap();
    let (socket, log, pid) = (cluster.socket_dir().to_owned(), cluster.log_path(), cluster.pid());
    assert!(socket.exists() && log.exists() && is_alive(pid));
    cluster.stop().unwrap();
    assert!(!socket.exists() && !log.parent().unwrap().exists() && !is_alive(pid));
}

#[test]
fn a_dropped_cluster_stops_too() {
    let cluster = Cluster::start(Options::temporary()).unwrap();
    let (log, pid) = (cluster.log_path(), cluster.pid());
    drop(cluster);
    assert!(!log.exists() && !is_alive(pid));
}

#[test]
fn a_second_start_in_the_same_directory_is_refused() {
    let place = reachable();
    let first = Cluster::start(kept_in(place.path())).unwrap();
    let refused = Cluster::start(kept_in(place.path())).unwrap_err();
    assert!(matches!(&refused, Error::InUse(path) if path == place.path()), "{refused}");
    assert_eq!(first.execute(SUPERUSER, "SELECT 1").unwrap(), "1");
}

#[test]
fn a_pid_file_of_a_dead_process_is_no_hindrance() {
    let place = reachable();
    Cluster::start(kept_in(place.path())).unwrap().stop().unwrap();
    let data = place.path().join("data");
    // The number of a program that lives and is no Postgres, as after a restart of a container.
    let (mine, pid_file) = (std::process::id(), data.join("postmaster.pid"));
    std::fs::write(&pid_file, format!("{mine}\n{}\n1\n5432\n/nowhere\n\n\nready   \n", data.display()))
        .unwrap();
    let again = Cluster::start(kept_in(place.path())).unwrap();
    assert_eq!(again.execute(SUPERUSER, "SELECT 1").unwrap(), "1");
}

#[test]
fn settings_arrive_and_there_is_no_tcp() {
    let cluster =
        Cluster::start(Options::temporary().max_connections(17).setting("work_mem", "7MB")).unwrap();
    let shown =
        cluster.execute(SUPERUSER, "SHOW max_connections; SHOW work_mem; SHOW fsync; SHOW listen_addresses;");
    assert_eq!(shown.unwrap(), "17\n7MB\noff");
    let encoding = cluster.execute(SUPERUSER, "SHOW server_encoding; SHOW lc_collate;").unwrap();
    assert!(encoding.starts_with("UTF8\nC"), "{encoding}");
}

#[test]
fn a_setting_that_postgres_refuses_is_told_with_its_reason() {
    let refused = Cluster::start(Options::temporary().setting("work_mem", "lots")).unwrap_err().to_string();
    assert!(refused.contains("work_mem"), "{refused}");
}

#[test]
fn a_failed_statement_is_told_and_is_not_in_the_log() {
    let cluster = Cluster::start(Options::temporary()).unwrap();
    let failed = cluster.execute(SUPERUSER, "SELECT 'canary'::int;").unwrap_err().to_string();
    assert!(failed.contains("invalid input syntax"), "{failed}");
    let log = std::fs::read_to_string(cluster.log_path()).unwrap();
    assert!(!log.contains("SELECT") && !log.contains("canary"), "{log}");
}

#[test]
fn only_its_own_account_can_enter_the_socket_directory() {
    use std::os::unix::fs::MetadataExt as _;
    let cluster = Cluster::start(Options::temporary()).unwrap();
    let found = std::fs::metadata(cluster.socket_dir()).unwrap();
    assert_eq!(found.mode() & 0o777, 0o700);
    let postgres = std::fs::metadata(format!("/proc/{}", cluster.pid())).unwrap();
    assert_eq!(found.uid(), postgres.uid());
    assert_ne!(postgres.uid(), 0, "Postgres must not run as root");
}

#[test]
fn a_long_path_gets_its_socket_elsewhere() {
    let place = reachable();
    let long = place.path().join(
        "a-directory-with-a-name-of-fifty-characters-or-so/another-one-with-a-name-of-fifty-characters",
    );
    let cluster = Cluster::start(kept_in(&long)).unwrap();
    assert!(!cluster.socket_dir().starts_with(place.path()));
    let socket = cluster.socket_dir().to_owned();
    assert_eq!(cluster.execute(SUPERUSER, "SELECT 1").unwrap(), "1");
    cluster.stop().unwrap();
    assert!(!socket.exists());
}

#[test]
fn tokio_postgres_understands_the_url() {
    let cluster = Cluster::start(Options::temporary()).unwrap();
    let config: tokio_postgres::Config = cluster.url("a user@", "da/ta?").parse().unwrap();
    assert_eq!(config.get_user(), Some("a user@"));
    assert_eq!(config.get_dbname(), Some("da/ta?"));
    let socket = tokio_postgres::config::Host::Unix(cluster.socket_dir().to_owned());
    assert_eq!(config.get_hosts(), [socket]);
}

/// Starts the program of this crate and waits until it has printed its URL.
fn program(directory: &Path) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bowline-postgres"))
        .arg(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    (child, url.trim().to_owned())
}

#[test]
#[cfg(target_os = "linux")]
fn postgres_follows_a_parent_that_was_killed() {
    let place = reachable();
    let (mut parent, url) = program(place.path());
    assert!(url.starts_with("postgresql://postgres@/postgres?host=%2F"), "{url}");
    let pid_file = place.path().join("data/postmaster.pid");
    let pid: u32 = std::fs::read_to_string(&pid_file).unwrap().lines().next().unwrap().parse().unwrap();
    assert!(is_alive(pid));
    parent.kill().unwrap();
    parent.wait().unwrap();
    wait_until("Postgres is gone", || !is_alive(pid));
    assert!(!pid_file.exists(), "it shut down cleanly");
}

#[test]
#[cfg(target_os = "linux")]
fn a_start_right_after_a_kill_waits_for_the_old_one() {
    let place = reachable();
    let (mut parent, _) = program(place.path());
    parent.kill().unwrap();
    parent.wait().unwrap();
    let next = Cluster::start(kept_in(place.path())).unwrap();
    assert_eq!(next.execute(SUPERUSER, "SELECT 1").unwrap(), "1");
}

#[test]
fn postgres_outlives_the_thread_that_asked_for_it() {
    let cluster = std::thread::spawn(|| Cluster::start(Options::temporary()).unwrap()).join().unwrap();
    for _ in 0..3 {
        assert_eq!(cluster.execute(SUPERUSER, "SELECT 1").unwrap(), "1");
    }
    assert!(is_alive(cluster.pid()));
}
