//! A private Postgres started from the binaries on this machine.
