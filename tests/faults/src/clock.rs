//! A replica whose clock is wrong, by libfaketime.

use std::path::PathBuf;

use bowline_tests::Server;

/// Where Debian and its kin keep it.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// The library, if this machine has it.
pub(crate) fn library() -> Option<PathBuf> {
    let roots = std::fs::read_dir("/usr/lib").into_iter().flatten().filter_map(Result::ok);
    roots.map(|root| root.path().join(LIBRARY)).find(|path| path.exists())
}

/// Sets a replica's clock off by `offset`, such as `+1h`, from its next start on. Its timers run as they should.
pub(crate) fn set_off(server: &mut Server, library: &std::path::Path, offset: &str) {
    server.set_variable("LD_PRELOAD", library.display().to_string());
    server.set_variable("FAKETIME", offset);
    server.set_variable("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    server.set_variable("DONT_FAKE_MONOTONIC", "1");
}
