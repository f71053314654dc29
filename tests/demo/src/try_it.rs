//! The three things to try, with exact addresses and commands.

use bowline_stdio::{Unwritable, println};
use std::path::Path;

use secrecy::ExposeSecret as _;

use crate::seed::{OPERATOR, Seed};
use crate::server::public_url;

/// Prints them on standard output, secrets included: they are made up and of this run.
pub(crate) fn print(seed: &Seed, programs: &Path) -> Result<(), Unwritable> {
    println!("{}", text(seed, programs))
}

fn text(seed: &Seed, programs: &Path) -> String {
    let ports = seed.ports;
    let key = seed.tenants.first().map(|tenant| tenant.api_key.expose_secret()).unwrap_or_default();
    format!(
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

What Dropbox saw, and faults on demand: http://127.0.0.1:{dropbox}/sim
Stop with Ctrl-C.",
        acme = ports.acme,
        public = public_url(ports),
        internal = ports.internal,
        dropbox = ports.dropbox,
        password = seed.operator_password.expose_secret(),
        bowline = programs.join("bowline").display(),
    )
}
