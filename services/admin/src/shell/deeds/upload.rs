//! A form with a file: its fields come first, its token before anything is kept.

use axum::extract::multipart::{Field, Multipart, MultipartRejection};
use futures_util::stream;

use crate::pages::field::{Faults, Fields};
use crate::shell::App;
use crate::shell::answer::{Trouble, Visitor};
use crate::shell::api::{Kind, take};

/// Fields before the file, at most, and bytes of each.
const FIELDS: usize = 16;
const FIELD: usize = 4 << 10;

/// What came: the file is whole and on disk, under this name.
pub(super) struct Came {
    pub(super) file: String,
    pub(super) fields: Fields,
}

/// Takes a form with a file in; or what is wrong with it.
pub(super) async fn receive(
    app: &App,
    visitor: &Visitor,
    kind: Kind,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Result<Came, Faults>, Trouble> {
    let mut form = form.map_err(|rejection| Trouble::BadForm(rejection.status()))?;
    let mut pairs = Vec::new();
    loop {
        let part = form.next_field().await.map_err(|bad| Trouble::BadForm(bad.status()))?;
        let Some(part) = part else { return Ok(Err(Faults::general("There is no file in it."))) };
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            return file(app, visitor, kind, Fields::of(pairs), part).await;
        }
        if pairs.len() == FIELDS {
            return Ok(Err(Faults::general("There are too many fields.")));
        }
        match text(part).await? {
            Some(text) => pairs.push((name, text)),
            None => return Ok(Err(Faults::general("A field is too long."))),
        }
    }
}

async fn file(
    app: &App,
    visitor: &Visitor,
    kind: Kind,
    fields: Fields,
    part: Field<'_>,
) -> Result<Result<Came, Faults>, Trouble> {
    visitor.check(fields.whole("form"))?;
    if part.file_name().is_none_or(str::is_empty) {
        return Ok(Err(Faults::general("Choose a file first.")));
    }
    if kind == Kind::Restore && !fields.is_ticked("sure") {
        return Ok(Err(Faults::one("sure", "Tick it if you mean it.")));
    }
    let pieces = Box::pin(stream::try_unfold(part, async |mut part| {
        Ok::<_, axum::extract::multipart::MultipartError>(
            part.chunk().await?.map(|piece| (piece, part)),
        )
    }));
    match take(app, kind, None, pieces).await {
        Ok(uploaded) => Ok(Ok(Came { file: uploaded.file, fields })),
        Err(problem) => Ok(Err(Faults::general(problem.detail))),
    }
}

/// The text of a field; none if it is too long.
async fn text(mut part: Field<'_>) -> Result<Option<String>, Trouble> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(|bad| Trouble::BadForm(bad.status()))? {
        if bytes.len() + piece.len() > FIELD {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(String::from_utf8(bytes).ok())
}
