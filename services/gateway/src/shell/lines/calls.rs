//! Between the exchange, which knows calls, and the lines, which know SIP.

use machine::Span;
use sip::engine::{Call, Caller, Order, Output, Reason};
use sip::manner::Manner;
use sip::station::User;

use crate::handset::{Bell, End};
use crate::shell::calls::{self, News, Why};

/// There is no room for a call (RFC 3261, section 21.5.4).
pub(super) const TOO_BUSY: u16 = 503;
/// A telephone rings for so long.
const PATIENCE: Span = Span::from_secs(30);

/// An order in the lines' words.
pub(super) fn order(number: &str, order: calls::Order) -> Option<Order> {
    Some(match order {
        calls::Order::Ring { call, bell, name, number: from, sdp } => Order::Ring {
            call: Call(call),
            user: User::parse(number)?,
            from: Caller { name, number: from },
            sdp,
            manner: match bell {
                Bell::Speak => Manner::Distinct,
                Bell::SpeakUp => Manner::Intercom,
            },
            patience: PATIENCE,
        },
        calls::Order::Answer(call, sdp) => Order::Answer { call: Call(call), sdp },
        calls::Order::Refuse(call, why) => Order::Refuse { call: Call(call), code: code(why) },
        calls::Order::HangUp(call) => Order::HangUp(Call(call)),
        calls::Order::Waiting { new, old } => {
            Order::Waiting { user: User::parse(number)?, new, old }
        }
    })
}

/// RFC 3261, section 21.4.
const fn code(why: Why) -> u16 {
    match why {
        Why::Nobody => 404,
        Why::NotYet => 480,
        Why::Busy => 486,
        Why::Unacceptable => 488,
        Why::NoRoom => TOO_BUSY,
    }
}

/// What the lines say of a call, in the exchange's words.
pub(super) fn news(output: Output) -> Option<News> {
    Some(match output {
        Output::Incoming { call, user, to, sdp } => {
            News::Incoming { call: call.0, number: user.as_str().to_owned(), to, sdp }
        }
        Output::Answered { call, sdp } => News::Answered { call: call.0, sdp },
        Output::Changed { call, sdp } => News::Changed { call: call.0, sdp },
        Output::Digit { call, digit } => News::Key { call: call.0, key: digit.key() },
        Output::Ended { call, reason: Reason::Unacceptable } => News::Unacceptable(call.0),
        Output::Ended { call, reason } => News::Ended { call: call.0, end: end(reason) },
        _ => return None,
    })
}

const fn end(reason: Reason) -> End {
    match reason {
        Reason::HungUp => End::HungUp,
        Reason::Released => End::Released,
        Reason::Vanished => End::Lost,
        Reason::Cancelled
        | Reason::Busy
        | Reason::Declined
        | Reason::NoAnswer
        | Reason::NotRegistered
        | Reason::Unreachable
        | Reason::Forwarded
        | Reason::Unacceptable
        | Reason::NoRoom
        | Reason::Failed(_) => End::Unanswered,
    }
}
