//! Which endpoints an event goes to.

use bowline_api::status::WebhookState;
use diesel::QueryResult;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::domain::told::Subject;
use crate::store::schema::webhook_endpoints;

/// What decides whether an endpoint gets an event.
#[derive(Debug, Clone)]
pub(super) struct EndpointFilter {
    pub(super) id: Uuid,
    pub(super) connector: Option<Uuid>,
    pub(super) events: Vec<String>,
    pub(super) is_enabled: bool,
}

impl From<(Uuid, Option<Uuid>, Vec<String>, String)> for EndpointFilter {
    fn from((id, connector, events, state): (Uuid, Option<Uuid>, Vec<String>, String)) -> Self {
        Self { id, connector, events, is_enabled: state == WebhookState::Enabled.as_str() }
    }
}

/// The endpoints of the tenant that are not removed.
pub(super) async fn filters(
    mut connection: &AsyncPgConnection,
    tenant: Uuid,
) -> QueryResult<Vec<EndpointFilter>> {
    let endpoint_query = webhook_endpoints::table
        .filter(webhook_endpoints::tenant_id.eq(tenant))
        .filter(webhook_endpoints::state.ne(WebhookState::Removed.as_str()))
        .select((
            webhook_endpoints::id,
            webhook_endpoints::connector_id,
            webhook_endpoints::events,
            webhook_endpoints::state,
        ));
    let rows: Vec<(Uuid, Option<Uuid>, Vec<String>, String)> = endpoint_query.load(&mut connection).await?;
    Ok(rows.into_iter().map(EndpointFilter::from).collect())
}

/// The endpoints that get an event of this type and connector. A connector with an endpoint of its own, even a disabled one, tells no other;
/// a test event goes to its endpoint, whatever that wants.
pub(super) fn receivers(
    endpoints: &[EndpointFilter],
    kind: &str,
    connector: Option<Uuid>,
    subject: Subject,
) -> Vec<Uuid> {
    if let Subject::Endpoint(tested) = subject {
        return endpoints.iter().map(|one| one.id).filter(|id| *id == tested.uuid()).collect();
    }
    let own = connector.filter(|_| endpoints.iter().any(|one| one.connector == connector));
    let wants = |one: &&EndpointFilter| {
        one.is_enabled
            && one.connector == own
            && (one.events.is_empty() || one.events.iter().any(|e| e == kind))
    };
    endpoints.iter().filter(wants).map(|one| one.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filtering_endpoint(id: u128, connector: Option<u128>, events: &[&str]) -> EndpointFilter {
        EndpointFilter {
            id: Uuid::from_u128(id),
            connector: connector.map(Uuid::from_u128),
            events: events.iter().map(|&event| event.to_owned()).collect(),
            is_enabled: true,
        }
    }

    fn told_endpoints(endpoints: &[EndpointFilter], kind: &str, connector: u128) -> Vec<u128> {
        let subject = Subject::Account(Uuid::nil().into());
        let found = receivers(endpoints, kind, Some(Uuid::from_u128(connector)), subject);
        found.into_iter().map(|id| id.as_u128()).collect()
    }

    #[test]
    fn an_endpoint_gets_what_it_wants() {
        let endpoints = [filtering_endpoint(1, None, &[]), filtering_endpoint(2, None, &["account.linked"])];
        assert_eq!(told_endpoints(&endpoints, "account.linked", 7), [1, 2]);
        assert_eq!(told_endpoints(&endpoints, "account.revoked", 7), [1]);
    }

    #[test]
    fn a_connector_with_an_endpoint_of_its_own_tells_no_other() {
        let mut endpoints =
            [filtering_endpoint(1, None, &[]), filtering_endpoint(2, Some(7), &["account.linked"])];
        assert_eq!(told_endpoints(&endpoints, "account.linked", 7), [2]);
        assert_eq!(told_endpoints(&endpoints, "account.linked", 8), [1]);
        assert_eq!(told_endpoints(&endpoints, "account.revoked", 7), [0_u128; 0]);
        endpoints[1].is_enabled = false;
        assert_eq!(
            told_endpoints(&endpoints, "account.linked", 7),
            [0_u128; 0],
            "its events go nowhere else"
        );
    }

    #[test]
    fn a_test_goes_to_its_endpoint_alone() {
        let endpoints =
            [filtering_endpoint(1, None, &[]), filtering_endpoint(2, Some(7), &["account.linked"])];
        let subject = Subject::Endpoint(Uuid::from_u128(2).into());
        assert_eq!(receivers(&endpoints, "endpoint.test", None, subject), [Uuid::from_u128(2)]);
    }
}
