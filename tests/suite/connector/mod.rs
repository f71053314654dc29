//! An operator edits a tenant's connectors, and what end users see of it.

mod branding;
mod edit;
mod native;
mod new_secret;
mod several;

use bowline_tests::{Answer, Operator, Stack, Tenant};
use reqwest::Method;
use serde_json::Value;

/// A tenant, and an admin who is logged in.
async fn managed() -> anyhow::Result<(Stack, Tenant, Operator)> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut admin = Operator::create(&stack, "root", "admin").await?;
    admin.log_in().await?;
    Ok((stack, acme, admin))
}

fn path(tenant: &Tenant) -> String {
    format!("/admin/v1/tenants/{}/connectors/{}", tenant.slug, tenant.connector)
}

/// Edits the tenant's connector.
async fn edit(admin: &Operator, tenant: &Tenant, change: Value) -> anyhow::Result<Answer> {
    admin.call(Method::PATCH, &path(tenant), Some(change)).await
}
