//! The terminal client's manners: exits, abbreviations, two processes on one home.

use office::appliance::Appliance;
use office::person::Person;
use office::speech::recording;

fn hello() -> String {
    recording("hello-world").display().to_string()
}

#[test]
fn wrong_passwords_names_codes_and_certificates_are_refused() {
    let office = Appliance::start();
    let anna = office.person("anna");
    let server = office.server();
    let other = Person::new(office.folder(), "other");
    let login = |name: &str, file: &str| {
        other
            .ivm(&["login", name, "--server", &server, "--password-file", file])
            .and(&["--fingerprint", &office.fingerprint()])
    };
    other.ivm(&["inbox"]).fails(3);
    let wrong = login("anna", &other.password_file()).fails(5);
    let nobody = login("nobody", &other.password_file()).fails(5);
    assert_eq!(wrong, nobody, "who asks does not learn whether a name exists");
    let join = ["join", "0123456789abcdef0123456789abcdef", "--server", &server];
    let file = other.password_file();
    other.ivm(&join).and(&["--password-file", &file, "--trust-first"]).fails(5);
    // Without a terminal nobody can be asked whether the server is to be trusted.
    other.ivm(&["login", "anna", "--server", &server, "--password-file", &file]).fails(5);
    let strange = "00".repeat(32);
    let strange = ["login", "anna", "--server", &server, "--fingerprint", &strange];
    other.ivm(&strange).and(&["--password-file", &anna.password_file()]).fails(5);
    other.ivm(&["login", "anna"]).fails(2);
    login("anna", &anna.password_file()).succeeds();
    assert_eq!(other.ivm(&["status", "--json"]).succeeds_json()["name"], "anna");
    // Nobody there: port 1 is never ours.
    let gone = Person::new(office.folder(), "gone");
    let nowhere = ["login", "anna", "--server", "127.0.0.1:1", "--trust-first"];
    gone.ivm(&nowhere).and(&["--password-file", &anna.password_file()]).fails(4);
}

#[test]
fn another_password_is_chosen_and_the_old_one_is_worth_nothing() {
    let office = Appliance::start();
    let anna = office.person("anna");
    let new = anna.path("new");
    std::fs::write(&new, "another long secret\n").expect("written");
    let old = anna.password_file();
    let change = ["passwd", "--password-file", &old, "--new-password-file", &new, "--json"];
    let changed = anna.ivm(&change).succeeds_json();
    assert!(changed["recovery_code"].as_str().is_some_and(|code| code.len() > 20));
    anna.ivm(&["logout", "--yes"]).succeeds();
    anna.ivm(&["inbox"]).fails(3);
    let login = |file: &str| anna.ivm(&["login", "anna", "--password-file", file]);
    login(&old).fails(5);
    login(&new).succeeds();
}

#[test]
fn messages_are_meant_by_a_piece_of_their_id() {
    let office = Appliance::start();
    let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
    for _ in 0..2 {
        anna.ivm(&["send", "bob", "--file", &hello()]).succeeds();
    }
    let list = bob.list(&["inbox"]);
    let ids: Vec<&str> = list.iter().filter_map(|message| message["id"].as_str()).collect();
    assert_eq!(ids.len(), 2);
    let (end, shown) = (&ids[1][28..], bob.ivm(&["inbox", "--no-sync"]).succeeds());
    assert_eq!(bob.ivm(&["show", end, "--json"]).succeeds_json()["id"], ids[1]);
    let short = shown.split_whitespace().next().expect("a short id");
    assert_eq!(bob.ivm(&["show", short, "--json"]).succeeds_json()["id"], ids[0]);
    assert_eq!(bob.ivm(&["show", "last", "--json"]).succeeds_json()["id"], ids[0]);
    assert!(bob.ivm(&["show", &ids[0][..4]]).fails(6).contains("several"));
    bob.ivm(&["show", "ffffffff"]).fails(6);
    bob.ivm(&["save", end, &bob.path("x")]).fails(6);
    bob.ivm(&["delete", end]).fails(2);
    bob.ivm(&["delete", end, "--yes"]).succeeds();
    bob.ivm(&["show", end]).fails(6);
    assert_eq!(bob.list(&["inbox"]).len(), 1);
}

