//! The standing of a link session for the requesting browser, and what its user is told if it cannot continue.

use bowline_api::status::LinkSessionStatus;
use bowline_api::{LinkSessionId, TenantId};
use chrono::{DateTime, Utc};
use url::Url;

use super::setting::LinkSetting;
use crate::domain::credential::Digest;
use crate::domain::return_url::ReturnUrl;
use crate::domain::{Code, Error, Result};
use crate::store::link_sessions::LinkSessionRow;

/// The standing of a session for one browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LinkStanding {
    /// Nobody has begun it.
    Fresh,
    /// This browser has begun it and may come back, or begin again.
    Begun,
    /// The session cannot continue in this browser.
    Halted(Halt),
}

/// Why a session cannot continue in this browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// Nobody began the link session in time.
    TooOld,
    /// The link session was begun, but not finished in time.
    TooLate,
    /// Another browser has begun it and may still finish it.
    OpenElsewhere,
    /// It has ended or returned in another browser.
    Elsewhere,
    /// The provider's response belongs to this session, but arrived in another browser.
    NotThisBrowser,
    /// The browser did not keep our cookie.
    WithoutCookie,
    /// The form is from an earlier page of this browser.
    OutOfDate,
    /// The form is from a page elsewhere.
    Foreign,
    /// This browser came back with an approval, and the tenant has not completed yet.
    Approved,
    /// The account is being linked right now.
    InProgress,
    /// The account is linked.
    Linked,
    /// The user declined, here or at the provider.
    Declined,
    /// The user approved with an account that the session does not accept, and may choose another one in this browser.
    ChooseAgain,
    /// The link session can no longer succeed.
    Failed,
    /// The page with the user's accounts has expired.
    PageExpired,
    /// The page with the user's accounts was opened in another browser.
    PageElsewhere,
    /// The browser did not keep the cookie of the page with the user's accounts.
    PageWithoutCookie,
}

impl Halt {
    /// The error code of a page that reports the halt.
    pub fn code(self) -> Code {
        match self {
            Self::TooOld | Self::TooLate | Self::PageExpired => Code::LinkExpired,
            Self::InProgress => Code::LinkInProgress,
            Self::ChooseAgain => Code::AccountMismatch,
            Self::NotThisBrowser | Self::WithoutCookie | Self::OutOfDate | Self::PageWithoutCookie => {
                Code::InvalidRequest
            }
            Self::Foreign => Code::ForeignOrigin,
            Self::OpenElsewhere
            | Self::Elsewhere
            | Self::Approved
            | Self::Linked
            | Self::Declined
            | Self::Failed
            | Self::PageElsewhere => Code::LinkFinished,
        }
    }
}

/// A session that cannot continue in this browser, and the way back to its tenant.
#[derive(Debug)]
pub struct Halted {
    /// The reason.
    pub why: Halt,
    /// The return URL, with the outcome of the session.
    pub way_back: Url,
    /// Why the session failed, if it has, or why its last approval was not accepted: the provider's error or a name of ours.
    pub failure: Option<String>,
    /// The tenant and the session, if it is a link session.
    pub link: Option<(TenantId, LinkSessionId)>,
}

/// Why a step of an end user is not performed.
#[derive(Debug)]
pub struct Stop {
    /// What stopped it.
    pub cause: StopCause,
    /// The names on the page that reports it, if the session is known.
    pub setting: Option<Box<LinkSetting>>,
}

/// What stopped a step of an end user.
#[derive(Debug)]
pub enum StopCause {
    /// The end user's step was rejected, or failed.
    Failed(Error),
    /// Its session cannot continue.
    Halted(Box<Halted>),
}

impl Stop {
    /// Adds the names of the session to which it belongs.
    #[must_use]
    pub fn at(self, setting: &LinkSetting) -> Self {
        Self { setting: Some(Box::new(setting.clone())), ..self }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self { cause: StopCause::Failed(error), setting: None }
    }
}

/// The result of a step of an end user.
pub type LinkStep<T> = std::result::Result<T, Stop>;

