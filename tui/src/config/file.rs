//! `config.toml`: contexts, theme, keys, and what is chosen for the screens. It contains no secrets.

use std::collections::BTreeMap;
use std::fs;

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
    /// The server's URL, such as `https://bowline.example`.
    pub server: String,
    /// The operator's login name.
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
        self.context(Some(name))?;
        self.current = Some(name.to_owned());
        self.write(dirs)
    }

    /// Marks a known context as production, or as none, and writes the file.
    pub fn mark(&mut self, dirs: &Dirs, name: &str, prod: bool) -> Result<(), ConfigError> {
        match self.contexts.get_mut(name) {
            Some(context) => context.prod = prod,
            None => return Err(ConfigError::UnknownContext(name.to_owned())),
        }
        self.write(dirs)
    }

    /// Keeps what the operator has chosen for a screen and writes the file. It is read again before, because another
    /// client may have written it.
    pub fn keep_screen(
        &mut self,
        dirs: &Dirs,
        screen: &str,
        settings: &ScreenSettings,
    ) -> Result<(), ConfigError> {
        *self = Self::load(dirs)?;
        if *settings == ScreenSettings::default() {
            self.screens.remove(screen);
        } else {
            self.screens.insert(screen.to_owned(), settings.clone());
        }
        self.write(dirs)
    }

    fn write(&self, dirs: &Dirs) -> Result<(), ConfigError> {
        let path = dirs.config_file();
        fs::create_dir_all(&dirs.config).map_err(|e| ConfigError::io(&dirs.config, e))?;
        let text = toml::to_string(self)
            .map_err(|e| ConfigError::io(&path, std::io::Error::other(e.to_string())))?;
        fs::write(&path, text).map_err(|e| ConfigError::io(&path, e))
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
