//! The tenants' short names, which query lines complete.

use std::collections::BTreeSet;

use bowline_api::Page;
use bowline_api::admin::Tenant;
use chrono::{DateTime, Utc};

use crate::client::{Request, Walk};
use crate::widget::call_state::CallState;

/// The number of names that are kept.
const MAX_TENANT_NAMES: usize = 2_000;

/// The tenants' short names as far as they are known.
#[derive(Debug, Default)]
pub struct TenantNames {
    /// The names.
    pub known: BTreeSet<String>,
    /// The state of the calls that fetch the tenants' names.
    pub call: CallState,
    walk: Walk,
    /// Whether no more names are wanted.
    is_whole: bool,
}

impl TenantNames {
    /// Stores a page of names.
    pub fn take(&mut self, page: Page<Tenant>) {
        self.known.extend(page.items.into_iter().map(|tenant| tenant.slug));
        let went_on = self.walk.go_on(page.next);
        self.is_whole = went_on.is_err() || self.known.len() >= MAX_TENANT_NAMES;
    }

    /// The request for the next page of names, unless all are there, or a call is in progress or waits after a failure.
    pub fn request(&self, now: DateTime<Utc>) -> Option<Request> {
        let next = self.walk.next().filter(|_| !self.is_whole && self.call.may_start(now));
        next.map(Request::Tenants)
    }
}
