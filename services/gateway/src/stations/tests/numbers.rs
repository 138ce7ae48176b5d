//! Names, numbers and people; and what a restart keeps.

use std::collections::BTreeSet;

use message::ErrorCode;
use message::station::{PhoneOrder, Trust};

use super::{Desk, Scene};

fn number(scene: &mut Scene, desk: &Desk) -> String {
    scene.phone(desk.mac).expect("known").number
}

#[test]
fn numbers_begin_at_201_and_stay_with_their_phone_until_it_is_forgotten() {
    let mut scene = Scene::new();
    let desks: Vec<Desk> = (20..24).map(Desk::yealink).collect();
    for desk in &desks {
        scene.boot(desk);
        assert_eq!(number(&mut scene, desk), "");
        scene.approve(desk);
    }
    let numbers =
        |scene: &mut Scene| desks.iter().map(|desk| number(scene, desk)).collect::<Vec<_>>();
    assert_eq!(numbers(&mut scene), ["201", "202", "203", "204"]);
    for order in [PhoneOrder::Refuse, PhoneOrder::Approve, PhoneOrder::Resync] {
        scene.order(desks[1].mac, order).expect("done");
    }
    let mut scene = scene.restart();
    assert_eq!(numbers(&mut scene), ["201", "202", "203", "204"]);
    scene.order(desks[1].mac, PhoneOrder::Forget).expect("forgotten");
    assert!(scene.phone(desks[1].mac).is_none() && !scene.disk.contains_key(&desks[1].mac));
    let new = Desk::yealink(30);
    scene.boot(&new);
    scene.approve(&new);
    assert_eq!(number(&mut scene, &new), "202");
    scene.boot(&desks[1]);
    assert_eq!(scene.phone(desks[1].mac).map(|phone| phone.trust), Some(Trust::Awaiting));
    scene.approve(&desks[1]);
    assert_eq!(number(&mut scene, &desks[1]), "205");
}

#[test]
fn every_approved_phone_has_a_line_of_its_own() {
    let mut scene = Scene::new();
    for last in 1..60 {
        let desk = Desk::grandstream(last);
        scene.boot(&desk);
        scene.approve(&desk);
    }
    let lines = &scene.lines;
    let numbers: BTreeSet<&str> = lines.iter().map(|line| line.number.as_str()).collect();
    let secrets: BTreeSet<&str> = lines.iter().map(|line| line.secret.as_str()).collect();
    let addresses: BTreeSet<_> = lines.iter().map(|line| line.address).collect();
    assert_eq!((lines.len(), numbers.len(), secrets.len(), addresses.len()), (59, 59, 59, 59));
}

#[test]
fn a_phone_in_the_place_of_another_has_its_name_number_and_person() {
    let mut scene = Scene::new();
    let (old, new) = (Desk::yealink(20), Desk::grandstream(21));
    scene.boot(&old);
    scene.approve(&old);
    let orders = [
        PhoneOrder::Name { name: "  Reception ".into() },
        PhoneOrder::Assign { person: "anna".into() },
        PhoneOrder::SpeakUp { yes: true },
    ];
    for order in orders {
        scene.order(old.mac, order).expect("done");
    }
    let secret = scene.secret(&old);
    scene.boot(&new);
    let replace = PhoneOrder::Replace { old: old.mac.0 };
    assert_eq!(scene.order(old.mac, replace.clone()).err(), Some(ErrorCode::Invalid));
    let nobody = PhoneOrder::Replace { old: [2; 6] };
    assert_eq!(scene.order(new.mac, nobody).err(), Some(ErrorCode::NotFound));
    scene.order(new.mac, replace).expect("replaced");
    let phone = scene.phone(new.mac).expect("known");
    assert_eq!((phone.name.as_str(), phone.person.as_str()), ("Reception", "anna"));
    assert_eq!((phone.number.as_str(), phone.trust), ("201", Trust::Approved));
    assert!(phone.speaks_up && scene.phone(old.mac).is_none());
    assert_ne!(scene.secret(&new), secret, "what the old one knew is worth nothing");
    assert_eq!(scene.lines.len(), 1);
    assert!(scene.fetches(&new) && !scene.fetches(&old));
}

#[test]
fn what_is_no_name_is_refused_and_changes_nothing() {
    let mut scene = Scene::new();
    let desk = Desk::yealink(20);
    scene.boot(&desk);
    let good = "é".repeat(64);
    scene.order(desk.mac, PhoneOrder::Name { name: good.clone() }).expect("named");
    for bad in ["a\nb", "a\0b", &"a".repeat(65), &"语".repeat(43)] {
        let orders = [
            PhoneOrder::Name { name: bad.to_owned() },
            PhoneOrder::Assign { person: bad.to_owned() },
        ];
        for order in orders {
            assert_eq!(scene.order(desk.mac, order).err(), Some(ErrorCode::Invalid), "{bad}");
        }
    }
    let phone = scene.phone(desk.mac).expect("known");
    assert_eq!((phone.name, phone.person.as_str()), (good, ""));
    let order = PhoneOrder::Name { name: "x".into() };
    assert_eq!(scene.order(Desk::yealink(99).mac, order).err(), Some(ErrorCode::NotFound));
}

#[test]
fn a_restart_keeps_all_that_was_decided_and_where_phones_are() {
    let mut scene = Scene::new();
    let desks = [Desk::yealink(20), Desk::grandstream(21), Desk::cisco(22), Desk::yealink(23)];
    for desk in &desks {
        scene.boot(desk);
    }
    for desk in &desks[..3] {
        scene.approve(desk);
        assert!(scene.fetches(desk));
    }
    scene.order(desks[0].mac, PhoneOrder::Name { name: "Desk".into() }).expect("named");
    scene.order(desks[2].mac, PhoneOrder::Refuse).expect("refused");
    let comparable = |scene: &mut Scene| {
        let mut phones = scene.phones().phones;
        // Steps begin anew.
        phones.iter_mut().for_each(|phone| phone.last = None);
        let menus: Vec<_> = desks.iter().map(|desk| scene.menu(desk.mac)).collect();
        (phones, scene.lines.clone(), scene.folders(), menus)
    };
    let before = comparable(&mut scene);
    let mut scene = scene.restart();
    assert_eq!(comparable(&mut scene), before);
    assert!(scene.fetches(&desks[0]), "without a word from the DHCP server");
}
