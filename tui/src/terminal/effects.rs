//! Carries out effects: calls the server in tasks, saves and deletes sessions.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use bowline_api::admin::NewSession;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, ready};
use secrecy::SecretString;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::app::{Effect, Msg, Slot};
use crate::client::{Access, AccountSearch, Client, Failure, LogFile, Request, ServerUrl};
use crate::config::{
    Config, ConfigError, Dirs, Keyring, SavedSession, Session, SessionStore, delete, load, save,
};
use crate::dialog::export::ExportProgress;
use crate::export::ExportFormat;

use super::file::write_accounts;
use super::subscription::subscribe;

/// What the client is allowed to do.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClientOptions {
    /// Whether plain http is allowed to other machines.
    pub insecure_http: bool,
    /// Whether it may change something.
    pub access: Access,
}

/// The token of a session, for which a keyring may still be asked.
type Token = Shared<BoxFuture<'static, Option<SecretString>>>;
/// The client, likewise.
type Connecting = Shared<BoxFuture<'static, Result<Arc<Client>, Failure>>>;

/// A call in progress.
struct CallTask {
    task: AbortHandle,
    /// Tells a change that waits for a login anew to wait no longer.
    given_up: Arc<Notify>,
}

/// Carries out the effects. It owns the connection, the files and the calls in progress.
pub struct EffectRunner {
    dirs: Dirs,
    config: Config,
    context: String,
    server: String,
    options: ClientOptions,
    token: Token,
    client: Option<Connecting>,
    log: Option<Arc<LogFile>>,
    calls: HashMap<Slot, CallTask>,
    /// The subscription to events.
    subscribed: Option<AbortHandle>,
    /// The export that runs.
    exporting: Option<AbortHandle>,
    answer: UnboundedSender<Msg>,
    /// The queue in which answers arrive.
    pub(super) answers: UnboundedReceiver<Msg>,
}

impl EffectRunner {
    /// Has no connection and no calls yet.
    pub fn new(
        dirs: Dirs,
        config: Config,
        (context, server): (String, String),
        session: Option<SavedSession>,
        options: ClientOptions,
    ) -> Self {
        let (answer, answers) = unbounded_channel();
        let calls = HashMap::new();
        Self {
            dirs,
            config,
            context,
            server,
            options,
            token: token_of(session, &answer),
            client: None,
            log: None,
            calls,
            subscribed: None,
            exporting: None,
            answer,
            answers,
        }
    }

    /// Writes each call that ends into this file.
    #[must_use]
    pub fn logged(mut self, file: Option<Arc<LogFile>>) -> Self {
        self.log = file;
        self
    }

