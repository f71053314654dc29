//! Runs a few statements through psql, for startup and tests, so that this crate needs no client library.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::account::without_postgres_variables;
use crate::error::tail;
use crate::{Cluster, Error, SUPERUSER};

impl Cluster {
    /// Runs statements as the superuser and returns the rows: one line per row, fields separated by `|`, no headings.
    ///
    /// The statements are passed through standard input, so that process lists do not show them. The first failure
    /// stops the script.
    pub fn execute(&self, database: &str, sql: &str) -> Result<String, Error> {
        let program = self.binaries().program("psql");
        let mut command = Command::new(&program);
        without_postgres_variables(&mut command);
        command.args(["-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-f", "-", "-d"]);
        command.arg(self.url(SUPERUSER, database));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let failed = |source| Error::Spawn { program: program.display().to_string(), source };
        let mut child = command.spawn().map_err(failed)?;
        let input = child.stdin.take();
        let output = std::thread::scope(|scope| {
            // psql may fill its output pipe before it has read all of its input.
            scope.spawn(move || input.map(|mut input| input.write_all(sql.as_bytes())));
            child.wait_with_output()
        })
        .map_err(failed)?;
        if !output.status.success() {
            let output = tail(&String::from_utf8_lossy(&output.stderr), 10);
            return Err(Error::Failed { program: "psql", output });
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
    }

    /// Creates a database, optionally as a copy of `template`, which must have no connections at that time.
    pub fn create_database(&self, name: &str, template: Option<&str>) -> Result<(), Error> {
        let template = template.map(|template| format!(" TEMPLATE {}", quoted(template))).unwrap_or_default();
        self.execute(SUPERUSER, &format!("CREATE DATABASE {}{template};", quoted(name))).map(drop)
    }

    /// Deletes a database and ends the connections to it. A missing database is not an error.
    pub fn drop_database(&self, name: &str) -> Result<(), Error> {
        self.execute(SUPERUSER, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE);", quoted(name))).map(drop)
    }
}

/// Quotes an SQL identifier ("Lexical Structure" in the Postgres manual).
fn quoted(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}
