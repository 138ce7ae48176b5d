//! What a telephone's screen shows (rows 35, 36): whom it can speak to, and what has come.

use client_engine::{MessageState, MessageView, PersonView};
use message::people::Status;
use provision::screen::{Deed, Entry, MOST_ENTRIES, Screen};
use provision::{Number, Url};
use settings::Language;

use crate::directory::{Directory, INBOX};

/// A page, and the first of its entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Where it begins.
    Menu,
    /// People and telephones.
    People(usize),
    /// Messages.
    Inbox(usize),
}

impl Page {
    /// The page of a file's name.
    #[must_use]
    pub fn named(name: &[u8]) -> Option<Self> {
        let name = std::str::from_utf8(name).ok()?.strip_prefix("ivm-")?.strip_suffix(".xml")?;
        let from = |rest: &str| rest.parse().ok().filter(|from: &usize| *from < 100_000);
        match name.split_once('-') {
            None if name == "menu" => Some(Self::Menu),
            Some(("people", rest)) => from(rest).map(Self::People),
            Some(("inbox", rest)) => from(rest).map(Self::Inbox),
            None | Some(_) => None,
        }
    }

    /// The name of its file.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Menu => "ivm-menu.xml".to_owned(),
            Self::People(from) => format!("ivm-people-{from}.xml"),
            Self::Inbox(from) => format!("ivm-inbox-{from}.xml"),
        }
    }
}

/// What there is to show.
#[derive(Debug)]
pub struct Contents<'a> {
    /// Everybody else.
    pub people: &'a [PersonView],
    /// What has come, in the order in which it is heard.
    pub messages: &'a [MessageView],
    /// Who has which number.
    pub directory: &'a Directory,
    /// Where the pages are.
    pub folder: &'a Url,
    /// In which language.
    pub language: Language,
    /// What time it is, unix milliseconds.
    pub now: u64,
}

struct Words {
    title: &'static str,
    people: &'static str,
    messages: &'static str,
    hear: &'static str,
    here: &'static str,
    new: &'static str,
    more: &'static str,
    nothing: &'static str,
}

const fn words(language: Language) -> Words {
    match language {
        Language::English => Words {
            title: "Voice messages",
            people: "Speak to",
            messages: "Messages",
            hear: "Hear messages",
            here: "here",
            new: "new",
            more: "More",
            nothing: "No messages",
        },
        Language::Deutsch => Words {
            title: "Sprachnachrichten",
            people: "Sprechen mit",
            messages: "Nachrichten",
            hear: "Nachrichten anhören",
            here: "da",
            new: "neu",
            more: "Weitere",
            nothing: "Keine Nachrichten",
        },
    }
}

/// The screen of a page.
#[must_use]
pub fn screen(page: Page, contents: &Contents<'_>) -> Screen {
    let words = words(contents.language);
    match page {
        Page::Menu => menu(contents, &words),
        Page::People(from) => {
            let entries: Vec<Entry> = contents
                .people
                .iter()
                .filter_map(|person| someone(person, contents.directory, &words))
                .collect();
            part(words.people, entries, from, Page::People, contents, &words)
        }
        Page::Inbox(from) => {
            let messages = (1..).zip(contents.messages);
            let mut entries: Vec<Entry> = messages
                .filter_map(|(place, message)| heard(place, message, contents.now, &words))
                .collect();
            if entries.is_empty() {
                entries.extend(open(words.nothing, Page::Menu, contents.folder));
            }
            part(words.messages, entries, from, Page::Inbox, contents, &words)
        }
    }
}

fn menu(contents: &Contents<'_>, words: &Words) -> Screen {
    let is_new = |message: &&MessageView| message.state == MessageState::Unplayed;
    let new = contents.messages.iter().filter(is_new).count();
    let messages = format!("{} ({new} {})", words.messages, words.new);
    let entries = [
        open(words.people, Page::People(0), contents.folder),
        open(&messages, Page::Inbox(0), contents.folder),
        dial(words.hear, &INBOX.to_string()),
    ];
    let entries = entries.into_iter().flatten().collect();
    Screen { title: words.title.to_owned(), entries }
}

/// The entries from a place, and the way to those behind them.
fn part(
    title: &str,
    entries: Vec<Entry>,
    from: usize,
    page: impl Fn(usize) -> Page,
    contents: &Contents<'_>,
    words: &Words,
) -> Screen {
    let count = entries.len();
    let rest = count.saturating_sub(from);
    let shown = if rest > MOST_ENTRIES { MOST_ENTRIES - 1 } else { rest };
    let mut entries: Vec<Entry> = entries.into_iter().skip(from).take(shown).collect();
    if rest > shown {
        entries.extend(open(words.more, page(from + shown), contents.folder));
    }
    Screen { title: title.to_owned(), entries }
}

fn open(label: &str, page: Page, folder: &Url) -> Option<Entry> {
    let url = Url::parse(&format!("{}{}", folder.as_str(), page.name()))?;
    Some(Entry { label: label.to_owned(), deed: Deed::Open(url) })
}

fn dial(label: &str, number: &str) -> Option<Entry> {
    let number = Number::parse(number)?;
    Some(Entry { label: label.to_owned(), deed: Deed::Dial(number) })
}

/// Somebody who can be spoken to, with presence (row 83).
fn someone(person: &PersonView, directory: &Directory, words: &Words) -> Option<Entry> {
    let number = directory.number(person.guid)?;
    let label = match person.status {
        Status::Online => format!("{} ({})", person.display, words.here),
        Status::Offline | Status::Away | Status::Dnd => person.display.clone(),
    };
    dial(&label, &number.to_string())
}

