//! Sealing of secrets at rest: key ring, envelope, associated data.
