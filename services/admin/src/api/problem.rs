//! What goes wrong, as problem details (RFC 9457): a stable word for programs, a sentence for
//! people.

use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use message::{ErrorCode, Refusal};
use schemars::JsonSchema;
use serde::Serialize;

use crate::desk::Denied;

/// The media type of problem details.
pub(crate) const MEDIA: &str = "application/problem+json";

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $status:ident, $word:literal, $title:literal;)+) => {
        /// What kind of problem it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Word { $($(#[$doc])* $name,)+ }

        impl Word {
            /// All that there are.
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$name),+];

            /// The status, the stable word and the title.
            const fn facts(self) -> (StatusCode, &'static str, &'static str) {
                match self { $(Self::$name => (StatusCode::$status, $word, $title),)+ }
            }
        }
    };
}

words! {
    /// The body or query cannot be read.
    Malformed = BAD_REQUEST, "malformed", "The request cannot be read";
    /// Nobody is logged in.
    NotLoggedIn = UNAUTHORIZED, "not-logged-in", "Log in first";
    /// The name, password or code is wrong.
    WrongCredentials = FORBIDDEN, "wrong-credentials", "That is not right";
    /// The role is too small.
    Forbidden = FORBIDDEN, "forbidden", "This role may not do that";
    /// Not from one of our own pages.
    Foreign = FORBIDDEN, "foreign", "The request is not from the appliance's own pages";
    /// There is no such thing.
    NotFound = NOT_FOUND, "not-found", "There is no such thing";
    /// Not by this method.
    Method = METHOD_NOT_ALLOWED, "method-not-allowed", "Not by this method";
    /// It took too long to come.
    TooSlow = REQUEST_TIMEOUT, "too-slow", "The request took too long";
    /// It contradicts what is there.
    Conflict = CONFLICT, "conflict", "It contradicts what is there";
    /// The first run is over.
    AlreadySetUp = CONFLICT, "already-set-up", "The appliance is set up already";
    /// The last administrator has to stay.
    LastAdministrator = CONFLICT, "last-administrator", "Somebody must be left";
    /// As many as there can be.
    TooMany = CONFLICT, "too-many", "There are as many as there can be";
    /// Another revision is in force.
    OtherRevision = PRECONDITION_FAILED, "other-revision", "Another revision is in force";
    /// Larger than it may be.
    TooLarge = PAYLOAD_TOO_LARGE, "too-large", "The body is too large";
    /// Another content type is needed.
    MediaType = UNSUPPORTED_MEDIA_TYPE, "media-type", "Another content type is needed";
    /// A value cannot be so.
    Invalid = UNPROCESSABLE_ENTITY, "invalid", "A value cannot be so";
    /// The password is not good enough.
    WeakPassword = UNPROCESSABLE_ENTITY, "weak-password", "The password is not good enough";
    /// The service behind says no.
    Refused = UNPROCESSABLE_ENTITY, "refused", "The appliance refuses this";
    /// The revision has to be named.
    RevisionMissing = PRECONDITION_REQUIRED, "revision-missing", "Say which revision you changed";
    /// Too many attempts.
    TooOften = TOO_MANY_REQUESTS, "too-often", "Too many attempts";
    /// Something failed inside.
    Internal = INTERNAL_SERVER_ERROR, "internal", "Something failed in the appliance";
    /// A service is away.
    Away = SERVICE_UNAVAILABLE, "away", "A part of the appliance is not answering";
    /// Too much to do.
    Busy = SERVICE_UNAVAILABLE, "busy", "The appliance is busy";
    /// No room on the disk.
    DiskFull = INSUFFICIENT_STORAGE, "disk-full", "There is no room on the disk";
}

impl Word {
    /// Its status.
    pub(crate) const fn status(self) -> StatusCode {
        self.facts().0
    }

    /// The stable word.
    pub(crate) const fn text(self) -> &'static str {
        self.facts().1
    }
}

/// One value that cannot be so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct FieldFault {
    /// Which, as in the JSON: `network.ipv4.gateway`.
    pub(crate) field: String,
    /// What is wrong, as a sentence.
    pub(crate) words: String,
}

