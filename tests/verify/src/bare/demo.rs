//! Runs `cargo demo` as a reader of the README would: waits for its output, follows it, and presses Ctrl-C.

use bowline_stdio::{eprintln, println};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};

use anyhow::{Context as _, bail, ensure};
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

use super::root::Root;
use super::stop::{LOOK, Stop};

/// The last line that the demo prints.
const LAST_WORDS: &str = "Stop with Ctrl-C";

/// Runs the demo, tries the commands that it prints, stops it, and checks that nothing is left behind.
pub(crate) fn run(root: &Root, words: &[String], stop: &Stop) -> anyhow::Result<()> {
    let mut command = root.command(words);
    // A separate process group, which receives Ctrl-C as from a terminal.
    let mut demo = command.stdout(Stdio::piped()).process_group(0).spawn().context("cannot run chroot")?;
    let lines = lines(demo.stdout.take().context("the demo has no standard output")?);
    let printed = until_printed(&mut demo, &lines, stop)?;
    println!("{printed}")?;
    let tried = Tried::read(&printed)?;
    tried.curl(root)?;
    tried.operator(root)?;
    let group = Pid::from_raw(i32::try_from(demo.id())?);
    killpg(group, Signal::SIGINT).context("cannot send Ctrl-C")?;
    let status = demo.wait()?;
    ensure!(status.success(), "the demo ended with {status} on Ctrl-C");
    leaves_nothing(root)
}

fn lines(output: ChildStdout) -> Receiver<String> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                break;
            }
        }
    });
    receive
}

fn until_printed(demo: &mut Child, lines: &Receiver<String>, stop: &Stop) -> anyhow::Result<String> {
    let mut printed = Vec::new();
    loop {
        stop.check()?;
        match lines.recv_timeout(LOOK) {
            Ok(line) => {
                let is_last = line.contains(LAST_WORDS);
                printed.push(line);
                if is_last {
                    return Ok(printed.join("\n"));
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => bail!("the demo ended before it ran: {}", demo.wait()?),
        }
    }
}

/// The commands that the demo prints.
#[derive(Debug, PartialEq, Eq)]
struct Tried {
    /// The command that fetches a token.
    curl: String,
    /// The `bowline` command with its server, without a subcommand.
    bowline: String,
    /// The arguments that log in.
    login: String,
    password: String,
}

impl Tried {
    fn read(printed: &str) -> anyhow::Result<Self> {
        let (mut curl, mut is_open) = (Vec::new(), false);
        for line in printed.lines().map(str::trim) {
            if is_open || line.starts_with("curl ") {
                curl.push(line);
                is_open = line.ends_with('\\');
            }
        }
        ensure!(!curl.is_empty(), "the demo printed no curl to try");
        let line = printed.lines().map(str::trim).find(|line| line.contains(" login --name "));
        let (bowline, login) =
            line.and_then(|line| line.split_once(" login ")).context("the demo printed no login")?;
        let password = printed.split("(password: ").nth(1).and_then(|rest| rest.split(')').next());
        Ok(Self {
            curl: curl.join("\n"),
            bowline: bowline.to_owned(),
            login: format!("login {login}"),
            password: password.context("the demo printed no password")?.to_owned(),
        })
    }

    /// Tries the second command. No account is linked yet, so the API answers with a problem.
    fn curl(&self, root: &Root) -> anyhow::Result<()> {
        let said = shell(root, &self.curl, "")?;
        ensure!(said.trim_start().starts_with('{'), "curl printed {said:?}, which is not JSON");
        eprintln!("the printed curl works: {}", said.trim());
        Ok(())
    }

    /// Tries the third command: logs in and lists an account.
    fn operator(&self, root: &Root) -> anyhow::Result<()> {
        let said = shell(root, &format!("{} {}", self.bowline, self.login), &self.password)?;
        eprintln!("the printed login works: {}", said.trim());
        let said = shell(root, &format!("{} accounts list --limit 1", self.bowline), "")?;
        ensure!(said.contains("acct_"), "the operator sees no account: {said}");
        Ok(())
    }
}

/// Runs a line in a shell; returns its output.
fn shell(root: &Root, line: &str, input: &str) -> anyhow::Result<String> {
    let mut command = root.command(&["/bin/sh", "-c", line]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("cannot run chroot")?;
    child.stdin.take().context("the shell has no standard input")?.write_all(input.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "`{line}` ended with {}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}

/// Checks that the demo left no process and no file behind.
fn leaves_nothing(root: &Root) -> anyhow::Result<()> {
    // As the first process of its namespace, this process inherits orphaned processes.
    while waitpid(None, Some(WaitPidFlag::WNOHANG)).is_ok_and(|status| status.pid().is_some()) {}
    let own = std::process::id().to_string();
    for entry in std::fs::read_dir("/proc")?.map_while(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != own && name.bytes().all(|byte| byte.is_ascii_digit()) {
            let command = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            bail!("the demo left a process behind: {}", String::from_utf8_lossy(&command).replace('\0', " "));
        }
    }
    for entry in std::fs::read_dir(root.outside("tmp"))?.map_while(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        ensure!(!name.starts_with("bowline"), "the demo left /tmp/{name} behind");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_demo_prints_is_understood() {
        let printed = "
2. Fetch a token for her, as the tenant's back end:
     curl -sS -X POST -H 'Authorization: Bearer x' \\
       -d '{}' http://localhost:8000/v1/users/ada/token

3. Find her account and revoke it, as an operator (password: pw):
     /x/bowline --server http://127.0.0.1:8001 login --name ops
     /x/bowline --server http://127.0.0.1:8001
Stop with Ctrl-C.";
        let tried = Tried::read(printed).unwrap();
        assert_eq!(tried.bowline, "/x/bowline --server http://127.0.0.1:8001");
        assert_eq!((tried.login.as_str(), tried.password.as_str()), ("login --name ops", "pw"));
        assert_eq!(tried.curl.lines().count(), 2);
        assert!(Tried::read("nothing").is_err());
    }
}
