//! What is ordered goes to who can do it.

use machine::Moment;

use super::{Engine, Order, Reason};
use crate::event::Waiting;

impl Engine {
    pub(super) fn order(&mut self, order: Order, now: Moment) {
        match order {
            Order::Ring { call, user, from, sdp, manner, patience } => {
                self.ring((call, user), &from, &sdp, manner, patience, now);
            }
            Order::Ringing(call) => self.alert(call, now),
            Order::Answer { call, sdp } => self.answer(call, sdp, now),
            Order::Refuse { call, code } => self.refuse_call(call, code, now),
            Order::HangUp(call) => self.hang_up(call, Reason::Released, now),
            Order::Waiting { user, new, old } => self.waits(user, Waiting { new, old }, now),
            Order::Resync(user) => self.resync(user, now),
            Order::Announce { question, url } => self.announce(question, &url, now),
        }
    }
}
