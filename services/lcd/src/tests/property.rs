//! Whatever is pressed and heard, the panel shows a whole picture and rests.

use message::system::{Gravity, Pending};
use proptest::prelude::{Strategy, prop_oneof, proptest};
use proptest::sample::select;
use settings::{Language, Panel, Settings};

use super::person::{Person, alarmed, fixed, health, known, office, settings, whereabouts};
use super::telephones;
use crate::keypad::{Key, Keys};
use crate::panel::Input;
use crate::rom;
use crate::screen::Size;
use crate::world::Wall;

#[derive(Clone, Debug)]
enum Event {
    Press(Key),
    Contacts(u8),
    Wait(u64),
    News(Box<Input>),
}

fn news() -> impl Strategy<Value = Event> {
    let german = Settings { language: Language::Deutsch, ..Settings::default() };
    let panel = Panel { may_change: false, dim_after_s: 10 };
    let locked = Settings { panel, ..Settings::default() };
    let mut moved = Settings::default();
    moved.network.ipv4 = fixed([10, 255, 255, 255], 8, [1, 2, 3, 4]);
    let pending = Some(Pending { revision: 3, left_ms: 100 });
    select(vec![
        settings(Settings::default()),
        settings(german),
        settings(locked),
        known(moved, pending),
        Input::Health(Box::new(health())),
        Input::Health(Box::default()),
        alarmed(Gravity::Critical),
        alarmed(Gravity::Warning),
        Input::SystemAway,
        Input::Office(None),
        Input::Office(Some(Box::new(office()))),
        Input::Phones(None),
        telephones::phones(Vec::new(), u64::MAX),
        telephones::phones(vec![telephones::newcomer()], 0),
        telephones::phones(telephones::known(), 1),
        Input::Timeline([7; 6], Vec::new()),
        Input::Whereabouts(None),
        Input::Whereabouts(Some(whereabouts(None))),
        Input::Whereabouts(Some(whereabouts(Some("7K3M-XQ2W")))),
        Input::Time(Wall { unix_ms: u64::MAX, offset_s: -86_000 }),
        Input::Answer(Ok(())),
        Input::Answer(Err("ein Wort, das länger als jede Zeile auf dem Glas ist".to_owned())),
    ])
    .prop_map(|input| Event::News(Box::new(input)))
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => select(Key::ALL.to_vec()).prop_map(Event::Press),
        1 => (0_u8..64).prop_map(Event::Contacts),
        2 => select(vec![20_u64, 600, 3_100, 30_000]).prop_map(Event::Wait),
        2 => news(),
    ]
}

proptest! {
    #[test]
    fn any_keys_and_news_leave_a_whole_picture(
        events in proptest::collection::vec(event(), 0..120),
        is_large in proptest::bool::ANY,
        is_walked in proptest::bool::ANY,
    ) {
        let size = if is_large { Size::LARGE } else { Size::SMALL };
        let mut person = Person::at_new_panel(size, is_walked);
        for event in events {
            match event {
                Event::Press(key) => person.press(key),
                Event::Contacts(pins) => person.hear(Input::Keys(Keys::from_pins(pins))),
                Event::Wait(millis) => person.wait(millis),
                Event::News(input) => person.hear(*input),
            }
            assert_eq!(person.screen.rows().count(), size.rows);
            for row in person.screen.rows() {
                assert_eq!(row.len(), size.columns);
                assert!(row.iter().all(|letter| rom::has(*letter)), "{}", person.screen);
            }
            if let Some((row, column)) = person.screen.cursor {
                assert!(row < size.rows && column < size.columns);
            }
        }
    }
}
