//! Alarms that services raise themselves: what only they can know. Each is on as long as the
//! connection on which it was raised.

use std::collections::BTreeMap;

use message::system::{Alarm, RaiseAlarm};
use message::{ErrorCode, Refusal};
use tokio::sync::watch;

/// Alarms of one connection.
const MOST: usize = 8;
/// Bytes of an alarm's name, words and advice.
const LONGEST: usize = 4 << 10;

/// The alarms by connection and name.
#[derive(Default)]
pub(super) struct Raised(watch::Sender<BTreeMap<u64, BTreeMap<String, RaiseAlarm>>>);

impl Raised {
    /// A connection raises an alarm.
    pub(super) fn raise(&self, conn: u64, raise: RaiseAlarm) -> Result<(), Refusal> {
        let Alarm { name, words, advice, .. } = &raise.alarm;
        if name.is_empty() || name.len() + words.len() + advice.len() > LONGEST {
            return Err(Refusal::new(ErrorCode::Invalid, "No alarm has so many words."));
        }
        let mut is_taken = true;
        self.0.send_modify(|raised| {
            let own = raised.entry(conn).or_default();
            is_taken = own.len() < MOST || own.contains_key(name);
            if is_taken {
                own.insert(name.clone(), raise.clone());
            }
        });
        let too_many = || Refusal::new(ErrorCode::TooMany, "So many alarms are too many.");
        is_taken.then_some(()).ok_or_else(too_many)
    }

    /// A connection is gone, and with it its alarms; tells whether there were any.
    pub(super) fn end(&self, conn: u64) -> bool {
        self.0.send_if_modified(|raised| raised.remove(&conn).is_some())
    }

    /// The alarms that are on at this time.
    pub(super) fn on(&self, unix_ms: u64) -> Vec<Alarm> {
        let raised = self.0.borrow();
        let all = raised.values().flat_map(BTreeMap::values);
        all.filter(|one| unix_ms < one.until).map(|one| one.alarm.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use message::system::{Alarm, Gravity, RaiseAlarm};

    use super::Raised;

    fn raise(name: &str, until: u64) -> RaiseAlarm {
        let (words, advice) = ("Something.".to_owned(), "Look.".to_owned());
        let gravity = Gravity::Warning;
        RaiseAlarm {
            alarm: Alarm { name: name.to_owned(), gravity, words, advice, since: 1 },
            until,
        }
    }

    #[test]
    fn an_alarm_is_on_until_its_end_or_that_of_its_connection() {
        let raised = Raised::default();
        raised.raise(1, raise("one", 10)).expect("is taken");
        raised.raise(1, raise("one", 20)).expect("replaces it");
        raised.raise(2, raise("two", 20)).expect("is taken");
        assert_eq!((raised.on(10).len(), raised.on(20).len()), (2, 0));
        assert!(raised.end(2) && !raised.end(2));
        assert_eq!(raised.on(10)[0].name, "one");
        for number in 0..7 {
            raised.raise(1, raise(&number.to_string(), 20)).expect("is taken");
        }
        assert!(raised.raise(1, raise("nine", 20)).is_err());
        assert!(raised.raise(3, raise(&"a".repeat(5_000), 20)).is_err());
        assert_eq!(raised.on(10).len(), 8);
    }
}
