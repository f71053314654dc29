//! Asks operators to prove that it is them: the password, and a one-time code if the server wants one.

use std::future::pending;
use std::io::{IsTerminal as _, stdin};

use secrecy::{ExposeSecret as _, SecretString};

use crate::client::{Act, Answer, Client, Failure, Proof, Request, SignOnWay};

use super::CliError;
use super::secret::{ask_secret, ask_text, secrets_from_stdin};
use super::sign_on::tell;

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
        let proof = Proof::typed(ask_secret(question).await?, None);
        Ok(Self { proof, from_stdin: false })
    }

    /// Asks for the operator's own password, or reads it from standard input. An operator without one logs in anew at the identity
    /// provider, with a code for another device if nobody can be asked.
    pub(super) async fn own(client: &Client) -> Result<Self, CliError> {
        if !has_no_password(client).await? {
            return Self::ask("your password: ", false).await;
        }
        let from_stdin = !stdin().is_terminal();
        let question = "log in anew at the identity provider: press enter for a browser on this machine, or type d for a code: ";
        let way = if from_stdin || ask_text(question).await? == "d" {
            SignOnWay::Device
        } else {
            SignOnWay::Browser
        };
        Ok(Self { proof: Proof::log_in_anew(way), from_stdin })
    }

    /// Asks for something secret and then for the operator's own password, or reads both from the first lines of standard input, and
    /// then a one-time code if one is needed. What is new and cannot be looked up is asked for `twice`.
    pub(super) async fn with_secret(
        client: &Client,
        what: &str,
        twice: bool,
    ) -> Result<(SecretString, Self), CliError> {
        if !stdin().is_terminal() && has_no_password(client).await? {
            let secret = secrets_from_stdin(what, 1)?.into_iter().next().unwrap_or_default();
            return Ok((secret, Self::own(client).await?));
        }
        if !stdin().is_terminal() {
            let mut lines = secrets_from_stdin(&format!("{what} and your own password"), 2)?.into_iter();
            let (secret, password) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
            return Ok((secret, Self::of(password, lines.next(), true)));
        }
        let secret = ask_secret(&format!("{what}: ")).await?;
        if twice && ask_secret(&format!("{what} again: ")).await?.expose_secret() != secret.expose_secret() {
            return Err(CliError::Usage("the two differ".to_owned()));
        }
        Ok((secret, Self::own(client).await?))
    }

    /// A proof with a password that is known already.
    pub(super) fn of(password: SecretString, code: Option<SecretString>, from_stdin: bool) -> Self {
        Self { proof: Proof::typed(password, code), from_stdin }
    }

    /// Makes a change with this proof.
    pub(super) async fn perform(self, client: &Client, act: Act) -> Result<Answer, CliError> {
        let told = |step| tell(step, "");
        let make = async |proof| {
            client.perform_and_tell(Request::Act(act.clone().proven(proof)), told, pending()).await
        };
        self.prove(make).await
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
    let mut lines = secrets_from_stdin("the password", 1)?.into_iter();
    let password = lines.next().unwrap_or_default();
    Ok(Proof::typed(password, lines.next()))
}

/// Whether the operator logs in at the identity provider.
async fn has_no_password(client: &Client) -> Result<bool, CliError> {
    Ok(client.whoami().await?.issuer.is_some())
}
