//! The text that says what to try, with exact addresses and commands.

use std::path::Path;

use secrecy::ExposeSecret as _;

use crate::place::{key_ring, settings_file};
use crate::seed::{OPERATOR, Seed};
use crate::settings::public_url;
use crate::shell::quoted;

/// The three things to try, and how to continue. The text contains secrets, which are generated for this run.
pub(crate) fn text(
    seed: &Seed,
    programs: &Path,
    place: &Path,
    owner_url: &str,
    is_kept: bool,
) -> anyhow::Result<String> {
    let ports = seed.ports;
    let key = seed.tenants.first().map(|tenant| tenant.api_key.expose_secret()).unwrap_or_default();
    let word = |path: &Path| quoted(&path.to_string_lossy());
    let kept = if is_kept { format!("\nThe data is kept in {}.", word(place)?) } else { String::new() };
    Ok(format!(
        "
Bowline is running. Three things to try:

1. Link a Dropbox, as an end user. Open this, sign in as ada, press the button, choose anybody and approve:
     http://127.0.0.1:{acme}/

2. Fetch a token for her, as the tenant's back end:
     curl -sS -X POST -H 'Authorization: Bearer {key}' \\
       -H 'Content-Type: application/json' -d '{{}}' {public}/v1/users/ada/token

3. Find her account and revoke it, as an operator (password: {password}):
     {bowline} --server http://127.0.0.1:{internal} login --name {OPERATOR}
     {bowline} --server http://127.0.0.1:{internal}
   Then fetch the token again: it is gone, here and at Dropbox.

Make your own app a tenant, in the app's terminal (clients/examples has small apps in several languages):
     eval \"$({demo} add-app 'My App' --return-url http://localhost:5000/linked)\"

Use the server's commands on this demo, and read its tables as their owner:
     {server} --config {settings} tenant list
     psql {database}
   The key ring is {key_ring}

What Dropbox saw, and faults on demand: http://127.0.0.1:{dropbox}/sim{kept}
Stop with Ctrl-C.
",
        acme = ports.acme,
        public = public_url(ports),
        internal = ports.internal,
        dropbox = ports.dropbox,
        password = seed.operator_password.expose_secret(),
        demo = word(&programs.join("bowline-demo"))?,
        bowline = word(&programs.join("bowline"))?,
        server = word(&programs.join("bowline-server"))?,
        settings = word(&settings_file(place))?,
        database = quoted(owner_url)?,
        key_ring = word(&key_ring(place))?,
    ))
}
