//! The keys of the actions: the registry's defaults with the changes of the configuration. No key has two actions.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::action::{Action, ActionEntry, Works, named, registry};

/// A key with its modifiers, as written in `config.toml`: `R`, `ctrl-d`, `enter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    ctrl: bool,
    alt: bool,
}

const NAMED_KEYS: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("shift-tab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("delete", KeyCode::Delete),
    ("backspace", KeyCode::Backspace),
];

impl Chord {
    /// Whether a text field takes this key as text.
    fn is_text(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && !self.ctrl && !self.alt
    }
}

impl From<KeyEvent> for Chord {
    fn from(event: KeyEvent) -> Self {
        let held = |modifier| event.modifiers.contains(modifier);
        Self { code: event.code, ctrl: held(KeyModifiers::CONTROL), alt: held(KeyModifiers::ALT) }
    }
}

impl FromStr for Chord {
    type Err = KeymapError;

    fn from_str(text: &str) -> Result<Self, KeymapError> {
        let (mut rest, mut ctrl, mut alt) = (text, false, false);
        loop {
            if let Some(after) = rest.strip_prefix("ctrl-") {
                (rest, ctrl) = (after, true);
            } else if let Some(after) = rest.strip_prefix("alt-") {
                (rest, alt) = (after, true);
            } else {
                break;
            }
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() && c != ' ' => KeyCode::Char(c),
            _ => match NAMED_KEYS.iter().find(|(name, _)| *name == rest) {
                Some((_, code)) => *code,
                None => return Err(KeymapError::UnknownKey(text.to_owned())),
            },
        };
        Ok(Self { code, ctrl, alt })
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        match (NAMED_KEYS.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, other) => write!(f, "{other}"),
        }
    }
}

/// Why a set of keys is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// The text is not a key.
    #[error("{0:?} is not a key; write keys like: R, ctrl-d, enter, pagedown")]
    UnknownKey(String),
    /// The text is not an action.
    #[error("{0:?} is not an action; list them with: bowline keys")]
    UnknownAction(String),
    /// A key of dialogs is one that text fields need.
    #[error("{key:?} cannot be a key of {action:?}, because text fields need it")]
    TextKey {
        /// The key.
        key: String,
        /// The action.
        action: &'static str,
    },
    /// One key is assigned to two actions.
    #[error("{key:?} is assigned to both {first:?} and {second:?}")]
    Conflict {
        /// The key.
        key: String,
        /// The first action.
        first: &'static str,
        /// The second action.
        second: &'static str,
    },
}

/// Where a key is pressed. The same key may mean something else in a dialog than on a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum KeyScope {
    Screen,
    Dialog,
}

/// A mapping between keys and actions.
#[derive(Debug, Clone)]
pub struct Keymap {
    by_key: HashMap<(KeyScope, Chord), Action>,
    /// The keys of each action in order, for hints and help.
    keys: HashMap<Action, Vec<Chord>>,
}

impl Keymap {
    /// The defaults, in which `changes` replaces the keys of the actions that it names.
    pub fn new(changes: &BTreeMap<String, Vec<String>>) -> Result<Self, KeymapError> {
        if let Some(unknown) = changes.keys().find(|name| named(name).is_none()) {
            return Err(KeymapError::UnknownAction(unknown.clone()));
        }
        let mut map = Self { by_key: HashMap::new(), keys: HashMap::new() };
        let mut owners: HashMap<(KeyScope, Chord), &'static str> = HashMap::new();
        for ActionEntry { action, name, keys, works, .. } in registry() {
            let scope = if *works == Works::InDialogs { KeyScope::Dialog } else { KeyScope::Screen };
            let chords: Vec<Chord> = match changes.get(*name) {
                Some(own) => own.iter().map(|k| k.parse()).collect::<Result<_, _>>()?,
                None => keys.iter().map(|k| k.parse()).collect::<Result<_, _>>()?,
            };
            for chord in &chords {
                if scope == KeyScope::Dialog && chord.is_text() {
                    return Err(KeymapError::TextKey { key: chord.to_string(), action: name });
                }
                if let Some(first) = owners.insert((scope, *chord), name) {
                    return Err(KeymapError::Conflict { key: chord.to_string(), first, second: name });
                }
                map.by_key.insert((scope, *chord), *action);
            }
            map.keys.insert(*action, chords);
        }
        Ok(map)
    }

