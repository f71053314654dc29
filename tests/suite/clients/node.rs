//! The TypeScript client: its types and its JavaScript are what the sources make, and it is tested against the real server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use bowline_tests::{Stack, Tenant, scratch};
use bowline_verify::node;
use tokio::process::Command;

use super::example::links_lists_files_and_hears_of_the_end;
use super::{a_message, folder, said};

/// A copy of the client with its packages, and of the example beside it.
async fn installed() -> Result<PathBuf> {
    let home = scratch("client-typescript")?;
    let (client, example, to) = (folder("typescript"), folder("examples/express"), home.clone());
    tokio::task::spawn_blocking(move || {
        node::packages(&client, &to)?;
        // Without its package.json it is a part of the client's package, whose packages it then finds.
        let place = to.join("example");
        std::fs::create_dir_all(&place)?;
        for name in ["app.mjs", "users.mjs"] {
            node::copy(&example.join(name), &place.join(name))?;
        }
        anyhow::Ok(())
    })
    .await??;
    Ok(home)
}

fn in_its_folder(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("node");
    command
        .current_dir(home)
        .args(arguments)
        .env("NODE_OPTIONS", "--require=./test/webcrypto.cjs")
        .kill_on_drop(true);
    for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(name);
    }
    command
}

/// The files of a directory by their names.
fn files(directory: &Path) -> Result<BTreeMap<String, String>> {
    let entries = std::fs::read_dir(directory)?.collect::<std::io::Result<Vec<_>>>()?;
    let read = |entry: &std::fs::DirEntry| -> Result<(String, String)> {
        Ok((entry.file_name().to_string_lossy().into_owned(), std::fs::read_to_string(entry.path())?))
    };
    entries.iter().map(read).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_typescript_client_is_what_its_document_and_sources_make() -> Result<()> {
    let home = installed().await?;
    let made = scratch("client-typescript-made")?;
    let (schema, built) = (made.join("schema.ts"), made.join("dist"));
    if built.exists() {
        std::fs::remove_dir_all(&built)?;
    }
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let arguments = ["generate.mjs", &document.display().to_string(), &schema.display().to_string()];
    said(&mut in_its_folder(&home, &arguments)).await?;
    let hint = "run `npm ci && npm run build` in clients/typescript";
    let committed = std::fs::read_to_string(folder("typescript/src/schema.ts"))?;
    ensure!(std::fs::read_to_string(&schema)? == committed, "src/schema.ts: {hint}");
    let out = built.display().to_string();
    said(&mut in_its_folder(&home, &["node_modules/typescript/bin/tsc", "--outDir", &out])).await?;
    ensure!(files(&built)? == files(&folder("typescript/dist"))?, "dist: {hint}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_typescript_client_does_with_the_real_server_what_it_says() -> Result<()> {
    let home = installed().await?;
    let stack = Stack::builder().setting("BOWLINE_WEBHOOKS__ALLOW_LOOPBACK", true).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let tests = ["links", "retry", "server"].map(|name| format!("test/{name}.test.mjs"));
    let mut node = in_its_folder(&home, &["--test", "--test-reporter", "tap"]);
    node.args(tests)
        .env("GUIDE", Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/tenant-guide.md"))
        .env("BOWLINE_URL", stack.public_url())
        .env("BOWLINE_API_KEY", &acme.api_key)
        .env("DROPBOX_SIM_URL", stack.dropbox.http_url())
        .env("APP_KEY", &acme.app_key)
        .env("RETURN_URL", &acme.return_url)
        .env("MESSAGE", a_message(&acme).await?.to_string());
    let said = said(&mut node).await?;
    ensure!(said.contains("\n# skipped 0\n") && said.contains("\n# fail 0\n"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_in_express_links_lists_files_and_hears_of_the_end() -> Result<()> {
    let home = installed().await?;
    links_lists_files_and_hears_of_the_end(|port| {
        let mut node = in_its_folder(&home, &["example/app.mjs"]);
        node.env("PORT", port.to_string());
        node
    })
    .await
}
