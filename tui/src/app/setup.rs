//! The settings that the terminal client starts with.

use std::collections::BTreeMap;

use crate::registry::place::Place;
use crate::registry::screen_settings::ScreenSettings;

/// A server and a login name there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownContext {
    /// The context's name.
    pub name: String,
    /// The server's URL.
    pub server: String,
    /// The operator's login name.
    pub login: String,
    /// Whether it is marked as production.
    pub prod: bool,
    /// Whether a session was saved, as far as this program knows.
    pub has_session: bool,
}

/// How frames reach the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Presentation {
    /// They are drawn on the whole terminal.
    #[default]
    Drawn,
    /// They are told line by line, for screen readers. A dialog covers the whole screen.
    Linear,
}

/// Where the client starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// With this place.
    Place(Place),
    /// With the account whose id lists shorten to this, such as `acct_01h4…5k2qxz`.
    Shortened(String),
}

/// The settings that the terminal client starts with.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// The name of the context to start with.
    pub context: String,
    /// The server's URL; empty if none is known.
    pub server: String,
    /// The operator's login name; empty if none is known.
    pub name: String,
    /// Whether a session was saved for the context to start with.
    pub has_session: bool,
    /// The known contexts.
    pub contexts: Vec<KnownContext>,
    /// Whether every change is refused.
    pub read_only: bool,
    /// How frames reach the operator.
    pub presentation: Presentation,
    /// Where the client starts; with the accounts if nothing was asked for.
    pub start: Option<Start>,
    /// Whether plain http is allowed to other machines.
    pub insecure_http: bool,
    /// Keys that differ from the defaults, by the action's name.
    pub keys: BTreeMap<String, Vec<String>>,
    /// What the operator has chosen for a screen, by the screen's name.
    pub screens: BTreeMap<String, ScreenSettings>,
}

impl Setup {
    /// The context that is shown, if it is known.
    pub fn current(&self) -> Option<&KnownContext> {
        self.contexts.iter().find(|known| known.name == self.context)
    }

    /// Whether the server that is shown is marked as production.
    pub fn is_prod(&self) -> bool {
        self.current().is_some_and(|known| known.prod) || self.is_prod_at(&self.server)
    }

    /// Whether a context of this server is marked as production. The mark is for the server, whoever logs in there.
    pub fn is_prod_at(&self, server: &str) -> bool {
        let same = |known: &KnownContext| known.server.trim_end_matches('/') == server.trim_end_matches('/');
        self.contexts.iter().any(|known| known.prod && same(known))
    }

    /// Takes note of whether there is a session for the context that is shown; a context that is new becomes known.
    pub fn note_session(&mut self, has_session: bool) {
        let name = self.context.clone();
        match self.contexts.iter_mut().find(|known| known.name == name) {
            Some(known) => known.has_session = has_session,
            None if has_session => {
                let (server, login) = (self.server.clone(), self.name.clone());
                self.contexts.push(KnownContext { name, server, login, prod: false, has_session });
            }
            None => {}
        }
    }
}
