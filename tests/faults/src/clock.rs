//! A replica whose clock is wrong, by libfaketime.

use std::path::Path;

use bowline_tests::Server;

/// Sets a replica's clock off by `offset`, such as `+1h`, from its next start on. Its timers run as they should.
pub(crate) fn set_off(server: &mut Server, library: &Path, offset: &str) {
    server.set_variable("LD_PRELOAD", library.display().to_string());
    server.set_variable("FAKETIME", offset);
    server.set_variable("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    server.set_variable("DONT_FAKE_MONOTONIC", "1");
}
