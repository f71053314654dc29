//! Asks operators to prove that it is them: the password, and a one-time code if the server wants one.

use std::io::{IsTerminal as _, Read as _, stdin};

use secrecy::SecretString;

use crate::client::{Failure, Proof};

use super::CliError;
use super::secret::{MAX_PASSWORD_BYTES, ask_secret};

/// The maximum length of a code, in bytes.
const MAX_CODE_BYTES: u64 = 64;

/// What was typed so far, or read from standard input.
pub(super) struct Typed {
    proof: Proof,
    from_stdin: bool,
}

impl Typed {
    /// Asks `question` for the password, or reads the first lines of standard input: the password, and a code if one is needed.
    pub(super) async fn ask(question: &str, from_stdin: bool) -> Result<Self, CliError> {
        if from_stdin || !stdin().is_terminal() {
            return Ok(Self { proof: from_standard_input()?, from_stdin: true });
        }
        let proof = Proof { password: ask_secret(question).await?, code: None };
        Ok(Self { proof, from_stdin: false })
    }

    /// A proof with a password that is known already.
    pub(super) fn of(password: SecretString, code: Option<SecretString>, from_stdin: bool) -> Self {
        Self { proof: Proof { password, code }, from_stdin }
    }

    /// Makes the call, and once more with a code if the server asks for one.
    pub(super) async fn prove<T>(
        mut self,
        call: impl AsyncFn(Proof) -> Result<T, Failure>,
    ) -> Result<T, CliError> {
        match call(self.proof.clone()).await {
            Err(Failure::CodeRequired(_)) if self.from_stdin => Err(CliError::Usage(
                "a one-time code is needed as well: write it to standard input, in the line below the password"
                    .to_owned(),
            )),
            Err(Failure::CodeRequired(_)) => {
                self.proof.code = Some(ask_secret("one-time code, or a recovery code: ").await?);
                Ok(call(self.proof).await?)
            }
            outcome => Ok(outcome?),
        }
    }
}

fn from_standard_input() -> Result<Proof, CliError> {
    let mut text = String::new();
    stdin().take(MAX_PASSWORD_BYTES + MAX_CODE_BYTES + 4).read_to_string(&mut text)?;
    let mut lines = text.lines();
    let password = lines.next().unwrap_or_default();
    if password.is_empty() {
        return Err(CliError::Usage(
            "standard input is not a terminal and has no line: use a terminal, or write the password to standard input"
                .to_owned(),
        ));
    }
    let code = lines.next().map(str::trim).filter(|code| !code.is_empty());
    Ok(Proof { password: SecretString::from(password), code: code.map(SecretString::from) })
}
