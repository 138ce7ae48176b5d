//! Values that mean harm: whatever a name or a secret is, a file keeps its structure, and what
//! stands in it is what was meant.

use proptest::prelude::{ProptestConfig, Strategy, any, prop_oneof, proptest};
use provision::{Office, Secret, Station, Vendor, render};
use roxmltree::{Document, Node};

use crate::office::{office, own, phone, secret, station, wanted};

/// A file without its values: elements and attributes, or keys.
fn shape(text: &str) -> Vec<String> {
    if text.starts_with("<?xml") {
        let document = Document::parse(text).expect("the file is XML");
        return document
            .descendants()
            .filter(Node::is_element)
            .map(|node| element(&node))
            .collect();
    }
    text.lines().map(|line| pair(line).0.to_owned()).collect()
}

fn element(node: &Node<'_, '_>) -> String {
    let path = node.ancestors().map(|node| node.tag_name().name()).collect::<Vec<_>>().join("<");
    // The names of ALE's settings are values of an attribute.
    let id = node.attribute("id").unwrap_or_default();
    let names = node.attributes().map(|attribute| attribute.name()).collect::<Vec<_>>().join(" ");
    format!("{path} {id} {names}")
}

/// A line as key and value, as the phone would read it.
fn pair(line: &str) -> (&str, &str) {
    let avaya = line.strip_prefix("SET ").and_then(|line| line.split_once(' '));
    let others = [" = ", ": ", "="].into_iter().filter_map(|between| line.split_once(between));
    let (key, value) =
        avaya.or_else(|| others.min_by_key(|(key, _)| key.len())).unwrap_or((line, ""));
    let inside = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    (key.trim_end_matches([':', '=', ' ']), inside.unwrap_or(value))
}

/// Every value that stands in a file, as the phone would read it.
fn values(text: &str) -> Vec<String> {
    if text.starts_with("<?xml") {
        let document = Document::parse(text).expect("the file is XML");
        let mut found = Vec::new();
        for node in document.descendants().filter(Node::is_element) {
            found.extend(node.text().map(str::to_owned));
            found.extend(node.attributes().map(|attribute| attribute.value().to_owned()));
        }
        return found;
    }
    text.lines().map(|line| pair(line).1.to_owned()).collect()
}

/// Every value that stands in quotes ends at the last of its line, and no phone would take a part of
/// one for a comment or for one of its own values.
fn assert_quotes(vendor: Vendor, text: &str) {
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let quotes = line.matches('"').count();
        let is_good = match vendor {
            Vendor::Panasonic | Vendor::CiscoClassic => quotes == 2 && line.ends_with('"'),
            Vendor::Avaya => quotes == 2 && line.ends_with('"') && !line.contains('$'),
            Vendor::Mitel => quotes == if line.contains('#') { 2 } else { 0 },
            _ => true,
        };
        assert!(is_good, "{vendor}: {line}");
    }
}

fn file(vendor: Vendor, station: Option<&Station>, office: &Office) -> Option<String> {
    let file = render(&own(vendor), &phone(vendor), station, office).ok()?;
    Some(String::from_utf8(file.bytes().to_vec()).expect("files are UTF-8"))
}

/// Any text, and text that is mostly what formats are made of.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\"'<>&=:;#%$\\\\{}\\[\\]\r\n\t\0 a\u{2028}\u{85}é\u{ffff}]{0,80}",
        "(</?[a-z]{1,4}>|]]>|<!--|\"/>|\r\nSET A |\n[a-z.]{1,9} = 1|&#10;|%NULL%){1,6}",
    ]
}

fn secrets() -> impl Strategy<Value = Secret> {
    "[!-~]{1,64}".prop_map(|text| secret(&text))
}

