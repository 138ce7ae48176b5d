//! Keys and cells.

use client_engine::{
    AttachmentView, Command, DraftState, DraftView, Link, MessageState, MessageView, Wish,
};
use jiff::tz::TimeZone;
use message::people::Status;
use message::{MessageId, Priority};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use super::draw::draw;
use super::screen::{Act, Pane, Screen};
use super::{Key, Theme, Views};
use crate::sample::{a_message, a_person, guid};

fn office() -> Views {
    let mut carl = a_person(3, "carl", "Carl");
    carl.status = Status::Offline;
    let mut heard = a_message(2);
    heard.state = MessageState::Played;
    let file = AttachmentView {
        name: "plan.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size: 18_000,
        done: 18_000,
    };
    Views {
        link: Link::Online,
        me: Some(a_person(9, "me", "Me Myself")),
        people: vec![a_person(1, "anna", "Anna Berg"), a_person(2, "bob", "Bob"), carl],
        messages: vec![MessageView { attachments: vec![file], ..a_message(1) }, heard],
        draft: None,
        playing: None,
        today: 1_700_000_000_000,
        zone: TimeZone::UTC,
    }
}

fn a_draft(state: DraftState) -> DraftView {
    DraftView {
        id: MessageId::from_bytes([8; 16]),
        state,
        recipients: vec![guid(1), guid(2)],
        priority: Priority::Normal,
        duration_ms: 3_400,
        waveform: vec![200; 64],
        attachments: Vec::new(),
        level_dbfs: -12.0,
        telephone: None,
    }
}

fn rows(width: u16, height: u16, screen: &mut Screen, views: &Views) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
    let theme = Theme::new(false);
    terminal.draw(|frame| draw(frame, screen, views, Some("12345 67890"), theme)).expect("drawn");
    let buffer = terminal.backend().buffer();
    assert!(
        buffer.content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset),
        "without colour there is no colour"
    );
    let row = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..height).map(row).collect()
}

fn press(screen: &mut Screen, views: &Views, keys: &str) -> Option<Act> {
    keys.chars().map(|letter| screen.key(Key::Char(letter), views)).last().flatten()
}

fn command(act: Option<Act>) -> Command {
    match act {
        Some(Act::Command(command)) => command,
        other => unreachable!("{other:?} is no command"),
    }
}

// rows 10, 11
#[test]
fn people_and_messages_stand_side_by_side_at_80x24_and_140x40() {
    for (width, height) in [(80, 24), (140, 40)] {
        let rows = rows(width, height, &mut Screen::default(), &office());
        let all = rows.join("\n");
        assert!(
            rows[0].contains("IVM  Me Myself · online") && rows[0].contains("● 1 new"),
            "{all}"
        );
        assert!(rows[1].contains("People 2/3") && rows[1].contains("Messages"), "{all}");
        assert!(rows[2].contains("● Anna Berg ★") && rows[2].contains("0:12  Anna Berg  ⎘1"));
        assert!(rows[4].contains("○ Carl"), "{all}");
        assert!(all.contains("To    Anna Berg") && all.contains("Next message"), "{all}");
        let keys = &rows[rows.len() - 1];
        for key in ["Space speak", "p play", "R reply", "a attach", "? help", "q quit"] {
            assert!(keys.contains(key), "{keys}");
        }
    }
}

#[test]
fn every_size_can_be_drawn_in_every_state() {
    let mut views = office();
    for state in [DraftState::Recording, DraftState::Live, DraftState::Finishing, DraftState::Ready]
    {
        views.draft = Some(a_draft(state));
        for (width, height) in [(1, 1), (39, 11), (40, 12), (41, 13), (57, 20), (300, 100)] {
            let mut screen = Screen::default();
            rows(width, height, &mut screen, &views);
            screen.help = true;
            rows(width, height, &mut screen, &views);
        }
    }
    let empty = Views {
        people: Vec::new(),
        messages: Vec::new(),
        draft: None,
        me: None,
        link: Link::Offline,
        ..office()
    };
    let mut screen = Screen::default();
    for key in [Key::Down, Key::End, Key::Enter, Key::Tab, Key::Up, Key::PageDown, Key::Home] {
        screen.key(key, &empty);
    }
    assert!(press(&mut screen, &empty, " pRdDsmcvn+").is_none());
    assert!(rows(80, 24, &mut screen, &empty)[0].contains("nobody · offline"));
}

// rows 9, 22, 23, 24
#[test]
fn a_draft_shows_level_waveform_and_its_own_keys() {
    let mut views = office();
    views.draft = Some(a_draft(DraftState::Recording));
    let all = rows(80, 24, &mut Screen::default(), &views).join("\n");
    assert!(all.contains("● Recording") && all.contains("0:03  to Anna Berg, Bob"), "{all}");
    assert!(all.contains("▮▮▮") && all.contains("▯") && all.contains("▇▇▇"), "{all}");
    assert!(all.contains("Space stop"), "{all}");
    views.draft = Some(a_draft(DraftState::Ready));
    let all = rows(80, 24, &mut Screen::default(), &views).join("\n");
    assert!(all.contains("Ready to send") && all.contains("Enter send  p play  n again"), "{all}");
}

// row 28
#[test]
fn a_playing_message_shows_how_far_it_is() {
    let mut views = office();
    views.playing = Some((views.messages[1].id, 6_000));
    let all = rows(80, 24, &mut Screen::default(), &views).join("\n");
    assert!(all.contains("▶ Playing") && all.contains("0:06 / 0:12  from Anna Berg"), "{all}");
}

