//! What an operator does with a list: sort arrow, finding text, columns, saved queries, and marks of what others changed.

use bowline::app::Msg;
use bowline::client::{Answer, Request};
use bowline::text::short_id;
use bowline_api::status::AccountStatus;

use crate::command_line::Machine;
use crate::fixtures::{account_page, detail, summary};
use crate::operator::{Story, setup};
use crate::screens::frame_text;
use crate::server::Server;
use crate::window::{Window, configured, log_in};

/// The line with the titles.
fn titles(story: &Story) -> String {
    frame_text(story).lines().nth(4).unwrap().to_owned()
}

fn wide() -> Story {
    let mut story = Story::settled();
    story.tell(Msg::Resize(150, 24));
    story.settle();
    story
}

#[test]
fn an_arrow_shows_by_which_column_every_list_is_sorted() {
    let mut story = wide();
    for arrow in ["LINKED ▼", "LINKED ▲", "E-MAIL ▲", "USED ▼"] {
        assert!(titles(&story).contains(arrow), "{arrow}: {}", titles(&story));
        story.press("s");
        story.settle();
    }
    for (keys, arrow) in [
        ("2", "TENANT ▲"),
        ("3", "AT ▼"),
        ("5", "ADDED ▼"),
        ("6", "NAME ▲"),
        ("7", "LOGGED IN ▼"),
        ("8", "ADDED ▼"),
    ] {
        story.role = bowline_api::status::Role::Admin;
        story.model.operator = Some(crate::fixtures::operator(story.role));
        story.press(keys);
        story.settle();
        assert!(titles(&story).contains(arrow), "{keys} {arrow}: {}", titles(&story));
    }
}

#[test]
fn a_list_of_a_tenants_things_says_how_to_choose_the_tenant() {
    let mut story = Story::settled();
    for (keys, heading) in [
        ("3 5", "API keys › choose a tenant"),
        ("3 4", "connectors › choose a tenant"),
        ("3 9", "webhooks › choose a tenant"),
    ] {
        story.press(keys);
        story.settle();
        let text = frame_text(&story);
        assert!(text.contains(heading), "{text}");
        assert!(text.contains("no tenant is chosen: type / and tenant:NAME"), "{text}");
    }
    story.press("/");
    story.type_in("tenant:nope");
    story.press("enter");
    story.failing = Some(bowline::client::Failure::NotFound("no tenant \"nope\" is visible to you".into()));
    story.settle();
    let text = frame_text(&story);
    assert!(text.contains("visible to you · / changes the query, esc clears it"), "{text}");
}

#[test]
fn n_goes_to_the_next_row_with_a_text_and_loads_rows_until_there_is_one() {
    let mut story = wide();
    story.press("n");
    assert_eq!(story.model.dialogs.len(), 1, "it asks for the text first");
    story.type_in("EDSGER dijk");
    story.press("enter");
    assert_eq!(story.accounts_view().list.rows.selected(), 3);
    story.press("n");
    assert_eq!(story.accounts_view().list.rows.selected(), 10);
    story.press("N");
    assert_eq!(story.accounts_view().list.rows.selected(), 3);
    story.press("N");
    assert_eq!(
        story.accounts_view().list.rows.selected(),
        3,
        "there are more rows below: it does not go round"
    );
    // Only one of the last rows was linked so long ago: two more pages are loaded.
    story.press("F ctrl-u");
    story.type_in("1240 d");
    story.press("enter");
    story.settle();
    let selected = story.accounts_view().list.rows.selected();
    assert_eq!(selected, 240);
    assert!(frame_text(&story).contains("find 1240 d"), "{}", frame_text(&story));
    story.press("esc");
    assert!(!frame_text(&story).contains("find 1240 d"));
    story.press("F");
    story.type_in("nobody at all");
    story.press("enter");
    story.settle();
    assert!(frame_text(&story).contains("find nobody at all: no other row"), "{}", frame_text(&story));
    assert_eq!(story.accounts_view().list.rows.selected(), selected, "the selection stays");
}

