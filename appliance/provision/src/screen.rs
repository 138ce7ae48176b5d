//! Pages on a telephone's own screen (rows 35, 36): lists of what can be opened or dialled, in the
//! words of each vendor's phones.
//!
//! | Phones | Words | Dials by |
//! |---|---|---|
//! | Cisco | `CiscoIPPhoneMenu` | `Dial:201` |
//! | Yealink | `YealinkIPPhoneTextMenu` | `Dial:201` |
//! | Mitel, Aastra | `AastraIPPhoneTextMenu` | `Dial:201` |
//! | Snom | `SnomIPPhoneMenu`, `SnomIPPhoneDirectory` | the directory's `Telephone` |
//! | Poly | XHTML | `tel://201` |
//!
//! From the vendors' manuals; on a real phone it was not tried yet.

use crate::vendor::Vendor;
use crate::words::{Number, Url};
use crate::write::escape;

/// Entries of a page: the least that all of these phones show, and their pages stay below 10 kB.
pub const MOST_ENTRIES: usize = 30;
/// The longest label, in characters; a screen shows fewer.
const LONGEST: usize = 40;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    /// What stands above it.
    pub title: String,
    /// What can be chosen, at most [`MOST_ENTRIES`]; more are left out.
    pub entries: Vec<Entry>,
}

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How it reads.
    pub label: String,
    /// What happens then.
    pub deed: Deed,
}

/// What happens when something is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Another page is shown.
    Open(Url),
    /// A number is dialled.
    Dial(Number),
}

/// A page as bytes of XML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The bytes.
    pub text: String,
    /// What HTTP calls its type.
    pub media: &'static str,
}

/// Have a vendor's phones such pages?
#[must_use]
pub const fn has_screen(vendor: Vendor) -> bool {
    match vendor {
        Vendor::CiscoSpa
        | Vendor::CiscoMpp
        | Vendor::CiscoEnterprise
        | Vendor::CiscoClassic
        | Vendor::Poly
        | Vendor::Yealink
        | Vendor::Snom
        | Vendor::Mitel => true,
        Vendor::Grandstream
        | Vendor::Fanvil
        | Vendor::Panasonic
        | Vendor::Avaya
        | Vendor::Alcatel => false,
    }
}

/// A page for a vendor's phones; nothing if they have none.
#[must_use]
pub fn show(vendor: Vendor, screen: &Screen) -> Option<Page> {
    let title = label(&screen.title);
    let entries = screen.entries.iter().take(MOST_ENTRIES);
    let text = match vendor {
        Vendor::CiscoSpa | Vendor::CiscoMpp | Vendor::CiscoEnterprise | Vendor::CiscoClassic => {
            menu("CiscoIPPhoneMenu", &title, entries, &["Name", "URL"])
        }
        Vendor::Yealink => menu("YealinkIPPhoneTextMenu", &title, entries, &["Prompt", "URI"]),
        Vendor::Mitel => menu("AastraIPPhoneTextMenu", &title, entries, &["Prompt", "URI"]),
        Vendor::Snom => snom(&title, screen),
        Vendor::Poly => xhtml(&title, entries),
        Vendor::Grandstream
        | Vendor::Fanvil
        | Vendor::Panasonic
        | Vendor::Avaya
        | Vendor::Alcatel => return None,
    };
    let media = if vendor == Vendor::Poly { "text/html" } else { "text/xml" };
    Some(Page { text, media })
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// A text as it can be shown: without control characters, and not too long.
fn label(text: &str) -> String {
    let shown = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect::<String>();
    escaped(&shown)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(&mut out, text);
    out
}

fn target(deed: &Deed) -> String {
    match deed {
        Deed::Open(url) => escaped(url.as_str()),
        Deed::Dial(number) => format!("Dial:{}", escaped(number.as_str())),
    }
}

fn menu<'e>(
    root: &str,
    title: &str,
    entries: impl Iterator<Item = &'e Entry>,
    [name, link]: &[&str; 2],
) -> String {
    let items = entries.map(|entry| {
        let (words, target) = (label(&entry.label), target(&entry.deed));
        format!(
            "  <MenuItem>\n    <{name}>{words}</{name}>\n    <{link}>{target}</{link}>\n  </MenuItem>\n"
        )
    });
    let items: String = items.collect();
    format!("{DECLARATION}<{root}>\n  <Title>{title}</Title>\n{items}</{root}>\n")
}

