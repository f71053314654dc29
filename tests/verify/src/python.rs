//! Python virtual environments with packages from `PyPI`, which are created once and reused.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

/// Creates the virtual environment `home` with these `requirements` (such as `dropbox>=12,<13`), unless it exists
/// already.
///
/// A lock ensures that only one process at a time creates an environment. The call blocks.
///
/// # Errors
/// If there is no Python with `venv`, or a package cannot be installed; the error says what to install.
pub fn environment(home: &Path, requirements: &[&str]) -> anyhow::Result<()> {
    let wanted = requirements.join(" ");
    let parent = home.parent().context("the root directory cannot be an environment")?;
    std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    let lock = File::create(home.with_extension("lock"))?;
    lock.lock()?;
    // The marker is written last, so that an incomplete environment is created again.
    let marker = home.join("ready");
    if std::fs::read_to_string(&marker).is_ok_and(|ready| ready == wanted) {
        return Ok(());
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(home))
        .context("python3 with venv is needed: on Debian, `apt-get install python3 python3-venv`")?;
    run(pip_install(home).args(requirements)).with_context(|| format!("{wanted} from PyPI is needed"))?;
    std::fs::write(&marker, wanted)?;
    Ok(())
}

/// Installs the package in the folder `source` into the environment `home`, as `pip install FOLDER` does, unless exactly
/// these files are installed already. [`environment`] has created `home`.
///
/// A lock ensures that only one process at a time installs. The call blocks.
///
/// # Errors
/// If the folder cannot be read or installed.
pub fn package(home: &Path, source: &Path) -> anyhow::Result<()> {
    let lock = File::create(home.with_extension("lock"))?;
    lock.lock()?;
    let wanted = fingerprint(source).with_context(|| format!("cannot read {}", source.display()))?;
    let marker = home.join("installed");
    if fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    run(pip_install(home).arg(source)).with_context(|| format!("cannot install {}", source.display()))?;
    fs::write(&marker, wanted)?;
    Ok(())
}

/// A value that changes with every file of a package's folder, except for what Python writes there.
fn fingerprint(source: &Path) -> std::io::Result<String> {
    let (mut files, mut open) = (Vec::<PathBuf>::new(), vec![source.to_owned()]);
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let name = entry.file_name();
            if !entry.file_type()?.is_dir() {
                files.push(entry.path());
            } else if name != "__pycache__" && !name.to_string_lossy().starts_with('.') {
                open.push(entry.path());
            }
        }
    }
    files.sort_unstable();
    let mut hasher = DefaultHasher::new();
    for file in files {
        hasher.write(file.as_os_str().as_encoded_bytes());
        hasher.write(&fs::read(&file)?);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// `pip install` in the environment `home`. Python compiles what it imports; to compile every module of every package would take longer
/// than all the rest.
fn pip_install(home: &Path) -> Command {
    let mut pip = Command::new(home.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check"]);
    pip
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let output = command.stdin(Stdio::null()).output().context("the program could not be started")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_installed_again_if_a_file_of_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("src/a.py", "1");
        let first = fingerprint(folder.path()).unwrap();
        write("src/__pycache__/a.pyc", "1");
        assert_eq!(fingerprint(folder.path()).unwrap(), first);
        write("src/a.py", "2");
        let second = fingerprint(folder.path()).unwrap();
        assert_ne!(second, first);
        write("src/b.py", "");
        assert_ne!(fingerprint(folder.path()).unwrap(), second);
    }
}
