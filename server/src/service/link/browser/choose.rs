//! The user has approved with an account that the session does not accept, and chooses another one in the same session.

use super::standing::{Halt, LinkStanding, LinkStep, is_bound_to, standing_after_return};
use super::start::{Onward, start};
use super::visit::OpenedLink;
use crate::app::App;
use crate::domain::Error;

/// Starts the same session again, after the user has approved with an account that it does not accept. Everything but that approval stays:
/// the browser, the user, the tenant's challenge and the return URL. The provider asks the user to sign in afresh.
///
/// # Errors
/// A stop with its reason if the session cannot continue in this browser; `not_found` if there is nothing to choose;
/// `provider_unavailable`, in which case nothing has changed.
pub async fn choose_again(app: &App, opened: OpenedLink, binding: Option<&str>) -> LinkStep<Onward> {
    let is_ours = is_bound_to(&opened.session, binding);
    match standing_after_return(&opened.session, opened.now, is_ours)? {
        // The second is a button that was pressed again after the user has chosen.
        LinkStanding::Halted(Halt::ChooseAgain) => {}
        LinkStanding::Halted(Halt::Approved) if opened.session.mismatches > 0 => {}
        LinkStanding::Halted(why) => return Err(opened.halted(why)),
        LinkStanding::Fresh | LinkStanding::Begun => return Err(Error::not_found().into()),
    }
    Box::pin(start(app, opened, binding)).await
}