/// What can be dialled is a directory, everything else a menu.
fn snom(title: &str, screen: &Screen) -> String {
    let is_dialled = |entry: &Entry| matches!(entry.deed, Deed::Dial(_));
    let entries = screen.entries.iter().take(MOST_ENTRIES);
    if !screen.entries.iter().all(is_dialled) {
        return menu("SnomIPPhoneMenu", title, entries, &["Name", "URL"]);
    }
    let items = entries.filter_map(|entry| match &entry.deed {
        Deed::Dial(number) => {
            let (words, number) = (label(&entry.label), escaped(number.as_str()));
            Some(format!(
                "  <DirectoryEntry>\n    <Name>{words}</Name>\n    <Telephone>{number}</Telephone>\n  </DirectoryEntry>\n"
            ))
        }
        Deed::Open(_) => None,
    });
    let (root, items): (_, String) = ("SnomIPPhoneDirectory", items.collect());
    format!("{DECLARATION}<{root}>\n  <Title>{title}</Title>\n{items}</{root}>\n")
}

fn xhtml<'e>(title: &str, entries: impl Iterator<Item = &'e Entry>) -> String {
    let items = entries.map(|entry| {
        let target = match &entry.deed {
            Deed::Open(url) => escaped(url.as_str()),
            Deed::Dial(number) => format!("tel://{}", escaped(number.as_str())),
        };
        format!("<p><a href=\"{target}\">{}</a></p>\n", label(&entry.label))
    });
    let items: String = items.collect();
    format!(
        "{DECLARATION}<html xmlns=\"http://www.w3.org/1999/xhtml\">\n<head><title>{title}</title></head>\n<body>\n{items}</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::{Deed, Entry, MOST_ENTRIES, Screen, has_screen, show};
    use crate::vendor::Vendor;
    use crate::words::{Number, Url};

    fn dial(label: &str, number: &str) -> Entry {
        let number = Number::parse(number).expect("a number");
        Entry { label: label.to_owned(), deed: Deed::Dial(number) }
    }

    fn people() -> Screen {
        let more = Url::parse("http://10.0.0.1/p/abc/ivm-people-2.xml").expect("an address");
        Screen {
            title: "People".into(),
            entries: vec![
                dial("Anna <B> & \"C\"", "101"),
                Entry { label: "More\n".into(), deed: Deed::Open(more) },
            ],
        }
    }

    // rows 35, 36
    #[test]
    fn each_vendor_s_phones_read_their_own_words() {
        let text = |vendor| show(vendor, &people()).expect("a page").text;
        let cisco = text(Vendor::CiscoMpp);
        assert!(cisco.contains("<CiscoIPPhoneMenu>") && cisco.contains("<URL>Dial:101</URL>"));
        assert!(cisco.contains("<URL>http://10.0.0.1/p/abc/ivm-people-2.xml</URL>"));
        let yealink = text(Vendor::Yealink);
        assert!(yealink.contains("<YealinkIPPhoneTextMenu>\n  <Title>People</Title>"));
        assert!(yealink.contains("<Prompt>More</Prompt>"), "{yealink}");
        assert!(yealink.contains("<Prompt>Anna &lt;B&gt; &amp; &quot;C&quot;</Prompt>"));
        assert!(text(Vendor::Mitel).contains("<AastraIPPhoneTextMenu>"));
        assert!(text(Vendor::Poly).contains("<a href=\"tel://101\">"));
        assert!(text(Vendor::Snom).contains("<SnomIPPhoneMenu>"));
        let only = Screen { entries: vec![dial("Anna", "101")], ..people() };
        let snom = show(Vendor::Snom, &only).expect("a page").text;
        assert!(snom.contains("<SnomIPPhoneDirectory>") && snom.contains("<Telephone>101<"));
    }

    #[test]
    fn a_page_is_never_too_long_for_a_phone() {
        let entries = vec![dial(&"ü&".repeat(200), &"9".repeat(32)); 500];
        let long = Screen { title: "x".repeat(500), entries };
        for vendor in Vendor::ALL {
            let page = show(vendor, &long);
            assert_eq!(page.is_some(), has_screen(vendor));
            let Some(page) = page else { continue };
            assert!(page.text.len() <= 10_000, "{vendor:?}: {}", page.text.len());
            let count = page.text.matches(&"9".repeat(32)).count();
            assert_eq!(count, MOST_ENTRIES, "{vendor:?}");
        }
    }
}
