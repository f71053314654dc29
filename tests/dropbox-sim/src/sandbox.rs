//! The states into which a sandbox puts an account, made of faults of this account and app.

use serde::Deserialize;
use serde_json::json;

use crate::{Dropbox, FaultKind, FaultSpec, Operation};

/// The calls of the API that use an access token.
const API: [Operation; 4] = [
    Operation::GetCurrentAccount,
    Operation::CheckUser,
    Operation::ListFolder,
    Operation::ListFolderContinue,
];
/// The calls for files.
const FILES: [Operation; 2] = [Operation::ListFolder, Operation::ListFolderContinue];
/// The calls in which an app proves its secret.
const PROOFS: [Operation; 3] = [Operation::TokenExchange, Operation::TokenRefresh, Operation::CheckApp];

/// How long a call to a slow Dropbox takes.
const SLOW_MS: u64 = 3_000;

/// How Dropbox behaves towards an account of one app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SandboxState {
    /// As usual.
    Healthy,
    /// The user has disconnected the app.
    DeadGrant,
    /// Dropbox has suspended the user.
    UserSuspended,
    /// The grant lacks the scope for files.
    MissingScope,
    /// Every call is above a limit.
    RateLimited,
    /// The key and secret of the app are rejected, for all its accounts.
    BrokenApp,
    /// Every call takes three seconds.
    Slow,
}

impl Dropbox {
    /// Puts an account into a state, in place of the one that it was in. A broken app works again.
    pub fn set_sandbox_state(&self, app_key: &str, account_id: &str, state: SandboxState) {
        let is_of_app = |spec: &FaultSpec| spec.app_key.as_deref() == Some(app_key);
        let is_ours = |spec: &FaultSpec| spec.account_id.as_deref().is_none_or(|id| id == account_id);
        self.faults.clear_where(|spec| is_of_app(spec) && is_ours(spec));
        let of_account = |kind: FaultKind| FaultSpec::new(kind).app(app_key).account(account_id);
        let set_on = |operations: &[Operation], fault: &FaultSpec| {
            for operation in operations {
                self.set_fault(fault.clone().on(*operation));
            }
        };
        match state {
            SandboxState::Healthy => {}
            SandboxState::DeadGrant => {
                self.disconnect(app_key, account_id);
            }
            SandboxState::UserSuspended => {
                let error = json!({"error_summary": "user_suspended/", "error": {".tag": "user_suspended"}});
                set_on(&API, &of_account(unauthorized(&error)));
            }
            SandboxState::MissingScope => {
                let error = json!({".tag": "missing_scope", "required_scope": "files.metadata.read"});
                let error = json!({"error_summary": "missing_scope/", "error": error});
                set_on(&FILES, &of_account(unauthorized(&error)));
            }
            SandboxState::RateLimited => {
                self.set_fault(of_account(FaultKind::RateLimit { retry_after: 1 }));
            }
            SandboxState::BrokenApp => set_on(&PROOFS, &FaultSpec::new(FaultKind::BadClient).app(app_key)),
            SandboxState::Slow => {
                self.set_fault(of_account(FaultKind::Delay { ms: SLOW_MS }));
            }
        }
    }
}

fn unauthorized(error: &serde_json::Value) -> FaultKind {
    FaultKind::Status { status: 401, body: Some(error.to_string()), content_type: None, retry_after: None }
}
