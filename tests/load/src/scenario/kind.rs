//! The names of the scenarios.

/// A scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scenario {
    /// Reference for the framework: a route that needs no database
    Static,
    /// Reference for the database: pgbench with the server's lookup
    Pgbench,
    /// Valid tokens that the key has held before
    Token,
    /// The same at half of that load and a fixed rate
    TokenHalf,
    /// The same beside 16 clients with wrong keys
    Flood,
    /// The same beside 64 clients that forge notices of Dropbox
    Notices,
    /// First issues
    First,
    /// Valid tokens, with one call in a hundred that needs a refresh
    Mixed,
    /// A hundred tokens a call
    Batch,
    /// New link sessions
    Link,
    /// Operators' account lists
    List,
    /// Operators' searches of accounts
    Search,
    /// Revokes
    Revoke,
    /// Valid tokens at every size of the data
    Sizes,
    /// A tenant beside another one that floods a server with its default limits
    Neighbour,
    /// Ten thousand callers of one expired token on three replicas
    Thundering,
    /// Webhooks to fifty endpoints, five of which are dead or hang
    Webhooks,
    /// Latency over load, drawn
    Latency,
    /// Memory of the server
    Memory,
}

impl Scenario {
    /// All of them.
    pub(crate) const ALL: [Self; 19] = [
        Self::Static,
        Self::Pgbench,
        Self::Token,
        Self::TokenHalf,
        Self::Flood,
        Self::Notices,
        Self::First,
        Self::Mixed,
        Self::Batch,
        Self::Link,
        Self::List,
        Self::Search,
        Self::Revoke,
        Self::Sizes,
        Self::Neighbour,
        Self::Thundering,
        Self::Webhooks,
        Self::Latency,
        Self::Memory,
    ];

    /// The scenarios that measure one server with the data of the main size.
    pub(crate) const ONE_SERVER: [Self; 13] = [
        Self::Static,
        Self::Pgbench,
        Self::Token,
        Self::TokenHalf,
        Self::Flood,
        Self::Notices,
        Self::First,
        Self::Mixed,
        Self::Batch,
        Self::Link,
        Self::Revoke,
        Self::Latency,
        Self::Memory,
    ];
}
