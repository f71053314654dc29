//! The program: reads the command line and the settings, and does what was asked.

use bowline_server::command::Cli;

/// A request is served by whichever thread is free, so most memory is given back by another thread than took it.
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
