//! Says what an operator has to do at the identity provider.

use crate::client::SignOnStep;

use super::output::Output;

/// Says what the operator has to do at the identity provider. `instead` says what to do where there is no browser.
pub(super) fn tell(step: SignOnStep, instead: &str) {
    match step {
        SignOnStep::Page { url, opened: true } => {
            Output::remark(
                "log in in the browser that has opened, or open this page in a browser on this machine:",
            );
            Output::remark(&url);
        }
        SignOnStep::Page { url, opened: false } => {
            Output::remark(&format!("open this page in a browser on this machine{instead}:"));
            Output::remark(&url);
        }
        SignOnStep::Code { code, url, complete_url } => {
            Output::remark(&format!("on any device, open {url} and enter the code {code}"));
            if let Some(url) = complete_url {
                Output::remark(&format!("or open {url}"));
            }
        }
        SignOnStep::LoggedIn => {}
    }
}
