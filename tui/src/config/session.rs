//! Sessions on disk: one 0600 file per context in a 0700 directory, with the token unless that is in the keyring. A file
//! that others can read, or a symbolic link, is refused.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{ConfigError, Dirs, Keyring, SessionStore, is_context_name, private_dir};

/// A session to be saved.
#[derive(Debug, Clone)]
pub struct Session {
    /// The server that issued the token. The token is sent to no other server.
    pub server: String,
    /// The operator's login name for the saved session.
    pub name: String,
    /// The bearer token.
    pub token: SecretString,
    /// When the session ends at the latest.
    pub expires_at: DateTime<Utc>,
}

/// A session that is saved. A keyring that has its token is asked only when the token is needed.
#[derive(Debug, Clone)]
pub struct SavedSession {
    /// Its name in the keyring.
    key: String,
    /// Absent if it is in the keyring.
    token: Option<SecretString>,
}

impl SavedSession {
    /// The token; an error if the keyring does not give it.
    pub fn token(&self, keyring: &Keyring) -> std::io::Result<SecretString> {
        if let Some(token) = &self.token {
            return Ok(token.clone());
        }
        let none = || std::io::Error::new(std::io::ErrorKind::NotFound, "the keyring has no such session");
        keyring.look_up(&self.key)?.ok_or_else(none)
    }
}

#[derive(Deserialize)]
struct SessionFile {
    server: String,
    /// Absent if it is in the keyring.
    token: Option<SecretString>,
}

fn path_of(dirs: &Dirs, context: &str) -> Result<PathBuf, ConfigError> {
    if is_context_name(context) {
        Ok(dirs.sessions.join(format!("{context}.json")))
    } else {
        Err(ConfigError::BadContextName(context.to_owned()))
    }
}

/// Saves the context's session. Returns why its token is in the file although it belongs into the keyring, if it is.
pub fn save(
    dirs: &Dirs,
    store: SessionStore,
    context: &str,
    session: &Session,
) -> Result<Option<String>, ConfigError> {
    let keyring = (store == SessionStore::Keyring).then(Keyring::default);
    save_with(dirs, keyring.as_ref(), context, session)
}

