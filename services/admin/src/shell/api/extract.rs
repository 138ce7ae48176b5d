//! What handlers take out of a request, with problems instead of the frame's own errors.

use axum::extract::rejection::QueryRejection;
use axum::extract::{
    FromRequest, FromRequestParts, OptionalFromRequestParts, Path, Query, Request,
};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use chassis::hub::Away;
use message::Malformed;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::api::problem::{Problem, Word};
use crate::form::is_name;
use crate::pages::words::sentence;

/// A body of JSON: an object, for serde would also take a list of its values.
pub(super) struct Said<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Said<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let words = "The body is JSON, sent as application/json.";
            return Err(Problem::new(Word::MediaType, words));
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            let is_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
            let word = if is_large { Word::TooLarge } else { Word::Malformed };
            Problem::new(word, rejection.body_text())
        })?;
        read(&body).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first.is_some_and(|first| *first != b'{')
        && serde_json::from_slice::<IgnoredAny>(body).is_ok()
    {
        return Err(Problem::new(Word::Invalid, "The body is a JSON object."));
    }
    serde_json::from_slice(body).map_err(|error| {
        let word = if error.is_data() { Word::Invalid } else { Word::Malformed };
        Problem::new(word, format!("The body cannot be read: {error}."))
    })
}

/// A query.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = <Query<T> as FromRequestParts<S>>::from_request_parts(parts, state).await;
        let refused =
            |rejection: QueryRejection| Problem::new(Word::Malformed, rejection.body_text());
        query.map(|Query(value)| Self(value)).map_err(refused)
    }
}

/// The name in a path; what cannot be a name is not there.
pub(super) struct Named(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path =
            <Path<String> as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await;
        match path {
            Ok(Some(Path(name))) if is_name(&name) => Ok(Self(name)),
            Ok(_) | Err(_) => Err(Problem::not_found()),
        }
    }
}

impl From<Away> for Problem {
    fn from(away: Away) -> Self {
        match away {
            Away::Refused(refusal) => {
                let problem = Self::of_refusal(&refusal);
                Self { detail: sentence(&problem.detail), ..problem }
            }
            Away::Silent(_) | Away::Malformed(_) => {
                Self::new(Word::Away, sentence(&away.to_string()))
            }
        }
    }
}

impl From<Malformed> for Problem {
    fn from(malformed: Malformed) -> Self {
        Away::Malformed(malformed).into()
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::api::people::PersonChange;
    use crate::api::problem::Word;

    #[test]
    fn only_an_object_is_a_body() {
        let word = |text: &str| read::<PersonChange>(text.as_bytes()).err().map(|it| it.word);
        assert_eq!(word(r#" {"disabled": true}"#), None);
        for text in ["[]", "[true]", "7", "null", r#"{"x": 1}"#, r#"{"disabled": 1}"#] {
            assert_eq!(word(text), Some(Word::Invalid), "{text}");
        }
        for text in ["", "{", "[", "{]", r#"{"disabled": true} 1"#] {
            assert_eq!(word(text), Some(Word::Malformed), "{text}");
        }
    }
}
