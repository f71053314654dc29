//! The ends: every way in which a visit of these pages does not lead on, and what its page looks like. The texts are in
//! `server/locales`, under the ends' names.

use bowline_api::status::RequiredRole;

use super::picture::Picture;
use crate::domain::Code;
use crate::service::link::{Halt, Halted, LinkSetting};

/// Declares the ends with their names, pictures and tones in a single table.
macro_rules! ends {
    ($($(#[$doc:meta])* $variant:ident = $id:literal, $picture:ident, $tone:literal;)*) => {
        /// Why a page does not lead on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum PageEnd { $($(#[$doc])* $variant,)* }

        impl PageEnd {
            /// Every end.
            #[cfg(test)]
            pub(super) const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name of its heading.
            pub(super) fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// The name of what helps.
            pub(super) fn help(self) -> &'static str {
                match self { $(Self::$variant => concat!($id, ".help"),)* }
            }

            pub(super) fn picture(self) -> Picture {
                match self { $(Self::$variant => Picture::$picture,)* }
            }

            /// The class of its colours: "good", "bad", "warn", or empty.
            pub(super) fn tone(self) -> &'static str {
                match self { $(Self::$variant => $tone,)* }
            }
        }
    };
}

ends! {
    /// Nobody began the link in time.
    TooOld = "too-old", Clock, "";
    /// The end of a session that was begun, but not finished in time.
    TooLate = "too-late", Clock, "";
    /// It has ended, or returned, in another browser.
    Used = "used", Link, "";
    /// It is being linked in another browser.
    OpenedElsewhere = "opened-elsewhere", Windows, "";
    /// The provider's response does not belong to this browser.
    NotThisBrowser = "not-this-browser", Windows, "warn";
    WithoutCookie = "without-cookie", Cookie, "";
    OutOfDate = "out-of-date", Windows, "";
    /// The form came from another site.
    Foreign = "foreign", Shield, "warn";
    /// The user approved, and the tenant has not completed yet.
    Approved = "approved", Arrow, "good";
    InProgress = "in-progress", Turning, "";
    Linked = "linked", Check, "good";
    Declined = "declined", Cross, "";
    /// The tenant's app has cancelled the session.
    Cancelled = "cancelled", Cross, "";
    /// It failed for a reason that has no page of its own.
    Failed = "failed", Alert, "bad";
    /// On linking again, the user approved with another account.
    WrongAccount = "wrong-account", Person, "warn";
    /// The same, in the browser that began, which may know the right account.
    WrongAccountKnown = "wrong-account-known", Person, "warn";
    /// The user approved with a personal account, and the app needs one of a team.
    WrongKindWork = "wrong-kind-work", Person, "warn";
    /// The user approved with an account of a team, and the app needs a personal one.
    WrongKindPersonal = "wrong-kind-personal", Person, "warn";
    /// The user approved for a team.
    Team = "team", People, "warn";
    /// The provider does not allow this account to be used.
    NotPermitted = "not-permitted", Shield, "warn";
    /// The provider's answer was lost.
    Lost = "lost", Cloud, "bad";
    ProviderTrouble = "provider-trouble", Cloud, "";
    /// The provider refuses the tenant's app.
    Misconfigured = "misconfigured", Tool, "bad";
    /// An operator disabled the connector.
    Disabled = "disabled", Switch, "";
    ProviderUnreachable = "provider-unreachable", Cloud, "";
    /// The page with the user's accounts has expired.
    PageExpired = "page-expired", Clock, "";
    /// The page with the user's accounts is open in another browser.
    PageElsewhere = "page-elsewhere", Windows, "";
    PageWithoutCookie = "page-without-cookie", Cookie, "";
    TooMany = "too-many", Clock, "warn";
    NotFound = "not-found", Search, "";
    /// Something that we need cannot be reached.
    Unavailable = "unavailable", Cloud, "";
    /// A fault of ours.
    Internal = "internal", Alert, "bad";
}

