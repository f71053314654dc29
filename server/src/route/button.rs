//! `/button.js`: the script of the link button for tenants' pages, which `docs/button.md` describes.
//!
//! Pages of other origins load it. It is therefore the one file with CORS, which subresource integrity needs, and it may
//! be kept by caches: under an address of its content for ever, and as `/button.js` for a short time.

use std::io::Cursor;
use std::sync::LazyLock;

use rocket::http::{ContentType, Status};
use rocket::response::{self, Responder, Response};
use rocket::{Request, get};
use sha2::{Digest as _, Sha256};

use super::list::{PAGE, RouteGroup, undocumented};
use crate::domain::{Error, Result};
use crate::http::{NoQuery, Policy};

/// How long `/button.js` may be kept: five minutes, so that a corrected script arrives soon.
const SHORTLY: &str = "public, max-age=300";
/// How long the script under an address of its content may be kept: a year.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The script costs nothing, and many pages load it.
const BUTTON_SCRIPT_POLICY: Policy = Policy { limit: None, is_frequent: true, ..PAGE };

/// The editions, the oldest first. One that has been released never changes and never leaves this list, because pages
/// name its address and its digest: a correction is another edition.
static BUTTON_EDITIONS: LazyLock<[Edition; 1]> =
    LazyLock::new(|| [Edition::new(1, include_str!("../../templates/button/v1.js"))]);

/// An edition of the script.
struct Edition {
    /// Such as `v1.0123456789abcdef.js`.
    name: String,
    text: &'static str,
}

impl Edition {
    fn new(number: u8, text: &'static str) -> Self {
        let digest = hex::encode(&Sha256::digest(text)[..8]);
        Self { name: format!("v{number}.{digest}.js"), text }
    }

    fn current() -> &'static Self {
        let [.., last] = &*BUTTON_EDITIONS;
        last
    }

    /// The path of the script edition's own address.
    fn path(&self) -> String {
        format!("/button/{}", self.name)
    }
}

/// The response with an edition: without its text if the caller has it already.
struct Script {
    edition: &'static Edition,
    kept: &'static str,
}

impl<'r> Responder<'r, 'static> for Script {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let Self { edition: Edition { text, .. }, kept } = self;
        let tag = format!("\"{}\"", self.edition.name);
        let mut known =
            request.headers().get("If-None-Match").flat_map(|tags| tags.split(',')).map(str::trim);
        let is_known = known.any(|known| known == "*" || known.trim_start_matches("W/") == tag);
        let mut response = Response::build();
        response
            .raw_header("Access-Control-Allow-Origin", "*")
            .raw_header("Cross-Origin-Resource-Policy", "cross-origin")
            .raw_header("Cache-Control", kept)
            .raw_header("Content-Location", self.edition.path())
            .raw_header("ETag", tag);
        if is_known {
            return response.status(Status::NotModified).ok();
        }
        response.header(ContentType::JavaScript).sized_body(text.len(), Cursor::new(*text)).ok()
    }
}

/// The current edition.
#[get("/button.js")]
fn current(_query: NoQuery) -> Script {
    Script { edition: Edition::current(), kept: SHORTLY }
}

/// Any edition of the button's script, under the address of its content.
#[get("/button/<name>")]
fn edition(_query: NoQuery, name: &str) -> Result<Script> {
    let edition = BUTTON_EDITIONS.iter().find(|edition| edition.name == name).ok_or_else(Error::not_found)?;
    Ok(Script { edition, kept: FOR_EVER })
}

