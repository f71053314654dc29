//! The texts for end users. They never repeat input, and claim nothing that is not certain.

use crate::domain::Code;
use crate::service::link::Halt;

/// A heading and a paragraph.
pub(super) type Words = (&'static str, &'static str);

/// The text for a session that cannot continue.
pub(super) fn of_halt(why: Halt) -> Words {
    match why {
        Halt::TooOld => (
            "This link is too old",
            "For your safety a link works for a few minutes only. Go back to the app that you came from and start again there.",
        ),
        Halt::TooLate => (
            "This took too long",
            "For your safety a link must be finished within a few minutes. Your Dropbox was not linked this time. Go back to the app \
             that you came from and start again there.",
        ),
        Halt::Elsewhere => (
            "This link has been used",
            "Each link works once, in the browser in which it was started. If your Dropbox is not linked yet, go back to the app \
             that you came from and start again there.",
        ),
        Halt::NotThisBrowser => FOREIGN_ANSWER,
        Halt::WithoutCookie => (
            "Your browser did not keep our cookie",
            "Without it we cannot tell that it is you who comes back from Dropbox. Allow cookies for this site, go back to the app \
             that you came from, and start again there.",
        ),
        Halt::OutOfDate => (
            "This page is out of date",
            "It was opened again in this browser meanwhile, so its button did nothing. Go back one page, load it again, and press \
             its button again.",
        ),
        Halt::Foreign => FOREIGN_PAGE,
        Halt::Approved => (
            "You have given your approval",
            "Only one step is left: the app that you came from has to finish the link.",
        ),
        Halt::InProgress => {
            ("Your Dropbox is being linked", "This takes a moment. This page looks again by itself.")
        }
        Halt::Linked => (
            "Your Dropbox is linked",
            "There is nothing left to do here. Go back to the app that you came from.",
        ),
        Halt::Declined => (
            "You declined",
            "Your Dropbox was not linked this time. If you change your mind, go back to the app that you came from and start \
             again there.",
        ),
        Halt::Failed => (
            "This link did not work",
            "It ended before your Dropbox could be linked. Go back to the app that you came from and start again there.",
        ),
    }
}

/// The text for a refusal or an internal error.
pub(super) fn of_code(code: Code) -> Words {
    match code {
        Code::NotFound => (
            "This link does not work",
            "It may be cut short or mistyped, or a newer link has taken its place. Go back to the app that you came from and start \
             again there.",
        ),
        Code::InvalidRequest => FOREIGN_ANSWER,
        Code::ForeignOrigin => FOREIGN_PAGE,
        Code::RateLimited => (
            "Too many requests",
            "Your network has sent us more than we answer at once. Wait a minute and load this page again.",
        ),
        Code::ConnectorDisabled => (
            "Linking is switched off for now",
            "This app takes no new Dropbox links at the moment, and nothing was changed. Go back to the app that you came from and \
             try again later, or ask its makers.",
        ),
        Code::DatabaseUnavailable | Code::ProviderUnavailable | Code::UnknownState => (
            "Please try again in a moment",
            "Something that we need cannot be reached just now. Load this page again in a moment.",
        ),
        _ => (
            "Something went wrong here",
            "Go back to the app that you came from and look whether your Dropbox is linked; if not, start again there. If it happens \
             again, give its makers the request number below.",
        ),
    }
}

/// The text for a response from the provider that arrives in another browser, or belongs to no link.
const FOREIGN_ANSWER: Words = (
    "This does not belong to your browser",
    "The answer from Dropbox does not fit any link that this browser remembers, so this step changed nothing. If your Dropbox is not \
     linked yet, go back to the app that you came from, start again there, and stay in the same browser.",
);

/// The text for a form posted from a page elsewhere.
const FOREIGN_PAGE: Words = (
    "This was sent by another site",
    "For your safety it was ignored and changed nothing. Go back to the app that you came from and start again there.",
);
