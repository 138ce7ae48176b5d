//! What the pages show, as JSON: the engine's views in words that JavaScript reads easily.

use client_engine::{
    AttachmentView, Delivery, Direction, DraftState, DraftView, Engine, Link, MessageState,
    MessageView, PersonView, Trust,
};
use message::Priority;
use message::people::Status;
use message::speech::Mode;
use serde::Serialize;

/// The link, who is logged in, and the office's parameters.
pub(crate) fn session(engine: &Engine) -> String {
    let parameters = engine.parameters();
    json(&SessionWords {
        link: match engine.link() {
            Link::LoggedOut => "logged_out",
            Link::Offline => "offline",
            Link::Connecting => "connecting",
            Link::Online => "online",
        },
        me: engine.me().as_ref().map(person),
        longest_ms: parameters.longest_ms,
        silence_ms: parameters.silence_ms,
        retention_days: parameters.retention_days,
    })
}

/// Everybody else.
pub(crate) fn people(people: &[PersonView]) -> String {
    json(&people.iter().map(person).collect::<Vec<_>>())
}

/// The draft, or null.
pub(crate) fn draft(draft: Option<&DraftView>) -> String {
    json(&draft.map(|view| DraftWords {
        id: view.id.to_string(),
        state: match view.state {
            DraftState::Ringing => "ringing",
            DraftState::Recording => "recording",
            DraftState::Live => "live",
            DraftState::Finishing => "finishing",
            DraftState::Ready => "ready",
        },
        recipients: view.recipients.iter().map(ToString::to_string).collect(),
        priority: priority(view.priority),
        duration_ms: view.duration_ms,
        waveform: &view.waveform,
        attachments: view.attachments.iter().map(attachment).collect(),
        level_dbfs: view.level_dbfs,
        telephone: view.telephone.map(|station| station.to_string()),
    }))
}

/// One message.
pub(crate) fn message(view: &MessageView) -> MessageWords<'_> {
    MessageWords {
        id: view.id.to_string(),
        direction: match view.direction {
            Direction::Received => "received",
            Direction::Sent => "sent",
        },
        state: state(view.state),
        sender: view.sender.to_string(),
        sender_display: &view.sender_display,
        recipients: view.recipients.iter().map(ToString::to_string).collect(),
        mode: match view.mode {
            Mode::Live => "live",
            Mode::Record => "record",
        },
        priority: priority(view.priority),
        created: view.created,
        duration_ms: view.duration_ms,
        waveform: &view.waveform,
        attachments: view.attachments.iter().map(attachment).collect(),
        deliveries: view.deliveries.iter().map(delivery).collect(),
        reply_to: view.reply_to.map(|id| id.to_string()),
        sealed: view.sealed,
    }
}

/// Any of the words as JSON.
pub(crate) fn json<T: Serialize>(words: &T) -> String {
    serde_json::to_string(words).expect("maps with text keys and finite numbers are always JSON")
}

#[derive(Serialize)]
struct SessionWords<'a> {
    link: &'static str,
    me: Option<PersonWords<'a>>,
    longest_ms: u32,
    silence_ms: u32,
    retention_days: u32,
}

#[derive(Serialize)]
struct PersonWords<'a> {
    guid: String,
    name: &'a str,
    display: &'a str,
    status: &'static str,
    sealed: bool,
    contact: bool,
    trust: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    own_telephone: bool,
}

fn person(view: &PersonView) -> PersonWords<'_> {
    PersonWords {
        guid: view.guid.to_string(),
        name: &view.name,
        display: &view.display,
        status: match view.status {
            Status::Offline => "offline",
            Status::Online => "online",
            Status::Away => "away",
            Status::Dnd => "dnd",
        },
        sealed: view.sealed,
        contact: view.contact,
        trust: match view.trust {
            Trust::None => "none",
            Trust::Pinned => "pinned",
            Trust::Verified => "verified",
            Trust::Changed => "changed",
        },
        own_telephone: view.is_own_telephone,
    }
}

#[derive(Serialize)]
struct DraftWords<'a> {
    id: String,
    state: &'static str,
    recipients: Vec<String>,
    priority: &'static str,
    duration_ms: u64,
    waveform: &'a [u8],
    attachments: Vec<AttachmentWords<'a>>,
    level_dbfs: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    telephone: Option<String>,
}

/// A message in words.
#[derive(Serialize)]
pub(crate) struct MessageWords<'a> {
    id: String,
    direction: &'static str,
    state: &'static str,
    sender: String,
    sender_display: &'a str,
    recipients: Vec<String>,
    mode: &'static str,
    priority: &'static str,
    created: u64,
    duration_ms: u64,
    waveform: &'a [u8],
    attachments: Vec<AttachmentWords<'a>>,
    deliveries: Vec<DeliveryWords>,
    reply_to: Option<String>,
    sealed: bool,
}

fn state(state: MessageState) -> &'static str {
    match state {
        MessageState::Arriving => "arriving",
        MessageState::Unplayed => "unplayed",
        MessageState::Played => "played",
        MessageState::Unreadable => "unreadable",
        MessageState::Cut => "cut",
        MessageState::Sending => "sending",
        MessageState::Sent => "sent",
        MessageState::Failed => "failed",
    }
}

fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Unknown | Priority::Normal => "normal",
        Priority::Low => "low",
        Priority::High => "high",
    }
}

#[derive(Serialize)]
struct AttachmentWords<'a> {
    name: &'a str,
    media_type: &'a str,
    size: u64,
    done: u64,
}

fn attachment(view: &AttachmentView) -> AttachmentWords<'_> {
    AttachmentWords {
        name: &view.name,
        media_type: &view.media_type,
        size: view.size,
        done: view.done,
    }
}

#[derive(Serialize)]
struct DeliveryWords {
    person: String,
    delivered: Option<u64>,
    played: Option<u64>,
}

fn delivery(delivery: &Delivery) -> DeliveryWords {
    DeliveryWords {
        person: delivery.person.to_string(),
        delivered: delivery.delivered,
        played: delivery.played,
    }
}

#[cfg(test)]
mod tests {
    use client_engine::{DraftState, DraftView, PersonView, Trust};
    use message::people::Status;
    use message::{Guid, MessageId, Priority};

    use super::{draft, people};

    // rows 11, 83
    #[test]
    fn people_come_with_presence_and_seal() {
        let view = PersonView {
            guid: Guid::from_bytes([7; 16]),
            name: "anna".into(),
            display: "Anna \"B\"".into(),
            status: Status::Dnd,
            sealed: true,
            contact: false,
            trust: Trust::Changed,
            owner: None,
            is_own_telephone: true,
        };
        assert_eq!(
            people(&[view]),
            r#"[{"guid":"07070707-0707-0707-0707-070707070707","name":"anna","display":"Anna \"B\"","status":"dnd","sealed":true,"contact":false,"trust":"changed","own_telephone":true}]"#
        );
    }

    // row 21
    #[test]
    fn a_draft_says_when_it_is_ready_and_no_draft_is_null() {
        assert_eq!(draft(None), "null");
        let view = DraftView {
            id: MessageId::BLANK,
            state: DraftState::Ready,
            recipients: Vec::new(),
            priority: Priority::High,
            duration_ms: 1_500,
            waveform: vec![0, 255],
            attachments: Vec::new(),
            level_dbfs: f32::NEG_INFINITY,
            telephone: None,
        };
        let json = draft(Some(&view));
        assert!(json.contains(r#""state":"ready""#) && json.contains(r#""waveform":[0,255]"#));
        assert!(json.contains(r#""level_dbfs":null"#), "no level is null: {json}");
    }
}