/// The file is written under another name and renamed, so that a symbolic link in its place is replaced and not followed,
/// and a crash leaves either the old file or the new one.
fn save_with(
    dirs: &Dirs,
    keyring: Option<&Keyring>,
    context: &str,
    session: &Session,
) -> Result<Option<String>, ConfigError> {
    let path = path_of(dirs, context)?;
    private_dir(&dirs.sessions)?;
    let key = path.display().to_string();
    let refused = keyring.and_then(|keyring| keyring.store(&key, &session.token).err());
    let mut fields = serde_json::json!({
        "server": session.server,
        "name": session.name,
        "expires_at": session.expires_at,
    });
    if keyring.is_none() || refused.is_some() {
        fields["token"] = session.token.expose_secret().into();
    }
    let temporary = dirs.sessions.join(format!(".{context}.{}.new", std::process::id()));
    let written =
        write_new(&temporary, fields.to_string().as_bytes()).and_then(|()| fs::rename(&temporary, &path));
    if written.is_err() {
        // The file may not exist; only the first error matters.
        let _ = fs::remove_file(&temporary);
    }
    written.map_err(|e| ConfigError::io(&path, e))?;
    Ok(refused.map(|error| format!("the session is in a file that only you can read: {error}")))
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Loads the context's session; `None` if there is none, or if it belongs to another server. An unreadable session
/// counts as none, because the next login replaces it.
pub fn load(dirs: &Dirs, context: &str, server: &str) -> Result<Option<SavedSession>, ConfigError> {
    let Some(file) = read_session_file(dirs, context)?.filter(|file| file.server == server) else {
        return Ok(None);
    };
    Ok(Some(SavedSession { key: path_of(dirs, context)?.display().to_string(), token: file.token }))
}

fn read_session_file(dirs: &Dirs, context: &str) -> Result<Option<SessionFile>, ConfigError> {
    let path = path_of(dirs, context)?;
    let meta = match fs::symlink_metadata(&path) {
        Ok(meta) => meta,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(ConfigError::io(&path, e)),
    };
    private_dir(&dirs.sessions)?;
    let refuse = |why| Err(ConfigError::Unsafe { path: path.display().to_string(), why });
    if !meta.is_file() {
        return refuse("not a regular file (a symbolic link?)");
    }
    if meta.permissions().mode() & 0o077 != 0 {
        return refuse("other users may read it (chmod 600 fixes that)");
    }
    let text = fs::read(&path).map_err(|e| ConfigError::io(&path, e))?;
    Ok(serde_json::from_slice(&text).ok())
}

/// Deletes the context's session, in this keyring as well; a missing file is not an error.
pub fn delete(dirs: &Dirs, keyring: &Keyring, context: &str) -> Result<(), ConfigError> {
    let path = path_of(dirs, context)?;
    if read_session_file(dirs, context).is_ok_and(|file| file.is_some_and(|file| file.token.is_none())) {
        keyring.clear(&path.display().to_string()).map_err(|e| ConfigError::io(&path, e))?;
    }
    match fs::remove_file(&path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(ConfigError::io(&path, e)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use crate::config::keyring::tests::{KEEPS, scripted};

    use super::*;

    fn session(server: &str) -> Session {
        Session {
            server: server.to_owned(),
            name: "ops-1".to_owned(),
            token: "bwl_op_secret".into(),
            expires_at: DateTime::UNIX_EPOCH,
        }
    }

    fn dirs() -> (tempfile::TempDir, Dirs) {
        let temp = tempfile::tempdir().unwrap();
        let dirs = Dirs::find(Some(&temp.path().join("bowline"))).unwrap();
        (temp, dirs)
    }

    fn keep(dirs: &Dirs, server: &str) {
        assert!(save(dirs, SessionStore::File, "prod", &session(server)).unwrap().is_none());
    }

    fn found(dirs: &Dirs, server: &str) -> Result<Option<SavedSession>, ConfigError> {
        load(dirs, "prod", server)
    }

    #[test]
    fn a_token_in_the_keyring_is_in_no_file_and_goes_with_the_session() {
        let (temp, dirs) = dirs();
        let keyring = scripted(temp.path(), KEEPS);
        let file = dirs.sessions.join("prod.json");
        let save_there = || save_with(&dirs, Some(&keyring), "prod", &session("https://a")).unwrap();
        assert!(save_there().is_none());
        assert!(!fs::read_to_string(&file).unwrap().contains("bwl_op_secret"));
        assert!(found(&dirs, "https://b").unwrap().is_none());
        let kept = found(&dirs, "https://a").unwrap().unwrap();
        assert_eq!(kept.token(&keyring).unwrap().expose_secret(), "bwl_op_secret");
        delete(&dirs, &keyring, "prod").unwrap();
        assert!(!file.exists());
        assert!(kept.token(&keyring).unwrap_err().to_string().contains("has no such session"));

        // Without a keyring the token is in the file, and the operator is told.
        let refuses = scripted(temp.path(), "exit 1");
        let why = save_with(&dirs, Some(&refuses), "prod", &session("https://a")).unwrap().unwrap();
        assert!(why.contains("a file that only you can read"), "{why}");
        assert!(found(&dirs, "https://a").unwrap().unwrap().token(&refuses).is_ok());
        delete(&dirs, &refuses, "prod").unwrap();
        assert!(!file.exists());
    }

    #[test]
    fn a_session_is_kept_for_its_owner_alone_and_gone_after_logout() {
        let (_temp, dirs) = dirs();
        keep(&dirs, "https://a");
        keep(&dirs, "https://a");
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dirs.sessions), 0o700);
        assert_eq!(mode(&dirs.sessions.join("prod.json")), 0o600);
        let kept = found(&dirs, "https://a").unwrap().unwrap();
        assert_eq!(kept.token(&Keyring::default()).unwrap().expose_secret(), "bwl_op_secret");
        assert!(!format!("{kept:?}").contains("bwl_op_secret"));

        delete(&dirs, &Keyring::default(), "prod").unwrap();
        assert!(found(&dirs, "https://a").unwrap().is_none());
        assert_eq!(fs::read_dir(&dirs.sessions).unwrap().count(), 0);
        delete(&dirs, &Keyring::default(), "prod").unwrap();
    }

    #[test]
    fn a_token_never_goes_to_another_server() {
        let (_temp, dirs) = dirs();
        keep(&dirs, "https://a");
        assert!(found(&dirs, "https://b").unwrap().is_none());
    }

    #[test]
    fn links_and_open_files_are_refused() {
        let (temp, dirs) = dirs();
        keep(&dirs, "https://a");
        let file = dirs.sessions.join("prod.json");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(found(&dirs, "https://a"), Err(ConfigError::Unsafe { .. })));

        let elsewhere = temp.path().join("elsewhere");
        fs::rename(&file, &elsewhere).unwrap();
        symlink(&elsewhere, &file).unwrap();
        assert!(matches!(found(&dirs, "https://a"), Err(ConfigError::Unsafe { .. })));

        fs::write(&elsewhere, "untouched").unwrap();
        keep(&dirs, "https://a");
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "untouched");
        assert!(found(&dirs, "https://a").unwrap().is_some());

        fs::set_permissions(&dirs.sessions, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(found(&dirs, "https://a"), Err(ConfigError::Unsafe { .. })));
    }

    #[test]
    fn a_contexts_name_is_no_path() {
        let (_temp, dirs) = dirs();
        for name in ["../x", "", ".hidden", "a/b", "a b"] {
            assert!(
                matches!(
                    save(&dirs, SessionStore::File, name, &session("s")),
                    Err(ConfigError::BadContextName(_))
                ),
                "{name:?}"
            );
        }
    }
}