    /// The action of this key on a screen, if it has one.
    pub fn action(&self, key: KeyEvent) -> Option<Action> {
        self.by_key.get(&(KeyScope::Screen, Chord::from(key))).copied()
    }

    /// The action of this key in a dialog or a query line, if it has one.
    pub fn dialog_action(&self, key: KeyEvent) -> Option<Action> {
        self.by_key.get(&(KeyScope::Dialog, Chord::from(key))).copied()
    }

    /// Whether this key always quits, whatever is on the screen and however the keys are bound.
    pub fn is_interrupt(key: KeyEvent) -> bool {
        key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL)
    }

    /// Whether this key is a character of a text.
    pub fn is_text(key: KeyEvent) -> bool {
        key.kind != KeyEventKind::Release && Chord::from(key).is_text()
    }

    /// The action's keys, separated by spaces; `–` if it has none.
    pub fn keys_of(&self, action: Action) -> String {
        match self.keys.get(&action).map(Vec::as_slice) {
            None | Some([]) => "–".to_owned(),
            Some(chords) => chords.iter().map(Chord::to_string).collect::<Vec<_>>().join(" "),
        }
    }

    /// The key that hints show for this action.
    pub fn first_key(&self, action: Action) -> Option<String> {
        self.keys.get(&action)?.first().map(Chord::to_string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed_keymap(name: &str, keys: &[&str]) -> Result<Keymap, KeymapError> {
        Keymap::new(&BTreeMap::from([(name.to_owned(), keys.iter().map(ToString::to_string).collect())]))
    }

    #[test]
    fn the_registry_names_each_action_once_and_no_key_twice() {
        Keymap::new(&BTreeMap::new()).unwrap();
        for (i, entry) in registry().enumerate() {
            let twins = registry().take(i).filter(|e| e.name == entry.name || e.action == entry.action);
            assert_eq!(twins.count(), 0, "{}", entry.name);
        }
    }

    #[test]
    fn the_safe_keys_stay_safe() {
        let map = Keymap::new(&BTreeMap::new()).unwrap();
        let ctrl_d = KeyEvent::new(KeyCode::Char('d'), KeyModifiers::CONTROL);
        assert_eq!(map.action(ctrl_d), Some(Action::PageDown));
        let shift_r = KeyEvent::new(KeyCode::Char('R'), KeyModifiers::SHIFT);
        assert_eq!(map.action(shift_r), Some(Action::Revoke));
        assert_eq!(map.action(KeyEvent::from(KeyCode::Char('r'))), Some(Action::Refresh));
    }

    #[test]
    fn a_key_can_be_changed_and_a_bad_change_is_refused_with_its_reason() {
        let map = changed_keymap("account.revoke", &["ctrl-alt-x"]).unwrap();
        assert_eq!(map.keys_of(Action::Revoke), "ctrl-alt-x");
        assert_eq!(map.action(KeyEvent::from(KeyCode::Char('R'))), None);
        let message = |r: Result<Keymap, KeymapError>| r.unwrap_err().to_string();
        assert_eq!(message(changed_keymap("sort", &["j"])), r#""j" is assigned to both "down" and "sort""#);
        assert_eq!(
            message(changed_keymap("fly", &["x"])),
            r#""fly" is not an action; list them with: bowline keys"#
        );
        assert!(message(changed_keymap("sort", &["hyper-x"])).contains("is not a key"));
        assert!(message(changed_keymap("dialog.close", &["x"])).contains("text fields need it"));
        changed_keymap("dialog.close", &["esc", "ctrl-g"]).unwrap();
    }
}