#[test]
fn columns_are_chosen_ordered_and_kept() {
    let mut story = wide();
    let before = titles(&story);
    story.press("c j space j l enter");
    let chosen = titles(&story);
    assert!(!chosen.contains("NAME") && chosen.find("TENANT") < chosen.find("USER"), "{chosen}");
    assert!(
        !chosen.contains("SCOPES"),
        "what was not shown before is not shown because of another column: {chosen}"
    );
    assert!(story.effects.last().unwrap().contains("SaveScreen"), "{:?}", story.effects);
    story.press("2");
    story.settle();
    assert!(titles(&story).contains("TENANT"), "another screen has its own columns");
    story.press("1 c r esc");
    assert_eq!(titles(&story), chosen, "esc changes nothing");
    story.tell(Msg::Resize(70, 20));
    assert!(!titles(&story).contains("TENANT"), "a narrow terminal leaves columns out as before");
    story.tell(Msg::Resize(150, 24));
    story.press("c r enter");
    assert_eq!(titles(&story), before);
    story.press("c");
    for _ in 0..11 {
        let selected = frame_text(&story).lines().find(|line| line.contains("▶ [")).unwrap().to_owned();
        story.press(if selected.contains("[x]") { "space j" } else { "j" });
    }
    let last = frame_text(&story);
    assert_eq!(last.matches("[x]").count(), 1, "{last}");
    while !frame_text(&story).contains("▶ [x]") {
        story.press("k");
    }
    story.press("space");
    assert!(frame_text(&story).contains("one column has to stay"), "{}", frame_text(&story));
}

#[test]
fn tab_completes_filters_their_values_and_tenants() {
    let mut story = wide();
    let query = |story: &Story| story.accounts_view().list.bar.field.text().to_owned();
    let asked = story.asked.len();
    story.press("/");
    story.type_in("st");
    story.press("tab");
    assert_eq!(query(&story), "status:");
    assert_eq!(story.asked.len(), asked, "names of tenants are fetched only for a query that has one");
    story.press("tab tab");
    assert_eq!(query(&story), "status:needs_reauth", "each tab shows the next choice");
    let line = frame_text(&story).lines().nth(2).unwrap().to_owned();
    assert!(line.contains("needs_reauth  suspended  revoking  revoked  active"), "{line}");
    story.type_in(" te");
    story.press("tab");
    story.settle();
    story.type_in("glob");
    story.press("tab");
    assert_eq!(query(&story), "status:needs_reauth tenant:globex ");
    story.press("enter");
    story.settle();
    let filter = story.last_filter();
    assert_eq!(filter.tenant.unwrap().to_string(), "globex");
    assert_eq!(filter.status, Some(AccountStatus::NeedsReauth.into()));
    // The names are there now; a word that is not the beginning of anything stays as it is.
    let asked = story.asked.len();
    story.press("/ backspace enter /");
    assert_eq!(query(&story), "status:needs_reauth tenant:globex ", "what is typed next is another word");
    story.type_in("tenant:a");
    story.press("tab");
    assert!(query(&story).ends_with("tenant:acme "), "{}", query(&story));
    story.type_in("nothing");
    story.press("tab");
    assert!(query(&story).ends_with("tenant:acme nothing"), "{}", query(&story));
    assert_eq!(story.asked.len(), asked);
}

#[test]
fn a_query_is_saved_named_beside_the_query_line_used_and_removed() {
    let mut story = wide();
    story.press("/");
    story.type_in("status:active ada");
    story.press("enter");
    story.settle();
    story.press("w");
    story.type_in("застряли");
    story.press("enter");
    assert!(frame_text(&story).contains("[saved: застряли]"), "{}", frame_text(&story));
    assert!(story.effects.last().unwrap().contains("status:active ada"));
    story.press("esc");
    story.settle();
    assert!(!frame_text(&story).contains("[saved:"));
    story.press(":");
    story.type_in("застр");
    story.press("enter");
    assert_eq!(story.accounts_view().list.bar.field.text(), "status:active ada");
    story.press("w ctrl-x enter esc");
    assert!(!frame_text(&story).contains("[saved:"), "{}", frame_text(&story));
    assert!(story.model.setup.screens["accounts"].queries.is_empty());
    story.press("esc /");
    story.type_in("bwl_op_7f3a");
    story.press("enter w");
    story.type_in("a");
    story.press("enter");
    assert!(frame_text(&story).contains("holds a secret"), "{}", frame_text(&story));
}

