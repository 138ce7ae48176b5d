//! Message waiting (RFC 3842, RFC 6665): who subscribed is told at once and at every change; who
//! never did is told as well.

use machine::{Moment, Span};

use super::admit::Door;
use super::send::US;
use super::{Arrival, Due, Engine, Output, Owner, Purpose};
use crate::dialog::{Dialog, Turn};
use crate::event::{KIND, PACKAGE, Waiting};
use crate::limit::Rate;
use crate::message::value::Params;
use crate::message::{Message, Method, name};
use crate::registrar::{Binding, EXPIRES_LEAST, EXPIRES_MOST};
use crate::station::User;

/// What a phone may subscribe, and how often it is told that it is too much. Beyond that it hears
/// nothing, so that it waits at last.
pub(super) const RATE: Rate = Rate { burst: 10, pause: Span::from_secs(2) };
pub(super) const RESISTANCE: Rate = Rate { burst: 5, pause: Span::from_secs(10) };
/// Subscriptions at most, and of one user: one for each phone.
const SUBSCRIPTIONS_MOST: usize = 4_096;
const OF_ONE: usize = 4;

/// One subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SubscriptionId(u64);

#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) user: User,
    pub(super) dialog: Dialog,
    /// The phone's own name for it.
    event: String,
    until: Moment,
}

impl Engine {
    pub(super) fn subscribe(&mut self, arrival: &Arrival, now: Moment) {
        if !self.resists(arrival, now) {
            return;
        }
        if !arrival.package().eq_ignore_ascii_case(PACKAGE) {
            let response = self.response(arrival, 489).with(name::ALLOW_EVENTS, PACKAGE);
            return self.answer_with(arrival, &response, now);
        }
        let Some(user) = self.admit(arrival, Door::Server, now) else { return };
        let tag = self.chance::<8>();
        let dialog = Dialog::accepted(&arrival.request, &arrival.seen, arrival.way, &tag);
        let Some(dialog) = dialog else { return self.reply(arrival, 400, now) };
        if self.subscriptions.len() >= SUBSCRIPTIONS_MOST {
            self.counts.overflows += 1;
            return self.reply(arrival, 503, now);
        }
        let mut own = self.subscriptions.iter().filter(|(_, known)| known.user == user);
        let oldest = own.next().map(|(id, _)| *id).filter(|_| own.count() + 1 >= OF_ONE);
        if let Some(oldest) = oldest {
            self.subscription_over(oldest, "deactivated", now);
        }
        let id = SubscriptionId(self.next_serial());
        let expires = expires(&arrival.request);
        let event = event(&arrival.request);
        let until = now + Span::from_secs(u64::from(expires));
        self.owners.insert(dialog.key(), Owner::Subscription(id));
        let (is_first, key) = (!self.is_subscribed(&user), tag);
        self.subscriptions.insert(id, Subscription { user: user.clone(), dialog, event, until });
        self.welcome(arrival, &key, expires, now);
        if is_first && expires > 0 {
            self.outputs.push_back(Output::Subscribed(user));
        }
        self.refreshed(id, expires, now);
    }

    /// Is it not too much? Otherwise it was answered, or will not be.
    fn resists(&mut self, arrival: &Arrival, now: Moment) -> bool {
        let source = arrival.way.remote.ip();
        if self.subscribing.take(source, now) {
            return true;
        }
        self.counts.limited += 1;
        if self.resisting.take(source, now) {
            let response = self.response(arrival, 503).with(name::RETRY_AFTER, "60");
            self.answer_with(arrival, &response, now);
        } else {
            self.transactions.ignore(&arrival.key);
        }
        false
    }

    /// The 200, always with a contact: without one baresip subscribes again at once, for ever.
    fn welcome(&mut self, arrival: &Arrival, tag: &str, expires: u32, now: Moment) {
        let response = Message::response(&arrival.request, 200)
            .tagged(tag)
            .with(name::CONTACT, format!("<{}>", arrival.way.here(US)))
            .with(name::EXPIRES, expires.to_string());
        let routes = arrival.request.all(name::RECORD_ROUTE);
        let response = routes.fold(response, |r, route| r.with(name::RECORD_ROUTE, route));
        self.answer_with(arrival, &response, now);
    }

    fn refreshed(&mut self, id: SubscriptionId, expires: u32, now: Moment) {
        if expires == 0 {
            return self.subscription_over(id, "timeout", now);
        }
        let until = now + Span::from_secs(u64::from(expires));
        if let Some(subscription) = self.subscriptions.get_mut(&id) {
            subscription.until = until;
        }
        self.timers.set(Due::Subscription(id), until);
        self.notify(id, None, now);
    }

