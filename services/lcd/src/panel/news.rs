//! What the panel does when it hears something.

use machine::{Moment, Span};
use message::station::{Phone, Phones, Trust};
use message::system::{Health, JobState, Stage};

use crate::page::{Note, Page, Then};
use crate::panel::{Output, Panel};
use crate::ring::Spot;
use crate::world::{Known, Whereabouts};

impl Panel {
    pub(super) fn hear_settings(&mut self, known: Known, now: Moment) {
        let was_pending = self.world.trial_ends.is_some();
        self.world.trial_ends =
            known.pending.map(|pending| now + Span::from_millis(pending.left_ms));
        let is_pending = known.pending.is_some();
        self.world.is_system_away = false;
        self.world.known = Some(known);
        self.begin_wizard();
        // Who changed it may have cut off the way back; who stands here can help.
        if is_pending && !was_pending && self.pages.is_empty() {
            self.ring.go_to(Spot::Trial);
            self.wake(now);
        }
    }

    pub(super) fn hear_health(&mut self, health: Health, now: Moment) {
        let rings = self.bell.hear(&health.alarms);
        self.world.is_system_away = false;
        self.world.health = Some(health);
        if rings {
            self.wake(now);
            if self.pages.is_empty() {
                self.ring.go_to(Spot::Status);
            }
        }
    }

    pub(super) fn hear_phones(&mut self, phones: Option<Phones>, now: Moment) {
        let known = self.world.phones.take();
        self.world.phones = phones;
        if let Some(Page::Telephone(phone)) = self.pages.last() {
            self.outputs.push_back(Output::AskTimeline(phone.mac));
        }
        // Who has just plugged one in stands here; what was there before is no news.
        let Some(known) = known else { return };
        let is_new = |phone: &Phone| known.phones.iter().all(|old| old.mac != phone.mac);
        let now_known = self.world.phones.iter().flat_map(|all| &all.phones);
        let waits = now_known.filter(|phone| phone.trust == Trust::Awaiting).any(is_new);
        if waits && self.world.may_change() {
            self.wake(now);
            if self.pages.is_empty() {
                self.ring.go_to(Spot::Telephones);
            }
        }
    }

    pub(super) fn hear_whereabouts(&mut self, whereabouts: Option<Whereabouts>, now: Moment) {
        let had_code = self.world.code().is_some();
        // Without a file the administration is only away: its code is still good, or nobody knows.
        let Some(whereabouts) = whereabouts else { return };
        self.world.whereabouts = Some(whereabouts);
        if !had_code && self.world.code().is_some() && self.pages.is_empty() {
            self.ring.go_home(&self.world);
        }
        let is_done = had_code && self.world.code().is_none();
        if is_done && self.world.known.is_some() {
            let words = self.world.words();
            self.is_walked = true;
            self.outputs.push_back(Output::Walked);
            self.pages = vec![Page::Note(Note::done(words.ready, words.set_up, true))];
            self.wake(now);
        }
        self.begin_wizard();
    }

    pub(super) fn hear_answer(&mut self, answer: Result<(), String>) {
        let Some(Page::Waiting(waiting)) = self.pages.last() else {
            // Nobody waits for it any more; but a refusal is worth a word.
            if let Err(words) = answer {
                self.say_refused(words);
            }
            return;
        };
        let then = waiting.then;
        match answer {
            Ok(()) => self.follow(then),
            Err(words) => {
                self.pages.pop();
                // An order's key is still down: it does not begin anew.
                if matches!(then, Then::Ending | Then::Progress) {
                    self.pages.pop();
                }
                self.say_refused(words);
            }
        }
    }

    pub(super) fn hear_job(&mut self, job: JobState) {
        let is_watched = matches!(self.pages.last(), Some(Page::Progress(_)));
        let words = self.world.words();
        match job.stage {
            Stage::None | Stage::Running => {}
            Stage::Done if is_watched => {
                self.pages = vec![Page::Note(Note::done(words.update, &job.words, false))];
            }
            Stage::Failed if is_watched => {
                self.pages.clear();
                self.say_refused(job.words.clone());
            }
            Stage::Done | Stage::Failed => {}
        }
        self.world.job = Some(job);
    }

    fn say_refused(&mut self, text: String) {
        let title = self.world.words().not_done;
        self.pages.push(Page::Note(Note::new(title, text)));
    }

    fn wake(&mut self, now: Moment) {
        self.touched = now;
        self.is_dark = false;
    }
}