    /// Carries out an effect that does not concern the terminal.
    pub(super) fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Call { slot, number, request } => self.call(slot, number, request),
            Effect::Subscribe => self.subscribe_to_events(),
            Effect::Export { filter, path, format } => self.export_list(filter, path, format),
            Effect::CancelExport => self.cancel_export(),
            Effect::GiveUp(slot) => self.give_up(slot),
            Effect::Connect { server } => {
                self.cancel_export();
                self.give_up_logins();
                self.unsubscribe_from_events();
                self.server = server;
                (self.client, self.token) = (None, at_hand(None));
            }
            Effect::Switch { context, server } => self.switch(context, server),
            Effect::SaveSession(session) => self.save_session(*session),
            Effect::DeleteSession => {
                self.give_up_logins();
                self.unsubscribe_from_events();
                (self.client, self.token) = (None, at_hand(None));
                if let Err(e) = delete(&self.dirs, &Keyring::briefly(), &self.context) {
                    self.notice_to_core(format!("the session file could not be removed: {e}"));
                }
            }
            Effect::SaveScreen { screen, settings } => {
                if let Err(e) = self.config.keep_screen(&self.dirs, screen, &settings) {
                    self.notice_to_core(format!("kept for now, but config.toml could not be written: {e}"));
                }
            }
            // The event loop carries these out itself.
            Effect::CaptureMouse(_)
            | Effect::Copy(_)
            | Effect::CopySecret(_)
            | Effect::DiscardInput
            | Effect::Redraw
            | Effect::Suspend
            | Effect::Quit => {}
        }
    }

    fn switch(&mut self, context: String, server: String) {
        self.cancel_export();
        self.give_up_logins();
        self.unsubscribe_from_events();
        for (slot, call) in self.calls.drain() {
            // The outcome of a change must arrive, and a session that is given up must end at its server.
            if !matches!(slot, Slot::Act(_) | Slot::Logout) {
                call.task.abort();
            }
        }
        let session = load(&self.dirs, &context, &server).ok().flatten();
        (self.context, self.server, self.client) = (context, server, None);
        self.token = token_of(session, &self.answer);
    }

    fn client(&mut self) -> Connecting {
        if let Some(client) = &self.client {
            return client.clone();
        }
        let server = ServerUrl::parse(&self.server, self.options.insecure_http);
        let (token, access, log) = (self.token.clone(), self.options.access, self.log.clone());
        let connecting = async move {
            let server = server?;
            if let Some(log) = &log {
                log.started(server.as_str());
            }
            let client = Client::new(server, token.await, access)?;
            Ok(Arc::new(client.logged(log)))
        };
        let client = connecting.boxed().shared();
        self.client = Some(client.clone());
        client
    }

    fn call(&mut self, slot: Slot, number: u64, request: Request) {
        let client = self.client();
        let answer = self.answer.clone();
        let given_up = Arc::new(Notify::new());
        let given = Arc::clone(&given_up);
        let task = tokio::spawn(async move {
            let began = Instant::now();
            let result = match client.await {
                Ok(client) => {
                    let tell = |step| drop(answer.send(Msg::SignOn { number, step }));
                    let result = client.perform_and_tell(request, tell, given.notified()).await;
                    let _ = answer.send(Msg::Called(client.take_calls()));
                    result
                }
                Err(failure) => Err(failure),
            };
            let took = began.elapsed();
            // The receiver is gone once the event loop has ended.
            let _ = answer.send(Msg::Answer { slot, number, took, result: Box::new(result) });
        });
        // The slot of a change is its own, so no other call ever aborts it.
        if let Some(older) = self.calls.insert(slot, CallTask { task: task.abort_handle(), given_up }) {
            older.task.abort();
        }
        self.calls.retain(|_, call| !call.task.is_finished());
    }

    /// Gives up a call. A change is given up only while it waits for a login anew; its outcome says whether it was.
    fn give_up(&mut self, slot: Slot) {
        if let Slot::Act(_) = slot {
            self.calls.get(&slot).inspect(|call| call.given_up.notify_one());
        } else if let Some(call) = self.calls.remove(&slot) {
            call.task.abort();
        }
    }

    /// Gives up the changes that wait for a login anew: the dialogs that say so are gone.
    fn give_up_logins(&self) {
        self.calls.values().for_each(|call| call.given_up.notify_one());
    }

    fn subscribe_to_events(&mut self) {
        self.unsubscribe_from_events();
        let (client, answer) = (self.client(), self.answer.clone());
        let task = tokio::spawn(async move {
            // Its failure is told by the other calls.
            if let Ok(client) = client.await {
                subscribe(client, answer).await;
            }
        });
        self.subscribed = Some(task.abort_handle());
    }

    fn unsubscribe_from_events(&mut self) {
        if let Some(task) = self.subscribed.take() {
            task.abort();
        }
    }

    fn save_session(&mut self, session: NewSession) {
        let name = session.operator.name;
        // Another program may have added contexts. If the file cannot be read, saving it says so.
        if let Ok(fresh) = Config::load(&self.dirs) {
            self.config = fresh;
        }
        let fits = |server: &str, login: &str| server == self.server && login == name;
        let mut known = self.config.contexts.iter().filter(|(_, known)| fits(&known.server, &known.name));
        // The context that is shown comes before another one for the same server.
        let shown = known.clone().find(|(known, _)| **known == self.context);
        let known = shown.or_else(|| known.next()).map(|(known, _)| known.clone());
        let default = || {
            let wanted = ServerUrl::parse(&self.server, true)
                .map_or_else(|_| "server".to_owned(), |server| server.default_context());
            self.config.free_name(&wanted, &self.server)
        };
        self.context = known.unwrap_or_else(default);
        let token = SecretString::from(session.token);
        let session_file = Session {
            server: self.server.clone(),
            name: name.clone(),
            token: token.clone(),
            expires_at: session.expires_at,
        };
        self.token = at_hand(Some(token));
        self.unsubscribe_from_events();
        self.client = None;
        let written = self
            .keep(session_file)
            .and_then(|()| self.config.remember(&self.dirs, &self.context, (&self.server, &name)));
        match (written, &self.config.current) {
            (Err(e), _) => self.notice_to_core(format!("logged in, but the session could not be saved: {e}")),
            (Ok(false), Some(current)) => self.notice_to_core(format!(
                "logged in as context {}; the current context stays {current}",
                self.context
            )),
            (Ok(_), _) => {}
        }
        let _ = self.answer.send(Msg::Context(self.context.clone()));
    }

    /// Saves the session; in a thread of its own if a keyring may ask the operator to unlock it first.
    fn keep(&self, session: Session) -> Result<(), ConfigError> {
        let (dirs, store, context) = (self.dirs.clone(), self.config.sessions, self.context.clone());
        let keep = move || save(&dirs, store, &context, &session);
        if store == SessionStore::File {
            return keep().map(drop);
        }
        let answer = self.answer.clone();
        tokio::task::spawn_blocking(move || {
            let why = keep().unwrap_or_else(|error| {
                Some(format!("logged in, but the session could not be saved: {error}"))
            });
            // The receiver is gone once the event loop has ended.
            why.map(|why| answer.send(Msg::Notice(why)))
        });
        Ok(())
    }

    fn export_list(&mut self, filter: AccountSearch, path: PathBuf, format: ExportFormat) {
        self.cancel_export();
        let client = self.client();
        let answer = self.answer.clone();
        let task = tokio::spawn(async move {
            // The receiver is gone once the event loop has ended.
            let tell = |progress| drop(answer.send(Msg::Export(progress)));
            let written = match client.await {
                Ok(client) => {
                    write_accounts(&client, &filter, &path, format, |rows| {
                        tell(ExportProgress::Running(rows));
                    })
                    .await
                }
                Err(failure) => Err(failure.into()),
            };
            tell(match written {
                Ok((rows, left_out)) => ExportProgress::Done { rows, left_out },
                Err(error) => ExportProgress::Idle(Some(error.to_string())),
            });
        });
        self.exporting = Some(task.abort_handle());
    }

    /// Ends the export that runs; its file is removed with it.
    fn cancel_export(&mut self) {
        if let Some(task) = self.exporting.take() {
            task.abort();
        }
    }

    fn notice_to_core(&self, text: String) {
        let _ = self.answer.send(Msg::Notice(text));
    }
}

fn at_hand(token: Option<SecretString>) -> Token {
    ready(token).boxed().shared()
}

/// The token of the session. A keyring, which may ask the operator to unlock it, is asked in a thread of its own.
fn token_of(session: Option<SavedSession>, answer: &UnboundedSender<Msg>) -> Token {
    let Some(session) = session else { return at_hand(None) };
    let answer = answer.clone();
    let asked = tokio::task::spawn_blocking(move || {
        let token = session.token(&Keyring::default());
        // The receiver is gone once the event loop has ended.
        token.map_err(|error| answer.send(Msg::Notice(error.to_string()))).ok()
    });
    asked.map(|token| token.ok().flatten()).boxed().shared()
}
