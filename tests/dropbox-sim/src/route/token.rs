//! `POST /oauth2/token`: parameters come from the form body or the query string and may be duplicated.

use std::{collections::HashMap, sync::Arc};

use rocket::{Data, State, data::ByteUnit, post};

use super::head::{Head, MAX_BODY};
use crate::{
    call::{Caller, Operation},
    dropbox::Dropbox,
    engine::Conduct,
    reply::Reply,
    secret::{Secret, fingerprint},
    world::Credentials,
};

#[post("/oauth2/token", data = "<data>")]
pub(super) async fn token(dropbox: &State<Arc<Dropbox>>, head: Head, data: Data<'_>) -> Reply {
    let Ok(body) = data.open(ByteUnit::from(MAX_BODY)).into_bytes().await else {
        return Reply::new(400, "text/plain; charset=utf-8", "the body could not be read");
    };
    let ask = Ask::read(&body, &head);
    let conduct =
        Conduct { dropbox, operation: ask.operation(), caller: ask.caller(dropbox), port: head.port };
    conduct.run(|| ask.answer(dropbox)).await
}

struct Ask {
    fields: HashMap<String, String>,
    credentials: Credentials,
}

impl Ask {
    /// Reads the parameters. The body takes precedence over the query (the JS SDK uses the query), the first occurrence
    /// of a duplicated field over later ones (the Rust SDK sends some twice), and HTTP Basic over both.
    fn read(body: &[u8], head: &Head) -> Self {
        let mut fields = HashMap::new();
        let body = url::form_urlencoded::parse(body);
        for (name, value) in body.chain(url::form_urlencoded::parse(head.query.as_bytes())) {
            fields.entry(name.into_owned()).or_insert(value.into_owned());
        }
        let credentials = match head.basic() {
            Some((key, secret)) => Credentials { client_id: Some(key), client_secret: Some(secret) },
            None => Credentials {
                client_id: fields.get("client_id").cloned(),
                client_secret: fields.get("client_secret").map(Secret::new),
            },
        };
        Self { fields, credentials }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    fn operation(&self) -> Operation {
        match self.get("grant_type") {
            Some("authorization_code") => Operation::TokenExchange,
            Some("refresh_token") => Operation::TokenRefresh,
            _ => Operation::TokenOther,
        }
    }

    fn caller(&self, dropbox: &Dropbox) -> Caller {
        let world = dropbox.world();
        let mut caller = Caller { app_key: self.credentials.client_id.clone(), ..Caller::default() };
        if self.operation() == Operation::TokenExchange {
            let code = self.get("code");
            caller.token_fingerprint = code.map(fingerprint);
            let known = code.and_then(|code| world.codes.get(&Secret::new(code)));
            caller.account_id = known.map(|code| code.account_id.clone());
        } else if let Some(token) = self.get("refresh_token") {
            caller.token_fingerprint = Some(fingerprint(token));
            let known = world.grant_of_refresh(token);
            caller.grant = known.map(|grant| grant.id);
            caller.account_id = known.map(|grant| grant.account_id.clone());
        }
        caller
    }

    fn answer(&self, dropbox: &Dropbox) -> Reply {
        let now = dropbox.now();
        let mut world = dropbox.world();
        let result = match self.operation() {
            Operation::TokenExchange => world.exchange(
                &self.credentials,
                self.get("code"),
                self.get("redirect_uri"),
                self.get("code_verifier"),
                now,
            ),
            Operation::TokenRefresh => {
                world.refresh(&self.credentials, self.get("refresh_token"), self.get("scope"), now)
            }
            _ => Err(Reply::oauth_error(
                "unsupported_grant_type",
                "grant_type must be \"authorization_code\" or \"refresh_token\"",
            )),
        };
        result.unwrap_or_else(|refusal| refusal)
    }
}
