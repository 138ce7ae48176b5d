//! Questions and answers, against the examples of the RFCs and against attackers.

use std::net::{IpAddr, Ipv4Addr};

use machine::{Moment, Span};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::{prop_assert_eq, proptest};

use super::nonce::{KEPT_MOST, Nonces, Seen};
use super::{Algorithm, Answer, Guard, Secret, Verdict};

const PHONE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 9));
const ASKED: (&str, &str) = ("REGISTER", "sip:10.0.0.1");

fn guard() -> Guard {
    Guard::new("ivm", [7; 32])
}

fn answer(question: &str, secret: &str, count: u32) -> Answer {
    Answer::to(question, ("100", secret), ASKED, count).expect("a question")
}

fn weigh(guard: &mut Guard, answer: &Answer, now: Moment) -> Verdict {
    // As it goes over the wire.
    let answer = Answer::parse(&answer.to_string()).expect("an answer");
    guard.weigh(&answer, Some(&Secret::plain("word")), ASKED, PHONE, now)
}

#[test]
fn the_examples_of_rfc_7616_come_out() {
    let text = |algorithm: &str, response: &str| {
        format!(
            "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", \
             uri=\"/dir/index.html\", algorithm={algorithm}, \
             nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, \
             cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, \
             response=\"{response}\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
        )
    };
    for (algorithm, name, response) in [
        (Algorithm::Md5, "MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        (
            Algorithm::Sha256,
            "SHA-256",
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        ),
    ] {
        let answer = Answer::parse(&text(name, response)).expect("an answer");
        let secret = Secret::plain("Circle of Life");
        let ha1 = secret.ha1(algorithm, "Mufasa", "http-auth@example.org");
        assert_eq!(answer.algorithm, algorithm);
        assert_eq!(answer.expected(&ha1, "GET"), response);
        let hashed = Secret::hashed("Mufasa", "http-auth@example.org", "Circle of Life");
        assert_eq!(hashed.ha1(algorithm, "x", "y"), ha1, "no name is needed any more");
    }
}

#[test]
fn the_stronger_question_comes_first_and_both_can_be_answered() {
    let mut guard = guard();
    let now = Moment::from_millis(5_000);
    let questions = guard.challenges(PHONE, false, now);
    assert!(questions[0].contains("algorithm=SHA-256") && questions[1].contains("algorithm=MD5"));
    assert!(questions[0].contains("qop=\"auth\"") && !questions[0].contains("stale"));
    assert_eq!(weigh(&mut guard, &answer(&questions[0], "word", 1), now), Verdict::Right);
    assert_eq!(weigh(&mut guard, &answer(&questions[1], "word", 2), now), Verdict::Right);
    let hashed = Secret::hashed("100", "ivm", "word");
    let third = answer(&questions[1], "word", 3);
    assert_eq!(guard.weigh(&third, Some(&hashed), ASKED, PHONE, now), Verdict::Right);
}

#[test]
fn an_answer_counts_once_and_late_ones_that_were_overtaken_count_too() {
    let mut guard = guard();
    let now = Moment::from_millis(5_000);
    let [question, _] = guard.challenges(PHONE, false, now);
    let verdicts = [1, 1, 5, 3, 3, 5, 200, 100, 137, 0].map(|count| {
        let verdict = weigh(&mut guard, &answer(&question, "word", count), now);
        verdict == Verdict::Right
    });
    // 100 is too far behind 200 to be remembered; 137 is not.
    assert_eq!(verdicts, [true, false, true, true, false, false, true, false, true, false]);
}

#[test]
fn without_a_count_a_nonce_is_good_once() {
    let mut guard = guard();
    let now = Moment::from_millis(5_000);
    let [_, question] = guard.challenges(PHONE, false, now);
    let question = question.replace(", qop=\"auth\"", "");
    let old = answer(&question, "word", 1);
    assert_eq!(old.added, None);
    assert_eq!(weigh(&mut guard, &old, now), Verdict::Right);
    assert_eq!(weigh(&mut guard, &old, now), Verdict::Stale);
}

#[test]
fn old_and_foreign_nonces_are_stale_for_who_knows_the_secret_only() {
    let mut guard = guard();
    let made = Moment::from_millis(5_000);
    let [question, _] = guard.challenges(PHONE, false, made);
    let elsewhere = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 66));
    let [stolen, _] = guard.challenges(elsewhere, false, made);
    assert_eq!(weigh(&mut guard, &answer(&stolen, "word", 1), made), Verdict::Stale);
    let mut before = Guard::new("ivm", [8; 32]);
    let [reboot, _] = before.challenges(PHONE, false, made);
    assert_eq!(weigh(&mut guard, &answer(&reboot, "word", 1), made), Verdict::Stale);
    let later = made + Span::from_secs(301);
    assert_eq!(weigh(&mut guard, &answer(&question, "word", 1), later), Verdict::Stale);
    assert_eq!(weigh(&mut guard, &answer(&question, "wrong", 1), later), Verdict::Wrong);
}

