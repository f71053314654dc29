//! Acme's own sessions: who is signed in, and the completion verifiers of the links that this browser has started.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng as _;
use rocket::http::{Cookie, CookieJar, SameSite};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

/// The cookie with the session's id.
const COOKIE: &str = "acme_session";
/// Maximum number of links whose verifiers a session keeps; the oldest is dropped.
const OPEN_LINKS: usize = 8;

/// All sessions, in memory only: they end with the demo.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Session>>);

#[derive(Debug)]
struct Session {
    user: String,
    /// By the id of the link session, or of the visit to the page on which the link began.
    links: VecDeque<(String, SecretString)>,
}

impl Sessions {
    /// Begins a session and returns its cookie. The id is always new, which prevents session fixation.
    pub(crate) fn begin(&self, user: String) -> Cookie<'static> {
        let id = random();
        self.with(|sessions| sessions.insert(id.clone(), Session { user, links: VecDeque::new() }));
        // Lax, because browsers do not send a Strict cookie when they return from Dropbox.
        Cookie::build((COOKIE, id)).path("/").http_only(true).same_site(SameSite::Lax).build()
    }

    pub(crate) fn end(&self, SignedIn { id, .. }: SignedIn) -> Cookie<'static> {
        self.with(|sessions| sessions.remove(&id));
        Cookie::build(COOKIE).path("/").build()
    }

    /// Stores the verifier of a link in the session that started it; one for each link, because a user may have several
    /// tabs.
    pub(crate) fn remember(&self, session: &SignedIn, link: String, verifier: SecretString) {
        self.with(|sessions| {
            if let Some(session) = sessions.get_mut(&session.id) {
                session.links.truncate(OPEN_LINKS - 1);
                session.links.push_front((link, verifier));
            }
        });
    }

    /// The verifier of a link; `None` if this session has not started it. It stays, because a browser may return twice,
    /// and a completion whose response was lost is repeated.
    pub(crate) fn verifier_of(&self, session: &SignedIn, link: &str) -> Option<SecretString> {
        self.with(|sessions| {
            let links = &sessions.get(&session.id)?.links;
            links.iter().find(|(open, _)| *open == link).map(|(_, verifier)| verifier.clone())
        })
    }

    /// The session that a browser's cookies name.
    pub(super) fn of(&self, cookies: &CookieJar<'_>) -> Option<SignedIn> {
        let id = cookies.get(COOKIE)?.value().to_owned();
        let user = self.with(|sessions| sessions.get(&id).map(|session| session.user.clone()))?;
        Some(SignedIn { id, user })
    }

    fn with<T>(&self, act: impl FnOnce(&mut HashMap<String, Session>) -> T) -> T {
        // A panic elsewhere leaves the map consistent, because every change to it is one call.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A request of a user who is signed in at Acme.
#[derive(Debug)]
pub(crate) struct SignedIn {
    id: String,
    pub(crate) user: String,
}

/// A new verifier, and the challenge for Bowline.
pub(crate) fn verifier() -> (SecretString, String) {
    let verifier = random();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    (verifier.into(), challenge)
}

/// 256 random bits in URL-safe base64 (43 characters).
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the demo makes secrets; no test needs them fixed"
)]
pub(crate) fn random() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