/// A problem.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) word: Word,
    pub(crate) detail: String,
    pub(crate) faults: Vec<FieldFault>,
    /// Seconds to wait.
    pub(crate) wait: Option<u64>,
}

/// Why a request was not carried out (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct Details {
    /// `urn:ivm:problem:` and a stable word for programs.
    #[serde(rename = "type")]
    kind: String,
    /// The same for people.
    title: String,
    /// The status.
    status: u16,
    /// What is wrong this time, as a sentence.
    detail: String,
    /// The values that cannot be so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    faults: Vec<FieldFault>,
}

impl Problem {
    /// A problem with its sentence.
    pub(crate) fn new(word: Word, detail: impl Into<String>) -> Self {
        Self { word, detail: detail.into(), faults: Vec::new(), wait: None }
    }

    /// There is no such thing here.
    pub(crate) fn not_found() -> Self {
        Self::new(Word::NotFound, "There is no such thing here.")
    }

    /// A service refused.
    pub(crate) fn of_refusal(refusal: &Refusal) -> Self {
        let word = match refusal.code {
            ErrorCode::UnknownPerson | ErrorCode::UnknownMessage | ErrorCode::NotFound => {
                Word::NotFound
            }
            ErrorCode::Conflict => Word::Conflict,
            ErrorCode::TooMany => Word::TooMany,
            ErrorCode::Invalid => Word::Invalid,
            ErrorCode::TooLarge => Word::TooLarge,
            ErrorCode::DiskFull => Word::DiskFull,
            ErrorCode::GoingDown | ErrorCode::RateLimited => Word::Busy,
            ErrorCode::Internal => Word::Internal,
            ErrorCode::Malformed
            | ErrorCode::Version
            | ErrorCode::NotPermitted
            | ErrorCode::NotLoggedIn
            | ErrorCode::Credentials
            | ErrorCode::Forged
            | ErrorCode::Quota
            | ErrorCode::Expired
            | ErrorCode::NoStation
            | ErrorCode::TooSlow
            | ErrorCode::Silent
            | ErrorCode::ShutOut
            | ErrorCode::Other(_) => Word::Refused,
        };
        Self::new(word, refusal.text.clone())
    }

    fn details(&self) -> Details {
        let (status, word, title) = self.word.facts();
        Details {
            kind: format!("urn:ivm:problem:{word}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.detail.clone(),
            faults: self.faults.clone(),
        }
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let word = match &denied {
            Denied::Wrong => Word::WrongCredentials,
            Denied::TooOften(_) => Word::TooOften,
            Denied::AlreadySetUp => Word::AlreadySetUp,
            Denied::Weak(_) => Word::WeakPassword,
            Denied::Unknown => Word::NotFound,
            Denied::Taken => Word::Conflict,
            Denied::BadName => Word::Invalid,
            Denied::Last => Word::LastAdministrator,
            Denied::TooMany => Word::TooMany,
            Denied::Store(_) => Word::Internal,
        };
        let wait = match denied {
            Denied::TooOften(seconds) => Some(seconds),
            _ => None,
        };
        Self { wait, ..Self::new(word, denied.to_string()) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.word.status(), Json(self.details())).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.wait {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.word == Word::NotLoggedIn {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self.word);
        response
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use axum::response::IntoResponse;

    use super::{MEDIA, Problem, Word};
    use crate::desk::Denied;

    #[test]
    fn every_word_is_there_once_and_has_an_error_status() {
        let words: BTreeSet<&str> = Word::ALL.iter().map(|word| word.text()).collect();
        assert_eq!(words.len(), Word::ALL.len());
        for word in Word::ALL {
            assert!(word.status().is_client_error() || word.status().is_server_error());
        }
    }

    #[test]
    fn who_tried_too_often_is_told_when_to_come_back() {
        let response = Problem::from(Denied::TooOften(7)).into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["retry-after"], "7");
        assert_eq!(response.headers()["content-type"], MEDIA);
    }
}
