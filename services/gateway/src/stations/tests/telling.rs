//! Who watches is told what is new, and not too often.

use std::net::Ipv4Addr;

use machine::Machine;
use message::station::{AskFolders, AskPhones, PhoneOrder};

use super::{Desk, Scene};
use crate::question::Question;
use crate::stations::{Input, News};

fn lists(scene: &mut Scene) -> Vec<(u64, usize)> {
    let told = std::mem::take(&mut scene.told);
    let lists = told.into_iter().filter_map(|(conn, news)| match news {
        News::Phones(phones) => Some((conn, phones.phones.len())),
        News::Folders(_) => None,
    });
    lists.collect()
}

#[test]
fn phones_are_told_at_most_once_a_second_and_only_what_is_new() {
    let mut scene = Scene::new();
    for conn in [7, 8] {
        scene.put(Question::Phones(AskPhones { watch: true }), None, conn);
    }
    assert_eq!(lists(&mut scene), []);
    for last in 20..30 {
        scene.boot(&Desk::yealink(last));
    }
    assert_eq!(lists(&mut scene), [(7, 1), (8, 1)], "the first at once");
    let due = scene.stations.deadline().expect("the rest in a second");
    assert_eq!(due.since(scene.now).millis(), 1_000);
    scene.pass(1);
    assert_eq!(lists(&mut scene), [(7, 10), (8, 10)]);
    for _ in 0..10 {
        scene.pass(1);
    }
    assert_eq!(lists(&mut scene), [], "nothing has changed");
    assert_eq!(scene.stations.deadline(), None);
    scene.give(Input::Gone(7));
    scene.order(Desk::yealink(20).mac, PhoneOrder::Forget).expect("forgotten");
    assert_eq!(lists(&mut scene), [(8, 9)]);
    scene.give(Input::Gone(8));
    scene.boot(&Desk::yealink(31));
    scene.pass(1);
    assert_eq!(lists(&mut scene), []);
}

#[test]
fn trouble_that_comes_with_time_is_told_too() {
    let mut scene = Scene::new();
    scene.put(Question::Phones(AskPhones { watch: true }), None, 7);
    let desk = Desk::yealink(20);
    scene.hop(&desk, message::station::Step::Discover, "");
    lists(&mut scene);
    scene.pass(2);
    lists(&mut scene);
    scene.pass(30);
    assert_eq!(lists(&mut scene), [(7, 1)]);
    assert!(scene.trouble(&desk).contains("no DHCP server answers"));
}

#[test]
fn folders_are_told_when_they_are_on_disk() {
    let mut scene = Scene::new();
    scene.put(Question::Folders(AskFolders { watch: true }), None, 3);
    scene.disk_works = None;
    let desk = Desk::yealink(20);
    scene.boot(&desk);
    assert!(scene.told.is_empty(), "a restart would not know this token");
    scene.disk_does(true);
    let (conn, News::Folders(folders)) = scene.told.remove(0) else {
        assert_eq!(0, 1, "not told");
        return;
    };
    assert_eq!((conn, folders.folders.len()), (3, 1));
    assert_eq!(folders.folders[0].token, scene.token(desk.mac));
    scene.told.clear();
    scene.order(desk.mac, PhoneOrder::Name { name: "x".into() }).expect("named");
    assert!(scene.told.is_empty(), "a name is none of the DHCP server's business");
    scene.order(desk.mac, PhoneOrder::Refuse).expect("refused");
    assert!(matches!(&scene.told[..], [(3, News::Folders(folders))] if folders.folders.is_empty()));
}

#[test]
fn a_line_that_is_in_service_is_shown() {
    let mut scene = Scene::new();
    let desk = Desk::grandstream(20);
    scene.boot(&desk);
    scene.approve(&desk);
    let is_registered = |scene: &mut Scene| scene.phone(desk.mac).map(|it| it.is_registered);
    assert_eq!(is_registered(&mut scene), Some(false));
    let agent = "Grandstream GXP2170".to_owned();
    let number = || "201".to_owned();
    scene.give(Input::Registered { number: number(), agent, address: desk.address });
    assert_eq!(is_registered(&mut scene), Some(true));
    let words = "somebody else is refused in its name".to_owned();
    let stranger = Ipv4Addr::new(192, 168, 77, 99);
    scene.give(Input::RegisterFailed { number: number(), words, address: stranger });
    assert_eq!(is_registered(&mut scene), Some(true));
    scene.give(Input::Unregistered { number: number() });
    assert_eq!(is_registered(&mut scene), Some(false));
    for nobody in ["", "999", "x", "-1"] {
        let words = "?".to_owned();
        let address = Ipv4Addr::LOCALHOST;
        scene.give(Input::RegisterFailed { number: nobody.to_owned(), words, address });
        scene.give(Input::Unregistered { number: nobody.to_owned() });
    }
    assert!(scene.steps(&desk).len() >= 5);
}
