//! The names of what is measured.

/// One thing that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scenario {
    /// The floor of the framework: a route that asks nobody
    Static,
    /// The floor of the database: pgbench with the server's lookup
    Pgbench,
    /// Valid tokens that the key has held before
    Token,
    /// The same at half of that load and a fixed rate
    TokenHalf,
    /// The same beside 16 clients with wrong keys
    Flood,
    /// First issues
    First,
    /// Valid tokens, and one call in a hundred that needs a refresh
    Mixed,
    /// A hundred tokens a call
    Batch,
    /// New link sessions
    Link,
    /// Operators' account lists
    List,
    /// Revokes
    Revoke,
    /// Valid tokens at every size of the data
    Sizes,
    /// A tenant beside another that floods, on a server with its limits
    Neighbour,
    /// Ten thousand callers of one expired token, on three replicas
    Thundering,
    /// Latency over load, drawn
    Latency,
    /// Memory of the server
    Memory,
}

impl Scenario {
    /// All of them.
    pub(crate) const ALL: [Self; 16] = [
        Self::Static,
        Self::Pgbench,
        Self::Token,
        Self::TokenHalf,
        Self::Flood,
        Self::First,
        Self::Mixed,
        Self::Batch,
        Self::Link,
        Self::List,
        Self::Revoke,
        Self::Sizes,
        Self::Neighbour,
        Self::Thundering,
        Self::Latency,
        Self::Memory,
    ];

    /// Those that measure one server on the data of the main size.
    pub(crate) const ONE_SERVER: [Self; 12] = [
        Self::Static,
        Self::Pgbench,
        Self::Token,
        Self::TokenHalf,
        Self::Flood,
        Self::First,
        Self::Mixed,
        Self::Batch,
        Self::Link,
        Self::Revoke,
        Self::Latency,
        Self::Memory,
    ];
}
