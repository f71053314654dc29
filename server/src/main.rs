//! The server's executable: parses the command line and the settings, and runs the requested command.

use bowline_server::command::Cli;

/// Any thread may continue a request, so most memory is freed by a different thread than the one that allocated it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    let cli: Cli = bowline_stdio::arguments("bowline-server");
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return bowline_stdio::failed("bowline-server: the async runtime cannot start", &error);
        }
    };
    match runtime.block_on(cli.run()) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => bowline_stdio::failed("bowline-server", error.as_ref()),
    }
}
