//! The search for other servers: a few DISCOVERs of cards that do not exist, and a look at who
//! answers. It comes before any address is given, and whenever a client speaks of another server.
//!
//! ```text
//! Observe ------------------------------------------------> Observing
//! Voice --------------------------------------------------> Giving
//! Sole -----> Probing --- nobody answers -----------------> Giving
//!                |                                           | another server is heard
//!                `------ somebody answers --> StoodDown <----'
//!                                               `- the administrator has it search again, nobody
//!                                                  answers --> Giving
//! ```

use std::collections::VecDeque;

use machine::{Moment, Span};
use message::lease::Doing;
use rand_core::Rng as _;

use super::{Engine, Output};
use crate::code;
use crate::packet::{Hardware, Kind, Options, Packet};
use crate::plan::Mode;

/// Questions of a search; one may be lost.
const QUESTIONS: u8 = 3;
/// From one question to the next, and from the last one to the end. Servers that look whether an
/// address is in use take a second to answer.
const EVERY: Span = Span::from_millis(1_200);
/// What clients say of other servers starts a search no more often than that.
const SUSPICION: Span = Span::from_secs(10);
/// So many questions are remembered as our own.
const REMEMBERED: usize = 64;

/// A search, or none.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// Questions that are still to be put, and when the next one is, or the end.
    running: Option<(u8, Moment)>,
    /// Has somebody answered since it began?
    is_answered: bool,
    /// Give addresses if nobody does.
    resume: bool,
    /// The transactions of our own questions.
    ours: VecDeque<u32>,
    last: Option<Moment>,
}

impl Search {
    pub(super) fn heard(&mut self) {
        self.is_answered = true;
    }

    pub(super) fn is_ours(&self, xid: u32) -> bool {
        self.ours.contains(&xid)
    }

    pub(super) fn next(&self) -> Option<Moment> {
        self.running.map(|(_, at)| at)
    }
}

impl Engine {
    /// The office has decided whether addresses are given.
    pub(super) fn decide(&mut self, mode: Mode, now: Moment) {
        let was = (self.plan.mode, self.doing);
        self.doing = match (mode, was) {
            (Mode::Observe, _) => Doing::Observing,
            (Mode::Voice, _) => Doing::Giving,
            // A pool has changed, or this is the start.
            (Mode::Sole, (Mode::Sole, doing)) | (Mode::Sole, (_, doing @ Doing::StoodDown)) => {
                doing
            }
            (Mode::Sole, (Mode::Observe | Mode::Voice, _)) => Doing::Probing,
        };
        match self.doing {
            Doing::Probing => self.search_now(true, now),
            Doing::Observing | Doing::Giving if was.1 == Doing::StoodDown => {
                self.outputs.push_back(Output::Remember { stood_down: false });
            }
            Doing::Observing | Doing::Giving | Doing::StoodDown => {}
        }
        self.outputs.push_back(Output::Changed);
    }

    pub(super) fn search_now(&mut self, resume: bool, now: Moment) {
        self.search.running = Some((QUESTIONS, now));
        self.search.is_answered = false;
        self.search.resume |= resume;
        self.search.last = Some(now);
        self.search_on(now);
    }

    pub(super) fn suspect(&mut self, now: Moment) {
        if self.search.running.is_some() {
            return;
        }
        let begin = self.search.last.map_or(now, |last| now.max(last + SUSPICION));
        self.search.is_answered = false;
        self.search.running = Some((QUESTIONS, begin));
        self.search.last = Some(begin);
        self.search_on(now);
    }

    /// Puts the next question, or ends the search.
    pub(super) fn search_on(&mut self, now: Moment) {
        let Some((left, at)) = self.search.running.filter(|(_, at)| *at <= now) else { return };
        let next = at.max(now) + EVERY;
        if left == 0 {
            self.search.running = None;
            return self.searched();
        }
        // Without a network nobody could answer, and nobody could be given an address.
        let left = if self.here.is_empty() { left } else { left - 1 };
        self.search.running = Some((left, next));
        for arrival in self.here.clone() {
            let packet = self.question();
            self.outputs.push_back(Output::Ask(arrival, packet));
        }
    }

    fn searched(&mut self) {
        let resume = std::mem::take(&mut self.search.resume);
        let is_wanted = self.plan.mode == Mode::Sole && resume;
        match (self.doing, self.search.is_answered) {
            (Doing::Probing, true) => self.stand_down(),
            (Doing::Probing | Doing::StoodDown, false) if is_wanted => {
                self.doing = Doing::Giving;
                self.outputs.push_back(Output::Remember { stood_down: false });
            }
            (Doing::Probing | Doing::StoodDown | Doing::Giving | Doing::Observing, _) => {}
        }
        self.outputs.extend([Output::Changed, Output::Searched]);
    }

    /// What a device would say that has just come: of a card that is locally administered.
    fn question(&mut self) -> Packet {
        let mut mac = [0; 6];
        self.rng.fill_bytes(&mut mac);
        mac[0] = mac[0] & 0xfc | 2;
        let xid = self.rng.next_u32();
        self.search.ours.push_back(xid);
        if self.search.ours.len() > REMEMBERED {
            self.search.ours.pop_front();
        }
        let options = Options::from([(code::MESSAGE_TYPE, vec![Kind::Discover.number()])]);
        let asks = Packet::request(Hardware::ethernet(mac), options);
        Packet { xid, is_broadcast: true, ..asks }
    }
}
