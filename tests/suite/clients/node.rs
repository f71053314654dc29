//! The TypeScript client: its types and its JavaScript are what the sources make, and it is tested against the real server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use bowline_tests::{Stack, Tenant, scratch};
use bowline_verify::node;
use tokio::process::Command;

use super::example::{App, all_link_list_files_and_hear_of_the_end};
use super::{a_message, folder, said, without_proxies};

/// What the examples have besides their own package.json and what Next.js writes.
const EXAMPLES: [(&str, &[&str]); 2] =
    [("express", &["app.mjs", "pages.mjs", "users.mjs"]), ("nextjs", &["app", "lib", "tsconfig.json"])];

/// A copy of the client with its packages, and of the examples beside it.
pub(super) async fn installed() -> Result<PathBuf> {
    let home = scratch("client-typescript")?;
    let (client, examples, to) = (folder("typescript"), folder("examples"), home.clone());
    tokio::task::spawn_blocking(move || {
        node::packages(&client, &to)?;
        // Without their package.json they are parts of the client's package, whose packages they then find.
        for (example, names) in EXAMPLES {
            std::fs::create_dir_all(to.join(example))?;
            for name in names {
                node::copy(&examples.join(example).join(name), &to.join(example).join(name))?;
            }
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
    without_proxies(&mut command);
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

/// Checks the types of the route handlers of Next.js and makes JavaScript of them. Returns the folder of the routes.
async fn routes(home: &Path) -> Result<PathBuf> {
    let built = home.join("nextjs/built");
    if built.exists() {
        std::fs::remove_dir_all(&built)?;
    }
    let out = built.display().to_string();
    let compiler = ["node_modules/typescript/bin/tsc", "-p", "nextjs", "--incremental", "false"];
    let emit =
        ["--noEmit", "false", "--rewriteRelativeImportExtensions", "--rootDir", "nextjs", "--outDir", &out];
    said(&mut in_its_folder(home, &[&compiler[..], &emit[..]].concat())).await?;
    node::copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("suite/clients/routes.mjs"),
        &home.join("routes.mjs"),
    )?;
    Ok(built.join("app"))
}

/// The example in Express.
pub(crate) async fn express() -> Result<App> {
    let mut program = in_its_folder(&installed().await?, &["express/app.mjs"]);
    let at_port = move |port: u16| {
        program.env("PORT", port.to_string());
        program
    };
    Ok(("express", Box::new(at_port)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_in_javascript_link_list_files_and_hear_of_the_end() -> Result<()> {
    let home = installed().await?;
    let mut next = in_its_folder(&home, &["routes.mjs", &routes(&home).await?.display().to_string()]);
    let next = move |port: u16| {
        next.arg(port.to_string()).env("SESSION_PASSWORD", "a password of 32 characters or more");
        next
    };
    let apps: Vec<App> = vec![express().await?, ("nextjs", Box::new(next))];
    all_link_list_files_and_hear_of_the_end(apps).await
}
