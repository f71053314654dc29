//! `bowline login`, `logout` and `whoami`: a session for scripts.

use std::io::Error;
use std::process::ExitCode;

use bowline_api::admin::NewSession;
use secrecy::SecretString;

use crate::client::{Failure, ServerUrl, SignOnWay};
use crate::config::{Session, delete, save};
use crate::when::stamp;

use super::output::Output;
use super::proof::Typed;
use super::sign_on::tell;
use super::target::CommandTarget;
use super::{CliError, Outcome};

/// Logs in at the identity provider and saves the session.
pub(super) async fn sign_on(
    target: CommandTarget,
    way: SignOnWay,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let server = target.server()?;
    let client = target.client_at(server.clone(), None)?;
    let told = |step| tell(step, " (without one: bowline login --sso --device)");
    let session = client.sign_on(way, told).await?;
    keep_session(target, server, session, out).await
}

/// Exchanges a password for a session and saves it.
pub(super) async fn login(
    target: CommandTarget,
    name: Option<&str>,
    from_stdin: bool,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let server = target.server()?;
    let Some(name) = name.map(ToOwned::to_owned).or(target.name.clone()) else {
        return Err(CliError::Usage(
            "no login name is known; pass it with: bowline login --name NAME, or log in at the identity provider with: \
             bowline login --sso"
                .to_owned(),
        ));
    };
    let typed = Typed::ask(&format!("password of {name} at {}: ", server.as_str()), from_stdin).await?;
    let client = target.client_at(server.clone(), None)?;
    let outcome = typed.prove(async |proof| client.login(&name, proof).await).await;
    if let Err(CliError::Api(Failure::Unauthorised(_))) = &outcome
        && client.login_methods().await.is_ok_and(|methods| methods.single_sign_on.is_some())
    {
        Output::remark("operators can log in at the identity provider here: bowline login --sso");
    }
    let session = outcome?;
    keep_session(target, server, session, out).await
}

/// Reports and saves the session, or ends it.
async fn keep_session(
    mut target: CommandTarget,
    server: ServerUrl,
    session: NewSession,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let token = SecretString::from(session.token.clone());
    if let Err(error) = show_and_keep(&mut target, &server, session, out) {
        // The session was not reported or not saved, so it is ended. If the server is unreachable, the session ends by
        // its age.
        let _: Result<(), Failure> = target.client_at(server, Some(token))?.logout().await;
        return Err(error);
    }
    Ok(Outcome::Success.into())
}

/// Saves a session only after its owner has been told of it.
fn show_and_keep(
    target: &mut CommandTarget,
    server: &ServerUrl,
    session: NewSession,
    out: &mut Output,
) -> Result<(), CliError> {
    let NewSession { token, operator, expires_at } = session;
    let told = if out.is_json() {
        out.json(&serde_json::json!({
            "context": target.context,
            "server": server.as_str(),
            "operator": operator,
            "expires_at": expires_at,
        }))
    } else {
        let until = stamp(expires_at);
        let first = format!("logged in at {} as {} ({})", server.as_str(), operator.name, operator.role);
        out.line(&first)
            .and_then(|()| out.line(&format!("context {}, until {until} at the latest", target.context)))
    };
    told.map_err(|error| {
        Error::new(error.kind(), format!("you are not logged in: standard output cannot be written: {error}"))
    })?;
    let kept = Session {
        server: server.as_str().to_owned(),
        name: operator.name,
        token: SecretString::from(token),
        expires_at,
    };
    if let Some(why) = save(&target.dirs, target.config.sessions, &target.context, &kept)? {
        Output::remark(&why);
    }
    let place = (kept.server.as_str(), kept.name.as_str());
    let is_current = target.config.remember(&target.dirs, &target.context, place)?;
    if let (false, Some(current)) = (is_current, &target.config.current) {
        let name = &target.context;
        Output::remark(&format!(
            "the current context stays {current}; to change it: bowline contexts use {name}"
        ));
    }
    Ok(())
}

/// Ends the session. The local copy is deleted whatever the server answers.
pub(super) async fn logout(target: CommandTarget, out: &mut Output) -> Result<ExitCode, CliError> {
    let client = target.client();
    if target.session.is_some() {
        delete(&target.dirs, &target.keyring, &target.context)?;
    }
    let ended = match client {
        Ok(client) => client.logout().await,
        Err(error) => return Err(error),
    };
    match ended {
        Ok(()) | Err(Failure::Unauthorised(_)) => {}
        Err(failure) => return Err(failure.into()),
    }
    if out.is_json() {
        out.json(&serde_json::json!({ "context": target.context, "logged_out": true }))?;
    } else {
        out.line(&format!("logged out of {}", target.context))?;
    }
    Ok(Outcome::Success.into())
}

/// Shows who is logged in.
pub(super) async fn whoami(target: &CommandTarget, out: &mut Output) -> Result<ExitCode, CliError> {
    let operator = target.client()?.whoami().await?;
    if out.is_json() {
        out.json(&operator)?;
    } else {
        out.line(&format!("{} ({}) {}", operator.name, operator.role, operator.id))?;
    }
    Ok(Outcome::Success.into())
}
