#![doc = include_str!("../README.md")]

mod audit_keys;
mod context;
mod data_key;
mod entropy;
mod envelope;
mod error;
mod facts;
#[cfg(test)]
mod golden;
mod key_file;
mod key_material;
mod key_ring;
mod tenant_keys;

pub use audit_keys::{AuditKeys, MAC_LEN, Signed};
pub use context::{Context, Purpose};
pub use data_key::{DataKey, WRAPPED_LEN, WrappedDataKey};
pub use envelope::{Algorithm, Header, MAX_PLAINTEXT, OVERHEAD, sealed_with};
pub use error::{KeyFileError, VaultError};
pub use facts::Facts;
pub use key_ring::{CHECK_LEN, KekInfo, KekState, KeyRing};
pub use tenant_keys::{PLATFORM, TenantKeys};
