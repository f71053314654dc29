//! What is done with a secret of Bowline that was found and is pasted or typed where something is searched for.

use crate::found_secret::FoundSecret;
use crate::registry::place::Place;

use super::model::Model;

/// Shows the keys of the tenant that the secret names, and says that the secret was dropped.
pub(super) fn lead(model: &mut Model, found: FoundSecret) {
    let now = model.now;
    if let Some(tenant) = found.tenant {
        if model.place() != Place::ApiKeys {
            model.views.descend(Place::ApiKeys);
        }
        if let Some(bar) = model.screen_mut().bar_mut() {
            bar.editing = false;
            bar.set(&format!("tenant:{tenant}"), now);
        }
    }
    model.notify_for(FOUND_SECRET_SECONDS, found.sentence());
}

/// How long what was found is shown, in seconds.
const FOUND_SECRET_SECONDS: i64 = 20;
