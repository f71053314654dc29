//! The end of an audit log's chain, as a transaction has locked it.

/// The end of a chain according to its head.
#[derive(Clone)]
pub(in crate::store) struct Head {
    /// The length of the chain.
    pub(in crate::store) sequence: i64,
    /// The hash of the chain's last entry.
    pub(in crate::store) hash: Vec<u8>,
}
