//! The TypeScript client in every runtime that its README names: the same script in each of them, against the real server.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use bowline_tests::{Stack, Tenant, scratch};
use bowline_verify::node;
use tokio::process::Command;

use super::node::installed;
use super::{a_message, folder, said, without_proxies};

/// The packages that have the programs of the runtimes, for this machine.
struct Packages {
    home: PathBuf,
    node: &'static str,
    deno: &'static str,
    bun: &'static str,
}

impl Packages {
    /// The packages, in one `node_modules`.
    async fn installed() -> Result<Self> {
        let (node, deno, bun) = match (std::env::consts::OS, std::env::consts::ARCH) {
            ("linux", "x86_64") => ("linux-x64", "linux-x64-glibc", "linux-x64"),
            ("linux", "aarch64") => ("linux-arm64", "linux-arm64-glibc", "linux-aarch64"),
            ("macos", "aarch64") => ("darwin-arm64", "darwin-arm64", "darwin-aarch64"),
            (system, machine) => bail!("npm has not all the runtimes for {system} on {machine}"),
        };
        let home = scratch("client-runtimes")?;
        let to = home.clone();
        tokio::task::spawn_blocking(move || node::packages(&folder("typescript/runtimes"), &to)).await??;
        Ok(Self { home, node, deno, bun })
    }

    /// A program of a package.
    fn program(&self, path: &str) -> Command {
        let mut command = Command::new(self.home.join("node_modules").join(path));
        without_proxies(&mut command);
        command.kill_on_drop(true);
        command
    }

    fn node(&self, version: u32) -> Command {
        self.program(&format!("node-{version}-{}/bin/node", self.node))
    }

    fn deno(&self) -> Command {
        let mut deno = self.program(&format!("@deno/{}/deno", self.deno));
        deno.env("DENO_DIR", self.home.join("deno")).env("DENO_NO_UPDATE_CHECK", "1");
        deno
    }

    fn bun(&self) -> Command {
        self.program(&format!("@oven/bun-{}/bin/bun", self.bun))
    }
}

/// The script as one file without imports, as edge functions are uploaded.
async fn bundle(packages: &Packages, client: &Path) -> Result<PathBuf> {
    let bundle = client.join("story.bundle.js");
    let mut bun = packages.bun();
    bun.current_dir(client).args(["build", "test/story.mjs", "--target=browser", "--format=iife"]);
    said(bun.arg("--outfile").arg(&bundle)).await?;
    Ok(bundle)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_typescript_client_runs_in_node_deno_bun_and_edge_runtimes() -> Result<()> {
    let (client, packages) = (installed().await?, Packages::installed().await?);
    let stack = Stack::builder().setting("BOWLINE_WEBHOOKS__ALLOW_LOOPBACK", true).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let message = a_message(&acme).await?.to_string();
    let script = |mut program: Command, options: &[&str]| {
        program.args(options).arg("test/story.mjs");
        program
    };
    let mut edge = packages.node(26);
    edge.arg(packages.home.join("edge.mjs")).arg(bundle(&packages, &client).await?);
    let runtimes = [
        ("Node 20.", script(packages.node(20), &[])),
        ("Node 26.", script(packages.node(26), &[])),
        ("Deno 2.", script(packages.deno(), &["run", "--no-prompt", "--allow-env", "--allow-net"])),
        ("Bun 1.", script(packages.bun(), &["run"])),
        ("an edge runtime", edge),
    ];
    for (name, mut program) in runtimes {
        program
            .current_dir(&client)
            .env("BOWLINE_URL", stack.public_url())
            .env("BOWLINE_API_KEY", &acme.api_key)
            .env("DROPBOX_SIM_URL", stack.dropbox.http_url())
            .env("APP_KEY", &acme.app_key)
            .env("RETURN_URL", &acme.return_url)
            .env("MESSAGE", &message);
        let told = said(&mut program).await.with_context(|| format!("in {name}"))?;
        ensure!(told.contains(&format!("It is told by {name}")), "in {name}: {told}");
    }
    Ok(())
}
