//! Marking accounts, and revoking all that are marked.

use bowline_api::admin::{CreateJob, JobDetail, JobFilter};
use bowline_api::status::{JobKind, JobState};
use bowline_api::{AccountId, Ages};

use crate::client::AccountSearch;
use crate::dialog::change;
use crate::interface::dialog::Reaction;
use crate::text::{count, unescape};
use crate::widget::marks::Marks;
use crate::widget::row::Row as _;

use super::{Accounts, Bulk};

impl Accounts {
    /// Marks the selected account or takes its mark away, and goes one row down.
    pub(super) fn mark(&mut self) -> Vec<Reaction> {
        if self.list.rows.marks.is_all() {
            let text = "all that match are marked; * takes that back, and then single ones can be marked";
            return vec![Reaction::Notify(text.to_owned())];
        }
        if self.list.rows.marks.anchor().is_some() {
            return self.mark_range();
        }
        let Some(row) = self.list.rows.current() else { return Vec::new() };
        let (id, tenant) = (row.row_id(), row.tenant.clone());
        self.list.rows.marks.toggle(id, &tenant);
        vec![Reaction::Step(1)]
    }

    /// Begins a range at the selected account, or marks all from its beginning to the selected account.
    pub(super) fn mark_range(&mut self) -> Vec<Reaction> {
        let Some(row) = self.list.rows.current() else { return Vec::new() };
        if self.list.rows.marks.is_all() {
            return self.mark();
        }
        if self.list.rows.marks.anchor().is_none() {
            let id = row.row_id();
            self.list.rows.marks.begin_range(id);
            return Vec::new();
        }
        let Some(range) = self.list.rows.range() else {
            self.list.rows.marks.query_changed();
            let text = "the range began too far away; mark it in parts, or all that match with *";
            return vec![Reaction::Notify(text.to_owned())];
        };
        let rows = range.filter_map(|place| self.list.rows.row(place));
        let marked: Vec<_> = rows.map(|row| (row.row_id(), row.tenant.clone())).collect();
        self.list.rows.marks.end_range(marked.into_iter());
        Vec::new()
    }

    /// Marks all accounts that match the query, or takes that back.
    pub(super) fn mark_all(&mut self) -> Vec<Reaction> {
        self.list.rows.marks.toggle_all();
        Vec::new()
    }

    /// Takes away the marks that do not fit a new filter. Single marks stay while the tenant is the same.
    pub(super) fn keep_marks(&mut self, before: &AccountSearch) {
        if self.list.query.tenant != before.tenant {
            self.unmark_all();
        }
        if (AccountSearch { sort: before.sort, ..self.list.query.clone() }) != *before {
            self.list.rows.marks.query_changed();
        }
    }

    /// The dialog that prepares a job for all that are marked, or why there can be none.
    pub(super) fn revoke_marked(&mut self) -> Reaction {
        if self.list.rows.marks.anchor().is_some() {
            self.mark_range();
        }
        match self.wanted_job() {
            Ok((wanted, what)) => {
                self.bulk = Bulk::Asked;
                change::prepare_job(wanted, &what)
            }
            Err(why) => Reaction::Notify(why),
        }
    }

    /// The job for all that are marked, and what they are in words.
    fn wanted_job(&self) -> Result<(CreateJob, String), String> {
        let marks = &self.list.rows.marks;
        let job = |tenant: String, accounts, filter| CreateJob {
            kind: JobKind::RevokeAccounts,
            tenant,
            accounts,
            filter,
            reason: String::new(),
        };
        if marks.is_all() {
            let filter = &self.list.query;
            let tenant = filter.tenant.as_ref().map(ToString::to_string);
            let tenant = tenant.ok_or("a job is for one tenant: add tenant:NAME to the query")?;
            let what = match self.list.bar.field.text().trim() {
                "" => format!("all accounts of {tenant}"),
                query => format!("all accounts that match: {query}"),
            };
            return Ok((job(tenant, None, Some(job_filter(filter))), what));
        }
        let groups = marks.groups();
        let tenant = match groups.iter().collect::<Vec<_>>().as_slice() {
            [] => return Err("no account is marked".to_owned()),
            [tenant] => (**tenant).to_owned(),
            several => {
                let names = several.iter().map(|name| **name).collect::<Vec<_>>().join(", ");
                return Err(format!(
                    "a job is for one tenant, and these are marked of {names}: esc takes marks away"
                ));
            }
        };
        let mut ids: Vec<AccountId> = marks.ids().collect();
        ids.sort_unstable_by_key(AccountId::uuid);
        let plural = if ids.len() == 1 { "account" } else { "accounts" };
        let what = format!("{} marked {plural} of {tenant}", count(ids.len() as u64));
        Ok((job(tenant, Some(ids), None), what))
    }

    /// Takes note of what this operator has done with a job. The marks are done with once the job that was made of them
    /// is confirmed.
    pub(super) fn job_changed(&mut self, detail: &JobDetail) {
        let (id, state) = (detail.job.id, detail.job.state);
        if state == JobState::Prepared {
            let is_of_marks = detail.sample.iter().all(|row| self.list.rows.marks.contains(row.account.id));
            if self.bulk == Bulk::Asked && is_of_marks {
                self.bulk = Bulk::Prepared(id);
            }
            return;
        }
        if self.bulk == Bulk::Prepared(id) {
            self.bulk = Bulk::None;
            if !matches!(state.known(), Some(JobState::Cancelled | JobState::Stopped)) {
                self.unmark_all();
            }
        }
        self.list.rows.refresh();
    }

    fn unmark_all(&mut self) {
        self.list.rows.marks = Marks::default();
    }
}

/// The query as the server takes it for a job.
fn job_filter(filter: &AccountSearch) -> JobFilter {
    let Ages { used_within, unused_for, linked_within, linked_for } = filter.ages;
    JobFilter {
        status: filter.status.clone(),
        connector: filter.connector,
        scope: filter.scope.clone(),
        q: Some(unescape(&filter.text)).filter(|text| !text.is_empty()),
        unused_since: None,
        used_within,
        unused_for,
        linked_within,
        linked_for,
    }
}