#[test]
fn unknown_recipients_do_not_keep_the_others_waiting() {
    let office = Appliance::start();
    let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
    let said = anna.ivm(&["send", "bob", "zoe", "--file", &hello()]).fails(7);
    assert!(said.contains("zoe"), "{said}");
    assert_eq!(bob.list(&["inbox"]).len(), 1);
    anna.ivm(&["send", "zoe", "--file", &hello()]).fails(6);
    anna.ivm(&["send", "bob", "--file", "/nonexistent.wav"]).fails(6);
    anna.ivm(&["send", "bob", "--file", "/etc/passwd"]).fails(1);
    anna.ivm(&["send", "bob", "--file", &hello(), "--attach", "/nonexistent"]).fails(6);
    anna.ivm(&["send"]).fails(2);
    assert_eq!(bob.list(&["inbox"]).len(), 1, "what failed was not sent");
    anna.ivm(&["send", "bob", "--file", &hello()]).succeeds();
}

#[test]
fn one_process_receives_while_others_send_look_and_play() {
    let office = Appliance::start();
    let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
    let bobs = bob.listen();
    let said = bob.ivm(&["listen"]).fails(10);
    assert!(said.contains("another ivm"), "{said}");
    anna.ivm(&["send", "bob", "--file", &hello()]).succeeds();
    let id = bobs.expect("arrived")["id"].clone();
    let id = id.as_str().expect("an id");
    // Looking and playing beside the receiver; it passes on that the message was heard.
    assert_eq!(bob.list(&["inbox"])[0]["id"], id);
    bob.ivm(&["play", id, "--to", &bob.path("x.wav")]).succeeds();
    assert!(bob.list(&["inbox", "--unplayed"]).is_empty());
    // Sending beside the receiver, live and recorded, does not end its line.
    for mode in ["--live", "--record"] {
        let answer = ["send", "--reply-to", id, mode, "--file", &hello()];
        bob.ivm(&answer).succeeds();
    }
    assert_eq!(anna.list(&["inbox"]).len(), 2);
    assert_eq!(bob.list(&["sent"]).len(), 2);
    anna.ivm(&["send", "bob", "--file", &hello()]).succeeds();
    bobs.event("arrived");
    bob.ivm(&["status", "dnd"]).succeeds();
    office::wait::until("presence", std::time::Duration::from_secs(20), || {
        let people = anna.list(&["contacts"]);
        people.iter().any(|person| person["status"] == "dnd").then_some(())
    });
    bob.ivm(&["delete", id, "--everywhere", "--yes"]).succeeds();
    office::wait::until("deletion", std::time::Duration::from_secs(20), || {
        (bob.list(&["inbox"]).len() == 1).then_some(())
    });
}

// rows 11, 79, 83
#[test]
fn contacts_and_safety_numbers_are_kept() {
    let office = Appliance::start();
    let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
    let people = anna.list(&["contacts"]);
    assert_eq!((people.len(), &people[0]["name"]), (1, &"bob".into()));
    assert_eq!(people[0]["contact"], false);
    anna.ivm(&["contacts", "add", "bob"]).succeeds();
    assert_eq!(anna.list(&["contacts"])[0]["contact"], true);
    anna.ivm(&["contacts", "remove", "bob"]).succeeds();
    anna.ivm(&["contacts", "add", "zoe"]).fails(6);
    let number = |who: &Person, of: &str| {
        // The keys of the others come with the roster.
        drop(who.list(&["contacts"]));
        who.ivm(&["verify", of, "--json"]).succeeds_json()["safety_number"].clone()
    };
    assert_eq!(number(&anna, "bob"), number(&bob, "anna"));
    let confirmed = anna.ivm(&["verify", "bob", "--confirm", "--json"]).succeeds_json();
    assert_eq!(confirmed["trust"], "verified");
    assert_eq!(anna.ivm(&["verify", "bob", "--json"]).succeeds_json()["trust"], "verified");
}

#[test]
fn what_is_sent_without_a_server_goes_out_when_it_is_back() {
    let mut office = Appliance::start();
    let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
    drop(anna.list(&["contacts"]));
    office.end();
    let said = anna.ivm(&["send", "bob", "--timeout", "1", "--file", &hello()]).fails(4);
    assert!(said.contains("kept"), "{said}");
    assert_eq!(anna.list(&["sent", "--no-sync"]).len(), 0, "it waits beside");
    office.restart();
    anna.ivm(&["flush"]).succeeds();
    assert_eq!(bob.list(&["inbox"]).len(), 1);
    assert_eq!(anna.list(&["sent"])[0]["state"], "sent");
}
