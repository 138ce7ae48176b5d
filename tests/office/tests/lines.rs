//! The lines of desk telephones: baresip registers with the account from the file that it fetched.

use office::person::Person;
use office::site::Site;
use office::telephone::{PATIENCE, Telephone, of};
use office::wait;

#[test]
fn a_telephone_is_in_service_from_the_file_that_it_fetched_and_from_nowhere_else() {
    let mut site = Site::with_telephones();
    let phone = Telephone::start(&mut site);
    assert!(!phone.is_registered(&site));
    let running = phone.register(&site, &phone.password, "udp");
    wait::until("it is in service", PATIENCE, || phone.is_registered(&site).then_some(()));
    let seen = of(&site, &phone.host).expect("it is known");
    assert_eq!((seen["number"].as_str(), seen["trouble"].as_str()), (Some("201"), Some("")));
    let timeline = site.control(&["phone", "timeline", &phone.host.mac()]);
    let steps = timeline["hops"].as_array().expect("a list");
    let last = steps.last().expect("steps");
    assert_eq!(last["step"], "register");
    assert!(last["words"].as_str().is_some_and(|agent| agent.starts_with("baresip")), "{last}");
    // The same account at another desk: it is not in service there, and the office hears of it.
    let thief = Telephone::start(&mut site);
    let stolen = Telephone { user: phone.user.clone(), password: phone.password.clone(), ..thief };
    let _thief = stolen.register(&site, &stolen.password, "udp");
    let words = "It speaks from another address than it was given.";
    wait::until("the thief is refused", PATIENCE, || {
        let timeline = site.control(&["phone", "timeline", &phone.host.mac()]);
        let steps = timeline["hops"].as_array()?.clone();
        steps.iter().any(|hop| hop["words"] == words).then_some(())
    });
    drop(running);
    assert!(!site.appliance.logged().contains(&phone.password), "no secret is logged");
}

#[test]
fn a_telephone_registers_over_a_stream_too_and_a_wrong_password_is_named() {
    let mut site = Site::with_telephones();
    let phone = Telephone::start(&mut site);
    let wrong = phone.register(&site, "not-the-password", "udp");
    wait::until("the trouble is named", PATIENCE, || {
        let seen = of(&site, &phone.host)?;
        seen["trouble"].as_str()?.contains("password").then_some(())
    });
    drop(wrong);
    let _running = phone.register(&site, &phone.password, "tcp");
    wait::until("it is in service", PATIENCE, || phone.is_registered(&site).then_some(()));
}

#[test]
fn who_was_forgotten_just_before_a_power_cut_leaves_nothing_to_who_gets_its_number() {
    let mut site = Site::with_telephones();
    let anna = site.person("anna");
    let account = |anna: &Person| {
        let known = anna.list(&["contacts"]);
        known.iter().find(|one| one["name"] == "phone-201").map(|one| one["guid"].clone())
    };
    let phone = Telephone::start(&mut site);
    let first = wait::until("it has an account", PATIENCE, || account(&anna));
    // As it is on disk when the power fails between the telephone's end and its account's.
    site.appliance.kill();
    let database = site.appliance.state().join("gateway/gateway.sqlite");
    let database = rusqlite::Connection::open(database).expect("the telephones");
    assert_eq!(database.execute("DELETE FROM phone", []), Ok(1));
    drop(database);
    site.appliance.restart_on(&["--phones", "--bind", "0.0.0.0", "--http-port", "80"]);
    wait::until("its account is gone", PATIENCE, || account(&anna).is_none().then_some(()));
    site.control(&["phone", "approve-all", "--minutes", "30"]);
    let next = Telephone::start(&mut site);
    assert_eq!(next.user, phone.user, "it has the same number");
    let second = wait::until("the next one has an account", PATIENCE, || account(&anna));
    assert_ne!(first, second, "and another account");
}
