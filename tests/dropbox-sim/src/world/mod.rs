//! The state of the simulated Dropbox: apps, users, browser sessions, codes, grants and tokens.

mod app;
mod apps;
mod authorize;
mod files;
mod grant;
mod grants;
mod oauth1;
mod scope;
mod state;
mod team;
mod token;
mod user;
mod users;

pub(crate) use app::App;
pub(crate) use authorize::{Authorize, Refusal};
pub(crate) use files::File;
pub(crate) use grant::{Code, Grant};
pub use grant::{GrantView, Reveal, TokensView};
pub(crate) use oauth1::OAuth1Authorize;
pub(crate) use scope::Scopes;
pub(crate) use state::World;
pub(crate) use token::{Credentials, Presented};
pub(crate) use user::User;
pub use user::UserView;