    pub(super) fn within_subscription(
        &mut self,
        id: SubscriptionId,
        arrival: &Arrival,
        now: Moment,
    ) {
        if *arrival.method() != Method::Subscribe {
            return self.not_allowed(arrival, 405, now);
        }
        if !self.resists(arrival, now) {
            return;
        }
        let Some(user) = self.admit(arrival, Door::Server, now) else { return };
        let Some(subscription) = self.subscriptions.get_mut(&id).filter(|s| s.user == user) else {
            return self.reply(arrival, 481, now);
        };
        match subscription.dialog.take(&arrival.request, &arrival.seen, arrival.way) {
            Turn::Foreign => self.reply(arrival, 481, now),
            Turn::Late => self.reply(arrival, 500, now),
            Turn::Next => {
                let expires = expires(&arrival.request);
                self.welcome(arrival, "", expires, now);
                self.refreshed(id, expires, now);
            }
        }
    }

    /// Tells a subscriber how it is; with a reason, for the last time.
    fn notify(&mut self, id: SubscriptionId, over: Option<&str>, now: Moment) {
        let Some(subscription) = self.subscriptions.get_mut(&id) else { return };
        let waiting = self.waiting.get(&subscription.user).copied().unwrap_or_default();
        let way = subscription.dialog.way;
        let left = subscription.until.since(now).millis() / 1_000;
        let state = match over {
            Some(reason) => format!("terminated;reason={reason}"),
            None => format!("active;expires={left}"),
        };
        let request = subscription
            .dialog
            .request(Method::Notify)
            .with(name::CONTACT, format!("<{}>", way.here(US)))
            .with(name::EVENT, subscription.event.clone())
            .with(name::SUBSCRIPTION_STATE, state)
            .with_body(KIND, waiting.body(&way.here(US).to_string()));
        let purpose = if over.is_some() { Purpose::Courtesy } else { Purpose::Notify(id) };
        if self.ask(request, way, purpose, now).is_none() {
            self.counts.overflows += 1;
        }
    }

    /// A subscription ends, and its subscriber is told.
    pub(super) fn subscription_over(&mut self, id: SubscriptionId, reason: &str, now: Moment) {
        self.notify(id, Some(reason), now);
        self.subscription_refused(id);
    }

    /// A subscription ends that its phone no longer knows.
    pub(super) fn subscription_refused(&mut self, id: SubscriptionId) {
        let Some(subscription) = self.subscriptions.remove(&id) else { return };
        self.timers.cancel(&Due::Subscription(id));
        self.owners.remove(&subscription.dialog.key());
        if !self.is_subscribed(&subscription.user) {
            self.outputs.push_back(Output::Unsubscribed(subscription.user));
        }
    }

    pub(super) fn forget_subscriptions(&mut self, user: &User) {
        let own = self.subscriptions.iter().filter(|(_, known)| known.user == *user);
        let own: Vec<SubscriptionId> = own.map(|(id, _)| *id).collect();
        for id in own {
            self.subscription_refused(id);
        }
    }

    pub(super) fn is_subscribed(&self, user: &User) -> bool {
        self.subscriptions.values().any(|subscription| subscription.user == *user)
    }

    /// So many messages wait.
    pub(super) fn waits(&mut self, user: User, waiting: Waiting, now: Moment) {
        let is_known = self.stations.contains_key(&user);
        if !is_known || self.waiting.insert(user.clone(), waiting) == Some(waiting) {
            return;
        }
        let own = self.subscriptions.iter().filter(|(_, known)| known.user == user);
        let own: Vec<SubscriptionId> = own.map(|(id, _)| *id).collect();
        if own.is_empty() {
            let bindings = self.registrar.of(&user).to_vec();
            return self.notify_unasked(&user, &bindings, now);
        }
        for id in own {
            self.notify(id, None, now);
        }
    }

    /// Tells phones that never subscribed; some take it, others say 481.
    pub(super) fn notify_unasked(&mut self, user: &User, bindings: &[Binding], now: Moment) {
        let Some(waiting) = self.waiting.get(user).copied() else { return };
        for binding in bindings {
            let request = self
                .outside(Method::Notify, user, binding)
                .with(name::EVENT, PACKAGE)
                .with(name::SUBSCRIPTION_STATE, "active")
                .with_body(KIND, waiting.body(&binding.way.here(US).to_string()));
            if self.ask(request, binding.way, Purpose::Courtesy, now).is_none() {
                self.counts.overflows += 1;
            }
        }
    }
}

fn expires(request: &Message) -> u32 {
    match request.number(name::EXPIRES) {
        Some(0) => 0,
        Some(seconds) => seconds.clamp(EXPIRES_LEAST, EXPIRES_MOST),
        None => EXPIRES_MOST,
    }
}

/// The event with its `id`, which every `NOTIFY` has to repeat (RFC 6665, section 8.2.1).
fn event(request: &Message) -> String {
    let params = request.get(name::EVENT).and_then(|event| event.split_once(';'));
    let id = params.and_then(|(_, params)| Params::parse(params)?.get("id"));
    match id.filter(|id| crate::message::value::is_token(id)) {
        Some(id) => format!("{PACKAGE};id={id}"),
        None => PACKAGE.to_owned(),
    }
}
