//! Session tokens on disk: one 0600 file per context in a 0700 directory. A file that others can read, or a symbolic
//! link, is refused.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{ConfigError, Dirs, is_context_name, private_dir};

/// A saved session.
#[derive(Debug, Clone)]
pub struct Session {
    /// The server that issued the token. The token is sent to no other server.
    pub server: String,
    /// The operator's login name.
    pub name: String,
    /// The bearer token.
    pub token: SecretString,
    /// When the session ends at the latest.
    pub expires_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct SessionFile {
    server: String,
    name: String,
    token: SecretString,
    expires_at: DateTime<Utc>,
}

fn path_of(dirs: &Dirs, context: &str) -> Result<PathBuf, ConfigError> {
    if is_context_name(context) {
        Ok(dirs.sessions.join(format!("{context}.json")))
    } else {
        Err(ConfigError::BadContextName(context.to_owned()))
    }
}

/// Saves the context's session. The file is written under another name and renamed, so that a symbolic link in its
/// place is replaced and not followed, and a crash leaves either the old file or the new one.
pub fn save(dirs: &Dirs, context: &str, session: &Session) -> Result<(), ConfigError> {
    let path = path_of(dirs, context)?;
    private_dir(&dirs.sessions)?;
    let text = serde_json::json!({
        "server": session.server,
        "name": session.name,
        "token": session.token.expose_secret(),
        "expires_at": session.expires_at,
    })
    .to_string();
    let temporary = dirs.sessions.join(format!(".{context}.{}.new", std::process::id()));
    let written = write_new(&temporary, text.as_bytes()).and_then(|()| fs::rename(&temporary, &path));
    if written.is_err() {
        // The file may not exist; only the first error matters.
        let _ = fs::remove_file(&temporary);
    }
    written.map_err(|e| ConfigError::io(&path, e))
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Loads the context's session; `None` if there is none, or if it belongs to another server. An unreadable session
/// counts as none, because the next login replaces it.
pub fn load(dirs: &Dirs, context: &str, server: &str) -> Result<Option<Session>, ConfigError> {
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
    Ok(serde_json::from_slice::<SessionFile>(&text).ok().filter(|s| s.server == server).map(|s| Session {
        server: s.server,
        name: s.name,
        token: s.token,
        expires_at: s.expires_at,
    }))
}

/// Deletes the context's session; a missing file is not an error.
pub fn delete(dirs: &Dirs, context: &str) -> Result<(), ConfigError> {
    let path = path_of(dirs, context)?;
    match fs::remove_file(&path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(ConfigError::io(&path, e)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

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

    #[test]
    fn a_session_is_kept_for_its_owner_alone_and_gone_after_logout() {
        let (_temp, dirs) = dirs();
        save(&dirs, "prod", &session("https://a")).unwrap();
        save(&dirs, "prod", &session("https://a")).unwrap();
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dirs.sessions), 0o700);
        assert_eq!(mode(&dirs.sessions.join("prod.json")), 0o600);
        let kept = load(&dirs, "prod", "https://a").unwrap().unwrap();
        assert_eq!(kept.token.expose_secret(), "bwl_op_secret");
        assert!(!format!("{kept:?}").contains("bwl_op_secret"));

        delete(&dirs, "prod").unwrap();
        assert!(load(&dirs, "prod", "https://a").unwrap().is_none());
        assert_eq!(fs::read_dir(&dirs.sessions).unwrap().count(), 0);
        delete(&dirs, "prod").unwrap();
    }

    #[test]
    fn a_token_never_goes_to_another_server() {
        let (_temp, dirs) = dirs();
        save(&dirs, "prod", &session("https://a")).unwrap();
        assert!(load(&dirs, "prod", "https://b").unwrap().is_none());
    }

    #[test]
    fn links_and_open_files_are_refused() {
        let (temp, dirs) = dirs();
        save(&dirs, "prod", &session("https://a")).unwrap();
        let file = dirs.sessions.join("prod.json");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(load(&dirs, "prod", "https://a"), Err(ConfigError::Unsafe { .. })));

        let elsewhere = temp.path().join("elsewhere");
        fs::rename(&file, &elsewhere).unwrap();
        symlink(&elsewhere, &file).unwrap();
        assert!(matches!(load(&dirs, "prod", "https://a"), Err(ConfigError::Unsafe { .. })));

        fs::write(&elsewhere, "untouched").unwrap();
        save(&dirs, "prod", &session("https://a")).unwrap();
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "untouched");
        assert!(load(&dirs, "prod", "https://a").unwrap().is_some());

        fs::set_permissions(&dirs.sessions, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(load(&dirs, "prod", "https://a"), Err(ConfigError::Unsafe { .. })));
    }

    #[test]
    fn a_contexts_name_is_no_path() {
        let (_temp, dirs) = dirs();
        for name in ["../x", "", ".hidden", "a/b", "a b"] {
            assert!(
                matches!(save(&dirs, name, &session("s")), Err(ConfigError::BadContextName(_))),
                "{name:?}"
            );
        }
    }
}
