//! Jobs: one act on many accounts.

use bowline_api::admin::{ConfirmJob, CreateJob, Job, JobDetail, JobItem, StopJob};
use bowline_api::status::{JobItemState, JobState};
use bowline_api::{AnyOf, JobId, Page};
use reqwest::Method;

use super::tenants::no_tenant;
use super::{Client, Failure, PageQuery, Proof, TenantRef};

impl Client {
    /// `GET /jobs`: the jobs of one tenant, or of all tenants.
    pub async fn jobs(&self, tenant: Option<&TenantRef>, page: PageQuery) -> Result<Page<Job>, Failure> {
        self.page("/jobs", tenant, page).await
    }

    /// `GET /jobs/{id}`
    pub async fn job(&self, id: JobId) -> Result<JobDetail, Failure> {
        self.json(self.request(Method::GET, &format!("/jobs/{id}"))?).await
    }

    /// `GET /jobs/{id}/items`: its accounts, all or those in any of some states.
    pub async fn job_items(
        &self,
        id: JobId,
        state: Option<&AnyOf<JobItemState>>,
        page: PageQuery,
    ) -> Result<Page<JobItem>, Failure> {
        let mut query = page.query();
        query.extend(state.map(|state| ("state", state.to_string())));
        self.json(self.request(Method::GET, &format!("/jobs/{id}/items"))?.query(&query)).await
    }

    /// `POST /jobs`: finds the accounts and changes nothing.
    pub(super) async fn prepare_job(&self, wanted: &CreateJob) -> Result<JobDetail, Failure> {
        let prepared = self.json(self.request(Method::POST, "/jobs")?.json(wanted)).await;
        prepared.map_err(|failure| match failure {
            // Accounts that do not exist are left out, so it can be nothing else.
            Failure::NotFound(_) => no_tenant(&wanted.tenant),
            other => other,
        })
    }

    /// `POST /jobs/{id}/confirm`, with the job's phrase and the operator's own password.
    pub(super) async fn confirm_job(
        &self,
        id: JobId,
        phrase: &str,
        proof: &Proof,
    ) -> Result<JobDetail, Failure> {
        let body = ConfirmJob { confirm: phrase.to_owned(), password: proof.password(), code: proof.code() };
        self.json(self.request(Method::POST, &format!("/jobs/{id}/confirm"))?.json(&body)).await
    }

    /// `POST /jobs/{id}/approve` or `…/retry`, depending on `verb`, with the operator's own password.
    pub(super) async fn prove_for_job(
        &self,
        id: JobId,
        verb: &'static str,
        proof: &Proof,
    ) -> Result<JobDetail, Failure> {
        self.json(self.request(Method::POST, &format!("/jobs/{id}/{verb}"))?.json(&proof.body())).await
    }

    /// `POST /jobs/{id}/stop`. `reason` has 3 to 500 characters.
    pub(super) async fn stop_job(&self, id: JobId, reason: &str) -> Result<JobDetail, Failure> {
        let body = StopJob { reason: reason.to_owned() };
        self.json(self.request(Method::POST, &format!("/jobs/{id}/stop"))?.json(&body)).await
    }
}

/// Whether nothing more happens to the job, unless it is retried. A state that only a newer server knows may be any.
pub fn has_ended(job: &Job) -> bool {
    match job.state.known() {
        Some(JobState::Stopped | JobState::Cancelled | JobState::Finished) => true,
        Some(JobState::Prepared | JobState::AwaitingApproval | JobState::Running) | None => false,
    }
}
