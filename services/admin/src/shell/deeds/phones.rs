//! Deeds about desk telephones.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use message::station::{
    AskPhonePassword, AskPhones, AskTimeline, Hop, OrderPhone, Phone, PhoneOrder, PhonePassword,
    Phones, Timeline,
};
use settings::MacAddress;

use super::desk::{Posted, fields};
use crate::pages::frame::{Notice, Tab};
use crate::pages::people::Question;
use crate::pages::phones;
use crate::shell::App;
use crate::shell::answer::{Administrator, Trouble, Visitor, done, shown};

const PAGE: &str = "/admin/phones";

impl App {
    async fn phones(&self) -> Option<Phones> {
        self.machine.gateway.ask(&AskPhones { watch: false }).await.ok()?.read().ok()
    }

    async fn timeline(&self, mac: [u8; 6]) -> Vec<Hop> {
        let answer = self.machine.gateway.ask(&AskTimeline { mac }).await.ok();
        let timeline = answer.and_then(|object| object.read::<Timeline>().ok());
        timeline.map(|timeline| timeline.hops).unwrap_or_default()
    }

    /// Orders something, and writes it down.
    async fn order(
        &self,
        by: &Visitor,
        mac: [u8; 6],
        word: &str,
        order: PhoneOrder,
    ) -> Result<(), Trouble> {
        let answer = self.machine.gateway.ask(&OrderPhone { mac, order }).await;
        let outcome = if answer.is_ok() { "done" } else { "refused" };
        let target = MacAddress(mac).to_string();
        self.record(by, &format!("phone-{word}"), &target, outcome).await;
        answer?;
        Ok(())
    }
}

fn mac(word: &str) -> Result<[u8; 6], Trouble> {
    let MacAddress(mac) = word.parse().map_err(|_| Trouble::NotFound)?;
    Ok(mac)
}

/// All telephones.
pub(crate) async fn phones_page(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let (frame, found) = tokio::join!(app.frame(&visitor), app.phones());
    let now = app.clock().unix_millis();
    shown(StatusCode::OK, phones::page(&frame, found.as_ref(), now))
}

/// One telephone.
pub(crate) async fn phone_page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(word): Path<String>,
) -> Result<Response, Trouble> {
    drawn(&app, &visitor, mac(&word)?, None).await
}

async fn drawn(
    app: &App,
    visitor: &Visitor,
    mac: [u8; 6],
    password: Option<&str>,
) -> Result<Response, Trouble> {
    let phone = find(app, mac).await?;
    let (frame, hops) = tokio::join!(app.frame(visitor), app.timeline(mac));
    Ok(shown(StatusCode::OK, phones::one(&frame, &phone, &hops, password)))
}

async fn find(app: &App, mac: [u8; 6]) -> Result<Phone, Trouble> {
    let answer = app.machine.gateway.ask(&AskPhones { watch: false }).await?;
    let Phones { phones, .. } = answer.read()?;
    phones.into_iter().find(|phone| phone.mac == mac).ok_or(Trouble::NotFound)
}

/// Approves every new telephone for a while.
pub(crate) async fn approve_all(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    form: Posted,
) -> Result<Response, Trouble> {
    let typed = fields(&visitor, form)?;
    let bad = |_| Trouble::BadForm(StatusCode::UNPROCESSABLE_ENTITY);
    let seconds = typed.text("seconds").parse().map_err(bad)?;
    app.order(&visitor, [0; 6], "approve-all", PhoneOrder::ApproveAll { seconds }).await?;
    Ok(done(PAGE, Notice::Saved))
}

/// Names a telephone, and gives it to a person.
pub(crate) async fn change_phone(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    Path(word): Path<String>,
    form: Posted,
) -> Result<Response, Trouble> {
    let (mac, typed) = (mac(&word)?, fields(&visitor, form)?);
    let before = find(&app, mac).await?;
    let (name, person) = (typed.text("name").to_owned(), typed.text("person").to_owned());
    let yes = typed.is_ticked("speaks_up");
    if name != before.name {
        app.order(&visitor, mac, "name", PhoneOrder::Name { name }).await?;
    }
    if person != before.person {
        app.order(&visitor, mac, "assign", PhoneOrder::Assign { person }).await?;
    }
    if yes != before.speaks_up {
        app.order(&visitor, mac, "speak-up", PhoneOrder::SpeakUp { yes }).await?;
    }
    Ok(done(&format!("{PAGE}/{}", MacAddress(mac)), Notice::Saved))
}

/// Approves, refuses, resyncs, replaces or forgets a telephone, or shows its password.
pub(crate) async fn order_phone(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    Path(word): Path<String>,
    form: Posted,
) -> Result<Response, Trouble> {
    let (mac, typed) = (mac(&word)?, fields(&visitor, form)?);
    let bad = || Trouble::BadForm(StatusCode::UNPROCESSABLE_ENTITY);
    let own = format!("{PAGE}/{}", MacAddress(mac));
    let (word, order) = match typed.text("order") {
        "approve" => ("approve", PhoneOrder::Approve),
        "refuse" => ("refuse", PhoneOrder::Refuse),
        "resync" => ("resync", PhoneOrder::Resync),
        "replace" => {
            let MacAddress(old) = typed.text("old").parse().map_err(|_| bad())?;
            ("replace", PhoneOrder::Replace { old })
        }
        "password" => {
            let answer = app.machine.gateway.ask(&AskPhonePassword { mac }).await?;
            let PhonePassword { password } = answer.read()?;
            app.record(&visitor, "phone-password", &MacAddress(mac).to_string(), "done").await;
            return drawn(&app, &visitor, mac, Some(&password)).await;
        }
        "forget" if !typed.is_ticked("sure") => {
            let question = Question {
                tab: Tab::Phones,
                title: "Forget this telephone?",
                words: &["Its number, its name and its person go. It can come again as a new one."],
                action: &format!("{own}/orders"),
                hidden: &[("order", "forget"), ("sure", "on")],
                yes: "Forget it",
                back: &own,
                is_dangerous: true,
            };
            return Ok(shown(StatusCode::OK, question.page(&app.frame(&visitor).await)));
        }
        "forget" => {
            app.order(&visitor, mac, "forget", PhoneOrder::Forget).await?;
            return Ok(done(PAGE, Notice::PhoneForgotten));
        }
        _ => return Err(bad()),
    };
    app.order(&visitor, mac, word, order).await?;
    Ok(done(&own, Notice::Saved))
}