#[test]
fn every_part_of_an_answer_is_weighed() {
    let now = Moment::from_millis(5_000);
    let mut guard = guard();
    let [question, _] = guard.challenges(PHONE, false, now);
    let right = answer(&question, "word", 1);
    let changes: [fn(&mut Answer); 5] = [
        |answer| answer.username.push('0'),
        |answer| answer.realm.push('0'),
        |answer| answer.response.push('0'),
        |answer| answer.uri = "sip:10.0.0.2".to_owned(),
        |answer| answer.algorithm = Algorithm::Md5,
    ];
    for change in changes {
        let mut wrong = right.clone();
        change(&mut wrong);
        let mut guard = Guard::new("ivm", [7; 32]);
        assert_eq!(weigh(&mut guard, &wrong, now), Verdict::Wrong, "{wrong:?}");
    }
    let secret = Secret::plain("word");
    let invite = ("INVITE", ASKED.1);
    assert_eq!(guard.weigh(&right, Some(&secret), invite, PHONE, now), Verdict::Wrong);
    assert_eq!(guard.weigh(&right, None, ASKED, PHONE, now), Verdict::Wrong);
    assert_eq!(weigh(&mut guard, &right, now), Verdict::Right);
}

#[test]
fn who_is_wrong_too_often_is_not_heard_for_a_while_even_with_the_right_word() {
    let mut guard = guard();
    let now = Moment::from_millis(50_000);
    let [question, _] = guard.challenges(PHONE, false, now);
    let wrong: Vec<Verdict> =
        (1..=20).map(|n| weigh(&mut guard, &answer(&question, "wrong", n), now)).collect();
    assert_eq!(wrong[..5], [Verdict::Wrong; 5]);
    assert_eq!(wrong[5..], [Verdict::Throttled; 15]);
    assert_eq!(weigh(&mut guard, &answer(&question, "word", 21), now), Verdict::Throttled);
    let later = now + Span::from_secs(20);
    assert_eq!(weigh(&mut guard, &answer(&question, "word", 22), later), Verdict::Right);
    assert_eq!(guard.kept(), 1, "a wrong answer costs no memory");
}

#[test]
fn what_had_to_be_forgotten_cannot_be_played_again() {
    let mut nonces = Nonces::new([7; 32]);
    let now = Moment::from_millis(5_000);
    let first = nonces.make(PHONE, now);
    assert_eq!(nonces.spend(&first, Some(1), PHONE, now), Seen::New);
    let later = now + Span::from_millis(1);
    for _ in 0..KEPT_MOST {
        let nonce = nonces.make(PHONE, later);
        assert_eq!(nonces.spend(&nonce, Some(1), PHONE, later), Seen::New);
    }
    assert_eq!(nonces.kept(), KEPT_MOST);
    assert_eq!(nonces.spend(&first, Some(1), PHONE, later), Seen::Old);
    assert_eq!(nonces.spend(&first, Some(2), PHONE, later), Seen::Old);
}

#[test]
fn what_is_no_answer_is_none() {
    let sound = "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\"";
    assert!(Answer::parse(sound).is_some());
    for bad in [
        "",
        "Digest",
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "Digest username=\"a",
        "Digest username",
        &sound.replace("nonce", "nonsense"),
        &format!("{sound}, username=\"root\""),
        &format!("{sound}, qop=auth-int, cnonce=\"f\", nc=1"),
        &format!("{sound}, qop=auth, nc=1"),
        &format!("{sound}, algorithm=MD5-sess"),
        &format!("{sound}, algorithm=SHA-512-256"),
    ] {
        assert_eq!(Answer::parse(bad), None, "{bad}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let hashed = Secret::hashed("100", "ivm", "word");
    assert_eq!(format!("{:?} {hashed:?}", Secret::plain("word")), "Secret(..) Secret(..)");
}

proptest! {
    #[test]
    fn any_text_is_an_answer_or_none_and_any_nonce_is_weighed(
        text in "\\PC{0,80}",
        nonce in "[0-9a-fé]{0,60}",
        count in any::<u32>(),
    ) {
        let _ = Answer::parse(&format!("Digest {text}"));
        let seen = Nonces::new([7; 32]).spend(&nonce, Some(count), PHONE, Moment::START);
        prop_assert_eq!(seen, Seen::Foreign);
    }

    /// In whatever order counts come: none is new twice.
    #[test]
    fn no_count_is_new_twice(counts in vec(1_u32..150, 0..300)) {
        let mut nonces = Nonces::new([7; 32]);
        let nonce = nonces.make(PHONE, Moment::START);
        let mut seen = std::collections::BTreeSet::new();
        for count in counts {
            let is_new = nonces.spend(&nonce, Some(count), PHONE, Moment::START) == Seen::New;
            prop_assert_eq!(is_new && !seen.insert(count), false);
        }
    }
}
