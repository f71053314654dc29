//! Prints which API keys hold the token of an account.

use std::process::ExitCode;

use bowline_api::AccountId;
use bowline_api::admin::TokenHolder;

use crate::cli::output::Output;
use crate::cli::{CliError, Outcome};
use crate::client::Client;
use crate::when::stamp;

/// Prints the holders, the last issue first.
pub(super) async fn holders(
    client: &Client,
    id: AccountId,
    generation: Option<i64>,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let found = client.token_holders(id, generation).await?;
    if out.is_json() {
        out.json(&found)?;
        return Ok(Outcome::Success.into());
    }
    let rows: Vec<_> = found.items.iter().map(holder_row).collect();
    out.table(["API KEY", "NAME", "FIRST", "LAST", "TIMES", "MAY", "STATE"], &rows)?;
    let token = match (found.generation, found.current) {
        (None, _) => "no API key has ever received a token of this account".to_owned(),
        (Some(generation), true) => format!("of the current token, generation {generation}"),
        (Some(generation), false) => format!("of an earlier token, generation {generation}"),
    };
    Output::remark(&token);
    if found.more {
        Output::remark("there are more API keys than these");
    }
    Ok(Outcome::Success.into())
}

fn holder_row(holder: &TokenHolder) -> [String; 7] {
    let key = &holder.api_key;
    let permissions: Vec<String> = key.permissions.iter().map(ToString::to_string).collect();
    let about = if holder.approximate { "≈ " } else { "" };
    [
        key.id.to_string(),
        key.name.clone(),
        stamp(holder.first_issued_at),
        stamp(holder.last_issued_at),
        format!("{about}{}", holder.issues),
        permissions.join(" "),
        key.revoked_at.map_or_else(String::new, |at| format!("revoked {}", stamp(at))),
    ]
}
