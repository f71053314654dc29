//! Requests by route template. The handles are created once and found without a lock or an allocation.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use metrics::{Counter, Histogram};
use rocket::Route;
use rocket::http::Method;

/// The statuses that the server uses; others count as `other`.
const COUNTED_STATUSES: [(u16, &str); 24] = [
    (200, "200"),
    (201, "201"),
    (202, "202"),
    (204, "204"),
    (302, "302"),
    (303, "303"),
    (304, "304"),
    (400, "400"),
    (401, "401"),
    (403, "403"),
    (404, "404"),
    (405, "405"),
    (408, "408"),
    (409, "409"),
    (410, "410"),
    (411, "411"),
    (413, "413"),
    (415, "415"),
    (422, "422"),
    (429, "429"),
    (500, "500"),
    (502, "502"),
    (503, "503"),
    (504, "504"),
];
/// The route label of requests that match no route.
const NO_ROUTE_LABEL: &str = "(none)";

/// The measurements of all requests of this process.
pub struct HttpMetrics {
    routes: OnceLock<HashMap<String, Vec<(Method, Handles)>>>,
    unmatched: Handles,
}

/// The measurements of this process's requests.
pub fn http() -> &'static HttpMetrics {
    static HTTP: LazyLock<HttpMetrics> = LazyLock::new(|| HttpMetrics {
        routes: OnceLock::new(),
        unmatched: Handles::new("(any)", NO_ROUTE_LABEL),
    });
    &HTTP
}

impl HttpMetrics {
    /// Creates the handles of the mounted routes; every other route counts as `(none)`.
    pub fn register<'r>(&self, routes: impl Iterator<Item = &'r Route>) {
        let mut all: HashMap<String, Vec<(Method, Handles)>> = HashMap::new();
        for route in routes {
            let handles = Handles::new(route.method.as_str(), route.uri.as_str());
            all.entry(route.uri.as_str().to_owned()).or_default().push((route.method, handles));
        }
        // A second call would mean two servers in one process, which does not occur.
        self.routes.set(all).ok();
    }

    /// Records an answered request. `route` is the template as it is mounted.
    pub fn observe(&self, method: Method, route: Option<&str>, status: u16, elapsed: Duration) {
        let handles = route
            .and_then(|route| self.routes.get()?.get(route))
            .and_then(|methods| methods.iter().find(|(known, _)| *known == method))
            .map_or(&self.unmatched, |(_, handles)| handles);
        let (requests, duration) = handles.of(status);
        requests.increment(1);
        duration.record(elapsed);
    }
}

/// The handles of one route by status, created when a status first occurs.
struct Handles {
    method: &'static str,
    route: String,
    by_status: [OnceLock<(Counter, Histogram)>; COUNTED_STATUSES.len()],
    other: OnceLock<(Counter, Histogram)>,
}

impl Handles {
    fn new(method: &'static str, route: &str) -> Self {
        let by_status = [const { OnceLock::new() }; COUNTED_STATUSES.len()];
        Self { method, route: route.to_owned(), by_status, other: OnceLock::new() }
    }

    fn of(&self, status: u16) -> &(Counter, Histogram) {
        let known = COUNTED_STATUSES.binary_search_by_key(&status, |(known, _)| *known);
        let (slot, name) = match known {
            Ok(index) => (index, COUNTED_STATUSES.get(index).map_or("other", |(_, name)| name)),
            Err(_) => (COUNTED_STATUSES.len(), "other"),
        };
        let make = || {
            let (method, route) = (self.method, self.route.clone());
            let counter = metrics::counter!("bowline_http_requests_total",
                "method" => method, "route" => route.clone(), "status" => name);
            let histogram = metrics::histogram!("bowline_http_request_duration_seconds",
                "method" => method, "route" => route, "status" => status_class(status));
            (counter, histogram)
        };
        self.by_status.get(slot).unwrap_or(&self.other).get_or_init(make)
    }
}

fn status_class(status: u16) -> &'static str {
    match status {
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        500..=599 => "5xx",
        _ => "1xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_sorted_for_the_search_and_named_as_they_are() {
        assert!(COUNTED_STATUSES.is_sorted());
        assert!(COUNTED_STATUSES.iter().all(|(status, name)| status.to_string() == *name));
    }

    #[test]
    fn every_status_of_a_refusal_is_counted_by_its_name() {
        for code in crate::domain::Code::ALL {
            assert!(COUNTED_STATUSES.iter().any(|(status, _)| *status == code.status()), "{}", code.status());
        }
    }
}
