//! The tenants' short names, which query lines complete.

use std::collections::BTreeSet;

use bowline_api::Page;
use bowline_api::admin::Tenant;
use chrono::{DateTime, Utc};

use crate::client::{PageQuery, Request};
use crate::widget::call_state::CallState;

/// The number of names that are kept; they are fetched in pages of 200.
const MAX_NAMES: usize = 2_000;
const PAGE: u32 = 200;

/// The tenants' short names as far as they are known.
#[derive(Debug, Default)]
pub struct TenantNames {
    /// The names.
    pub known: BTreeSet<String>,
    /// The state of the calls that fetch them.
    pub call: CallState,
    /// The cursor of the next page; `None` before the first one.
    next: Option<String>,
    is_whole: bool,
}

impl TenantNames {
    /// Stores a page of names.
    pub fn take(&mut self, page: Page<Tenant>) {
        self.known.extend(page.items.into_iter().map(|tenant| tenant.slug));
        self.is_whole = page.next.is_none() || self.known.len() >= MAX_NAMES;
        self.next = page.next;
    }

    /// The request for the next page of names, unless all are there, or a call is in progress or waits after a failure.
    pub fn request(&self, now: DateTime<Utc>) -> Option<Request> {
        (!self.is_whole && self.call.may_start(now))
            .then(|| Request::Tenants(PageQuery { cursor: self.next.clone(), limit: PAGE }))
    }
}
