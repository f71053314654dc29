//! `/oauth2/authorize`: the pages to sign in and to allow or cancel. They redirect only to URIs that the app has
//! registered.

use std::sync::Arc;

use rocket::{
    FromForm, Responder, State,
    form::Form,
    get,
    http::{Cookie, CookieJar, SameSite},
    post,
    response::Redirect,
};

use super::{
    head::Head,
    page::{COOKIE, Consent, Page, ShowCode, SignIn, meaning},
};
use crate::{
    config::UserConfig,
    dropbox::Dropbox,
    oauth1::Dialect,
    world::{Authorize, Refusal, World},
};

/// The next step of an authorization.
#[derive(Responder)]
pub(super) enum Step {
    /// Show a page of Dropbox.
    Page(Page),
    /// Redirect to the app.
    App(AppRedirect),
    /// Redirect to another page of Dropbox.
    Next(Redirect),
}

/// A 302 to a URL of any origin. It was compared with the registered URIs.
#[derive(Responder)]
#[response(status = 302)]
pub(super) struct AppRedirect {
    body: (),
    location: rocket::http::Header<'static>,
}

pub(super) fn to_app(url: String) -> Step {
    Step::App(AppRedirect { body: (), location: rocket::http::Header::new("Location", url) })
}

fn refused(refusal: Refusal) -> Step {
    match refusal {
        Refusal::Page(why) => Step::Page(Page::refusal(why)),
        Refusal::Redirect(url) => to_app(url),
    }
}

/// The pages that a sign-in leads back to; the first one if a form names none of them.
const PAGES: [&str; 3] = [PAGE, Dialect::OAuth1.authorize_path(), Dialect::OAuth1a.authorize_path()];
const PAGE: &str = "/oauth2/authorize";

pub(super) fn here(page: &str, query: &str) -> Step {
    let page = PAGES.into_iter().find(|known| *known == page).unwrap_or(PAGE);
    Step::Next(Redirect::to(format!("{page}?{query}")))
}

#[get("/oauth2/authorize")]
pub(super) fn show(dropbox: &State<Arc<Dropbox>>, head: Head, jar: &CookieJar<'_>) -> Step {
    let query = head.query;
    let now = dropbox.now();
    let mut world = dropbox.world();
    let ask = match world.authorize(&query) {
        Ok(ask) => ask,
        Err(refusal) => return refused(refusal),
    };
    if let Some(who) = &ask.auto_approve {
        return match world.find_user(who) {
            Some(account_id) => allow(&mut world, &ask, &account_id, now),
            None => Step::Page(Page::refusal("auto_approve names nobody whom the simulator knows.")),
        };
    }
    let user = jar.get(COOKIE).and_then(|cookie| world.signed_in(cookie.value()));
    let Some(user) = user.filter(|_| !ask.force_reauthentication) else {
        return sign_in_page(&world, &ask.app_name, !ask.disable_signup, PAGE, &query, None);
    };
    if let Some(role) = ask.require_role
        && !role.fits(user)
    {
        let complaint = Some(role.complaint());
        return sign_in_page(&world, &ask.app_name, !ask.disable_signup, PAGE, &query, complaint);
    }
    let view = user.view.clone();
    if world.has_approved(&ask, &view.account_id) {
        return allow(&mut world, &ask, &view.account_id, now);
    }
    Step::Page(Page::render(
        200,
        &Consent {
            app_name: &ask.app_name,
            page: PAGE,
            query: &query,
            user: view,
            scopes: ask.scopes.iter().map(|scope| (scope, meaning(scope))).collect(),
        },
    ))
}

fn allow(world: &mut World, ask: &Authorize, account_id: &str, now: chrono::DateTime<chrono::Utc>) -> Step {
    match world.approve(ask, account_id, now) {
        Ok(url) => to_app(url),
        Err(code) => {
            let page = ShowCode { app_name: &ask.app_name, code: &code };
            Step::Page(Page::render(200, &page))
        }
    }
}

pub(super) fn sign_in_page(
    world: &World,
    app_name: &str,
    signup: bool,
    page: &str,
    query: &str,
    complaint: Option<&str>,
) -> Step {
    Step::Page(Page::render(
        200,
        &SignIn {
            app_name,
            page,
            query,
            // A load test creates thousands of users, too many for a page.
            users: world.users.iter().take(12).map(|user| user.view.clone()).collect(),
            signup,
            complaint,
        },
    ))
}

/// The form of the consent page.
#[derive(FromForm)]
pub(super) struct Decision<'r> {
    pub(super) query: &'r str,
    pub(super) decision: &'r str,
}

#[post("/oauth2/authorize", data = "<form>")]
pub(super) fn decide(dropbox: &State<Arc<Dropbox>>, form: Form<Decision<'_>>, jar: &CookieJar<'_>) -> Step {
    let form = form.into_inner();
    let now = dropbox.now();
    let mut world = dropbox.world();
    let ask = match world.authorize(form.query) {
        Ok(ask) => ask,
        Err(refusal) => return refused(refusal),
    };
    let user = jar.get(COOKIE).and_then(|cookie| world.signed_in(cookie.value()));
    let Some(account_id) = user.map(|user| user.view.account_id.clone()) else {
        return here(PAGE, form.query);
    };
    if form.decision == "allow" {
        return allow(&mut world, &ask, &account_id, now);
    }
    match ask.decline() {
        Some(url) => to_app(url),
        None => Step::Page(Page::refusal("You have not given the app access.")),
    }
}

/// The form of the sign-in page: a known user, or the name and address of a new one.
#[derive(FromForm)]
pub(super) struct Identity<'r> {
    page: Option<&'r str>,
    query: &'r str,
    account_id: Option<&'r str>,
    name: Option<&'r str>,
    email: Option<&'r str>,
}

#[post("/oauth2/sign_in", data = "<form>")]
pub(super) fn sign_in(dropbox: &State<Arc<Dropbox>>, form: Form<Identity<'_>>, jar: &CookieJar<'_>) -> Step {
    let form = form.into_inner();
    let page = form.page.unwrap_or(PAGE);
    let mut world = dropbox.world();
    let account_id = match (form.account_id, form.name, form.email) {
        (Some(account_id), _, _) => world.user(account_id).map(|user| user.view.account_id.clone()),
        (None, Some(name), Some(email)) if !name.trim().is_empty() && email.contains('@') => {
            Some(world.add_user(&UserConfig::new(name, email)))
        }
        _ => None,
    };
    if let Some(account_id) = account_id {
        let cookie = Cookie::build((COOKIE, world.sign_in(&account_id)))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax);
        jar.add(cookie);
        return here(page, &without(form.query, "force_reauthentication"));
    }
    here(page, form.query)
}

/// The form that signs the user out, so that another user can sign in.
#[derive(FromForm)]
pub(super) struct Leave<'r> {
    page: Option<&'r str>,
    query: &'r str,
}

#[post("/oauth2/sign_out", data = "<form>")]
pub(super) fn sign_out(dropbox: &State<Arc<Dropbox>>, form: Form<Leave<'_>>, jar: &CookieJar<'_>) -> Step {
    let form = form.into_inner();
    if let Some(cookie) = jar.get(COOKIE) {
        dropbox.world().sign_out(cookie.value());
    }
    jar.remove(Cookie::build(COOKIE).path("/"));
    here(form.page.unwrap_or(PAGE), form.query)
}

/// Removes one field from the query. After a sign-in, `force_reauthentication` must not apply again.
fn without(query: &str, name: &str) -> String {
    let fields = url::form_urlencoded::parse(query.as_bytes()).filter(|(field, _)| field != name);
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
