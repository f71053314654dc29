//! Valid tokens, with one call in a hundred for an account whose token has expired.

use dropbox_sim::{Operation, PlantedGrant};

use super::Session;
use crate::data::identity;
use crate::data::rows::Condition;
use crate::data::tenants::app_key;
use crate::report::{Figure, median};
use crate::wrk::{self, Script};

/// A refresh consumes an expired account, so every run gets new ones.
pub(crate) async fn run(session: &mut Session<'_>) -> anyhow::Result<()> {
    let (mut rates, mut latencies, mut refreshes) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..session.arguments.runs() as u64 {
        session.settle().await?;
        let expired =
            session.data.add_accounts(session.postgres, wanted(session), Condition::Expired).await?;
        session.plant(expired.clone());
        let record = &session.data.record;
        let keys = record.tenants.iter().map(|tenant| tenant.key.as_str());
        let script = Script::new(include_str!("../lua/mixed.lua"), keys)
            .text("prefix", &identity::id_prefix())
            .number("accounts", record.accounts)
            .number("expired_from", expired.start)
            .number("expired_to", expired.end);
        let before = session.dropbox.count(Operation::TokenRefresh);
        let (connections, seconds) = (session.arguments.connections, session.arguments.seconds());
        let outcome =
            wrk::run(session.server.address(), &script, connections, seconds, run).await?.all_good()?;
        #[expect(clippy::cast_precision_loss, reason = "counts of one run are far below 2^52")]
        let share =
            (session.dropbox.count(Operation::TokenRefresh) - before) as f64 / outcome.requests as f64;
        refreshes.push(share * 100.0);
        rates.push(outcome.rate());
        latencies.push(outcome.into());
    }
    let note = format!("{:.2} % refreshes", median(refreshes));
    session.report.figure(Figure::rates("mixed", session.data.size, rates).latency(&latencies).note(note));
    Ok(())
}

/// Twice the number that one run needs at the rate of the token scenario.
fn wanted(session: &Session<'_>) -> u64 {
    let rate = session.report.median_of("token", session.data.size).unwrap_or(20_000.0);
    let calls = std::time::Duration::from_secs(session.arguments.seconds()).mul_f64(rate);
    calls.as_secs() / 50 + 200
}

impl Session<'_> {
    /// Registers the grants of these accounts at the simulated Dropbox, with the tokens that were sealed.
    pub(crate) fn plant(&self, numbers: std::ops::Range<u64>) {
        let tenants = self.data.record.tenants.len() as u64;
        for number in numbers {
            let tenant = usize::try_from(number % tenants).unwrap_or_default();
            self.dropbox.plant_grant(&PlantedGrant {
                app_key: app_key(tenant),
                account_id: identity::provider_account_id(number),
                scopes: "account_info.read files.content.read files.metadata.read".to_owned(),
                refresh_token: identity::refresh_token(number).into(),
                access_token: Some(identity::access_token(number, self.data.record.token_bytes).into()),
            });
        }
    }
}