impl PageEnd {
    /// The end of a session that cannot continue in this browser.
    pub(super) fn of_halted(halted: &Halted, setting: Option<&LinkSetting>) -> Self {
        match halted.why {
            Halt::TooOld => Self::TooOld,
            Halt::TooLate => Self::TooLate,
            Halt::Elsewhere => Self::Used,
            Halt::OpenElsewhere => Self::OpenedElsewhere,
            Halt::NotThisBrowser => Self::NotThisBrowser,
            Halt::WithoutCookie => Self::WithoutCookie,
            Halt::OutOfDate => Self::OutOfDate,
            Halt::Foreign => Self::Foreign,
            Halt::Approved => Self::Approved,
            Halt::InProgress => Self::InProgress,
            Halt::Linked => Self::Linked,
            Halt::Declined => Self::Declined,
            Halt::PageExpired => Self::PageExpired,
            Halt::PageElsewhere => Self::PageElsewhere,
            Halt::PageWithoutCookie => Self::PageWithoutCookie,
            Halt::ChooseAgain | Halt::Failed => {
                match Self::of_failure(halted.failure.as_deref().unwrap_or_default()) {
                    Self::WrongAccount if setting.is_some_and(|setting| setting.email.is_some()) => {
                        Self::WrongAccountKnown
                    }
                    Self::WrongKindWork
                        if setting.and_then(|setting| setting.required_role)
                            == Some(RequiredRole::Personal) =>
                    {
                        Self::WrongKindPersonal
                    }
                    end => end,
                }
            }
        }
    }

    /// The end of a session that failed for `reason`: the provider's error, or a name of ours.
    fn of_failure(reason: &str) -> Self {
        match reason {
            "access_denied" => Self::Declined,
            "cancelled" => Self::Cancelled,
            "account_mismatch" => Self::WrongAccount,
            "wrong_role" => Self::WrongKindWork,
            "connector_disabled" | "tenant_frozen" => Self::Disabled,
            "team_grant" => Self::Team,
            "answer_lost" | "interrupted" => Self::Lost,
            "redirect_uri_mismatch"
            | "unauthorized_client"
            | "unsupported_response_type"
            | "invalid_request"
            | "unsupported_grant_type"
            | "route_error"
            | "invalid_scope"
            | "missing_scope"
            | "invalid_client"
            | "no_auth_function" => Self::Misconfigured,
            "invalid_account_type"
            | "team_access_denied"
            | "paper_access_denied"
            | "no_permission"
            | "account_access_denied" => Self::NotPermitted,
            "server_error" | "temporarily_unavailable" | "provider_error" => Self::ProviderTrouble,
            _ => Self::Failed,
        }
    }

    /// The end of a request that was refused, or failed.
    pub(super) fn of_code(code: Code) -> Self {
        match code {
            Code::NotFound => Self::NotFound,
            Code::InvalidRequest => Self::NotThisBrowser,
            Code::ForeignOrigin => Self::Foreign,
            Code::RateLimited => Self::TooMany,
            Code::ConnectorDisabled | Code::TenantFrozen => Self::Disabled,
            Code::ConnectorBroken => Self::Misconfigured,
            Code::ProviderUnavailable => Self::ProviderUnreachable,
            Code::DatabaseUnavailable | Code::UnknownState => Self::Unavailable,
            _ => Self::Internal,
        }
    }

    /// Whether the same page may look better in a moment.
    pub(super) fn may_pass(self) -> bool {
        matches!(
            self,
            Self::InProgress
                | Self::OutOfDate
                | Self::ProviderUnreachable
                | Self::TooMany
                | Self::Unavailable
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Language, Words};

    #[test]
    fn every_end_has_a_heading_and_help_of_its_own() {
        let words = Words::new(Language::English).with_host("provider", "Dropbox");
        let mut headings: Vec<String> = PageEnd::ALL.iter().map(|end| words.html(end.id())).collect();
        for end in PageEnd::ALL {
            assert!(words.html(end.help()).ends_with('.'), "{end:?}");
        }
        headings.sort_unstable();
        headings.dedup();
        assert_eq!(headings.len() + 1, PageEnd::ALL.len(), "two are about another account");
    }

    #[test]
    fn a_failure_that_the_user_can_do_something_about_says_so() {
        for (reason, end) in [
            ("account_mismatch", PageEnd::WrongAccount),
            ("connector_disabled", PageEnd::Disabled),
            ("invalid_client", PageEnd::Misconfigured),
            ("answer_lost", PageEnd::Lost),
            ("something_new", PageEnd::Failed),
        ] {
            assert_eq!(PageEnd::of_failure(reason), end);
        }
    }
}
