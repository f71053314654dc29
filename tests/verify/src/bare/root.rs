//! The root file system of a Debian with only gcc, git, certificates and the toolchain.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use super::machine::Machine;

/// The prerequisites that README.md lists besides Rust, as an argument of debootstrap.
const PREREQUISITES: &str = "gcc,libc6-dev,git,ca-certificates";
/// Directories in the root.
const TOOLCHAIN: &str = "opt/rust";
const CLONE: &str = "srv/bowline";
const HOME: &str = "root";
/// Files and directories of this machine that configure package sources and trusted certificates.
const TAKEN_OVER: [&str; 11] = [
    "etc/apt/auth.conf.d",
    "etc/apt/keyrings",
    "etc/apt/sources.list",
    "etc/apt/sources.list.d",
    "etc/apt/trusted.gpg.d",
    "etc/hosts",
    "etc/pip.conf",
    "etc/resolv.conf",
    "etc/ssl/certs/ca-certificates.crt",
    "usr/local/share/ca-certificates",
    "usr/share/keyrings",
];
/// Prevents packages from starting services, whose ports would be this machine's.
const NO_SERVICES: &str = "#!/bin/sh\nexit 101\n";

/// A root that contains a clone of the repository.
#[derive(Debug)]
pub(crate) struct Root {
    path: PathBuf,
    environment: Vec<(String, String)>,
}

impl Root {
    /// Creates the root in `directory`. Call this in a separate mount namespace.
    pub(crate) fn make(directory: &Path, machine: &Machine, repository: &Path) -> anyhow::Result<Self> {
        let path = directory.join("root");
        let mut debootstrap = Command::new("debootstrap");
        debootstrap.args(["--variant=minbase", &format!("--include={PREREQUISITES}"), &machine.suite]);
        run(debootstrap.arg(&path).arg(&machine.mirror))?;
        take_over(&path, machine)?;
        mount_all(&path, machine)?;
        clone(repository, &path.join(CLONE))?;
        let mut environment = machine.environment.clone();
        let path_variable =
            format!("/{TOOLCHAIN}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        for (name, value) in
            [("HOME", format!("/{HOME}")), ("PATH", path_variable), ("LANG", "C.UTF-8".to_owned())]
        {
            environment.push((name.to_owned(), value));
        }
        Ok(Self { path, environment })
    }

    /// A command that runs as root in the clone, with only the registry settings of this machine's environment.
    pub(crate) fn command(&self, words: &[impl AsRef<std::ffi::OsStr>]) -> Command {
        let mut command = Command::new("chroot");
        command.arg(&self.path).args(["/usr/bin/env", "-C", &format!("/{CLONE}")]).args(words);
        command.env_clear().envs(self.environment.iter().cloned()).stdin(Stdio::null());
        command
    }

    /// The path of a directory in the root as seen from outside.
    pub(crate) fn outside(&self, path: &str) -> PathBuf {
        self.path.join(path)
    }
}

fn take_over(root: &Path, machine: &Machine) -> anyhow::Result<()> {
    for name in TAKEN_OVER {
        copy(&Path::new("/").join(name), &root.join(name))
            .with_context(|| format!("cannot take over /{name}"))?;
    }
    fs::write(root.join("etc/apt/apt.conf.d/00machine"), &machine.apt)?;
    let policy = root.join("usr/sbin/policy-rc.d");
    fs::write(&policy, NO_SERVICES)?;
    fs::set_permissions(&policy, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    // Cargo's settings, without its credentials.
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cargo = std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    copy(&cargo.join("config.toml"), &root.join(HOME).join(".cargo/config.toml"))?;
    copy(&home.join(".config/pip/pip.conf"), &root.join(HOME).join(".config/pip/pip.conf"))
}

/// Copies a file or directory if it exists, following symbolic links.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    if from.is_dir() {
        for entry in fs::read_dir(from)? {
            let name = entry?.file_name();
            copy(&from.join(&name), &to.join(&name))?;
        }
    } else if from.is_file() {
        fs::create_dir_all(to.parent().context("a file has no directory")?)?;
        fs::copy(from, to)?;
    }
    Ok(())
}

fn mount_all(root: &Path, machine: &Machine) -> anyhow::Result<()> {
    mount(&["-t", "proc", "proc"], root, "proc")?;
    mount(&["-t", "sysfs", "-o", "ro", "sysfs"], root, "sys")?;
    mount(&["-t", "tmpfs", "-o", "mode=0755", "tmpfs"], root, "dev")?;
    for name in ["null", "zero", "full", "random", "urandom", "tty"] {
        fs::write(root.join("dev").join(name), "")?;
        mount(&["--bind", &format!("/dev/{name}")], root, &format!("dev/{name}"))?;
    }
    mount(&["-t", "devpts", "-o", "newinstance,ptmxmode=0666,mode=0620,gid=5", "devpts"], root, "dev/pts")?;
    mount(&["-t", "tmpfs", "-o", "mode=1777", "tmpfs"], root, "dev/shm")?;
    for (name, target) in [("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0")] {
        symlink(target, root.join("dev").join(name))?;
    }
    for (name, target) in [("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")] {
        symlink(target, root.join("dev").join(name))?;
    }
    read_only(&machine.toolchain, root, TOOLCHAIN)?;
    let wheels = machine.environment.iter().filter(|(name, _)| name == "PIP_FIND_LINKS");
    for directory in wheels.flat_map(|(_, value)| value.split_whitespace()).map(Path::new) {
        if let (true, Ok(inside)) = (directory.is_dir(), directory.strip_prefix("/")) {
            read_only(directory, root, &inside.display().to_string())?;
        }
    }
    Ok(())
}

fn read_only(directory: &Path, root: &Path, inside: &str) -> anyhow::Result<()> {
    mount(&["--bind", &directory.display().to_string()], root, inside)?;
    mount(&["-o", "remount,bind,ro"], root, inside)
}

fn mount(words: &[&str], root: &Path, inside: &str) -> anyhow::Result<()> {
    let target = root.join(inside);
    if !target.exists() {
        fs::create_dir_all(&target)?;
    }
    run(Command::new("mount").args(words).arg(target))
}

/// Clones only what is committed.
fn clone(repository: &Path, to: &Path) -> anyhow::Result<()> {
    let mut git = Command::new("git");
    git.args(["-c", "safe.directory=*", "clone", "--quiet", "--no-hardlinks"]);
    run(git.arg(repository).arg(to))
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {name}"))?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let last: Vec<&str> = said.lines().rev().take(20).collect();
    ensure!(
        output.status.success(),
        "{name} ended with {}\n{}",
        output.status,
        last.into_iter().rev().collect::<Vec<_>>().join("\n")
    );
    Ok(())
}