/// A message that can be heard: whose, how long, how old.
fn heard(place: usize, message: &MessageView, now: u64, words: &Words) -> Option<Entry> {
    let new = if message.state == MessageState::Unplayed { words.new } else { "" };
    let seconds = message.duration_ms.div_ceil(1_000);
    let length = format!("{}:{:02}", seconds / 60, seconds % 60);
    let age = age(now.saturating_sub(message.created));
    let label = format!("{new} {} {length} -{age}", message.sender_display);
    dial(label.trim(), &format!("{INBOX}*{place}"))
}

fn age(ms: u64) -> String {
    let minutes = ms / 60_000;
    match minutes {
        0..60 => format!("{minutes}min"),
        60..2_880 => format!("{}h", minutes / 60),
        _ => format!("{}d", minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use client_engine::{Direction, MessageState, MessageView, PersonView, Trust};
    use message::people::Status;
    use message::speech::Mode;
    use message::{Guid, MessageId, Priority};
    use provision::Url;
    use provision::screen::{Deed, Entry, MOST_ENTRIES};
    use settings::Language;

    use super::{Contents, Page, screen};
    use crate::directory::Directory;

    fn person(number: u8, status: Status) -> PersonView {
        PersonView {
            guid: Guid::from_bytes([number; 16]),
            name: format!("p{number}"),
            display: format!("Person {number}"),
            status,
            sealed: true,
            contact: false,
            trust: Trust::Pinned,
            owner: None,
            is_own_telephone: false,
        }
    }

    fn message(number: u8, state: MessageState) -> MessageView {
        MessageView {
            id: MessageId::from_bytes([number; 16]),
            direction: Direction::Received,
            state,
            sender: Guid::from_bytes([1; 16]),
            sender_display: "Anna".into(),
            recipients: Vec::new(),
            mode: Mode::Record,
            priority: Priority::Normal,
            created: 1_000_000,
            duration_ms: 71_200,
            waveform: Vec::new(),
            attachments: Vec::new(),
            deliveries: Vec::new(),
            reply_to: None,
            sealed: false,
        }
    }

    fn shown(page: Page, people: &[PersonView], messages: &[MessageView]) -> Vec<(String, String)> {
        let numbers = people.iter().zip(101..).map(|(person, number)| (person.guid, number));
        let directory = Directory::new(numbers);
        let folder = Url::parse("http://10.0.0.1/p/abc/").expect("an address");
        let contents = Contents {
            people,
            messages,
            directory: &directory,
            folder: &folder,
            language: Language::English,
            now: 1_000_000 + 3 * 3_600_000,
        };
        let entry = |entry: &Entry| {
            let deed = match &entry.deed {
                Deed::Open(url) => url.as_str().to_owned(),
                Deed::Dial(number) => number.as_str().to_owned(),
            };
            (entry.label.clone(), deed)
        };
        screen(page, &contents).entries.iter().map(entry).collect()
    }

    // rows 35, 36, 83
    #[test]
    fn a_telephone_shows_people_with_presence_and_what_has_come() {
        let people = [person(1, Status::Online), person(2, Status::Offline)];
        let messages = [message(1, MessageState::Unplayed), message(2, MessageState::Played)];
        let menu = shown(Page::Menu, &people, &messages);
        assert_eq!(menu[1].0, "Messages (1 new)");
        assert_eq!(menu[0].1, "http://10.0.0.1/p/abc/ivm-people-0.xml");
        assert_eq!(menu[2].1, "100");
        let listed = shown(Page::People(0), &people, &messages);
        let expected = [("Person 1 (here)", "101"), ("Person 2", "102")];
        assert_eq!(listed, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        let inbox = shown(Page::Inbox(0), &people, &messages);
        let expected = [("new Anna 1:12 -3h", "100*1"), ("Anna 1:12 -3h", "100*2")];
        assert_eq!(inbox, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert_eq!(shown(Page::Inbox(0), &people, &[])[0].0, "No messages");
    }

    #[test]
    fn a_long_list_goes_on_on_the_next_page() {
        let people: Vec<PersonView> = (1..=70).map(|n| person(n, Status::Offline)).collect();
        let mut seen = 0;
        let mut page = Page::People(0);
        for _ in 0..4 {
            let entries = shown(page, &people, &[]);
            assert!(entries.len() <= MOST_ENTRIES);
            let more = entries.last().filter(|(label, _)| label == "More");
            seen += entries.len() - usize::from(more.is_some());
            let Some((_, url)) = more else { break };
            let name = url.rsplit('/').next().expect("a name");
            page = Page::named(name.as_bytes()).expect("a page of ours");
        }
        assert_eq!(seen, 70);
        assert!(shown(Page::People(99_999), &people, &[]).is_empty());
    }

    #[test]
    fn only_our_own_names_are_pages() {
        for page in [Page::Menu, Page::People(0), Page::Inbox(29)] {
            assert_eq!(Page::named(page.name().as_bytes()), Some(page));
        }
        for other in [
            "ivm-menu-1.xml",
            "ivm-people-x.xml",
            "ivm-people--1.xml",
            "menu.xml",
            "ivm-inbox-9999999.xml",
        ] {
            assert_eq!(Page::named(other.as_bytes()), None, "{other}");
        }
    }
}
