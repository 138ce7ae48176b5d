//! What handlers take out of a request, with problems instead of the frame's own errors.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{
    FromRequest, FromRequestParts, OptionalFromRequestParts, Path, Query, Request,
};
use axum::http::StatusCode;
use axum::http::request::Parts;
use chassis::hub::Away;
use message::Malformed;
use serde::de::DeserializeOwned;

use crate::api::problem::{Problem, Word};
use crate::form::is_name;
use crate::pages::words::sentence;

/// A body of JSON.
pub(super) struct Said<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Said<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(of_json(&rejection)),
        }
    }
}

/// What a body of JSON is refused with.
pub(super) fn of_json(rejection: &JsonRejection) -> Problem {
    let word = match rejection.status() {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Word::MediaType,
        StatusCode::PAYLOAD_TOO_LARGE => Word::TooLarge,
        StatusCode::UNPROCESSABLE_ENTITY => Word::Invalid,
        _ => Word::Malformed,
    };
    Problem::new(word, rejection.body_text())
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
