//! Notices as JSON: an object whose `is` tells which.

use client_engine::Notice;
use serde::Serialize;

use crate::view::json;

#[derive(Default, Serialize)]
struct NoticeWords<'a> {
    is: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    yes: bool,
}

/// The notice as JSON. `yes` stands for known, reset, or live.
pub(crate) fn words(notice: &Notice) -> String {
    json(&describe(notice))
}

fn describe(notice: &Notice) -> NoticeWords<'_> {
    match notice {
        Notice::Ready { known } => NoticeWords { yes: *known, ..plain("ready") },
        Notice::LoggedIn => plain("logged_in"),
        Notice::LogInFailed(why) => because("log_in_failed", why),
        Notice::LoggedOut => plain("logged_out"),
        Notice::Invited { name, display, reset } => NoticeWords {
            name: Some(name),
            display: Some(display),
            yes: *reset,
            ..plain("invited")
        },
        Notice::Enrolled { name, recovery_code } => NoticeWords {
            name: Some(name),
            recovery_code: Some(recovery_code),
            ..plain("enrolled")
        },
        Notice::PasswordChanged { recovery_code } => {
            NoticeWords { recovery_code: Some(recovery_code), ..plain("password_changed") }
        }
        Notice::Arriving { message, sender, live } => {
            NoticeWords { yes: *live, ..about("arriving", message, Some(sender)) }
        }
        Notice::Arrived { message, sender } => about("arrived", message, Some(sender)),
        Notice::Sent(message) => about("sent", message, None),
        Notice::Delivered { message, person } => about("delivered", message, Some(person)),
        Notice::Played { message, person } => about("played", message, Some(person)),
        Notice::SendFailed { message, reason } => {
            NoticeWords { why: Some(reason), ..about("send_failed", message, None) }
        }
        Notice::KeyChanged(person) => {
            NoticeWords { person: Some(person.to_string()), ..plain("key_changed") }
        }
        Notice::StoppedBySilence => plain("stopped_by_silence"),
        Notice::Continued { finished, next } => {
            NoticeWords { next: Some(next.to_string()), ..about("continued", finished, None) }
        }
        Notice::Unreadable { message, reason } => {
            NoticeWords { why: Some(reason), ..about("unreadable", message, None) }
        }
        Notice::DraftRestored => plain("draft_restored"),
        Notice::Commanded { .. } => plain("commanded"),
        Notice::ServerGoingDown => plain("server_going_down"),
        Notice::Refused(why) => because("refused", why),
        Notice::StorageFailed(why) => because("storage_failed", why),
    }
}

fn plain(is: &'static str) -> NoticeWords<'static> {
    NoticeWords { is, ..NoticeWords::default() }
}

fn because<'a>(is: &'static str, why: &'a str) -> NoticeWords<'a> {
    NoticeWords { why: Some(why), ..plain(is) }
}

fn about<'a>(
    is: &'static str,
    message: &message::MessageId,
    person: Option<&message::Guid>,
) -> NoticeWords<'a> {
    NoticeWords {
        message: Some(message.to_string()),
        person: person.map(ToString::to_string),
        ..plain(is)
    }
}

#[cfg(test)]
mod tests {
    use client_engine::Notice;
    use message::{Guid, MessageId};

    use super::words;

    // rows 16, 27
    #[test]
    fn an_arrival_names_message_and_sender() {
        let notice = Notice::Arriving {
            message: MessageId::from_bytes([1; 16]),
            sender: Guid::from_bytes([2; 16]),
            live: true,
        };
        assert_eq!(
            words(&notice),
            r#"{"is":"arriving","message":"01010101-0101-0101-0101-010101010101","person":"02020202-0202-0202-0202-020202020202","yes":true}"#
        );
    }

    #[test]
    fn what_does_not_apply_is_left_out() {
        assert_eq!(words(&Notice::LoggedIn), r#"{"is":"logged_in"}"#);
        assert_eq!(words(&Notice::Refused("no".into())), r#"{"is":"refused","why":"no"}"#);
    }
}
