//! The dialog that makes a change, and how it is opened for each kind of change.

mod drain_stop;
mod draw;
mod fields;
mod form;
mod jobs;
mod open;
mod typed;
mod warning;
mod webhooks;

pub use drain_stop::{announce_fetch_of_key, announce_fetch_of_tenant, set_drain_stop};
pub use fields::Purpose;
pub use form::ChangeDialog;
pub use jobs::{confirm_job, phrase, prepare_job, retry_job, sample_lines, stop_job};
pub use open::{
    add_operator, create_api_key, edit_return_urls, end_session, pause, pause_connector, pause_operator,
    pause_tenant, replace_secret, resume_api_key, revoke, revoke_api_key, rotate_api_key, set_password,
    set_role,
};
pub use webhooks::{
    create_webhook, delete_webhook, edit_webhook, pause_webhook, rotate_webhook, send_again, send_all_again,
    test_webhook,
};
