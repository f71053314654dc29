//! The overview as the admin API returns it, identical in every run.

use bowline_api::admin::{
    Activity, Failing, FailingConnector, FailingWebhook, LateWorker, Overview, PendingRevocations,
    StatusCount, TenantPace,
};
use bowline_api::page::Total;
use bowline_api::status::{AccountStatus, ConnectorStatus};
use bowline_api::v1::WebhookEndpoint;
use chrono::TimeDelta;

use crate::fixtures::{connector, now, tenants};
use crate::webhook_fixtures::endpoints;

/// An hour in which a connector is broken, and two endpoints for webhooks accept nothing.
pub(crate) fn overview() -> Overview {
    let minutes = |most: u64| (0..60).map(|minute| minute * most / 59).collect::<Vec<u64>>();
    let failing = |n, status, paused| {
        let row = connector(n, status);
        FailingConnector {
            id: row.id,
            tenant_id: row.tenant_id,
            tenant: tenants()[0].slug.clone(),
            name: row.name,
            status: status.into(),
            status_reason: row.status_reason,
            paused_since: paused,
            paused_until: paused.map(|at| at + TimeDelta::minutes(5)),
        }
    };
    let webhook = |row: WebhookEndpoint| FailingWebhook {
        id: row.id,
        tenant_id: tenants()[0].id,
        tenant: tenants()[0].slug.clone(),
        url: row.url,
        state: row.state,
        state_reason: row.state_reason,
        failing_since: row.failing_since,
    };
    Overview {
        accounts: AccountStatus::ALL
            .iter()
            .map(|status| StatusCount {
                status: (*status).into(),
                total: Total { count: 4_812_337, approximate: true },
            })
            .collect(),
        activity: Some(Activity {
            since: now() - TimeDelta::hours(1),
            links: minutes(12),
            failed_links: minutes(3),
            refreshes: minutes(900),
            failed_refreshes: minutes(0),
            issues: minutes(120_000),
        }),
        failing: Some(Failing {
            connectors: vec![
                failing(0, ConnectorStatus::Broken, None),
                failing(1, ConnectorStatus::Active, Some(now() - TimeDelta::minutes(2))),
            ],
            more_connectors: false,
            webhooks: endpoints().into_iter().skip(1).map(webhook).collect(),
            more_webhooks: false,
            revocations: PendingRevocations { due: 1_204, retried: 17, oldest_seconds: 5_400, given_up: 2 },
            workers: vec![LateWorker { worker: "revoker".into(), seconds: 320 }],
        }),
        jobs: Vec::new(),
        slowest: vec![TenantPace {
            tenant_id: tenants()[1].id,
            tenant: "globex".into(),
            refreshes: 40,
            failed: 3,
            mean_millis: 2_310,
        }],
    }
}
