//! Gives a replica a wrong clock by means of libfaketime.

use std::path::Path;

use bowline_tests::Server;

/// Shifts a replica's clock by `offset`, such as `+1h`, from its next start on. Its timers are not affected.
pub(crate) fn set_off(server: &mut Server, library: &Path, offset: &str) {
    server.set_variable("LD_PRELOAD", library.display().to_string());
    server.set_variable("FAKETIME", offset);
    server.set_variable("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    server.set_variable("DONT_FAKE_MONOTONIC", "1");
}
