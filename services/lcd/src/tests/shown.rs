//! Words have room and letters, and texts from elsewhere become what the glass can show.

use message::station::Step;
use settings::Language;

use crate::rom::has;
use crate::screen::{Screen, Size};
use crate::words::Words;

#[test]
fn every_word_has_letters_and_room_on_the_smallest_glass() {
    for language in Language::ALL {
        let words = Words::of(language);
        let titles = [
            words.setup,
            words.ready,
            words.trial,
            words.people,
            words.messages,
            words.network,
            words.services,
            words.version,
            words.language,
            words.restart,
            words.switch_off,
            words.reset,
            words.alarms,
            words.not_possible,
            words.not_done,
            words.saved,
            words.apply,
            words.prefix,
            words.gateway,
            words.name_server,
            words.address,
            words.restarting,
            words.switching_off,
            words.resetting,
            words.working,
            words.other_version,
            words.hold,
            words.update,
            words.telephones,
        ];
        for title in titles {
            assert!(title.chars().count() <= 15 || title == words.hold, "{title}");
            assert!(title.chars().count() <= 16 && title.chars().all(has), "{title}");
        }
        let entries = [
            words.dhcp,
            words.fixed,
            words.keep,
            words.take_back,
            words.keep_messages,
            words.erase_all,
            words.approve_all,
            words.approve_none,
            language.own_name(),
        ];
        for entry in entries {
            assert!(entry.chars().count() <= 14 && entry.chars().all(has), "{entry}");
        }
        let sentences = [
            words.fingerprint,
            words.no_cable,
            words.no_address,
            words.waiting_for_dhcp,
            words.no_settings,
            words.no_messages_server,
            words.nobody,
            words.nothing_waits,
            words.no_alarm,
            words.ok_explains,
            words.ok_changes,
            words.ok_next,
            words.ok_applies,
            words.ok_restart,
            words.ok_switch_off,
            words.about_restart,
            words.about_switch_off,
            words.about_reset,
            words.ok_other,
            words.digit_keys,
            words.zeros_for_none,
            words.set_up,
            words.trial_words,
            words.starting,
            words.please_wait,
            words.no_telephone,
            words.awaits,
            words.refused,
            words.in_service,
            words.out_of_service,
            words.forgotten,
            words.ok_approves,
        ];
        let steps = Step::ALL.map(|step| words.step(step));
        for sentence in sentences.into_iter().chain(steps) {
            assert!(sentence.chars().all(has), "{sentence}");
            assert!(sentence.split(' ').all(|word| word.chars().count() <= 16), "{sentence}");
        }
    }
}

#[test]
fn a_picture_keeps_its_size_whatever_is_written() {
    let mut screen = Screen::blank(Size::SMALL);
    screen.write(0, 10, "far too long for it");
    screen.write(9, 0, "nowhere");
    screen.write(1, 99, "nowhere");
    screen.write(1, 0, "漢\t");
    assert_eq!(
        screen.to_string(),
        "+----------------+\n|          far too|\n|??              |\n+----------------+"
            .replace("far too", "far to")
    );
}
