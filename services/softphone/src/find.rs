//! What a person means: a message by a piece of its id, a person by a name.

use client_engine::{MessageView, PersonView};
use message::{Guid, MessageId};

use crate::exit::Trouble;

/// The fewest digits that may stand for a message.
const FEWEST_DIGITS: usize = 3;

/// The message that `text` means: a whole id, a beginning or an end of just one, or `last`, the
/// first of `messages`.
///
/// # Errors
/// None fits, or several do.
pub fn message(text: &str, messages: &[MessageView]) -> Result<MessageId, Trouble> {
    if text == "last" {
        let newest = messages.first().map(|message| message.id);
        return newest.ok_or_else(|| Trouble::not_found("there are no messages"));
    }
    let wanted: String = text.chars().filter(|c| *c != '-').collect::<String>().to_lowercase();
    if wanted.len() < FEWEST_DIGITS || !wanted.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let text = format!("{text} is no message id: give at least {FEWEST_DIGITS} digits of it");
        return Err(Trouble::not_found(text));
    }
    let fits = |message: &&MessageView| {
        let digits = digits(message.id);
        digits.starts_with(&wanted) || digits.ends_with(&wanted)
    };
    let mut found = messages.iter().filter(fits).map(|message| message.id);
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => {
            Err(Trouble::not_found(format!("{text} fits several messages: give more digits")))
        }
        (None, _) => Err(Trouble::not_found(format!("there is no message {text}"))),
    }
}

/// The short forms of ids: of each the shortest end, of at least six digits, that no other message
/// has as its beginning or end. Thousands of messages are listed at once, so all ids are sorted
/// first, by their digits from either side.
#[derive(Clone, Debug, Default)]
pub struct ShortIds {
    beginnings: Vec<String>,
    ends: Vec<String>,
}

impl ShortIds {
    /// Those of these messages.
    #[must_use]
    pub fn of(messages: &[MessageView]) -> Self {
        let mut beginnings: Vec<String> = messages.iter().map(|one| digits(one.id)).collect();
        let mut ends: Vec<String> = beginnings.iter().map(|one| reversed(one)).collect();
        beginnings.sort_unstable();
        ends.sort_unstable();
        Self { beginnings, ends }
    }

    /// The short form of one; of an id that is not among them, too.
    #[must_use]
    pub fn get(&self, id: MessageId) -> String {
        let (whole, backwards) = (digits(id), reversed(&digits(id)));
        let unique = |length: &usize| {
            let end = &whole[whole.len() - length..];
            !has_other(&self.beginnings, end, &whole)
                && !has_other(&self.ends, &backwards[..*length], &backwards)
        };
        let length = (6..whole.len()).find(unique).unwrap_or(whole.len());
        whole[whole.len() - length..].to_owned()
    }
}

/// Does any of the sorted words begin so, besides this one?
fn has_other(sorted: &[String], beginning: &str, this: &str) -> bool {
    let first = sorted.partition_point(|word| word.as_str() < beginning);
    let fitting = sorted[first..].iter().take_while(|word| word.starts_with(beginning));
    fitting.into_iter().any(|word| word != this)
}

fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}

/// The people whom these names mean, and the names that nobody has. A name twice counts once.
#[must_use]
pub fn people(names: &[String], people: &[PersonView]) -> (Vec<Guid>, Vec<String>) {
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for name in names {
        match person(name, people) {
            Some(person) if !found.contains(&person.guid) => found.push(person.guid),
            Some(_) => {}
            None if !unknown.contains(name) => unknown.push(name.clone()),
            None => {}
        }
    }
    (found, unknown)
}

/// The person with this account name, or else the only one with this display name.
#[must_use]
pub fn person<'a>(name: &str, people: &'a [PersonView]) -> Option<&'a PersonView> {
    let wanted = name.to_lowercase();
    if let Some(person) = people.iter().find(|person| person.name == wanted) {
        return Some(person);
    }
    let mut named = people.iter().filter(|person| person.display.to_lowercase() == wanted);
    match (named.next(), named.next()) {
        (Some(only), None) => Some(only),
        (Some(_), Some(_)) | (None, _) => None,
    }
}

fn digits(id: MessageId) -> String {
    id.to_string().replace('-', "")
}

#[cfg(test)]
mod tests {
    use message::MessageId;

    use super::{ShortIds, message, people, person};
    use crate::exit::Exit;
    use crate::sample::{a_message, a_person};

    fn ids(texts: &[&str]) -> Vec<client_engine::MessageView> {
        let id = |text: &&str| text.parse::<MessageId>().expect("an id");
        texts
            .iter()
            .map(|text| client_engine::MessageView { id: id(text), ..a_message(0) })
            .collect()
    }

    #[test]
    fn a_beginning_or_an_end_of_just_one_id_is_enough() {
        let messages =
            ids(&["0198aa00-0000-7000-8000-0000000000ab", "0198aa01-0000-7000-8000-0000000000cd"]);
        assert_eq!(message("0ab", &messages), Ok(messages[0].id));
        assert_eq!(message("0198aa01", &messages), Ok(messages[1].id));
        assert_eq!(message("0198AA01-0000", &messages), Ok(messages[1].id));
        assert_eq!(message("last", &messages), Ok(messages[0].id));
        for (text, said) in [("0198", "several"), ("ffff", "no message"), ("xyz", "digits")] {
            let trouble = message(text, &messages).expect_err("not one");
            assert_eq!(trouble.exit, Exit::NotFound);
            assert!(trouble.text.contains(said), "{trouble}");
        }
        assert!(message("last", &[]).is_err());
    }

    #[test]
    fn the_short_form_of_an_id_finds_it_again() {
        let messages =
            ids(&["0198aa00-0000-7000-8000-00000012abcd", "0198aa01-0000-7000-8000-00000112abcd"]);
        let short = ShortIds::of(&messages);
        assert_eq!(short.get(messages[0].id), "012abcd");
        for each in &messages {
            assert_eq!(message(&short.get(each.id), &messages), Ok(each.id));
        }
    }

    #[test]
    fn an_end_that_is_the_beginning_of_another_is_not_short_enough() {
        let messages =
            ids(&["0198aa00-0000-7000-8000-000000aabbcc", "aabbcc00-0000-7000-8000-000000000001"]);
        let short = ShortIds::of(&messages);
        assert_eq!(short.get(messages[0].id), "0aabbcc");
        assert_eq!(short.get(messages[1].id), "000001");
    }

    #[test]
    fn thousands_of_messages_have_short_forms_at_once() {
        let id = |number: u32| format!("0198aa00-0000-7000-8000-{:012x}", number * 4093);
        let texts: Vec<String> = (0..20_000).map(id).collect();
        let messages = ids(&texts.iter().map(String::as_str).collect::<Vec<&str>>());
        let short = ShortIds::of(&messages);
        let mut all: Vec<String> = messages.iter().map(|each| short.get(each.id)).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), messages.len());
    }

    #[test]
    fn names_are_found_in_any_case_and_once() {
        let office = [a_person(1, "anna", "Anna Berg"), a_person(2, "bob", "Bob")];
        let names = ["Anna", "anna berg", "carl", "bob", "carl"].map(str::to_owned);
        let (found, unknown) = people(&names, &office);
        assert_eq!(found, [office[0].guid, office[1].guid]);
        assert_eq!(unknown, ["carl"]);
        assert!(person("an", &office).is_none());
    }
}
