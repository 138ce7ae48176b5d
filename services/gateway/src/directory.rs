//! Numbers that telephones dial: of telephones, of people, and of the own messages.

use std::collections::{BTreeMap, BTreeSet};

use message::Guid;

/// Where one's own messages are heard.
pub const INBOX: u32 = 100;
/// The first number of a person; a telephone's number is its own, see `stations`.
const FIRST_PERSON: u32 = 101;
/// People beyond those who fit below the telephones' numbers.
const MANY_PEOPLE: u32 = 1_001;
/// The first number of a telephone.
pub const FIRST_PHONE: u32 = 201;
/// Recipients that are dialled at once.
const MOST_DIALLED: usize = 32;

/// Who has which number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    numbers: BTreeMap<Guid, u32>,
    owners: BTreeMap<u32, Guid>,
}

/// What was dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialled {
    /// The own messages, from the first or from the one at this place: `100`, `100*3`.
    Inbox(usize),
    /// People or telephones: `201`, or several as `201*101`; live with a `*` before.
    To {
        /// Whom.
        recipients: Vec<Guid>,
        /// At once, while it is spoken.
        is_live: bool,
    },
}

impl Directory {
    /// The directory of these numbers.
    pub fn new(numbers: impl IntoIterator<Item = (Guid, u32)>) -> Self {
        let numbers: BTreeMap<Guid, u32> = numbers.into_iter().collect();
        let owners = numbers.iter().map(|(guid, number)| (*number, *guid)).collect();
        Self { numbers, owners }
    }

    /// Somebody's number.
    #[must_use]
    pub fn number(&self, guid: Guid) -> Option<u32> {
        self.numbers.get(&guid).copied()
    }

    /// Who is meant by what was dialled; nothing if one of them is nobody.
    #[must_use]
    pub fn resolve(&self, text: &str) -> Option<Dialled> {
        let (number, place) = text.split_once('*').unwrap_or((text, "1"));
        if number.parse() == Ok(INBOX) {
            let place: usize = place.parse().ok()?;
            return Some(Dialled::Inbox(place.checked_sub(1)?));
        }
        let (is_live, text) = match text.strip_prefix('*') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let found = text.split('*').take(MOST_DIALLED + 1);
        let found = found.map(|number| self.owners.get(&number.parse().ok()?).copied());
        let recipients: BTreeSet<Guid> = found.collect::<Option<_>>()?;
        let recipients: Vec<Guid> = recipients.into_iter().collect();
        (recipients.len() <= MOST_DIALLED).then_some(Dialled::To { recipients, is_live })
    }

    /// A free number for a person, now that these are taken.
    #[must_use]
    pub fn free(taken: &BTreeSet<u32>) -> u32 {
        let few = FIRST_PERSON..FIRST_PHONE;
        let mut all = few.chain(MANY_PEOPLE..=u32::MAX);
        all.find(|number| !taken.contains(number)).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use message::Guid;

    use super::{Dialled, Directory};

    const ANNA: Guid = Guid::from_bytes([1; 16]);
    const HALL: Guid = Guid::from_bytes([2; 16]);

    // row 36
    #[test]
    fn one_number_or_several_are_dialled() {
        let directory = Directory::new([(ANNA, 101), (HALL, 201)]);
        let to = |recipients: &[Guid], is_live| {
            Some(Dialled::To { recipients: recipients.to_vec(), is_live })
        };
        assert_eq!(directory.resolve("101"), to(&[ANNA], false));
        assert_eq!(directory.resolve("201*101*201"), to(&[ANNA, HALL], false));
        assert_eq!(directory.resolve("*201"), to(&[HALL], true));
        assert_eq!(directory.resolve("100"), Some(Dialled::Inbox(0)));
        assert_eq!(directory.resolve("100*3"), Some(Dialled::Inbox(2)));
        for nobody in
            ["100*0", "100*x", "", "*", "300", "101*300", "101**201", "anna", "99999999999", "101*"]
        {
            assert_eq!(directory.resolve(nobody), None, "{nobody}");
        }
        assert_eq!(directory.number(HALL), Some(201));
    }

    #[test]
    fn people_have_the_short_numbers_as_long_as_there_are_some() {
        let mut taken = BTreeSet::new();
        for _ in 0..120 {
            let number = Directory::free(&taken);
            assert!(taken.insert(number));
        }
        assert!(taken.contains(&101) && taken.contains(&200) && taken.contains(&1_020));
        assert!(!taken.contains(&201));
    }
}
