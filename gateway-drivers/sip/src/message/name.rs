//! The names of headers: long form and compact form (RFC 3261, section 7.3.3).

use std::borrow::Cow;

/// Which way a message went.
pub const VIA: &str = "Via";
/// Who began.
pub const FROM: &str = "From";
/// Who was meant.
pub const TO: &str = "To";
/// The conversation.
pub const CALL_ID: &str = "Call-ID";
/// The turn in it.
pub const CSEQ: &str = "CSeq";
/// Where further requests go.
pub const CONTACT: &str = "Contact";
/// Hops that are left.
pub const MAX_FORWARDS: &str = "Max-Forwards";
/// The way that a request still has to go.
pub const ROUTE: &str = "Route";
/// Who wants to stay on the way.
pub const RECORD_ROUTE: &str = "Record-Route";
/// What the body is.
pub const CONTENT_TYPE: &str = "Content-Type";
/// How long the body is.
pub const CONTENT_LENGTH: &str = "Content-Length";
/// For how many seconds.
pub const EXPIRES: &str = "Expires";
/// Expires is too short.
pub const MIN_EXPIRES: &str = "Min-Expires";
/// Which methods are understood.
pub const ALLOW: &str = "Allow";
/// Which bodies are understood.
pub const ACCEPT: &str = "Accept";
/// Which extensions are understood.
pub const SUPPORTED: &str = "Supported";
/// Which extensions must be understood.
pub const REQUIRE: &str = "Require";
/// Which of them are not.
pub const UNSUPPORTED: &str = "Unsupported";
/// Who calls, for the server.
pub const AUTHORIZATION: &str = "Authorization";
/// The server asks who calls.
pub const WWW_AUTHENTICATE: &str = "WWW-Authenticate";
/// Who calls, for a proxy.
pub const PROXY_AUTHORIZATION: &str = "Proxy-Authorization";
/// A proxy asks who calls.
pub const PROXY_AUTHENTICATE: &str = "Proxy-Authenticate";
/// The program at the other end.
pub const USER_AGENT: &str = "User-Agent";
/// The program that answers.
pub const SERVER: &str = "Server";
/// What is subscribed to (RFC 6665).
pub const EVENT: &str = "Event";
/// What can be subscribed to.
pub const ALLOW_EVENTS: &str = "Allow-Events";
/// How a subscription is.
pub const SUBSCRIPTION_STATE: &str = "Subscription-State";
/// How a call rings.
pub const ALERT_INFO: &str = "Alert-Info";
/// More about a call.
pub const CALL_INFO: &str = "Call-Info";
/// Is a call answered by the phone itself? (RFC 5373)
pub const ANSWER_MODE: &str = "Answer-Mode";
/// After how many seconds to try again.
pub const RETRY_AFTER: &str = "Retry-After";
/// How long a session lasts without a sign of life (RFC 4028).
pub const SESSION_EXPIRES: &str = "Session-Expires";
/// The least that is taken for it.
pub const MIN_SE: &str = "Min-SE";
/// What was wrong.
pub const WARNING: &str = "Warning";

/// Known names with their compact forms.
const KNOWN: [(&str, &str); 49] = [
    (VIA, "v"),
    (FROM, "f"),
    (TO, "t"),
    (CALL_ID, "i"),
    (CSEQ, ""),
    (CONTACT, "m"),
    (MAX_FORWARDS, ""),
    (ROUTE, ""),
    (RECORD_ROUTE, ""),
    (CONTENT_TYPE, "c"),
    (CONTENT_LENGTH, "l"),
    (EXPIRES, ""),
    (MIN_EXPIRES, ""),
    (ALLOW, ""),
    (ACCEPT, ""),
    (SUPPORTED, "k"),
    (REQUIRE, ""),
    (UNSUPPORTED, ""),
    (AUTHORIZATION, ""),
    (WWW_AUTHENTICATE, ""),
    (PROXY_AUTHORIZATION, ""),
    (PROXY_AUTHENTICATE, ""),
    (USER_AGENT, ""),
    (SERVER, ""),
    (EVENT, "o"),
    (ALLOW_EVENTS, "u"),
    (SUBSCRIPTION_STATE, ""),
    (ALERT_INFO, ""),
    (CALL_INFO, ""),
    (ANSWER_MODE, ""),
    (RETRY_AFTER, ""),
    (SESSION_EXPIRES, "x"),
    (MIN_SE, ""),
    (WARNING, ""),
    ("Accept-Contact", "a"),
    ("Referred-By", "b"),
    ("Request-Disposition", "d"),
    ("Content-Encoding", "e"),
    ("Reject-Contact", "j"),
    ("Identity-Info", "n"),
    ("Refer-To", "r"),
    ("Subject", "s"),
    ("Identity", "y"),
    ("Proxy-Require", ""),
    ("Reason", ""),
    ("Date", ""),
    ("Organization", ""),
    ("Timestamp", ""),
    ("In-Reply-To", ""),
];

/// The long form of a name, in its usual letters; an unknown one stays as it is.
#[must_use]
pub fn canonical(name: &str) -> Cow<'static, str> {
    let is_this = |(long, compact): &&(&'static str, &str)| {
        name.eq_ignore_ascii_case(long) || !compact.is_empty() && name.eq_ignore_ascii_case(compact)
    };
    match KNOWN.iter().find(is_this) {
        Some((long, _)) => Cow::Borrowed(long),
        None => Cow::Owned(name.to_owned()),
    }
}

/// Is each element of the header's list a header of its own? Only where order and number count.
pub(crate) fn is_list(name: &str) -> bool {
    [VIA, CONTACT, ROUTE, RECORD_ROUTE].contains(&name)
}
