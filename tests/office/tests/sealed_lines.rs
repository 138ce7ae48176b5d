//! Desk telephones that encrypt: their calls' words by TLS, their speech by SRTP.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use office::appliance::Appliance;
use office::person::Person;
use office::site::Site;
use office::speech::{found_in, likeness, recording};
use office::telephone::{Answers, Desk, PATIENCE, Telephone, Way, padded, trimmed};
use office::wait;

/// Seconds of silence before the speech and behind it: a telephone listens first, and hangs up
/// when it has nothing more to say.
const BEFORE: f32 = 3.0;
const BEHIND: f32 = 60.0;
/// The first person's number, and that of one's own messages.
const ANNA: &str = "101";
const INBOX: &str = "100";

/// Both, and it takes no speech in the clear.
const SEALED: Way = Way { transport: "tls", encrypted: Some("srtp-mand") };

/// Silence does not stop a recording here: on a busy machine a telephone's first seconds are long.
const PATIENT: &str = r#"{"silence_s":30}"#;
/// What curl says when there was no answer, and when nobody vouches for the other side.
const NO_ANSWER: i32 = 52;
const NOT_TRUSTED: i32 = 60;

fn said(site: &Site) -> PathBuf {
    site.control(&["settings", "set", "office", PATIENT]);
    let said = site.appliance.folder().join("said.wav");
    padded(&recording("demo-thanks"), BEFORE, BEHIND, &said);
    said
}

fn pause(seconds: f32) {
    thread::park_timeout(Duration::from_secs_f32(seconds));
}

/// Calls Anna, speaks, and hangs up; how alike her message is to what was said.
fn speaks_to_anna(desk: &Desk, anna: &Person, said: &Path) -> f32 {
    let listener = anna.listen();
    desk.dial(ANNA);
    desk.until("CALL_ESTABLISHED", 1);
    pause(0.5);
    desk.press('#');
    pause(BEFORE + 5.0);
    desk.hang_up();
    let arrived = listener.expect("arrived");
    let (id, file) = (arrived["id"].as_str().expect("an id"), anna.path("heard.wav"));
    anna.ivm(&["play", id, "--to", &file]).succeeds();
    likeness(&trimmed(said), &trimmed(Path::new(&file)))
}

/// Sends what a telephone is to be heard with.
fn speaks_to_the_telephone(anna: &Person, options: &[&str]) -> PathBuf {
    wait::until("the telephone can be spoken to", PATIENCE, || {
        let people = anna.list(&["contacts"]);
        people.iter().any(|one| one["name"] == "phone-201").then_some(())
    });
    let speech = recording("vm-intro");
    let spoken = speech.to_str().expect("UTF-8");
    anna.ivm(&[&["send", "phone-201", "--file", spoken], options].concat()).succeeds();
    speech
}

fn latest_call(desk: &Desk) -> PathBuf {
    desk.heard().pop().expect("a recording of the call")
}

/// How a connection by TLS to a telephone's line ends for curl, in its numbers.
fn greets(phone: &Telephone, authority: &Path, version: &str) -> Option<i32> {
    let authority = authority.display().to_string();
    let address = "https://192.168.50.1:5061/";
    let versions = ["--tlsv1.2", "--tls-max", version, "--cacert", &authority];
    let words = [&["curl", "-s", "--max-time", "20", address][..], &versions].concat();
    phone.host.run(&words).status.code()
}

#[test]
fn a_telephone_is_in_service_by_tls_and_can_tell_the_appliance_from_another() {
    let mut site = Site::with_telephones();
    let phone = Telephone::start(&mut site);
    let said = said(&site);
    let desk = phone.speak_by(&site, &said, Answers::ByHand, SEALED);
    let logged = site.appliance.logged();
    assert!(logged.contains("over=TLS"), "{logged}");
    // Whoever looks at the certificate, as baresip does not, sees the appliance's own authority and
    // address; only then is a request made, which is none of SIP.
    let (own, other) = (phone.authority(&site), Appliance::start());
    let foreign = other.state().join("run/tls/authority.pem");
    for version in ["1.3", "1.2"] {
        assert_eq!(greets(&phone, &own, version), Some(NO_ANSWER), "{version}");
        assert_eq!(greets(&phone, &foreign, version), Some(NOT_TRUSTED), "{version}");
    }
    // Its stream is its line: with it, it goes.
    desk.vanish();
    wait::until("it is out of service", PATIENCE, || (!phone.is_registered(&site)).then_some(()));
}

// rows 3, 35, 40, 42, 43
#[test]
fn what_is_said_by_tls_and_srtp_arrives_and_what_came_is_heard() {
    let mut site = Site::with_telephones();
    let anna = site.person("anna");
    let phone = Telephone::start(&mut site);
    let said = said(&site);
    let desk = phone.speak_by(&site, &said, Answers::ByHand, SEALED);
    let likeness = speaks_to_anna(&desk, &anna, &said);
    assert!(likeness > 0.8, "{likeness}");
    let speech = speaks_to_the_telephone(&anna, &[]);
    wait::until("its lamp is lit", PATIENCE, || {
        desk.events().contains("Messages-Waiting: yes").then_some(())
    });
    desk.dial(INBOX);
    desk.until("CALL_CLOSED", 2);
    let likeness = found_in(&latest_call(&desk), &speech);
    assert!(likeness > 0.8, "{likeness}");
    let log = desk.log();
    assert!(log.matches("SRTP is Enabled").count() >= 2, "{log}");
}

#[test]
fn a_telephone_that_may_encrypt_does_so_by_datagrams_too() {
    let mut site = Site::with_telephones();
    let anna = site.person("anna");
    let phone = Telephone::start(&mut site);
    let said = said(&site);
    let way = Way { transport: "udp", encrypted: Some("srtp") };
    let desk = phone.speak_by(&site, &said, Answers::ByHand, way);
    let likeness = speaks_to_anna(&desk, &anna, &said);
    assert!(likeness > 0.8, "{likeness}");
    assert!(desk.log().contains("SRTP is Enabled"), "{}", desk.log());
}

#[test]
fn a_telephone_is_called_over_the_stream_that_it_has_opened_by_tls() {
    let mut site = Site::with_telephones();
    let anna = site.person("anna");
    let phone = Telephone::start(&mut site);
    let said = said(&site);
    site.control(&["phone", "speak-up", &phone.host.mac(), "true"]);
    let desk = phone.speak_by(&site, &said, Answers::ByItself, SEALED);
    let speech = speaks_to_the_telephone(&anna, &["--live"]);
    desk.until_over();
    let likeness = found_in(&latest_call(&desk), &speech);
    assert!(likeness > 0.8, "{likeness}");
}