proptest! {
    // Each case writes and reads some fifty files.
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_changes_the_structure_of_a_file(
        display in texts(), notice in texts(), name in texts(), model in texts(),
    ) {
        let plain = station();
        let hostile = Station { display: display.clone(), ..station() };
        let mut office_of_texts = office();
        office_of_texts.notice = notice;
        office_of_texts.zone.name = name;
        // Snom is told the offset where it does not know the zone: the same zone without a name.
        let mut nameless = office();
        nameless.zone.name = String::new();
        for vendor in Vendor::ALL {
            let expected = shape(&file(vendor, Some(&plain), &nameless).expect("is written"));
            let text = file(vendor, Some(&hostile), &office_of_texts).expect("is written");
            assert_eq!(shape(&text), expected, "{vendor}");
            assert_quotes(vendor, &text);
            let expected = shape(&file(vendor, None, &nameless).expect("is written"));
            let text = file(vendor, None, &office_of_texts).expect("is written");
            assert_eq!(shape(&text), expected, "{vendor}");
            let mut named = phone(vendor);
            named.model.clone_from(&model);
            let other = render(&own(vendor), &named, None, &office_of_texts).expect("is written");
            assert_eq!(other.bytes(), text.as_bytes(), "{vendor}");
        }
    }

    #[test]
    fn a_secret_is_written_as_it_is_or_not_at_all(one in secrets(), other in secrets()) {
        let hostile = Station { secret: one.clone(), admin: other.clone(), ..station() };
        for vendor in Vendor::ALL {
            let expected = shape(&file(vendor, Some(&station()), &office()).expect("is written"));
            let Some(text) = file(vendor, Some(&hostile), &office()) else {
                let text = text_of(&one) + &text_of(&other);
                assert!(text.contains(['"', '$']), "{vendor} refuses {text}");
                continue;
            };
            assert_eq!(shape(&text), expected, "{vendor}");
            assert_quotes(vendor, &text);
            let values = values(&text);
            assert!(values.contains(&text_of(&one)), "{vendor} {text}");
            let other = text_of(&other);
            assert!(values.iter().any(|value| value.ends_with(&other)), "{vendor} {text}");
        }
    }
}

#[test]
fn a_secret_in_quotes_of_its_own_is_never_one_without_them() {
    let hostile = Station { secret: secret("\"\""), ..station() };
    for vendor in Vendor::ALL {
        let text = file(vendor, Some(&hostile), &office());
        let is_kept = text.is_none_or(|text| values(&text).contains(&"\"\"".to_owned()));
        assert!(is_kept, "{vendor}");
    }
}

/// A secret's text, through the one format that writes every secret.
fn text_of(secret: &Secret) -> String {
    let station = Station { secret: secret.clone(), ..station() };
    let text = file(Vendor::Grandstream, Some(&station), &office()).expect("is written");
    let document = Document::parse(&text).expect("the file is XML");
    let mut nodes = document.descendants().filter(|node| node.has_tag_name("P34"));
    nodes.next().and_then(|node| node.text()).expect("there is a password").to_owned()
}

#[test]
fn a_name_is_found_again_where_it_was_put() {
    let hostile = Station { display: "</a>&lt;\" ' \n#x: y=\"z\"\0".to_owned(), ..station() };
    for vendor in Vendor::ALL {
        let text = file(vendor, Some(&hostile), &office()).expect("is written");
        let plain = "</a>&lt;\" '  #x: y=\"z\"".to_owned();
        let quoted = plain.replace('"', "'");
        let values = values(&text);
        assert!(values.contains(&plain) || values.contains(&quoted), "{vendor} {text}");
    }
}

#[test]
fn an_unapproved_phones_files_hold_no_secret_and_say_that_it_waits() {
    let (station, office) = (station(), office());
    let secrets = ["kZ7-sip-secret", "83-admin-secret", "s-0204", "*97", "Söhne", "/x/messages"];
    for vendor in Vendor::ALL {
        for (name, wanted) in wanted(vendor) {
            // A shared file holds none even if a station is given.
            let given = (wanted.kind == provision::Kind::Shared).then_some(&station);
            let file = render(&wanted, &phone(vendor), given, &office).expect("is written");
            let text = String::from_utf8_lossy(file.bytes()).into_owned();
            for secret in secrets {
                assert!(!text.contains(secret), "{vendor} {name} holds {secret}");
            }
            let says = text.contains("awaiting approval");
            assert_eq!(says, wanted.kind == provision::Kind::Own, "{vendor} {name}");
            assert!(!format!("{file:?}").contains("SIP"));
        }
    }
}

#[test]
fn files_and_stations_are_not_shown() {
    let file = render(&own(Vendor::Poly), &phone(Vendor::Poly), Some(&station()), &office());
    let shown = format!("{:?} {:?}", file.expect("is written"), station());
    assert!(!shown.contains("kZ7") && !shown.contains("83-admin"), "{shown}");
}