/// The standing of `session` at `now` for a browser. `is_ours` says whether the session is bound to that browser.
///
/// # Errors
/// `unknown_state` if only a newer version knows its state.
pub(super) fn standing(session: &LinkSessionRow, now: DateTime<Utc>, is_ours: bool) -> Result<LinkStanding> {
    let status = session.status.known()?;
    let open = session.expires_at > now;
    let claimed = session.claimed_until.is_some_and(|until| until > now);
    Ok(match status {
        // A session that began on a page of ours belongs to its browser before the link is begun.
        LinkSessionStatus::Created if open && session.binding_hash.is_some() && !is_ours => {
            LinkStanding::Halted(Halt::OpenElsewhere)
        }
        LinkSessionStatus::Created if open => LinkStanding::Fresh,
        LinkSessionStatus::Authorizing if open && is_ours => LinkStanding::Begun,
        LinkSessionStatus::Created => LinkStanding::Halted(Halt::TooOld),
        // It ends for the reason that its tenant has been told.
        LinkSessionStatus::Authorizing if !open && is_ours && session.failure.is_some() => {
            LinkStanding::Halted(Halt::Failed)
        }
        LinkSessionStatus::Authorizing if !open => LinkStanding::Halted(Halt::TooLate),
        // It expired while being completed. It is not known yet whether it links.
        LinkSessionStatus::Returned if !open && claimed && is_ours => LinkStanding::Halted(Halt::InProgress),
        LinkSessionStatus::Returned if !open && !claimed => LinkStanding::Halted(Halt::TooLate),
        LinkSessionStatus::Expired if session.binding_hash.is_none() => LinkStanding::Halted(Halt::TooOld),
        LinkSessionStatus::Expired => LinkStanding::Halted(Halt::TooLate),
        // Its tenant cancelled it before anybody began it.
        LinkSessionStatus::Failed if session.binding_hash.is_none() => LinkStanding::Halted(Halt::Failed),
        LinkSessionStatus::Authorizing if !is_ours => LinkStanding::Halted(Halt::OpenElsewhere),
        _ if !is_ours => LinkStanding::Halted(Halt::Elsewhere),
        LinkSessionStatus::Authorizing => LinkStanding::Begun,
        LinkSessionStatus::Returned => LinkStanding::Halted(Halt::Approved),
        LinkSessionStatus::Completed => LinkStanding::Halted(Halt::Linked),
        LinkSessionStatus::Denied => LinkStanding::Halted(Halt::Declined),
        LinkSessionStatus::Failed => LinkStanding::Halted(Halt::Failed),
    })
}

/// Like [`standing`], for a page that does not start the session: one whose last approval was not accepted is halted.
pub(super) fn standing_after_return(
    session: &LinkSessionRow,
    now: DateTime<Utc>,
    is_ours: bool,
) -> Result<LinkStanding> {
    Ok(match standing(session, now, is_ours)? {
        LinkStanding::Begun if session.failure.is_some() => LinkStanding::Halted(Halt::ChooseAgain),
        other => other,
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

/// The stop for a `session` that cannot continue, with the way back.
pub(super) fn halted(session: &LinkSessionRow, why: Halt) -> Stop {
    let error = match why {
        Halt::TooOld | Halt::TooLate => Some(Code::LinkExpired.as_str()),
        // A session that may be linked is not reported as an error.
        Halt::Elsewhere if may_be_linked(session) => None,
        Halt::OpenElsewhere | Halt::Elsewhere => Some(Code::LinkFinished.as_str()),
        Halt::Declined => Some(DECLINED),
        Halt::ChooseAgain => Some(session.failure.as_deref().unwrap_or(Code::AccountMismatch.as_str())),
        Halt::Failed => Some(session.failure.as_deref().unwrap_or(Code::LinkFailed.as_str())),
        // The tenant knows its state, or asks for it.
        Halt::Approved
        | Halt::InProgress
        | Halt::Linked
        | Halt::NotThisBrowser
        | Halt::WithoutCookie
        | Halt::OutOfDate
        | Halt::Foreign
        | Halt::PageExpired
        | Halt::PageElsewhere
        | Halt::PageWithoutCookie => None,
    };
    match way_back(session, error, None) {
        Ok(way_back) => {
            let halted = Halted {
                why,
                way_back,
                failure: session.failure.clone(),
                link: Some((session.tenant_id.into(), session.id.into())),
            };
            Stop { cause: StopCause::Halted(Box::new(halted)), setting: None }
        }
        Err(error) => error.into(),
    }
}

/// The `error` parameter of the return URL after the user declined (RFC 6749 section 4.1.2.1).
pub(super) const DECLINED: &str = "access_denied";

/// The session's return URL with the outcome of the session.
///
/// # Errors
/// If the stored URL is invalid.
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