// rows 12, 13
#[test]
fn space_speaks_to_the_marked_people_and_stops() {
    let mut views = office();
    let mut screen = Screen::default();
    press(&mut screen, &views, "mjm");
    assert_eq!(screen.marked, [guid(1), guid(2)]);
    let Command::Talk(talk) = command(press(&mut screen, &views, "l ")) else {
        unreachable!("it speaks")
    };
    assert_eq!((talk.recipients, talk.wish), (vec![guid(1), guid(2)], Wish::Live));
    views.draft = Some(a_draft(DraftState::Live));
    assert!(matches!(command(press(&mut screen, &views, " ")), Command::StopTalking));
    // row 71
    assert!(matches!(command(press(&mut screen, &views, "r")), Command::SwitchToRecord));
    views.draft = Some(a_draft(DraftState::Ready));
    // row 15
    assert!(matches!(command(screen.key(Key::Enter, &views)), Command::Send));
}

#[test]
fn without_marks_the_chosen_person_is_spoken_to() {
    let views = office();
    let mut screen = Screen::default();
    let Command::Talk(talk) = command(press(&mut screen, &views, "jr ")) else {
        unreachable!("it speaks")
    };
    assert_eq!((talk.recipients, talk.wish), (vec![guid(2)], Wish::Record));
}

// rows 22, 23, 24
#[test]
fn a_waiting_draft_is_reviewed_spoken_again_or_thrown_away() {
    let mut views = office();
    views.draft = Some(a_draft(DraftState::Ready));
    let mut screen = Screen::default();
    assert!(matches!(command(press(&mut screen, &views, "p")), Command::Review));
    assert!(matches!(command(press(&mut screen, &views, "n")), Command::ReRecord));
    assert!(matches!(command(press(&mut screen, &views, "+")), Command::Append));
    assert!(press(&mut screen, &views, "dn").is_none());
    assert!(matches!(command(press(&mut screen, &views, "dy")), Command::Discard));
    let readdress = command(press(&mut screen, &views, "m"));
    assert!(matches!(readdress, Command::Readdress { recipients, .. } if recipients == [guid(1)]));
}

// row 28
#[test]
fn any_message_is_chosen_and_played_answered_or_deleted() {
    let views = office();
    let second = views.messages[1].id;
    let mut screen = Screen::default();
    screen.key(Key::Tab, &views);
    screen.key(Key::Down, &views);
    assert_eq!(screen.pane, Pane::Messages);
    let play = command(press(&mut screen, &views, "p"));
    assert!(matches!(play, Command::Play { message, from_ms: 0 } if message == second));
    press(&mut screen, &views, "R");
    assert_eq!((screen.reply_to, screen.marked.as_slice()), (Some(second), &[guid(1)][..]));
    let delete = command(press(&mut screen, &views, "Dy"));
    assert!(matches!(delete, Command::Delete { message, everywhere: true } if message == second));
}

// rows 25, 30
#[test]
fn a_file_is_attached_by_typing_or_dropping_it() {
    let views = office();
    let mut screen = Screen::default();
    press(&mut screen, &views, "a/tmp/q x");
    screen.key(Key::Backspace, &views);
    let typed = screen.key(Key::Enter, &views);
    assert!(matches!(typed, Some(Act::Attach(path)) if path == "/tmp/q "));
    for dropped in ["'/tmp/my plan.pdf' ", "/tmp/my\\ plan.pdf\n", "file:///tmp/my plan.pdf"] {
        let act = screen.key(Key::Paste(dropped.to_owned()), &views);
        assert!(matches!(act, Some(Act::Attach(path)) if path == "/tmp/my plan.pdf"));
    }
    press(&mut screen, &views, "a");
    assert!(screen.key(Key::Esc, &views).is_none());
}

// row 32
#[test]
fn attachments_are_saved_in_a_folder_that_is_asked_for() {
    let views = office();
    let mut screen = Screen::default();
    press(&mut screen, &views, "s/tmp");
    let act = screen.key(Key::Enter, &views);
    assert!(
        matches!(act, Some(Act::Save(id, path)) if id == views.messages[0].id && path == "/tmp")
    );
}

#[test]
fn quitting_asks_only_while_one_speaks() {
    let mut views = office();
    let mut screen = Screen::default();
    assert!(matches!(press(&mut screen, &views, "q"), Some(Act::Quit)));
    views.draft = Some(a_draft(DraftState::Recording));
    assert!(press(&mut screen, &views, "q").is_none());
    assert!(matches!(press(&mut screen, &views, "y"), Some(Act::Quit)));
    assert!(matches!(screen.key(Key::Ctrl('c'), &views), Some(Act::Quit)));
}

#[test]
fn a_click_chooses_what_stands_there() {
    let views = office();
    let mut screen = Screen::default();
    rows(80, 24, &mut screen, &views);
    screen.key(Key::Click(5, 3), &views);
    assert_eq!(screen.marked, [guid(2)]);
    screen.key(Key::Click(60, 3), &views);
    assert_eq!((screen.pane, screen.message), (Pane::Messages, Some(views.messages[1].id)));
    assert!(screen.key(Key::Click(0, 0), &views).is_none());
}

#[test]
fn the_safety_number_is_compared_on_the_screen() {
    let views = office();
    let mut screen = Screen::default();
    press(&mut screen, &views, "jv");
    let all = rows(80, 24, &mut screen, &views).join("\n");
    assert!(all.contains("Safety number with Bob") && all.contains("12345  67890"), "{all}");
    let trust = command(press(&mut screen, &views, "y"));
    assert!(matches!(trust, Command::TrustKey(person) if person == guid(2)));
    screen.help = true;
    let all = rows(80, 24, &mut screen, &views).join("\n");
    assert!(all.contains("do not disturb"), "{all}");
}