#[test]
fn what_is_chosen_for_a_screen_is_there_at_the_next_start_and_for_scripts() {
    let server = Server::start();
    let config = configured(&server.url);
    let mut window = Window::open(config.path(), &[]);
    log_in(&mut window);
    window.type_in("/status:needs_reauth\r");
    window.wait_for("▲ needs_reauth");
    window.wait_gone("● active");
    window.type_in("w");
    window.wait_for("save as");
    window.type_in("broken\r");
    window.wait_for("[saved: broken]");
    window.type_in("c");
    window.wait_for("shows or hides");
    window.type_in(" \r");
    window.wait_gone("E-MAIL");
    window.type_in("\u{3}");
    drop(window);
    let mut window = Window::open(config.path(), &[]);
    window.wait_for("ACCOUNT");
    window.wait_gone("E-MAIL");
    window.type_in(":");
    window.wait_for("command");
    window.type_in("saved: bro\r");
    window.wait_for("[saved: broken]");

    let machine = Machine::logged_in(&server);
    let kept = std::fs::read_to_string(config.path().join("config.toml")).unwrap();
    let screens = &kept[kept.find("[screens").unwrap()..];
    let own = std::fs::read_to_string(machine.config_file()).unwrap();
    std::fs::write(machine.config_file(), format!("{own}\n{screens}")).unwrap();
    let out = machine.run(&["accounts", "list", "--saved", "broken"]);
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(text.contains("needs_reauth") && !text.contains("active"), "{text}");
    let out = machine.run(&["accounts", "list", "--saved", "brokn"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8(out.stderr).unwrap().contains("saved: broken"));
}

#[test]
fn what_others_changed_is_marked_until_it_was_seen() {
    let mut story = wide();
    let refresh = |story: &mut Story, changed: &[usize]| {
        story.press("r");
        let calls = std::mem::take(&mut story.waiting);
        for call in calls.iter().filter(|call| matches!(call.2, Request::Accounts(..))) {
            let mut page = account_page(story.accounts, None, 100);
            for at in changed {
                page.items[*at].account.status = AccountStatus::Revoked.into();
            }
            story.answer(call, Ok(Answer::Accounts(page)));
        }
        story.settle();
    };
    let marked = |story: &Story| {
        frame_text(story).lines().filter(|line| line.contains('Δ') && line.contains("acct_")).count()
    };
    refresh(&mut story, &[]);
    assert_eq!(marked(&story), 0);
    refresh(&mut story, &[1, 3]);
    assert_eq!(marked(&story), 2, "{}", frame_text(&story));
    assert!(frame_text(&story).contains("Δ 2 changed"), "a word says it too");
    story.press("j i");
    story.press("esc k");
    assert_eq!(marked(&story), 1, "the second row was selected");
    story.later(59_000);
    assert_eq!(marked(&story), 1);
    story.later(2_000);
    assert_eq!(marked(&story), 0, "a minute is over");
}

#[test]
fn connectors_are_named_by_the_list_itself_and_by_their_ids_where_an_older_server_does_not_tell() {
    let mut story = Story::new(setup(), (180, 24));
    story.later(0);
    let mut nameless = account_page(1, None, 1);
    let connector = summary(0).account.connector_id.to_string();
    nameless.items[0].connector_name = None;
    let at = story.waiting.iter().position(|call| matches!(call.2, Request::Accounts(..))).unwrap();
    let call = story.waiting.remove(at);
    story.answer(&call, Ok(Answer::Accounts(nameless)));
    assert!(frame_text(&story).contains(&short_id(&connector)), "{}", frame_text(&story));
    story.press("r");
    story.settle();
    let name = detail(0).connector;
    let first =
        frame_text(&story).lines().find(|line| line.contains(&summary(0).account.email)).unwrap().to_owned();
    assert!(first.contains(&name), "{first}");
    story.press("i");
    assert!(frame_text(&story).contains(&format!("{name} ({connector})")), "{}", frame_text(&story));
    // What is shown is found.
    story.press("esc F ctrl-u");
    story.type_in(&name);
    story.press("enter");
    assert!(!frame_text(&story).contains("no other row"), "{}", frame_text(&story));
}

#[test]
fn the_help_explains_the_filters_of_the_screen() {
    let mut story = Story::settled();
    story.press("? G");
    let text = frame_text(&story);
    assert!(text.contains("Filters of this screen, after /"), "{text}");
    for line in
        ["used< used>        used within an age such as 90d, or not", "status:            in this state"]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    story.press("esc 0 ? G");
    assert!(!frame_text(&story).contains("Filters of this screen"), "{}", frame_text(&story));
}

#[test]
fn while_somebody_types_no_hint_names_a_key_that_is_text() {
    let mut story = Story::new(crate::operator::setup(), (60, 15));
    story.tell(Msg::Tick);
    story.settle();
    story.press("/");
    story.type_in("user:bob");
    story.later(1_000);
    let text = frame_text(&story);
    assert!(text.contains("▲ user: is no filter here") && !text.contains("i: all"), "{text}");
    story.press("enter");
    assert!(frame_text(&story).contains("i: all"), "{}", frame_text(&story));
}

#[test]
fn an_api_key_in_full_has_each_fact_once() {
    let mut story = Story::settled();
    story.press("/");
    story.type_in("tenant:acme");
    story.press("enter");
    story.settle();
    story.press("5");
    story.settle();
    story.press("i");
    let text = frame_text(&story);
    assert_eq!(text.matches("ADDED").count(), 2, "once in the list behind it, once here: {text}");
    let id = crate::fixtures::api_keys()[0].id.to_string();
    assert_eq!(text.matches(&id).count(), 1, "{text}");
}
