//! The page with an end user's linked accounts: who used which and when, ending one, and linking it again.
//!
//! `create → open → accounts → disconnect, again`. The ticket in the URL works in the first browser whose user presses the page's button.
//! Before that, nothing is changed and no account is shown, so neither a link scanner nor a forwarded URL does harm.

mod accounts;
mod again;
mod create;
mod disconnect;
mod open;
mod places;
mod sweep;
mod uses;

pub use accounts::{Accounts, LinkAgain, LinkedAccount, Newest, State, accounts};
pub use again::{Again, again};
pub use create::create;
pub use disconnect::{confirm, disconnect};
pub use open::{ManageStanding, OpenedManageSession, begin, cookie_name, open};
pub use sweep::sweep;
pub use uses::{Got, Used};
