//! What tenant apps send and get under `/v1`.

pub mod account;
pub mod link_session;
pub mod token;

pub use account::{Account, AccountCheck};
pub use link_session::{CompleteLinkSession, CreateLinkSession, LinkSession, NewLinkSession};
pub use token::{
    AccessToken, ForceRefresh, Relink, TokenOutcome, TokenRequest, Tokens, TokensRequest, UserTokenRequest,
};
