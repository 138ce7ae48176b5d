//! Phones and their files: new ones that ask where these are, and known ones that are to fetch
//! them again.

use machine::{Moment, Span};

use super::send::US;
use super::{Arrival, Due, Engine, Output, Purpose, Question};
use crate::dialog::Dialog;
use crate::message::{Message, Method, name};
use crate::pnp::{KIND, PACKAGE, Phone};
use crate::station::User;

/// Questions that wait for an order at most, and how long.
const QUESTIONS_MOST: usize = 256;
const PATIENCE: Span = Span::from_secs(10);

impl Engine {
    /// A new phone asks all around. Who has no answer for it keeps silent: others may have one.
    pub(super) fn question(&mut self, arrival: Arrival, now: Moment) {
        let phone = Phone::read(&arrival.request, &arrival.seen);
        let Some(phone) = phone.filter(|_| self.questions.len() < QUESTIONS_MOST) else {
            return self.transactions.ignore(&arrival.key);
        };
        let question = Question(self.next_serial());
        let source = arrival.way.remote;
        self.outputs.push_back(Output::Asked { question, source, phone });
        self.questions.insert(question, arrival);
        self.timers.set(Due::Question(question), now + PATIENCE);
    }

    pub(super) fn question_over(&mut self, question: Question) {
        if let Some(arrival) = self.questions.remove(&question) {
            self.transactions.ignore(&arrival.key);
        }
    }

    pub(super) fn announce(&mut self, question: Question, url: &str, now: Moment) {
        let Some(arrival) = self.questions.remove(&question) else { return };
        self.timers.cancel(&Due::Question(question));
        let tag = self.chance::<8>();
        let dialog = Dialog::accepted(&arrival.request, &arrival.seen, arrival.way, &tag);
        let Some(mut dialog) = dialog else { return self.reply(&arrival, 400, now) };
        let contact = format!("<{}>", arrival.way.here(US));
        let response = Message::response(&arrival.request, 200)
            .tagged(&tag)
            .with(name::CONTACT, contact.clone())
            .with(name::EXPIRES, "0");
        self.answer_with(&arrival, &response, now);
        let notify = dialog
            .request(Method::Notify)
            .with(name::CONTACT, contact)
            .with(name::EVENT, PACKAGE)
            .with(name::SUBSCRIPTION_STATE, "terminated;reason=timeout")
            .with_body(KIND, url);
        if self.ask(notify, dialog.way, Purpose::Courtesy, now).is_none() {
            self.counts.overflows += 1;
        }
    }

    pub(super) fn resync(&mut self, user: User, now: Moment) {
        let vendor = self.stations.get(&user).and_then(|station| station.vendor);
        let bindings = self.registrar.of(&user).to_vec();
        let Some(vendor) = vendor.filter(|_| !bindings.is_empty()) else {
            return self.outputs.push_back(Output::Resynced { user, is_taken: false });
        };
        let words = provision::resync(vendor);
        for binding in bindings {
            let mut request = self
                .outside(Method::Notify, &user, &binding)
                .with(name::EVENT, words.event)
                .with(name::SUBSCRIPTION_STATE, "terminated;reason=timeout");
            if let Some(kind) = words.content_type {
                request = request.with_body(kind, words.body);
            }
            let purpose = Purpose::Resync(user.clone());
            if self.ask(request, binding.way, purpose, now).is_none() {
                self.outputs.push_back(Output::Resynced { user: user.clone(), is_taken: false });
            }
        }
    }
}
