//! Telephones that come and go.

use machine::Moment;

use super::admit::Door;
use super::{Arrival, Engine, Gone, Output};
use crate::message::name;
use crate::registrar::{Binding, Refusal};
use crate::station::User;

impl Engine {
    pub(super) fn register(&mut self, arrival: &Arrival, now: Moment) {
        let Some(user) = self.admit(arrival, Door::Server, now) else { return };
        match self.registrar.register(&user, &arrival.request, arrival.way, now) {
            Ok(change) => {
                let mut response = self.response(arrival, 200);
                for binding in self.registrar.of(&user) {
                    let left = binding.until.since(now).millis() / 1_000;
                    let contact = format!("<{}>;expires={left}", binding.contact);
                    response.push(name::CONTACT, contact);
                }
                self.answer_with(arrival, &response, now);
                for binding in change.removed {
                    self.gone(user.clone(), binding, Gone::Unregistered);
                }
                for binding in change.replaced {
                    self.gone(user.clone(), binding, Gone::Replaced);
                }
                for binding in change.added {
                    self.come(&user, &binding, now);
                }
            }
            Err(Refusal::Malformed) => self.reply(arrival, 400, now),
            Err(Refusal::Old) => self.reply(arrival, 500, now),
        }
    }

    fn come(&mut self, user: &User, binding: &Binding, now: Moment) {
        self.outputs.push_back(Output::Registered {
            user: user.clone(),
            contact: binding.contact.clone(),
            agent: binding.agent.clone(),
            way: binding.way,
        });
        // Some phones never subscribe; their lamp is lit all the same.
        if !self.is_subscribed(user) {
            self.notify_unasked(user, std::slice::from_ref(binding), now);
        }
    }

    pub(super) fn gone(&mut self, user: User, binding: Binding, why: Gone) {
        let (contact, is_out) = (binding.contact, self.registrar.of(&user).is_empty());
        self.outputs.push_back(Output::Unregistered { user, contact, why, is_out });
    }
}
