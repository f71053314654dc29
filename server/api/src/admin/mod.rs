//! What operators send and get under `/admin/v1`.

pub mod account;
pub mod api_key;
pub mod audit;
pub mod connector;
pub mod operator;
pub mod session;
pub mod tenant;

pub use account::{AccountDetail, AccountSort, AccountSummary, RevokeAccount, TokenFacts};
pub use api_key::{ApiKey, CreateApiKey, NewApiKey};
pub use audit::{Actor, AuditEvent, AuditVerification};
pub use connector::{Connector, CreateConnector, ReplaceAppSecret};
pub use operator::{CreateOperator, Operator};
pub use session::{CreateSession, NewSession};
pub use tenant::{CreateTenant, Tenant};
