//! `config.toml`: contexts, theme, keys, and what is chosen for the screens. It contains no secrets.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};

use serde::{Deserialize, Serialize};

use crate::registry::screen_settings::ScreenSettings;

use super::{ConfigError, Dirs, SessionStore};

/// The operator's configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The context that is used when none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// The name of a theme; see `bowline --help`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// Where session tokens are kept.
    #[serde(default, skip_serializing_if = "SessionStore::is_file")]
    pub sessions: SessionStore,
    /// The keys of actions by the action's name, such as `"account.revoke" = ["R"]`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<String, Vec<String>>,
    /// Servers and login names, by context name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contexts: BTreeMap<String, Context>,
    /// Columns and saved queries, by the screen's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub screens: BTreeMap<String, ScreenSettings>,
}

/// A server and the login name to use there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The context's server, such as `https://bowline.example`.
    pub server: String,
    /// The operator's login name in the context.
    pub name: String,
    /// Whether it is production, which the terminal client marks in words and colour.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prod: bool,
}

/// Whether the text can be a context name, which is also a file name.
pub fn is_context_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && !text.starts_with('.')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

impl Config {
    /// Reads the file; a missing file counts as empty.
    pub fn load(dirs: &Dirs) -> Result<Self, ConfigError> {
        let path = dirs.config_file();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(ConfigError::io(&path, e)),
        };
        toml::from_str(&text).map_err(|source| ConfigError::Invalid {
            path: path.display().to_string(),
            source: Box::new(source),
        })
    }

    /// Sets the server and login name of a context and writes the file. The context becomes the current one only if there
    /// is none yet; returns whether it is.
    pub fn remember(
        &mut self,
        dirs: &Dirs,
        name: &str,
        (server, login): (&str, &str),
    ) -> Result<bool, ConfigError> {
        if !is_context_name(name) {
            return Err(ConfigError::BadContextName(name.to_owned()));
        }
        let _lock = self.reload(dirs)?;
        let old = self.contexts.get(name);
        // What was marked as production is another server if its address changes, and marked until somebody says otherwise.
        let new = Context {
            server: server.to_owned(),
            name: login.to_owned(),
            prod: old.is_some_and(|old| old.prod),
        };
        if self.current.is_none() || old != Some(&new) {
            self.current.get_or_insert_with(|| name.to_owned());
            self.contexts.insert(name.to_owned(), new);
            self.write(dirs)?;
        }
        Ok(self.current.as_deref() == Some(name))
    }

    /// Makes a known context the current one and writes the file.
    pub fn choose(&mut self, dirs: &Dirs, name: &str) -> Result<(), ConfigError> {
        let _lock = self.reload(dirs)?;
        self.context(Some(name))?;
        self.current = Some(name.to_owned());
        self.write(dirs)
    }

    /// Marks a known context as production, or as none, and writes the file.
    pub fn mark(&mut self, dirs: &Dirs, name: &str, prod: bool) -> Result<(), ConfigError> {
        let _lock = self.reload(dirs)?;
        match self.contexts.get_mut(name) {
            Some(context) => context.prod = prod,
            None => return Err(ConfigError::UnknownContext(name.to_owned())),
        }
        self.write(dirs)
    }

    /// Keeps what the operator has chosen for a screen and writes the file.
    pub fn keep_screen(
        &mut self,
        dirs: &Dirs,
        screen: &str,
        settings: &ScreenSettings,
    ) -> Result<(), ConfigError> {
        let _lock = self.reload(dirs)?;
        if *settings == ScreenSettings::default() {
            self.screens.remove(screen);
        } else {
            self.screens.insert(screen.to_owned(), settings.clone());
        }
        self.write(dirs)
    }

    /// Reads the file again, because another program may have changed it since, and keeps others from changing it until the lock is
    /// dropped.
    fn reload(&mut self, dirs: &Dirs) -> Result<File, ConfigError> {
        fs::create_dir_all(&dirs.config).map_err(|e| ConfigError::io(&dirs.config, e))?;
        let path = dirs.config.join(".config.lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let lock = lock.and_then(|file| file.lock().map(|()| file)).map_err(|e| ConfigError::io(&path, e))?;
        *self = Self::load(dirs)?;
        Ok(lock)
    }

    /// Writes the file under another name and renames it, so that a crash leaves either the old file or the new one. A symbolic link
    /// to a file elsewhere stays one.
    fn write(&self, dirs: &Dirs) -> Result<(), ConfigError> {
        let path = dirs.config_file();
        let path = fs::canonicalize(&path).unwrap_or(path);
        let text = toml::to_string(self)
            .map_err(|e| ConfigError::io(&path, std::io::Error::other(e.to_string())))?;
        let temporary = path.with_extension(format!("{}.new", std::process::id()));
        let written = fs::write(&temporary, text).and_then(|()| {
            if let Ok(old) = fs::metadata(&path) {
                fs::set_permissions(&temporary, old.permissions())?;
            }
            fs::rename(&temporary, &path)
        });
        if written.is_err() {
            // The file may not exist; only the first error matters.
            let _ = fs::remove_file(&temporary);
        }
        written.map_err(|e| ConfigError::io(&path, e))
    }

    /// A name for a context of this server: `wanted`, or the same with a number if that is the name of another server's context.
    pub fn free_name(&self, wanted: &str, server: &str) -> String {
        let is_free = |name: &str| self.contexts.get(name).is_none_or(|known| known.server == server);
        let numbered = (2_u32..).map(|number| format!("{wanted}-{number}"));
        std::iter::once(wanted.to_owned()).chain(numbered).find(|name| is_free(name)).unwrap_or_default()
    }

    /// The context with this name, or else the current one; `None` if there is none.
    pub fn context(&self, name: Option<&str>) -> Result<Option<(String, Context)>, ConfigError> {
        let Some(name) = name.or(self.current.as_deref()) else {
            return Ok(None);
        };
        if !is_context_name(name) {
            return Err(ConfigError::BadContextName(name.to_owned()));
        }
        match self.contexts.get(name) {
            Some(context) => Ok(Some((name.to_owned(), context.clone()))),
            None => Err(ConfigError::UnknownContext(name.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_program_has_written_survives_and_no_server_takes_the_context_of_another() {
        let temp = tempfile::tempdir().unwrap();
        let dirs = Dirs::find(Some(temp.path())).unwrap();
        let mut ours = Config::load(&dirs).unwrap();
        ours.remember(&dirs, "one", ("https://one", "ada")).unwrap();
        let mut theirs = Config::load(&dirs).unwrap();
        theirs.remember(&dirs, "two", ("https://two", "ada")).unwrap();
        theirs.mark(&dirs, "one", true).unwrap();
        theirs.choose(&dirs, "two").unwrap();
        // It has been open since before.
        ours.remember(&dirs, "three", ("https://three", "ada")).unwrap();
        let kept = Config::load(&dirs).unwrap();
        assert_eq!(kept.contexts.keys().collect::<Vec<_>>(), ["one", "three", "two"]);
        assert!(kept.contexts["one"].prod && kept.current.as_deref() == Some("two"));
        assert_eq!(kept.free_name("one", "https://one"), "one");
        assert_eq!(kept.free_name("one", "https://other"), "one-2");
        let left = std::fs::read_dir(temp.path()).unwrap().count();
        assert_eq!(left, 2, "the file and its lock");
    }
}
