//! Settings: as they are, proposed, confirmed, taken back.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use chassis::hub::Away;
use message::system::{AskSettings, Confirm, Propose, Revert, Snapshot};
use message::{ErrorCode, Object};
use serde_json::{Map, Value};
use settings::{FORMAT, Settings};

use super::extract::Said;
use crate::api::machine::{SettingsView, WhichTrial};
use crate::api::problem::{FieldFault, Problem, Word};
use crate::shell::App;

/// The settings in force.
pub(super) async fn get(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let answer = app.machine.system.ask(&AskSettings { watch: false }).await?;
    in_force(&answer)
}

/// Proposes other settings.
pub(super) async fn put(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Said(said): Said<Map<String, Value>>,
) -> Result<Response, Problem> {
    let base = revision(&headers)?;
    let settings = checked(said)?.to_json();
    let propose = Propose { base, settings, is_final: false };
    match app.machine.system.ask(&propose).await {
        Err(Away::Refused(refusal)) if refusal.code == ErrorCode::Conflict => {
            let words = "The settings were changed in the meantime. Read them again.";
            Err(Problem::new(Word::OtherRevision, words))
        }
        answer => in_force(&answer?),
    }
}

/// Keeps the change on trial.
pub(super) async fn confirm(
    State(app): State<Arc<App>>,
    Said(ask): Said<WhichTrial>,
) -> Result<Response, Problem> {
    in_force(&app.machine.system.ask(&Confirm { revision: ask.revision }).await?)
}

/// Takes the change on trial back.
pub(super) async fn revert(
    State(app): State<Arc<App>>,
    Said(ask): Said<WhichTrial>,
) -> Result<Response, Problem> {
    in_force(&app.machine.system.ask(&Revert { revision: ask.revision }).await?)
}

fn in_force(answer: &Object) -> Result<Response, Problem> {
    let snapshot: Snapshot = answer.read()?;
    let view = SettingsView::of(&snapshot);
    let view = view.ok_or_else(|| Problem::new(Word::Internal, "The settings are damaged."))?;
    let tag = HeaderValue::try_from(format!("\"{}\"", view.revision));
    let tag = tag.expect("digits in quotes are a header");
    Ok(([(ETAG, tag)], Json(view)).into_response())
}

fn revision(headers: &HeaderMap) -> Result<u64, Problem> {
    let words = "Send If-Match with the ETag of the settings that you changed, such as \"7\".";
    let said = headers.get(IF_MATCH).ok_or_else(|| Problem::new(Word::RevisionMissing, words))?;
    let said = said.to_str().ok().and_then(|said| said.trim().strip_prefix('"')?.strip_suffix('"'));
    let number = said.and_then(|digits| digits.parse().ok());
    number.ok_or_else(|| Problem::new(Word::Malformed, words))
}

/// The settings that were said, brought up to date; or all that could not work.
fn checked(mut said: Map<String, Value>) -> Result<Settings, Problem> {
    said.entry("format").or_insert(Value::from(FORMAT));
    let text = Value::Object(said).to_string();
    let settings = Settings::from_json(&text)
        .map_err(|unreadable| Problem::new(Word::Invalid, unreadable_words(&unreadable)))?;
    let faults = settings.faults();
    if faults.is_empty() {
        return Ok(settings);
    }
    let view =
        |fault: settings::Fault| FieldFault { field: fault.field.to_owned(), words: fault.words };
    let problem = Problem::new(Word::Invalid, "These settings could not work.");
    Err(Problem { faults: faults.into_iter().map(view).collect(), ..problem })
}

fn unreadable_words(error: &settings::Unreadable) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::IF_MATCH;
    use axum::http::{HeaderMap, HeaderValue};
    use serde_json::{Value, json};

    use super::{checked, revision};
    use crate::api::problem::Word;

    fn said(value: Value) -> Result<settings::Settings, (Word, Vec<String>)> {
        let Value::Object(map) = value else { return Err((Word::Malformed, Vec::new())) };
        checked(map).map_err(|problem| {
            (problem.word, problem.faults.into_iter().map(|fault| fault.field).collect())
        })
    }

    #[test]
    fn settings_that_could_not_work_are_refused_field_by_field() {
        assert_eq!(said(json!({})), Ok(settings::Settings::default()));
        let office = json!({ "office": { "silence_s": 0, "keep_days": 0 } });
        let fields = vec!["office.silence_s".to_owned(), "office.keep_days".to_owned()];
        assert_eq!(said(office), Err((Word::Invalid, fields)));
        for unknown in [json!({ "x": 1 }), json!({ "format": 99 }), json!({ "host": "-" })] {
            assert_eq!(said(unknown), Err((Word::Invalid, Vec::new())));
        }
    }

    #[test]
    fn the_revision_that_was_changed_has_to_be_said() {
        let mut headers = HeaderMap::new();
        assert_eq!(revision(&headers).map_err(|problem| problem.word), Err(Word::RevisionMissing));
        headers.insert(IF_MATCH, HeaderValue::from_static("\"7\""));
        assert_eq!(revision(&headers).ok(), Some(7));
        headers.insert(IF_MATCH, HeaderValue::from_static("*"));
        assert_eq!(revision(&headers).map_err(|problem| problem.word), Err(Word::Malformed));
    }
}
