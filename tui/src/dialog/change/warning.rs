//! What follows from each change, in the words that its dialog shows.

use crate::client::{Act, WebhookAct};

/// What follows from a change.
pub(super) fn warning(act: &Act) -> &'static str {
    match act {
        Act::Revoke { .. } => {
            "This cannot be undone: no more tokens are issued, the grant is revoked at Dropbox, and the user must link again."
        }
        Act::SuspendAccount { .. } => {
            "Until it is resumed, the tenant gets no tokens for any link to this Dropbox account. Nothing is lost."
        }
        Act::ResumeAccount { .. } => {
            "The tenant gets tokens for every active link to this Dropbox account again."
        }
        Act::DisableConnector { .. } => {
            "Nobody links through it and no token is refreshed until it is enabled again. Tokens that were issued stay valid until they expire."
        }
        Act::EnableConnector { .. } => "Users can link through it again, and tokens are refreshed again.",
        Act::ReplaceSecret { .. } => {
            "The provider is asked whether it accepts the secret, which is stored whatever it says. A broken connector becomes active unless it is refused."
        }
        Act::EditConnector { .. } => {
            "These replace all of them. A link that names another return URL is refused from now on."
        }
        Act::RevokeApiKey { .. } => {
            "This cannot be undone: from now on no server accepts the key. Whatever uses it needs another one."
        }
        Act::DisableOperator { .. } => "All sessions of the operator end, and they can no longer log in.",
        Act::EndSession { .. } | Act::EndSessions { .. } => "Whoever uses it has to log in again.",
        Act::FreezeTenant { .. } => {
            "Every replica refuses all its API keys, and nobody links, until it is thawed."
        }
        Act::ThawTenant { .. } => "Its API keys work again, and its users link again.",
        Act::PrepareJob { .. } => {
            "Next comes a dry run: it says how many accounts these are, without those that are revoked already, and shows some. Nothing is done to them yet."
        }
        Act::ConfirmJob { .. } | Act::ApproveJob { .. } => {
            "This cannot be undone: no more tokens are issued, the grants are revoked at Dropbox, and the users must link again."
        }
        Act::RetryJob { .. } => {
            "This cannot be undone. What is left and what failed is tried, and nothing twice."
        }
        Act::StopJob { .. } => "No other account is begun. What is done stays done.",
        Act::EnableOperator { .. } => "The operator can log in again, with the same password.",
        Act::AddOperator { .. } => {
            "They can log in with this password. Tell it to them on a way of its own; they change it with bowline password."
        }
        Act::SetRole { .. } => "All sessions of the operator end.",
        Act::SetPassword { .. } => "All sessions of the operator end, and their old password is void.",
        Act::ResetTotp { .. } => "The operator logs in without a code, and all their sessions end.",
        Act::CreateApiKey { .. } => "The secret is shown once, after this.",
        Act::RotateApiKey { .. } => {
            "A new key with the same permissions works at once; its secret is shown once, after this. The old key expires after the overlap."
        }
        Act::ResumeApiKey { .. } => {
            "Every server accepts the key again, and what it was suspended for is its habit from now on. If somebody has stolen it, revoke it instead."
        }
        Act::Webhook { act, .. } => about_webhook(act),
        Act::SetDrainStop { .. } => {
            "A key that fetches more in a minute than both limits is suspended on every server until an operator resumes it. Off: none is; what is suspended stays so."
        }
        Act::AnnounceFetch { .. } => {
            "Until then no key of the tenant is suspended, also a stolen one, and what they fetch is not counted; with a key, that holds for it alone. 0 minutes end it."
        }
        Act::LimitOperator { .. }
        | Act::BeginTotp { .. }
        | Act::ConfirmTotp { .. }
        | Act::RenewRecoveryCodes { .. }
        | Act::RemoveTotp { .. }
        | Act::MigrateAccount { .. }
        | Act::LiftFreeze { .. }
        | Act::RemoveConnector { .. }
        | Act::ChangePassword { .. } => "",
    }
}

fn about_webhook(act: &WebhookAct) -> &'static str {
    match act {
        WebhookAct::Disable { .. } => {
            "It is told of nothing that happens until it is enabled again. What it misses can be sent to it later, for 30 days (account.changed: 3)."
        }
        WebhookAct::Enable { .. } => "What waits for it and is less than three days old is delivered.",
        WebhookAct::Delete { .. } => {
            "This cannot be undone: nothing more is sent to it, and the log of its deliveries is deleted."
        }
        WebhookAct::Test { .. } => {
            "It gets an event of the type endpoint.test, whatever types it gets otherwise."
        }
        WebhookAct::Rotate { .. } => {
            "The new secret is shown once, after this. Messages are signed with the old one as well until the overlap is over."
        }
        WebhookAct::Resend { .. } => {
            "It is sent with the same id, also if the endpoint has accepted it before."
        }
        WebhookAct::ResendSince { .. } => {
            "Those that the endpoint has not accepted are sent with the same ids, among them what it was not told of."
        }
        WebhookAct::Create { .. } => {
            "It is told of what happens from now on. Its signing secret is shown once, after this."
        }
        WebhookAct::Edit { .. } => {
            "What waits is sent to a new URL at once, signed with the same secret. Of what waits, events of other types and connectors are still delivered."
        }
    }
}
