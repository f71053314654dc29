//! How grants begin, issue tokens and end.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Authorize, Code, Grant, GrantView, Reveal, Scopes, TokensView, World,
    grant::{AccessToken, AccessType, Issued},
};
use crate::{config::PlantedGrant, entropy, secret::Secret};

impl World {
    /// Creates the code that the browser carries back to the app.
    pub(crate) fn issue_code(&mut self, ask: &Authorize, account_id: &str, now: DateTime<Utc>) -> Secret {
        let mut scopes = ask.scopes.clone();
        if ask.include_granted_scopes {
            for grant in self.live_grants(&ask.app_key, account_id) {
                scopes.add(&grant.scopes);
            }
        }
        let code = Secret::new(format!("CANARY_{}", entropy::token_tail()));
        self.codes.insert(
            code.clone(),
            Code {
                app_key: ask.app_key.clone(),
                account_id: account_id.to_owned(),
                redirect_uri: ask.redirect_uri.clone(),
                scopes,
                access_type: ask.access_type,
                challenge: ask.challenge.clone(),
                expires_at: now + seconds(self.settings.code_seconds),
            },
        );
        code
    }

    pub(crate) fn live_grants(&self, app_key: &str, account_id: &str) -> impl Iterator<Item = &Grant> {
        let ids = self.links.get(&(app_key.to_owned(), account_id.to_owned()));
        ids.into_iter().flatten().filter_map(|id| self.grants.get(id)).filter(|grant| grant.alive)
    }

    /// Turns a consumed code into a grant, with a refresh token if access is offline.
    pub(crate) fn new_grant(&mut self, code: Code, public: bool, now: DateTime<Utc>) -> u64 {
        self.last_grant += 1;
        let id = self.last_grant;
        let refresh_token = (code.access_type == AccessType::Offline)
            .then(|| Secret::new(format!("CANARY_{}", entropy::token_tail())));
        if let Some(token) = &refresh_token {
            self.refresh.insert(token.clone(), id);
        }
        let link = (code.app_key.clone(), code.account_id.clone());
        self.links.entry(link).or_default().push(id);
        self.grants.insert(
            id,
            Grant {
                id,
                app_key: code.app_key,
                account_id: code.account_id,
                scopes: code.scopes,
                access_type: code.access_type,
                public,
                alive: true,
                created_at: now,
                refreshes: 0,
                refresh_token,
                access_tokens: Vec::new(),
            },
        );
        id
    }

    /// Creates a grant for existing tokens; returns its number.
    pub(crate) fn plant_grant(&mut self, planted: &PlantedGrant, now: DateTime<Utc>) -> u64 {
        let code = Code {
            app_key: planted.app_key.clone(),
            account_id: planted.account_id.clone(),
            redirect_uri: None,
            scopes: Scopes::parse(&planted.scopes),
            access_type: AccessType::Offline,
            challenge: None,
            expires_at: now,
        };
        let id = self.new_grant(code, false, now);
        let expires_at = Some(now + seconds(self.settings.access_token_seconds));
        if let Some(grant) = self.grants.get_mut(&id) {
            if let Some(made_up) = grant.refresh_token.replace(planted.refresh_token.clone()) {
                self.refresh.remove(&made_up);
            }
            self.refresh.insert(planted.refresh_token.clone(), id);
            if let Some(token) = &planted.access_token {
                grant.access_tokens.push(token.clone());
                let access = AccessToken { grant: id, scopes: grant.scopes.clone(), expires_at };
                self.access.insert(token.clone(), access);
            }
        }
        id
    }

    /// Issues one more access token of a grant.
    pub(crate) fn issue_access(&mut self, id: u64, scopes: Scopes, now: DateTime<Utc>) -> Option<Issued> {
        let life = self.settings.access_token_seconds;
        let grant = self.grants.get_mut(&id)?;
        let access_token = Secret::new(format!("sl.u.CANARY_{}", entropy::token_tail()));
        let expires_in = (grant.access_type != AccessType::Legacy).then_some(life);
        grant.access_tokens.push(access_token.clone());
        self.access.insert(
            access_token.clone(),
            AccessToken { grant: id, scopes, expires_at: expires_in.map(|life| now + seconds(life)) },
        );
        Some(Issued { access_token, expires_in })
    }

    pub(crate) fn count_refresh(&mut self, id: u64) {
        if let Some(grant) = self.grants.get_mut(&id) {
            grant.refreshes += 1;
        }
    }

    pub(crate) fn refresh_token_of(&self, id: u64) -> Option<&Secret> {
        self.grants.get(&id)?.refresh_token.as_ref()
    }

    pub(crate) fn grant_of_refresh(&self, token: &str) -> Option<&Grant> {
        self.grants.get(self.refresh.get(&Secret::new(token))?)
    }

    pub(super) fn access_token(&self, token: &str) -> Option<(&AccessToken, &Grant)> {
        let access = self.access.get(&Secret::new(token))?;
        Some((access, self.grants.get(&access.grant)?))
    }

    /// Ends the refresh token and all access tokens; returns false if there is no such live grant.
    pub(crate) fn kill_grant(&mut self, id: u64) -> bool {
        self.grants.get_mut(&id).is_some_and(|grant| std::mem::replace(&mut grant.alive, false))
    }

    /// Ends all grants of the app and user, as when the user disconnects the app; returns how many ended.
    pub(crate) fn disconnect(&mut self, app_key: &str, account_id: &str) -> usize {
        let ids: Vec<u64> = self.live_grants(app_key, account_id).map(|grant| grant.id).collect();
        ids.into_iter().filter(|id| self.kill_grant(*id)).count()
    }

    /// Expires the access tokens of the matching grants; returns how many expired.
    pub(crate) fn expire(&mut self, now: DateTime<Utc>, wanted: impl Fn(&Grant) -> bool) -> usize {
        let mut expired = 0;
        for access in self.access.values_mut() {
            let picked = self.grants.get(&access.grant).is_some_and(&wanted);
            if picked && access.expires_at.is_some_and(|end| end > now) {
                access.expires_at = Some(now);
                expired += 1;
            }
        }
        expired
    }

    pub(crate) fn grant_view(grant: &Grant, reveal: Reveal) -> GrantView {
        let token_access_type = match grant.access_type {
            AccessType::Online => "online",
            AccessType::Offline => "offline",
            AccessType::Legacy => "legacy",
            AccessType::OAuth1 => "oauth1",
            AccessType::OAuth1a => "oauth1a",
        };
        GrantView {
            id: grant.id,
            app_key: grant.app_key.clone(),
            account_id: grant.account_id.clone(),
            alive: grant.alive,
            scopes: grant.scopes.to_string(),
            token_access_type: token_access_type.to_owned(),
            created_at: grant.created_at,
            access_tokens_issued: grant.access_tokens.len(),
            refreshes: grant.refreshes,
            tokens: (reveal == Reveal::Tokens).then(|| TokensView {
                refresh_token: grant.refresh_token.as_ref().map(|token| token.expose().to_owned()),
                access_tokens: grant.access_tokens.iter().map(|token| token.expose().to_owned()).collect(),
            }),
        }
    }

    /// Deletes codes, grants, tokens and browser sessions; keeps apps and users.
    pub(crate) fn forget_grants(&mut self) {
        self.codes.clear();
        self.grants.clear();
        self.access.clear();
        self.refresh.clear();
        self.links.clear();
        self.sessions.clear();
        self.oauth1.forget();
    }
}

fn seconds(count: i64) -> TimeDelta {
    TimeDelta::try_seconds(count).unwrap_or(TimeDelta::MAX)
}