/// For the public listener.
pub(super) fn group() -> RouteGroup {
    undocumented![current => BUTTON_SCRIPT_POLICY, edition => BUTTON_SCRIPT_POLICY]
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use rocket::http::Header;
    use rocket::local::asynchronous::Client;
    use sha2::Sha384;

    use super::*;
    use crate::http::every_request::EveryRequest;
    use crate::http::problem;
    use crate::route::list::Listener;
    use crate::words::Language;

    const BUTTON_DOCUMENT: &str = include_str!("../../../docs/button.md");

    async fn http_client() -> Client {
        let rocket =
            rocket::build().register("/", problem::catchers()).attach(EveryRequest { listener: "public" });
        Client::untracked(Listener::of([group()]).mount(rocket, false)).await.unwrap()
    }

    #[rocket::async_test]
    async fn other_origins_may_load_the_script_and_caches_keep_it_but_nothing_else() {
        let client = http_client().await;
        let own = Edition::current().path();
        let tag = format!("\"{}\"", Edition::current().name);
        let among_others = format!("\"v0.js\", W/{tag}");
        for (path, kept) in [("/button.js", SHORTLY), (own.as_str(), FOR_EVER)] {
            for (method, known, status) in [
                ("GET", None, 200),
                ("GET", Some("\"v0.js\""), 200),
                ("GET", Some(tag.as_str()), 304),
                ("GET", Some(among_others.as_str()), 304),
                ("GET", Some("*"), 304),
                ("HEAD", None, 200),
                ("HEAD", Some(tag.as_str()), 304),
            ] {
                let mut request = client.req(method.parse().unwrap(), path);
                request.add_header(Header::new("Origin", "https://photos.example"));
                if let Some(known) = known {
                    request.add_header(Header::new("If-None-Match", known.to_owned()));
                }
                let answer = request.dispatch().await;
                let what = format!("{method} {path} {known:?}");
                assert_eq!(answer.status().code, status, "{what}");
                for (name, value) in [
                    ("Access-Control-Allow-Origin", "*"),
                    ("Cross-Origin-Resource-Policy", "cross-origin"),
                    ("Cache-Control", kept),
                    ("Content-Location", own.as_str()),
                    ("ETag", tag.as_str()),
                    ("X-Content-Type-Options", "nosniff"),
                ] {
                    assert_eq!(answer.headers().get(name).collect::<Vec<_>>(), [value], "{what} {name}");
                }
                assert!(answer.headers().get_one("Access-Control-Allow-Credentials").is_none(), "{what}");
                let kind = answer.content_type();
                assert_eq!(kind, (status == 200).then_some(ContentType::JavaScript), "{what}");
                let body = answer.into_string().await.unwrap_or_default();
                let is_whole = status == 200 && method == "GET";
                assert_eq!(body, if is_whole { Edition::current().text } else { "" }, "{what}");
            }
        }
        for (path, status) in [
            ("/button.js?v=1".to_owned(), 400),
            (format!("{own}?v=1"), 400),
            ("/button/v1.js".to_owned(), 404),
            ("/button/v1.0000000000000000.js".to_owned(), 404),
            (format!("{own}/x"), 404),
        ] {
            let answer = client.get(path.clone()).dispatch().await;
            assert_eq!(answer.status().code, status, "{path}");
            assert_eq!(answer.headers().get_one("Cache-Control"), Some("no-store"), "{path}");
            assert!(answer.headers().get_one("Access-Control-Allow-Origin").is_none(), "{path}");
        }
    }

    #[test]
    fn the_document_shows_the_address_and_the_digest_of_the_current_edition() {
        let Edition { text, .. } = Edition::current();
        let digest = STANDARD.encode(Sha384::digest(text));
        let tag = format!(
            "<script src=\"https://link.example.com{}\"\n        integrity=\"sha384-{digest}\" crossorigin defer></script>",
            Edition::current().path()
        );
        assert!(BUTTON_DOCUMENT.contains(&tag), "docs/button.md lacks:\n{tag}");
    }

    #[test]
    fn the_script_speaks_the_languages_of_the_pages_and_says_as_much_in_each() {
        let Edition { text, .. } = Edition::current();
        for language in Language::ALL {
            let line =
                text.lines().find_map(|line| line.trim().strip_prefix(&format!("{}: '", language.tag())));
            let texts: Vec<&str> = line.unwrap_or_default().trim_end_matches("',").split('|').collect();
            assert!(
                texts.len() == 8 && texts.iter().all(|text| !text.is_empty()),
                "{}: {texts:?}",
                language.tag()
            );
        }
    }
}
