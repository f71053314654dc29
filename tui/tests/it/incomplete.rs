//! Lists whose search ran out of time at the server.

use bowline_api::Page;
use serde_json::to_string;

use crate::fake::{logged_in, run, start};
use crate::fixtures::{page, summary};

#[test]
fn every_list_says_that_a_search_ran_out_of_time() {
    let url = start(None, |path| match path {
        "/accounts" => {
            let rows = Page { incomplete: true, ..page((0..3).map(summary).collect()) };
            (200, to_string(&rows).unwrap())
        }
        _ => (404, String::new()),
    });
    let config = logged_in(&url);
    let list = ["accounts", "list", "--search", "ada"];
    for more in [
        &["--all"][..],
        &["--all", "--output", "csv"],
        &["--all", "--output", "ndjson"],
        &[],
        &["--output", "csv"],
    ] {
        let out = run(config.path(), &[&list, more].concat());
        let (rows, said) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(out.status.success() && rows.contains(&summary(2).account.email), "{more:?}: {rows} {said}");
        assert_eq!(said.matches("incomplete: the search ran out of time").count(), 1, "{more:?}: {said}");
        assert!(!rows.contains("incomplete"), "{more:?}: {rows}");
    }
}
