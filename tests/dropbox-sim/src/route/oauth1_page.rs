//! The pages of OAuth 1 where the user signs in and allows or cancels: `/1/oauth/authorize` and `/oauth/authorize`.

use std::sync::Arc;

use rocket::{State, form::Form, get, http::CookieJar, post};

use super::{
    authorize::{Decision, Step, here, sign_in_page, to_app},
    head::Head,
    page::{COOKIE, Consent, Page, ShowCode},
};
use crate::{
    dropbox::Dropbox,
    oauth1::Dialect,
    world::{OAuth1Authorize, Refusal, World},
};

type Sim = State<Arc<Dropbox>>;

#[get("/1/oauth/authorize")]
pub(super) fn v1_show(sim: &Sim, head: Head, jar: &CookieJar<'_>) -> Step {
    show(sim, Dialect::OAuth1, head, jar)
}

#[post("/1/oauth/authorize", data = "<form>")]
pub(super) fn v1_decide(sim: &Sim, form: Form<Decision<'_>>, jar: &CookieJar<'_>) -> Step {
    decide(sim, Dialect::OAuth1, &form.into_inner(), jar)
}

#[get("/oauth/authorize")]
pub(super) fn v1a_show(sim: &Sim, head: Head, jar: &CookieJar<'_>) -> Step {
    show(sim, Dialect::OAuth1a, head, jar)
}

#[post("/oauth/authorize", data = "<form>")]
pub(super) fn v1a_decide(sim: &Sim, form: Form<Decision<'_>>, jar: &CookieJar<'_>) -> Step {
    decide(sim, Dialect::OAuth1a, &form.into_inner(), jar)
}

fn show(sim: &Sim, dialect: Dialect, head: Head, jar: &CookieJar<'_>) -> Step {
    let query = head.query;
    let now = sim.now();
    let mut world = sim.world();
    let ask = match world.oauth1_authorize(dialect, &query, now) {
        Ok(ask) => ask,
        Err(Refusal::Page(why)) => return Step::Page(Page::refusal(why)),
        Err(Refusal::Redirect(url)) => return to_app(url),
    };
    if let Some(who) = &ask.auto_approve {
        return match world.find_user(who) {
            Some(account_id) => allow(&mut world, &ask, &account_id),
            None => Step::Page(Page::refusal("auto_approve names nobody whom the simulator knows.")),
        };
    }
    let page = dialect.authorize_path();
    let user = jar.get(COOKIE).and_then(|cookie| world.signed_in(cookie.value()));
    let Some(user) = user else {
        return sign_in_page(&world, &ask.app_name, true, page, &query, None);
    };
    Step::Page(Page::render(
        200,
        &Consent {
            app_name: &ask.app_name,
            page,
            query: &query,
            user: user.view.clone(),
            scopes: vec![("everything", "See and change everything in your account")],
        },
    ))
}

fn decide(sim: &Sim, dialect: Dialect, form: &Decision<'_>, jar: &CookieJar<'_>) -> Step {
    let Decision { query, decision } = *form;
    let now = sim.now();
    let mut world = sim.world();
    let ask = match world.oauth1_authorize(dialect, query, now) {
        Ok(ask) => ask,
        Err(Refusal::Page(why)) => return Step::Page(Page::refusal(why)),
        Err(Refusal::Redirect(url)) => return to_app(url),
    };
    let user = jar.get(COOKIE).and_then(|cookie| world.signed_in(cookie.value()));
    let Some(account_id) = user.map(|user| user.view.account_id.clone()) else {
        return here(dialect.authorize_path(), query);
    };
    if decision == "allow" {
        return allow(&mut world, &ask, &account_id);
    }
    match world.oauth1_decline(&ask) {
        Some(url) => to_app(url),
        None => Step::Page(Page::refusal("You have not given the app access.")),
    }
}

fn allow(world: &mut World, ask: &OAuth1Authorize, account_id: &str) -> Step {
    match world.oauth1_approve(ask, account_id) {
        Ok(url) => to_app(url),
        Err(code) => Step::Page(Page::render(200, &ShowCode { app_name: &ask.app_name, code: &code })),
    }
}
