//! The actions that change what is selected.

use bowline_api::status::Role;

use crate::danger::Danger;

use super::entry::{Action as A, ActionEntry, change, entry};
use super::group::HelpGroup as G;

/// In the order of the help.
pub(super) const CHANGES: &[ActionEntry] = &[
    change(
        A::Revoke,
        "account.revoke",
        ("revoke permanently", "revoke"),
        (Danger::Irreversible, Role::Operator),
        &["R"],
    ),
    change(
        A::Pause,
        "suspend-or-resume",
        ("suspend or resume", "suspend"),
        (Danger::Reversible, Role::Operator),
        &["S"],
    ),
    ActionEntry {
        danger: Danger::Reversible,
        role: Role::Operator,
        ..entry(A::Undo, "undo", "undo what you suspended or resumed", "", G::Change, &["u"])
    },
    change(
        A::ReplaceSecret,
        "connector.secret",
        ("replace the app secret", "new secret"),
        (Danger::Reversible, Role::Admin),
        &["E"],
    ),
    change(
        A::EditUrls,
        "connector.urls",
        ("edit return URLs, or the endpoint", "return URLs"),
        (Danger::Reversible, Role::Admin),
        &["U"],
    ),
    change(A::Add, "add", ("add another one", "add"), (Danger::Reversible, Role::Admin), &["a"]),
    change(
        A::SetRole,
        "operator.role",
        ("change the role", "role"),
        (Danger::Reversible, Role::Admin),
        &["P"],
    ),
    change(
        A::SetPassword,
        "operator.password",
        ("give the operator another password", "password"),
        (Danger::Reversible, Role::Admin),
        &["p"],
    ),
    change(
        A::Rotate,
        "key.rotate",
        ("new key or secret, with an overlap", "rotate"),
        (Danger::Reversible, Role::Admin),
        &["o"],
    ),
    change(
        A::EndSession,
        "session.end",
        ("end the session", "end"),
        (Danger::Reversible, Role::Viewer),
        &["D"],
    ),
    change(
        A::DrainStop,
        "tenant.drain-stop",
        ("set the automatic stop of API keys", "key stop"),
        (Danger::Reversible, Role::Admin),
        &["d"],
    ),
    change(
        A::Announce,
        "tenant.announce",
        ("announce a mass fetch", "announce"),
        (Danger::Reversible, Role::Operator),
        &["H"],
    ),
    change(
        A::ApproveJob,
        "job.approve",
        ("confirm or approve the job", "approve"),
        (Danger::Bulk, Role::Operator),
        &["A"],
    ),
    change(A::StopJob, "job.stop", ("stop the job", "stop"), (Danger::Reversible, Role::Operator), &["X"]),
    change(
        A::RetryJob,
        "job.retry",
        ("try again what is left and what failed", "retry"),
        (Danger::Bulk, Role::Operator),
        &["T"],
    ),
    change(
        A::SendTest,
        "webhook.test",
        ("send a test event", "test"),
        (Danger::Reversible, Role::Operator),
        &["M"],
    ),
    change(
        A::SendAgain,
        "webhook.resend",
        ("send the event again", "send again"),
        (Danger::Reversible, Role::Operator),
        &["b"],
    ),
    change(
        A::SendAllAgain,
        "webhook.all-since",
        ("send all since this one again", "all since"),
        (Danger::Reversible, Role::Operator),
        &["B"],
    ),
    change(
        A::DeleteEndpoint,
        "webhook.delete",
        ("delete the endpoint", "delete"),
        (Danger::Irreversible, Role::Admin),
        &["K"],
    ),
];
