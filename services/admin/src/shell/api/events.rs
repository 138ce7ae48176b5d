//! What goes on, as server-sent events: how everything is, and the log as it grows. The number of
//! listeners is bounded, and who does not read is hung up on.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::sleep;

use super::extract::Asked;
use super::machine::lines;
use super::pulse::Now;
use crate::api::machine::{LogQuery, LogView};
use crate::api::problem::{Problem, Word};
use crate::shell::App;

/// The log is looked at so often.
const LOOK: Duration = Duration::from_secs(1);
/// A sign of life is sent so often.
const ALIVE: Duration = Duration::from_secs(15);

type Told = Result<Event, Infallible>;

fn place(app: &App) -> Result<OwnedSemaphorePermit, Problem> {
    let place = Arc::clone(&app.machine.listeners).try_acquire_owned();
    place.map_err(|_| Problem::new(Word::Busy, "Too many listen already. Close another page."))
}

/// How everything is, as it changes.
pub(super) async fn events(
    State(app): State<Arc<App>>,
) -> Result<Sse<impl Stream<Item = Told>>, Problem> {
    let place = place(&app)?;
    let mut news = app.machine.now.subscribe();
    news.mark_changed();
    let listener =
        Listener { app, news, told: Default::default(), waiting: VecDeque::new(), _place: place };
    let told = stream::unfold(listener, |mut listener| async {
        listener.next().await.map(|event| (Ok(event), listener))
    });
    Ok(Sse::new(told).keep_alive(KeepAlive::new().interval(ALIVE)))
}

struct Listener {
    app: Arc<App>,
    news: watch::Receiver<Now>,
    /// What was last told, topic by topic.
    told: [String; TOPICS.len()],
    waiting: VecDeque<Event>,
    _place: OwnedSemaphorePermit,
}

const TOPICS: [&str; 5] = ["status", "health", "job", "settings", "upload"];

impl Listener {
    /// The next event; none when the service ends.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            tokio::select! {
                () = self.app.context.draining() => return None,
                changed = self.news.changed() => changed.ok()?,
            }
            let now = self.news.borrow_and_update().clone();
            let texts = [
                text(&now.status),
                text(&now.health),
                text(&now.job),
                text(&now.settings),
                text(&now.upload),
            ];
            for ((topic, text), told) in TOPICS.iter().zip(texts).zip(&mut self.told) {
                if text != *told {
                    self.waiting.push_back(Event::default().event(*topic).data(&text));
                    *told = text;
                }
            }
        }
    }
}

/// `null` is what is not known at the moment.
fn text<T: Serialize>(value: &Option<T>) -> String {
    serde_json::to_string(value).expect("views are plain values")
}

/// The log as it grows.
pub(super) async fn follow_log(
    State(app): State<Arc<App>>,
    Asked(query): Asked<LogQuery>,
) -> Result<Sse<impl Stream<Item = Told>>, Problem> {
    let place = place(&app)?;
    let first = lines(&app, &query).await?;
    let reader = (app, query, Some(first), place);
    let told = stream::unfold(reader, |(app, mut query, first, place)| async move {
        let mut found = first;
        loop {
            if let Some(found) = found.take().filter(|found| !found.cursor.is_empty()) {
                let is_news = !found.lines.is_empty();
                query.after.clone_from(&found.cursor);
                if is_news {
                    let text = serde_json::to_string(&LogView::from(found));
                    let event = Event::default().event("lines");
                    let event = event.data(text.expect("views are plain values"));
                    return Some((Ok(event), (app, query, None, place)));
                }
            }
            tokio::select! {
                () = app.context.draining() => return None,
                () = sleep(LOOK) => {}
            }
            found = lines(&app, &query).await.ok();
        }
    });
    Ok(Sse::new(told).keep_alive(KeepAlive::new().interval(ALIVE)))
}
