//! The tenants' short names, which query lines complete.

use std::collections::BTreeSet;

use bowline_api::Page;
use bowline_api::admin::Tenant;

use crate::client::{PageQuery, Request};
use crate::widget::call_state::CallState;
use crate::widget::completion::Values;

use super::model::Model;

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
}

/// The request for more names, while somebody types a query with the filter by tenant.
pub(super) fn request(model: &Model) -> Option<Request> {
    let names = &model.tenant_names;
    let bar = model.screen().bar().filter(|bar| bar.editing && model.dialogs.is_empty())?;
    let typed = bar.field.text().to_lowercase();
    let mut filters = model.screen().list().filters().iter();
    let is_needed = filters
        .any(|filter| matches!(filter.values, Values::Tenant) && typed.contains(&format!("{}:", filter.key)));
    (is_needed && !names.is_whole && names.call.may_start(model.now))
        .then(|| Request::Tenants(PageQuery { cursor: names.next.clone(), limit: PAGE }))
}
