//! Where a link session stands for the browser that asks, and what its user is told if it cannot go on.

use bowline_api::LinkSessionId;
use bowline_api::status::LinkSessionStatus;
use chrono::{DateTime, Utc};
use url::Url;

use crate::domain::credential::Digest;
use crate::domain::return_url::ReturnUrl;
use crate::domain::{Code, Error, Result};
use crate::store::link_sessions::LinkSessionRow;

/// Where a session stands for one browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nobody has begun it.
    Fresh,
    /// This browser has begun it and may come back, or begin again.
    Begun,
    /// Nothing is left to do here.
    Halted(Halt),
}

/// Why a session cannot go on in this browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// Nobody began it in time.
    TooOld,
    /// It was begun, and not finished in time.
    TooLate,
    /// Another browser has begun it.
    Elsewhere,
    /// The answer of the provider is one of this session, and came in another browser.
    NotThisBrowser,
    /// The browser did not keep our cookie.
    WithoutCookie,
    /// The form is of an earlier page of this browser.
    OutOfDate,
    /// The form is of a page of somebody else.
    Foreign,
    /// This browser came back with an approval, and the tenant has not completed yet.
    Approved,
    /// The account is being linked at this moment.
    InProgress,
    /// The account is linked.
    Linked,
    /// The user declined, here or at the provider.
    Declined,
    /// It cannot succeed any more.
    Failed,
}

impl Halt {
    /// The code under which a page that says so is answered.
    pub fn code(self) -> Code {
        match self {
            Self::TooOld | Self::TooLate => Code::LinkExpired,
            Self::InProgress => Code::LinkInProgress,
            Self::NotThisBrowser | Self::WithoutCookie | Self::OutOfDate => Code::InvalidRequest,
            Self::Foreign => Code::ForeignOrigin,
            Self::Elsewhere | Self::Approved | Self::Linked | Self::Declined | Self::Failed => {
                Code::LinkFinished
            }
        }
    }
}

/// A session that cannot go on in this browser, and the way back to its tenant.
#[derive(Debug)]
pub struct Halted {
    /// Why.
    pub why: Halt,
    /// The return URL, with what has become of the session.
    pub way_back: Url,
}

/// Why a step of an end user is not taken.
#[derive(Debug)]
pub enum Stop {
    /// It was refused, or failed.
    Failed(Error),
    /// Its session cannot go on.
    Halted(Box<Halted>),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The result of a step of an end user.
pub type Step<T> = std::result::Result<T, Stop>;

/// Where `session` stands at `now` for a browser, which `is_ours` if the session is bound to it.
///
/// # Errors
/// `unknown_state` where only a newer version knows its state.
pub(super) fn standing(session: &LinkSessionRow, now: DateTime<Utc>, is_ours: bool) -> Result<Standing> {
    let status = session.status.known()?;
    let open = session.expires_at > now;
    let claimed = session.claimed_until.is_some_and(|until| until > now);
    Ok(match status {
        LinkSessionStatus::Created if open => Standing::Fresh,
        LinkSessionStatus::Authorizing if open && is_ours => Standing::Begun,
        LinkSessionStatus::Created => Standing::Halted(Halt::TooOld),
        LinkSessionStatus::Authorizing if !open => Standing::Halted(Halt::TooLate),
        // Its time was up while it was being completed: whether it links is not known yet.
        LinkSessionStatus::Returned if !open && claimed && is_ours => Standing::Halted(Halt::InProgress),
        LinkSessionStatus::Returned if !open && !claimed => Standing::Halted(Halt::TooLate),
        LinkSessionStatus::Expired if session.binding_hash.is_none() => Standing::Halted(Halt::TooOld),
        LinkSessionStatus::Expired => Standing::Halted(Halt::TooLate),
        _ if !is_ours => Standing::Halted(Halt::Elsewhere),
        LinkSessionStatus::Authorizing => Standing::Begun,
        LinkSessionStatus::Returned => Standing::Halted(Halt::Approved),
        LinkSessionStatus::Completed => Standing::Halted(Halt::Linked),
        LinkSessionStatus::Denied => Standing::Halted(Halt::Declined),
        LinkSessionStatus::Failed => Standing::Halted(Halt::Failed),
    })
}

/// Whether `binding` is the cookie of the browser that began `session`.
pub(super) fn is_bound_to(session: &LinkSessionRow, binding: Option<&str>) -> bool {
    match (binding, &session.binding_hash) {
        (Some(presented), Some(stored)) => Digest::of(presented.as_bytes()).matches(stored),
        _ => false,
    }
}

fn may_be_linked(session: &LinkSessionRow) -> bool {
    session.status == LinkSessionStatus::Returned || session.status == LinkSessionStatus::Completed
}

/// Tells that `session` cannot go on, with the way back.
pub(super) fn halted(session: &LinkSessionRow, why: Halt) -> Stop {
    let error = match why {
        Halt::TooOld | Halt::TooLate => Some(Code::LinkExpired.as_str()),
        // What may be linked is not called an error.
        Halt::Elsewhere if may_be_linked(session) => None,
        Halt::Elsewhere => Some(Code::LinkFinished.as_str()),
        Halt::Declined => Some(DECLINED),
        Halt::Failed => Some(session.failure.as_deref().unwrap_or(Code::LinkFailed.as_str())),
        // How it stands, the tenant knows or asks.
        Halt::Approved
        | Halt::InProgress
        | Halt::Linked
        | Halt::NotThisBrowser
        | Halt::WithoutCookie
        | Halt::OutOfDate
        | Halt::Foreign => None,
    };
    match way_back(session, error, None) {
        Ok(way_back) => Stop::Halted(Box::new(Halted { why, way_back })),
        Err(error) => Stop::Failed(error),
    }
}

/// The `error` of the return URL after the user declined (RFC 6749 section 4.1.2.1).
pub(super) const DECLINED: &str = "access_denied";

/// The session's return URL with what has become of the session.
///
/// # Errors
/// Where the stored URL is none.
pub(super) fn way_back(
    session: &LinkSessionRow,
    error: Option<&str>,
    link_code: Option<&str>,
) -> Result<Url> {
    let id = LinkSessionId::from(session.id).to_string();
    let told = [("link_session", Some(id.as_str())), ("link_code", link_code), ("error", error)];
    let told: Vec<(&str, &str)> =
        told.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect();
    Ok(ReturnUrl::parse(&session.return_url)?.with(&told))
}
