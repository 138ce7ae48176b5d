//! Desk telephones: as they are, approved, named, given to people, forgotten.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use message::station::{
    AskPhonePassword, AskPhones, AskTimeline, OrderPhone, PhoneOrder, PhonePassword, Phones,
    Timeline,
};
use settings::MacAddress;

use super::extract::Said;
use crate::api::phones::{
    ApproveAll, HopView, PhoneChange, PhonePasswordView, PhonesView, Replacement, TimelineView,
};
use crate::api::problem::{Problem, Word};
use crate::shell::App;

type Answer = Result<Json<PhonesView>, Problem>;

/// All telephones.
pub(super) async fn list(State(app): State<Arc<App>>) -> Answer {
    app.serves_phones()?;
    let answer = app.machine.gateway.ask(&AskPhones { watch: false }).await?;
    Ok(Json(answer.read::<Phones>()?.into()))
}

/// What one did lately.
pub(super) async fn timeline(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
) -> Result<Json<TimelineView>, Problem> {
    app.serves_phones()?;
    let answer = app.machine.gateway.ask(&AskTimeline { mac: mac(&word)? }).await?;
    let Timeline { hops } = answer.read()?;
    Ok(Json(TimelineView { hops: hops.into_iter().map(HopView::from).collect() }))
}

/// Changes what was decided about one.
pub(super) async fn change(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    Said(change): Said<PhoneChange>,
) -> Answer {
    let mac = mac(&word)?;
    let words = "Approve it or refuse it; to decide later, forget it.";
    let orders = change.orders().ok_or_else(|| Problem::new(Word::Invalid, words))?;
    let Some((last, first)) = orders.split_last() else {
        return Err(Problem::new(Word::Invalid, "Say what is to be changed."));
    };
    app.serves_phones()?;
    for order in first {
        app.machine.gateway.ask(&OrderPhone { mac, order: order.clone() }).await?;
    }
    order(&app, mac, last.clone()).await
}

/// Approves every new telephone for a while.
pub(super) async fn approve_all(
    State(app): State<Arc<App>>,
    Said(ask): Said<ApproveAll>,
) -> Answer {
    order(&app, [0; 6], PhoneOrder::ApproveAll { seconds: ask.seconds }).await
}

/// Makes one fetch its files again, with new secrets.
pub(super) async fn resync(State(app): State<Arc<App>>, Path(word): Path<String>) -> Answer {
    order(&app, mac(&word)?, PhoneOrder::Resync).await
}

/// One takes the place of another.
pub(super) async fn replace(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    Said(ask): Said<Replacement>,
) -> Answer {
    let old = mac(&ask.old).map_err(|_| Problem::new(Word::Invalid, NO_MAC))?;
    order(&app, mac(&word)?, PhoneOrder::Replace { old }).await
}

/// Forgets one.
pub(super) async fn forget(State(app): State<Arc<App>>, Path(word): Path<String>) -> Answer {
    order(&app, mac(&word)?, PhoneOrder::Forget).await
}

/// The password of its own menus.
pub(super) async fn password(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
) -> Result<Json<PhonePasswordView>, Problem> {
    app.serves_phones()?;
    let answer = app.machine.gateway.ask(&AskPhonePassword { mac: mac(&word)? }).await?;
    let PhonePassword { password } = answer.read()?;
    Ok(Json(PhonePasswordView { password }))
}

const NO_MAC: &str = "A hardware address looks like 00:15:65:12:34:56.";

fn mac(word: &str) -> Result<[u8; 6], Problem> {
    let MacAddress(mac) = word.parse().map_err(|_| Problem::new(Word::NotFound, NO_MAC))?;
    Ok(mac)
}

async fn order(app: &App, mac: [u8; 6], order: PhoneOrder) -> Answer {
    app.serves_phones()?;
    let answer = app.machine.gateway.ask(&OrderPhone { mac, order }).await?;
    Ok(Json(answer.read::<Phones>()?.into()))
}
