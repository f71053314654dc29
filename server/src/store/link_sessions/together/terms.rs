//! What the connectors of many calls allow.

use bowline_api::status::Completion;
use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::store::Stored;
use crate::store::pg::function::function_query;
use crate::store::pg::lane::{Together, place};

/// What a connector allows its new links.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns")]
pub struct Terms {
    /// When the connector's terms were read, by the database's clock.
    pub at: DateTime<Utc>,
    pub connector: Uuid,
    pub completion: Stored<Completion>,
    pub scopes: Vec<String>,
    pub return_urls: Vec<String>,
}

pub(super) struct Offers;

function_query! {
    TermsQuery { tenants: Vec<Uuid> as Array<SqlUuid>, connectors: Vec<Option<Uuid>> as Array<Nullable<SqlUuid>> }
    "bowline_link_terms" -> (Integer, Timestamptz, SqlUuid, Text, Array<Text>, Array<Text>)
}

type TermsRow = (i32, DateTime<Utc>, Uuid, Stored<Completion>, Vec<String>, Vec<String>);

impl Together for Offers {
    /// A tenant and the connector that the call names.
    type Call = (Uuid, Option<Uuid>);
    type Answer = Option<Terms>;

    fn tenant(call: &Self::Call) -> Uuid {
        call.0
    }

    async fn ask(
        connection: &mut AsyncPgConnection,
        calls: &[Self::Call],
        _: Option<Uuid>,
    ) -> QueryResult<Vec<Option<Terms>>> {
        let (tenants, connectors) = calls.iter().copied().unzip();
        let rows: Vec<TermsRow> = TermsQuery { tenants, connectors }.load(connection).await?;
        let mut answers: Vec<Option<Terms>> = calls.iter().map(|_| None).collect();
        for (call, at, connector, completion, scopes, return_urls) in rows {
            if let Some(place) = place(call, calls.len()) {
                answers[place] = Some(Terms { at, connector, completion, scopes, return_urls });
            }
        }
        Ok(answers)
    }
}
