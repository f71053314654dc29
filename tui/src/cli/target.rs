//! Which server, who there, and with which session: from arguments, environment and `config.toml`.

use crate::app::model::Setup;
use crate::client::{Access, Client, Failure, ServerUrl};
use crate::config::{Config, Dirs, Session, load};
use crate::terminal::{Reach, World};

use super::{Arguments, Fault};

/// Where a command goes.
pub(super) struct Target {
    pub(super) dirs: Dirs,
    pub(super) config: Config,
    /// The context's name; of one that does not exist yet when a server is named for the first time.
    pub(super) context: String,
    pub(super) server: Option<ServerUrl>,
    /// The login name of the context.
    pub(super) name: Option<String>,
    pub(super) session: Option<Session>,
    /// Whether commands may change something.
    pub(super) access: Access,
}

impl Target {
    /// Reads `config.toml`.
    pub(super) fn read_config(arguments: &Arguments) -> Result<(Dirs, Config), Fault> {
        let dirs = Dirs::find(arguments.config_dir.as_deref())?;
        let config = Config::load(&dirs)?;
        Ok((dirs, config))
    }

    /// Finds out where to go.
    pub(super) fn find(arguments: &Arguments) -> Result<Self, Fault> {
        let (dirs, config) = Self::read_config(arguments)?;
        Self::resolve(arguments, dirs, config)
    }

    fn resolve(arguments: &Arguments, dirs: Dirs, config: Config) -> Result<Self, Fault> {
        let named = arguments.context.as_deref();
        let access = Access::read_only(arguments.read_only);
        let Some(url) = &arguments.server else {
            let Some((context, known)) = config.context(named)? else {
                return Ok(Self {
                    dirs,
                    config,
                    context: String::new(),
                    server: None,
                    name: None,
                    session: None,
                    access,
                });
            };
            let server = ServerUrl::parse(&known.server, arguments.insecure_http)?;
            let session = load(&dirs, &context, server.as_str())?;
            return Ok(Self {
                dirs,
                config,
                context,
                server: Some(server),
                name: Some(known.name),
                session,
                access,
            });
        };
        let server = ServerUrl::parse(url, arguments.insecure_http)?;
        // A server that is named wins; a context with that server lends its name and session.
        let fits = |name: &&String| config.contexts.get(*name).is_some_and(|c| c.server == server.as_str());
        let current = config.current.as_ref().filter(fits);
        let context = match named {
            Some(name) => name.to_owned(),
            None => current
                .or_else(|| config.contexts.keys().find(fits))
                .cloned()
                .unwrap_or_else(|| server.default_context()),
        };
        let name =
            config.contexts.get(&context).filter(|c| c.server == server.as_str()).map(|c| c.name.clone());
        let session = load(&dirs, &context, server.as_str())?;
        Ok(Self { dirs, config, context, server: Some(server), name, session, access })
    }

    /// What the terminal client starts from.
    pub(super) fn for_terminal(
        arguments: &Arguments,
        dirs: Dirs,
        config: Config,
    ) -> Result<(Setup, World), Fault> {
        let target = Self::resolve(arguments, dirs, config)?;
        let server = target.server.as_ref().map_or_else(String::new, |s| s.as_str().to_owned());
        let contexts = &target.config.contexts;
        let setup = Setup {
            context: target.context.clone(),
            server: server.clone(),
            name: target.name.unwrap_or_default(),
            has_session: target.session.is_some(),
            contexts: contexts.iter().map(|(n, c)| (n.clone(), c.server.clone(), c.name.clone())).collect(),
            read_only: arguments.read_only,
            insecure_http: arguments.insecure_http,
            keys: target.config.keys.clone(),
        };
        let token = target.session.map(|session| session.token);
        let place = (target.context, server);
        let reach = Reach { insecure_http: arguments.insecure_http, access: target.access };
        let world = World::new(target.dirs, target.config, place, token, reach);
        Ok((setup, world))
    }

    /// The server, which must be known.
    pub(super) fn server(&self) -> Result<ServerUrl, Fault> {
        self.server.clone().ok_or_else(|| {
            Fault::Usage("no server is known: bowline login --server URL --name NAME".to_owned())
        })
    }

    /// A client with the kept session.
    pub(super) fn client(&self) -> Result<Client, Fault> {
        let server = self.server()?;
        let Some(session) = &self.session else {
            let hint = format!("there is no session for {}; log in with: bowline login", server.as_str());
            return Err(Failure::Unauthorised(hint).into());
        };
        Ok(Client::new(server, Some(session.token.clone()), self.access)?)
    }
}
