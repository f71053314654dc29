//! The server, login name and session of a command, from arguments, environment and `config.toml`.

use std::sync::Arc;

use secrecy::SecretString;

use crate::app::{KnownContext, Presentation, Setup};
use crate::client::{Access, Client, Failure, LogFile, ServerUrl};
use crate::config::{Config, Context, Dirs, Keyring, SavedSession, load};
use crate::terminal::{ClientOptions, EffectRunner, now};

use super::CliError;
use super::global_options::GlobalOptions;

/// The destination of a command.
pub(super) struct CommandTarget {
    pub(super) dirs: Dirs,
    pub(super) config: Config,
    /// The context's name; the context does not exist yet if its server is named for the first time.
    pub(super) context: String,
    pub(super) server: Option<ServerUrl>,
    /// The login name of the context.
    pub(super) name: Option<String>,
    pub(super) session: Option<SavedSession>,
    /// Whether the command may change something.
    pub(super) access: Access,
    /// What gives the session's token if its file does not.
    pub(super) keyring: Keyring,
    /// The log in which the command's calls are written.
    log: Option<Arc<LogFile>>,
}

impl CommandTarget {
    /// Reads `config.toml`.
    pub(super) fn read_config(options: &GlobalOptions) -> Result<(Dirs, Config), CliError> {
        let dirs = Dirs::find(options.config_dir.as_deref())?;
        let config = Config::load(&dirs)?;
        Ok((dirs, config))
    }

    /// Determines the server, login name and session.
    pub(super) fn find(options: &GlobalOptions) -> Result<Self, CliError> {
        let (dirs, config) = Self::read_config(options)?;
        Self::resolve(options, dirs, config)
    }

    /// The same for a shell that waits for completions: a keyring that asks a question is given up.
    pub(super) fn find_briefly(options: &GlobalOptions) -> Result<Self, CliError> {
        let (dirs, config) = Self::read_config(options)?;
        Ok(Self { keyring: Keyring::briefly(), ..Self::resolve(options, dirs, config)? })
    }

    fn resolve(options: &GlobalOptions, dirs: Dirs, config: Config) -> Result<Self, CliError> {
        let keyring = Keyring::default();
        let named = options.context.as_deref();
        let access = Access::read_only(options.read_only);
        let log = log(options)?;
        let Some(url) = &options.server else {
            let Some((context, known)) = config.context(named)? else {
                return Ok(Self {
                    dirs,
                    config,
                    context: String::new(),
                    server: None,
                    name: None,
                    session: None,
                    access,
                    keyring,
                    log,
                });
            };
            let server = ServerUrl::parse(&known.server, options.insecure_http)?;
            let session = load(&dirs, &context, server.as_str())?;
            return Ok(Self {
                dirs,
                config,
                context,
                server: Some(server),
                name: Some(known.name),
                session,
                access,
                keyring,
                log,
            });
        };
        let server = ServerUrl::parse(url, options.insecure_http)?;
        // `--server` takes precedence; a context with that server provides the login name and the session.
        let fits = |name: &&String| config.contexts.get(*name).is_some_and(|c| c.server == server.as_str());
        let current = config.current.as_ref().filter(fits);
        let context = match named {
            Some(name) => name.to_owned(),
            None => current
                .or_else(|| config.contexts.keys().find(fits))
                .cloned()
                .unwrap_or_else(|| config.free_name(&server.default_context(), server.as_str())),
        };
        let name =
            config.contexts.get(&context).filter(|c| c.server == server.as_str()).map(|c| c.name.clone());
        let session = load(&dirs, &context, server.as_str())?;
        Ok(Self { dirs, config, context, server: Some(server), name, session, access, keyring, log })
    }

    /// The settings and the effect runner of the terminal client.
    pub(super) fn for_terminal(
        options: &GlobalOptions,
        dirs: Dirs,
        config: Config,
    ) -> Result<(Setup, EffectRunner), CliError> {
        let target = Self::resolve(options, dirs, config)?;
        let server = target.server.as_ref().map_or_else(String::new, |s| s.as_str().to_owned());
        let contexts = &target.config.contexts;
        let setup = Setup {
            context: target.context.clone(),
            server: server.clone(),
            name: target.name.unwrap_or_default(),
            has_session: target.session.is_some(),
            contexts: contexts.iter().map(|(name, context)| known(&target.dirs, name, context)).collect(),
            read_only: options.read_only,
            insecure_http: options.insecure_http,
            presentation: Presentation::Drawn,
            start: None,
            keys: target.config.keys.clone(),
            screens: target.config.screens.clone(),
        };
        let place = (target.context, server);
        let allowed = ClientOptions { insecure_http: options.insecure_http, access: target.access };
        let (session, log) = (target.session, target.log);
        let runner = EffectRunner::new(target.dirs, target.config, place, session, allowed).logged(log);
        Ok((setup, runner))
    }

    /// The server, or an error if none is known.
    pub(super) fn server(&self) -> Result<ServerUrl, CliError> {
        self.server.clone().ok_or_else(|| {
            CliError::Usage(
                "no server is known; log in with: bowline login --server URL --name NAME".to_owned(),
            )
        })
    }

    /// The server in words, with its context and whether it is production, for whoever is about to change something there.
    pub(super) fn place(&self) -> Result<String, CliError> {
        let server = self.server()?;
        let is_prod =
            self.config.contexts.values().any(|known| known.prod && known.server == server.as_str());
        let prod = if is_prod { ", PROD" } else { "" };
        Ok(format!("{} (context {}{prod})", server.as_str(), self.context))
    }

    /// A client of this server, with this token.
    pub(super) fn client_at(
        &self,
        server: ServerUrl,
        token: Option<SecretString>,
    ) -> Result<Client, CliError> {
        if let Some(log) = &self.log {
            log.started(server.as_str());
        }
        Ok(Client::new(server, token, self.access)?.logged(self.log.clone()))
    }

    /// A client with the saved session.
    pub(super) fn client(&self) -> Result<Client, CliError> {
        let server = self.server()?;
        let Some(session) = &self.session else {
            let hint = format!("there is no session for {}; log in with: bowline login", server.as_str());
            return Err(Failure::Unauthorised(hint).into());
        };
        let token = session
            .token(&self.keyring)
            .map_err(|error| Failure::Unauthorised(format!("{error}; to log in again: bowline login")))?;
        self.client_at(server, Some(token))
    }
}

/// Opens the log file, if one is wanted.
pub(super) fn log(options: &GlobalOptions) -> Result<Option<Arc<LogFile>>, CliError> {
    let Some(path) = &options.log_file else { return Ok(None) };
    let opened = LogFile::open(path, now);
    let log = opened.map_err(|error| CliError::Usage(format!("--log-file {}: {error}", path.display())))?;
    let log = Arc::new(log);
    log.catch_panics();
    Ok(Some(log))
}

/// What the terminal client knows about a context. A session that cannot be used counts as none.
pub(super) fn known(dirs: &Dirs, name: &str, context: &Context) -> KnownContext {
    let has_session = load(dirs, name, &context.server).is_ok_and(|session| session.is_some());
    KnownContext {
        name: name.to_owned(),
        server: context.server.clone(),
        login: context.name.clone(),
        prod: context.prod,
        has_session,
    }
}
