//! Views and notices as JSON, for scripts. Times are RFC 3339 in UTC, lengths milliseconds.

use client_engine::{Delivery, MessageView, Notice, PersonView};
use message::Guid;
use serde_json::{Value, json};

use crate::words;

/// One person.
#[must_use]
pub fn person(person: &PersonView) -> Value {
    json!({
        "guid": person.guid.to_string(),
        "name": person.name,
        "display": person.display,
        "status": words::status(person.status),
        "sealed": person.sealed,
        "contact": person.contact,
        "trust": words::trust(person.trust),
    })
}

/// One message; `people` give its GUIDs names.
#[must_use]
pub fn message(message: &MessageView, people: &[PersonView]) -> Value {
    let recipients: Vec<Value> = message
        .recipients
        .iter()
        .map(|recipient| {
            let delivery = message.deliveries.iter().find(|each| each.person == *recipient);
            recipient_of(*recipient, delivery, people)
        })
        .collect();
    let attachments: Vec<Value> = message
        .attachments
        .iter()
        .map(|file| {
            json!({
                "name": file.name,
                "media_type": file.media_type,
                "size": file.size,
                "done": file.done,
            })
        })
        .collect();
    json!({
        "id": message.id.to_string(),
        "direction": words::direction(message.direction),
        "state": words::state(message.state),
        "sender": {
            "guid": message.sender.to_string(),
            "name": name(message.sender, people),
            "display": message.sender_display,
        },
        "recipients": recipients,
        "mode": words::mode(message.mode),
        "priority": words::priority(message.priority),
        "created": words::rfc3339(message.created),
        "duration_ms": message.duration_ms,
        "attachments": attachments,
        "reply_to": message.reply_to.map(|id| id.to_string()),
        "sealed": message.sealed,
    })
}

fn recipient_of(recipient: Guid, delivery: Option<&Delivery>, people: &[PersonView]) -> Value {
    json!({
        "guid": recipient.to_string(),
        "name": name(recipient, people),
        "delivered": delivery.and_then(|each| each.delivered).map(words::rfc3339),
        "played": delivery.and_then(|each| each.played).map(words::rfc3339),
    })
}

fn name(guid: Guid, people: &[PersonView]) -> Option<&str> {
    people.iter().find(|person| person.guid == guid).map(|person| person.name.as_str())
}

/// One notice as an event of `ivm listen`, or nothing for what only the asking command wants to
/// know. Recovery codes never appear here.
#[must_use]
pub fn notice(notice: &Notice, messages: &[MessageView], people: &[PersonView]) -> Option<Value> {
    let whole = |id: &message::MessageId| {
        let found = messages.iter().find(|message| message.id == *id);
        found.map(|found| message(found, people))
    };
    let event = match notice {
        Notice::Ready { .. }
        | Notice::Invited { .. }
        | Notice::Enrolled { .. }
        | Notice::PasswordChanged { .. }
        | Notice::DraftRestored => return None,
        Notice::LoggedIn => json!({"event": "online"}),
        Notice::LogInFailed(reason) => json!({"event": "login failed", "reason": reason}),
        Notice::LoggedOut => json!({"event": "logged out"}),
        Notice::Arriving { message, sender, live } => json!({
            "event": "arriving", "id": message.to_string(), "sender": sender.to_string(),
            "sender_name": name(*sender, people), "live": live,
        }),
        Notice::Arrived { message, sender } => json!({
            "event": "arrived", "id": message.to_string(), "sender": sender.to_string(),
            "sender_name": name(*sender, people), "message": whole(message),
        }),
        Notice::Sent(message) => json!({"event": "sent", "id": message.to_string()}),
        Notice::Delivered { message, person } => json!({
            "event": "delivered", "id": message.to_string(), "person": name(*person, people),
        }),
        Notice::Played { message, person } => json!({
            "event": "played", "id": message.to_string(), "person": name(*person, people),
        }),
        Notice::SendFailed { message, reason } => {
            json!({"event": "send failed", "id": message.to_string(), "reason": reason})
        }
        Notice::KeyChanged(person) => {
            json!({"event": "key changed", "person": name(*person, people)})
        }
        Notice::StoppedBySilence => json!({"event": "stopped by silence"}),
        Notice::Continued { finished, next } => json!({
            "event": "continued", "id": finished.to_string(), "next": next.to_string(),
        }),
        Notice::Unreadable { message, reason } => {
            json!({"event": "unreadable", "id": message.to_string(), "reason": reason})
        }
        // Only a telephone is commanded.
        Notice::Commanded { .. } => json!({"event": "commanded"}),
        Notice::ServerGoingDown => json!({"event": "server going down"}),
        Notice::Refused(reason) => json!({"event": "refused", "reason": reason}),
        Notice::StorageFailed(reason) => json!({"event": "storage failed", "reason": reason}),
    };
    Some(event)
}

#[cfg(test)]
mod tests {
    use client_engine::{Delivery, Notice};

    use super::{message, notice};
    use crate::sample::{a_message, a_person, guid};

    // row 16
    #[test]
    fn an_arrival_is_one_line_with_the_whole_message() {
        let people = [a_person(1, "anna", "Anna Berg"), a_person(2, "bob", "Bob")];
        let messages = [a_message(7)];
        let event = Notice::Arrived { message: messages[0].id, sender: guid(1) };
        let line = notice(&event, &messages, &people).expect("an event").to_string();
        assert!(!line.contains('\n'));
        assert!(line.contains(r#""event":"arrived""#) && line.contains(r#""sender_name":"anna""#));
        assert!(line.contains(r#""duration_ms":12300"#));
    }

    #[test]
    fn deliveries_stand_with_their_recipients() {
        let mut sent = a_message(7);
        sent.deliveries = vec![Delivery { person: guid(2), delivered: Some(0), played: None }];
        let value = message(&sent, &[a_person(2, "bob", "Bob")]);
        assert_eq!(value["recipients"][0]["delivered"], "1970-01-01T00:00:00Z");
        assert_eq!(value["recipients"][0]["name"], "bob");
        assert!(value["recipients"][0]["played"].is_null());
    }

    #[test]
    fn a_recovery_code_is_no_event() {
        let code = "SECRET".to_owned();
        let enrolled = Notice::Enrolled { name: "anna".to_owned(), recovery_code: code.clone() };
        assert!(notice(&enrolled, &[], &[]).is_none());
        assert!(notice(&Notice::PasswordChanged { recovery_code: code }, &[], &[]).is_none());
    }
}
