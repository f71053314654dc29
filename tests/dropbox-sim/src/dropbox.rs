//! The simulated Dropbox, as tests and the control API use it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};

use crate::{
    AppConfig, AppStatus, Call, Config, FaultSpec, FaultStatus, GrantView, Operation, PlantedGrant, Reveal,
    Settings, UserConfig, UserView, call::CallLog, entropy::Clock, fault::Faults, relay::Connections,
    world::World,
};

/// The simulated Dropbox. All methods may be called while requests are served.
#[derive(Debug)]
pub struct Dropbox {
    world: Mutex<World>,
    clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) calls: CallLog,
    pub(crate) connections: Arc<Connections>,
}

impl Dropbox {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            world: Mutex::new(World::new(config)),
            clock: Clock::default(),
            faults: Faults::default(),
            calls: if config.sandbox { CallLog::bounded(10_000) } else { CallLog::default() },
            connections: Arc::default(),
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The current time by the simulator's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Moves the simulator's clock by this many seconds, so that tokens and codes expire without waiting.
    pub fn advance_clock(&self, seconds: i64) {
        self.clock.advance(seconds);
    }

    /// Registers an app, or replaces the one with the same key.
    pub fn put_app(&self, app: AppConfig) {
        self.world().put_app(app);
    }

    /// Changes the console status of an app; returns false if there is no app with this key.
    pub fn set_app_status(&self, app_key: &str, status: AppStatus) -> bool {
        let mut world = self.world();
        let app = world.apps.get_mut(app_key);
        app.map(|app| app.status = status).is_some()
    }

    /// Approves immediately as `user` for one app (`None`: show the consent page again); returns false if there is no
    /// app with this key.
    pub fn set_auto_approve(&self, app_key: &str, user: Option<String>) -> bool {
        let mut world = self.world();
        let app = world.apps.get_mut(app_key);
        app.map(|app| app.auto_approve = user).is_some()
    }

    /// The current settings.
    pub fn settings(&self) -> Settings {
        self.world().settings.clone()
    }

    /// Changes settings.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.world().settings);
    }

    /// All users, in the order of the sign-in page.
    pub fn users(&self) -> Vec<UserView> {
        self.world().users.iter().map(|user| user.view.clone()).collect()
    }

    /// Adds a user, or finds the one with the same address; returns the account id.
    pub fn add_user(&self, user: &UserConfig) -> String {
        self.world().add_user(user)
    }

    /// Makes the API answer 401 `user_suspended` for this user, or stops doing so.
    pub fn suspend_user(&self, account_id: &str, suspended: bool) -> bool {
        self.world().suspend_user(account_id, suspended)
    }

    /// All grants, oldest first.
    pub fn grants(&self, reveal: Reveal) -> Vec<GrantView> {
        let world = self.world();
        world.grants.values().map(|grant| World::grant_view(grant, reveal)).collect()
    }

    /// Creates a grant without an approval; returns its number.
    pub fn plant_grant(&self, planted: &PlantedGrant) -> u64 {
        let now = self.now();
        self.world().plant_grant(planted, now)
    }

    /// One grant.
    pub fn grant(&self, id: u64, reveal: Reveal) -> Option<GrantView> {
        self.world().grants.get(&id).map(|grant| World::grant_view(grant, reveal))
    }

    /// Ends a grant and all its tokens; returns false if there is no live grant with this id.
    pub fn revoke_grant(&self, id: u64) -> bool {
        self.world().kill_grant(id)
    }

    /// Disconnects the app as the user would in their Dropbox settings; returns the number of grants that ended.
    pub fn disconnect(&self, app_key: &str, account_id: &str) -> usize {
        self.world().disconnect(app_key, account_id)
    }

    /// Expires all access tokens, or those of one grant; returns how many expired.
    pub fn expire_tokens(&self, grant: Option<u64>) -> usize {
        let now = self.now();
        self.world().expire(now, |is| grant.is_none_or(|id| id == is.id))
    }

    /// Sets a fault; returns its id.
    pub fn set_fault(&self, fault: FaultSpec) -> u64 {
        self.faults.set(fault)
    }

    /// The faults that are set.
    pub fn faults(&self) -> Vec<FaultStatus> {
        self.faults.list()
    }

    /// Clears a fault and releases the calls that it holds; returns false if there is no fault with this id.
    pub fn clear_fault(&self, id: u64) -> bool {
        self.faults.clear(id)
    }

    /// Clears all faults and releases the calls that they hold.
    pub fn clear_faults(&self) {
        self.faults.clear_all();
    }

    /// The call log, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.select(|_| true)
    }

    /// The number of calls of this operation so far.
    pub fn count(&self, operation: Operation) -> usize {
        self.calls.count(|call| call.operation == operation)
    }

    /// Waits until at least `at_least` calls match; returns false after `patience`.
    pub async fn wait_for_calls(
        &self,
        at_least: usize,
        patience: Duration,
        wanted: impl Fn(&Call) -> bool,
    ) -> bool {
        self.calls.wait(at_least, patience, wanted).await
    }

    /// Empties the call log and clears all faults; with `everything`, also removes grants, codes and sign-ins.
    pub fn reset(&self, everything: bool) {
        self.faults.clear_all();
        self.calls.clear();
        if everything {
            self.world().forget_grants();
        }
    }
}
