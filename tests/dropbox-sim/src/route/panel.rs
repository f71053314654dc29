//! `/sim`: a small page for manual use of the control API.

use std::sync::Arc;

use rocket::{FromForm, State, form::Form, get, post, response::Redirect};

use super::page::{Page, Panel};
use crate::{FaultKind, FaultSpec, Garbage, Operation, Reveal, dropbox::Dropbox};

/// The number of most recent calls and grants on the page.
const SHOWN: usize = 40;

#[get("/sim?<problem>")]
pub(super) fn show(sim: &State<Arc<Dropbox>>, problem: Option<&str>) -> Page {
    let newest = |count: usize| count.saturating_sub(SHOWN);
    let faults = sim.faults().into_iter().map(|fault| {
        let kind = serde_json::to_string(&fault.spec.fault).unwrap_or_default();
        (fault, kind)
    });
    let mut calls = sim.calls();
    let mut calls = calls.split_off(newest(calls.len()));
    calls.reverse();
    let mut grants = sim.grants(Reveal::No);
    let mut grants = grants.split_off(newest(grants.len()));
    grants.reverse();
    Page::render(
        200,
        &Panel {
            faults: faults.collect(),
            grants,
            calls,
            operations: Operation::ALL.map(Operation::name).to_vec(),
            problem: problem.map(str::to_owned),
        },
    )
}

/// The form behind all buttons of the page.
#[derive(FromForm)]
pub(super) struct Press<'r> {
    act: &'r str,
    id: Option<u64>,
    operation: Option<&'r str>,
    kind: Option<&'r str>,
    number: Option<&'r str>,
    times: Option<&'r str>,
}

#[post("/sim/panel", data = "<form>")]
pub(super) fn act(sim: &State<Arc<Dropbox>>, form: Form<Press<'_>>) -> Redirect {
    let form = form.into_inner();
    match (form.act, form.id) {
        ("fault", _) => match fault(&form) {
            Some(fault) => drop(sim.set_fault(fault)),
            None => return Redirect::to("/sim?problem=The+fault+could+not+be+read"),
        },
        ("clear", Some(id)) => drop(sim.clear_fault(id)),
        ("clear", None) => sim.clear_faults(),
        ("revoke", Some(id)) => drop(sim.revoke_grant(id)),
        ("expire", id) => drop(sim.expire_tokens(id)),
        ("reset", _) => sim.reset(false),
        _ => return Redirect::to("/sim?problem=Unknown+button"),
    }
    Redirect::to("/sim")
}

fn fault(form: &Press<'_>) -> Option<FaultSpec> {
    let number = |otherwise: u64| match form.number {
        None | Some("") => Some(otherwise),
        Some(number) => number.parse().ok(),
    };
    let kind = match form.kind? {
        "status" => FaultKind::Status {
            status: u16::try_from(number(500)?).ok().filter(|status| (200..600).contains(status))?,
            body: None,
            content_type: None,
            retry_after: None,
        },
        "rate_limit" => FaultKind::RateLimit { retry_after: number(30)? },
        "delay" => FaultKind::Delay { ms: number(3_000)? },
        "pause" => FaultKind::Pause,
        "hang" => FaultKind::Hang,
        "reset" => FaultKind::Reset,
        "cut" => FaultKind::Cut { bytes: usize::try_from(number(10)?).ok()? },
        "html" => FaultKind::Garbage { garbage: Garbage::Html },
        "cut_json" => FaultKind::Garbage { garbage: Garbage::CutJson },
        "wrong_types" => FaultKind::Garbage { garbage: Garbage::WrongTypes },
        "dead_grant" => FaultKind::DeadGrant,
        "bad_client" => FaultKind::BadClient,
        _ => return None,
    };
    let mut spec = FaultSpec::new(kind);
    spec.operation = match form.operation {
        None | Some("") => None,
        Some(name) => Some(Operation::parse(name)?),
    };
    spec.times = match form.times {
        None | Some("") => None,
        Some(times) => Some(times.parse().ok()?),
    };
    Some(spec)
}
