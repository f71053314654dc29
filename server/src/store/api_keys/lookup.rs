//! The statement that verifies the API keys of many calls at once: a database function, see migration 000131.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Integer, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::domain::Result;
use crate::domain::credential::PresentedApiKey;
use crate::settings::PoolOptions;
use crate::store::pg::function::function_query;
use crate::store::pg::lane::{Lanes, Together, place};
use crate::store::schema::api_keys;
use crate::telemetry::SPANS;

/// What verifying a key tells about it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = api_keys, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct WorkingKey {
    pub id: Uuid,
    pub name: String,
    pub permissions: Vec<String>,
}

/// As for the lookup of tokens: the second lane helps if a trip takes long.
const API_KEY_LANES: [Duration; 2] = [Duration::ZERO, Duration::from_millis(5)];

/// The statement's own connections, in addition to the pool: up to two.
pub(in crate::store) struct KeyLookups(Lanes<Lookups>);

impl KeyLookups {
    /// Opens the lanes for lookups of API keys, which do not connect yet.
    pub(in crate::store) fn open(options: &PoolOptions) -> Self {
        Self(Lanes::open(options, &API_KEY_LANES))
    }

    /// The presented key, if it works.
    pub(in crate::store) async fn look_up(&self, presented: PresentedApiKey) -> Result<Option<WorkingKey>> {
        let span = tracing::info_span!(target: SPANS, "database call", operation = "API key lookup", otel.kind = "client");
        self.0.ask(presented).instrument(span).await
    }

    /// The number of connections that look API keys up.
    pub(in crate::store) fn connections(&self) -> usize {
        self.0.connections()
    }
}

struct Lookups;

function_query! {
    LookupQuery { tenants: Vec<Uuid> as Array<SqlUuid>, secrets: Vec<Vec<u8>> as Array<Binary> }
    "bowline_api_keys" -> (Integer, SqlUuid, Text, Array<Text>)
}

impl Together for Lookups {
    type Call = PresentedApiKey;
    type Answer = Option<WorkingKey>;

    fn tenant(key: &PresentedApiKey) -> Uuid {
        key.tenant.uuid()
    }

    async fn ask(
        connection: &mut AsyncPgConnection,
        calls: &[PresentedApiKey],
        _: Option<Uuid>,
    ) -> QueryResult<Vec<Option<WorkingKey>>> {
        let (tenants, secrets) =
            calls.iter().map(|key| (key.tenant.uuid(), key.digest.as_bytes().to_vec())).unzip();
        let rows: Vec<(i32, Uuid, String, Vec<String>)> =
            LookupQuery { tenants, secrets }.load(connection).await?;
        let mut answers: Vec<Option<WorkingKey>> = calls.iter().map(|_| None).collect();
        for (call, id, name, permissions) in rows {
            if let Some(place) = place(call, calls.len()) {
                answers[place] = Some(WorkingKey { id, name, permissions });
            }
        }
        Ok(answers)
    }
}
