//! Session tokens in the desktop's keyring (the Secret Service of GNOME, KDE and others), by libsecret's program
//! `secret-tool`. A token goes through pipes and never through arguments. A keyring that does not answer is given up.

use std::io::{self, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret as _, SecretString};

/// How long a keyring may take, which includes that the operator unlocks it.
const KEYRING_PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take where nobody would answer a question.
const BRIEF_KEYRING_PATIENCE: Duration = Duration::from_millis(500);
/// How often to look whether the program has ended.
const KEYRING_LOOK_PAUSE: Duration = Duration::from_millis(5);

/// A keyring.
#[derive(Debug, Clone)]
pub struct Keyring {
    program: String,
    patience: Duration,
}

impl Default for Keyring {
    fn default() -> Self {
        Self { program: "secret-tool".to_owned(), patience: KEYRING_PATIENCE }
    }
}

impl Keyring {
    /// A keyring that is given up soon, for a shell that waits for completions.
    pub fn briefly() -> Self {
        Self { patience: BRIEF_KEYRING_PATIENCE, ..Self::default() }
    }

    /// Stores the token of the session with this file, in place of an older one.
    pub(super) fn store(&self, session: &str, token: &SecretString) -> io::Result<()> {
        let label = format!("--label=Bowline session {session}");
        let mut child = self.start(&["store", &label], session)?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(token.expose_secret().as_bytes())?;
        }
        match self.wait(child)? {
            (true, _) => Ok(()),
            (false, _) => Err(io::Error::other("the keyring refused the session")),
        }
    }

    /// The session's token; none if there is none.
    pub(super) fn look_up(&self, session: &str) -> io::Result<Option<SecretString>> {
        let mut child = self.start(&["lookup"], session)?;
        drop(child.stdin.take());
        let (_, found) = self.wait(child)?;
        Ok(Some(found).filter(|token| !token.is_empty()).map(SecretString::from))
    }

    /// Deletes the session's token; that there is none is no error.
    pub(super) fn clear(&self, session: &str) -> io::Result<()> {
        let mut child = self.start(&["clear"], session)?;
        drop(child.stdin.take());
        self.wait(child).map(drop)
    }

    fn start(&self, arguments: &[&str], session: &str) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        command.args(arguments).args(["service", "bowline", "session", session]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", self.program)))
    }

    /// Waits for the program; returns whether it succeeded, and what it printed.
    fn wait(&self, mut child: Child) -> io::Result<(bool, String)> {
        let until = Instant::now() + self.patience;
        let status = loop {
            match child.try_wait()? {
                Some(status) => break status,
                None if Instant::now() < until => std::thread::sleep(KEYRING_LOOK_PAUSE),
                None => {
                    child.kill()?;
                    child.wait()?;
                    return Err(io::Error::new(io::ErrorKind::TimedOut, "the keyring does not answer"));
                }
            }
        };
        let mut text = String::new();
        if let Some(mut output) = child.stdout.take() {
            output.read_to_string(&mut text)?;
        }
        Ok((status.success(), text))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::*;

    /// A keyring that is a script: it keeps the token of each session in a file of this directory.
    pub(in crate::config) fn scripted(dir: &Path, script: &str) -> Keyring {
        let program = dir.join("secret-tool");
        fs::write(&program, format!("#!/bin/sh\ncd '{}'\n{script}\n", dir.display())).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Keyring { program: program.to_str().unwrap().to_owned(), patience: Duration::from_secs(20) }
    }

    /// What `secret-tool` does, as its manual page says.
    pub(in crate::config) const KEEPS: &str = r#"
        verb=$1; shift
        case "$1" in --label=*) shift;; esac
        file=$(printf %s "$1-$2-$3-$4" | tr / _)
        case "$verb" in
            store) cat > "$file";;
            lookup) test -f "$file" && printf %s "$(cat "$file")";;
            clear) rm -f "$file";;
        esac"#;

    #[test]
    fn a_token_is_kept_found_and_cleared() {
        let dir = tempfile::tempdir().unwrap();
        let keyring = scripted(dir.path(), KEEPS);
        assert!(keyring.look_up("prod").unwrap().is_none());
        keyring.store("prod", &"bwl_op_secret".into()).unwrap();
        assert_eq!(keyring.look_up("prod").unwrap().unwrap().expose_secret(), "bwl_op_secret");
        assert!(dir.path().join("service-bowline-session-prod").exists(), "these are its attributes");
        keyring.clear("prod").unwrap();
        keyring.clear("prod").unwrap();
        assert!(keyring.look_up("prod").unwrap().is_none());
    }

    #[test]
    fn a_keyring_that_hangs_refuses_or_is_not_there_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let hangs = Keyring { patience: Duration::from_millis(50), ..scripted(dir.path(), "exec sleep 600") };
        assert_eq!(hangs.look_up("prod").unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(scripted(dir.path(), "cat > /dev/null; exit 1").store("prod", &"x".into()).is_err());
        let missing = Keyring { program: "no-such-program".to_owned(), patience: KEYRING_PATIENCE };
        assert!(missing.store("prod", &"x".into()).unwrap_err().to_string().contains("no-such-program"));
    }
}
