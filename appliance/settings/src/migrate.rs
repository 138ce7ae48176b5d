//! Settings of earlier formats: each step lifts the JSON by one format.
//!
//! A released format's step is never changed again. Format 1 is the first; what is absent has its
//! default, so a new setting needs no step, but a renamed or removed one does.

use serde_json::Value;

use crate::Settings;

/// The format that this version writes.
pub const FORMAT: u32 = 1;

/// Why settings cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is no JSON.
    #[error("the settings are no JSON: {0}")]
    Json(#[source] serde_json::Error),
    /// No object, or without a format.
    #[error("the settings do not say their format")]
    NoFormat,
    /// Written by a later version.
    #[error("the settings are of format {found}; this version knows formats up to {FORMAT}")]
    TooNew {
        /// Its format.
        found: u64,
    },
    /// A value that no setting can have.
    #[error("a setting cannot be read: {0}")]
    Value(#[source] serde_json::Error),
}

/// Lifts one format to the next.
type Step = fn(&mut Value);

/// The step at place N lifts format N + 1.
const STEPS: [Step; (FORMAT - 1) as usize] = [];

pub(crate) fn read(text: &str) -> Result<Settings, Unreadable> {
    let mut value: Value = serde_json::from_str(text).map_err(Unreadable::Json)?;
    let found = value.get("format").and_then(Value::as_u64).ok_or(Unreadable::NoFormat)?;
    lift(&mut value, found, &STEPS)?;
    serde_json::from_value(value).map_err(Unreadable::Value)
}

fn lift(value: &mut Value, found: u64, steps: &[Step]) -> Result<(), Unreadable> {
    let newest = steps.len() as u64 + 1;
    if found == 0 || found > newest {
        return Err(Unreadable::TooNew { found });
    }
    let done = usize::try_from(found - 1).map_err(|_| Unreadable::TooNew { found })?;
    for step in &steps[done..] {
        step(value);
    }
    value["format"] = newest.into();
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Step, Unreadable, lift, read};
    use crate::Settings;

    #[test]
    fn settings_survive_being_written() {
        let settings = Settings::default();
        assert_eq!(read(&settings.to_json()).expect("our own"), settings);
        assert_eq!(read("{\"format\": 1}").expect("all by default"), settings);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        assert!(matches!(read("{"), Err(Unreadable::Json(_))));
        assert!(matches!(read("{}"), Err(Unreadable::NoFormat)));
        assert!(matches!(read("{\"format\": 99}"), Err(Unreadable::TooNew { found: 99 })));
        assert!(matches!(read("{\"format\": 1, \"host\": \"-\"}"), Err(Unreadable::Value(_))));
        assert!(matches!(read("{\"format\": 1, \"hots\": \"a\"}"), Err(Unreadable::Value(_))));
    }

    #[test]
    fn steps_are_taken_from_the_format_found() {
        let rename: Step = |value| value["new"] = value["old"].take();
        let double: Step = |value| value["new"] = json!(value["new"].as_u64().unwrap_or(0) * 2);
        let lifted = |format: u64, mut value: Value| {
            lift(&mut value, format, &[rename, double]).expect("known formats");
            (value["new"].as_u64(), value["format"].as_u64())
        };
        assert_eq!(lifted(1, json!({"format": 1, "old": 4})), (Some(8), Some(3)));
        assert_eq!(lifted(2, json!({"format": 2, "new": 4})), (Some(8), Some(3)));
        assert_eq!(lifted(3, json!({"format": 3, "new": 4})), (Some(4), Some(3)));
    }
}
