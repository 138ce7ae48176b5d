//! Deliveries (rows 16, 69, 75, 81): messages go out as each connection takes them, the urgent
//! first; live ones as they grow, the others from the store, one after the other.

use message::speech::Cancel;
use message::{Guid, MessageId, Object};

use super::Engine;
use super::conn::ConnId;
use super::intake::goes_live;
use super::portions::portion_header;
use super::pump::Delivery;
use super::tickets::Then;
use crate::record::{Number, Page, Place, Query, StoredPortion, Write};

/// What a connection's deliveries need next.
enum Step {
    /// Nothing now.
    Rest,
    /// Portions of a growing message, out of memory.
    Recent(MessageId),
    /// A part of a message, from the store.
    Page(MessageId),
    /// The next message that waits.
    Begin(Place, MessageId),
    /// What else waits, from the store.
    List,
}

impl Engine {
    /// Goes on with a connection's deliveries, as far as it takes them.
    pub(super) fn pump(&mut self, conn: ConnId) {
        loop {
            match self.next_step(conn) {
                Step::Rest => return,
                Step::Recent(message) => {
                    if !self.serve_recent(conn, message) {
                        return;
                    }
                }
                Step::Page(message) => self.ask_page(conn, message),
                Step::Begin(place, message) => self.begin(conn, place, message),
                Step::List => self.ask_list(conn),
            }
        }
    }

    fn next_step(&self, conn: ConnId) -> Step {
        let Some(peer) = self.conns.get(&conn) else { return Step::Rest };
        let pump = &peer.pump;
        if !pump.started || !peer.takes_messages() || peer.backlog() >= self.limits.pump_below {
            return Step::Rest;
        }
        for (message, delivery) in pump.active.iter().filter(|(_, delivery)| delivery.live) {
            let Some(incoming) = self.incoming.get(message) else { continue };
            let behind = (0..).zip(delivery.next.iter().zip(incoming.accepted()));
            for (stream, (next, accepted)) in behind {
                if *next >= accepted {
                    continue;
                }
                if incoming.recent(stream, *next).is_some() {
                    return Step::Recent(*message);
                }
                if pump.paging.is_none() && incoming.is_on_disk(stream, *next) {
                    return Step::Page(*message);
                }
            }
        }
        if pump.paging.is_some() {
            return Step::Rest;
        }
        if let Some((message, _)) = pump.settled() {
            return Step::Page(message);
        }
        if pump.unacknowledged.len() >= self.limits.unacknowledged {
            return Step::Rest;
        }
        match pump.waiting.first_key_value() {
            Some((place, message)) => Step::Begin(*place, *message),
            None if pump.more && !pump.listing => Step::List,
            None => Step::Rest,
        }
    }

    /// Sends what a follower lacks of a growing message and what is still in memory. Tells whether
    /// the connection took all of it.
    fn serve_recent(&mut self, conn: ConnId, message: MessageId) -> bool {
        let Some(incoming) = self.incoming.get(&message) else { return false };
        let Some(peer) = self.conns.get_mut(&conn) else { return false };
        let Some(delivery) = peer.pump.active.get_mut(&message) else { return false };
        let (source, priority) = (incoming.record.sender, incoming.record.priority);
        for (stream, next) in (0..).zip(&mut delivery.next) {
            while let Some(body) = incoming.recent(stream, *next) {
                let header = portion_header(source, priority, stream, body.len());
                let mut object = Object { header, body };
                object.header.id = peer.ids.fresh(self.now);
                object.header.destination = peer.connection.peer();
                if !peer.connection.send_live(object) {
                    return false;
                }
                *next += 1;
            }
        }
        true
    }

    fn ask_page(&mut self, conn: ConnId, message: MessageId) {
        let budget = self.limits.page_bytes;
        let Some(peer) = self.conns.get_mut(&conn) else { return };
        let Some(delivery) = peer.pump.active.get(&message) else { return };
        let query = Query::Page {
            number: delivery.place.number,
            person: peer.connection.peer(),
            envelope: !delivery.enveloped,
            from: delivery.next.clone(),
            budget,
        };
        peer.pump.paging = Some(message);
        self.load(query, Then::Page { conn, message });
    }

    fn ask_list(&mut self, conn: ConnId) {
        let limit = u32::try_from(self.limits.known_waiting / 2).unwrap_or(u32::MAX);
        let Some(peer) = self.conns.get_mut(&conn) else { return };
        let (person, device) = (peer.connection.peer(), peer.connection.device());
        peer.pump.listing = true;
        let query = Query::Waiting { person, device, after: peer.pump.after, limit };
        self.load(query, Then::Waiting { conn });
    }

    fn begin(&mut self, conn: ConnId, place: Place, message: MessageId) {
        let Some(peer) = self.conns.get_mut(&conn) else { return };
        peer.pump.waiting.remove(&place);
        // How many streams it has is known with its envelope.
        peer.pump.active.insert(message, Delivery::new(place, 1));
    }

    /// The store has told what else waits.
    pub(super) fn listed(&mut self, conn: ConnId, found: Vec<(Place, MessageId)>) {
        let limit = self.limits.known_waiting / 2;
        let Some(peer) = self.conns.get_mut(&conn) else { return };
        peer.pump.listed(found, limit);
        self.dirty.insert(conn);
    }

    /// The store could not tell what waits; the next check-in asks again.
    pub(super) fn not_listed(&mut self, conn: ConnId) {
        if let Some(peer) = self.conns.get_mut(&conn) {
            (peer.pump.listing, peer.pump.more) = (false, false);
        }
    }

    /// A part of a message came from the store.
    pub(super) fn paged(&mut self, conn: ConnId, message: MessageId, page: Option<Box<Page>>) {
        let Some(peer) = self.conns.get_mut(&conn) else { return };
        peer.pump.paging = None;
        self.dirty.insert(conn);
        let Some(page) = page else {
            peer.pump.forget(message);
            return;
        };
        let Some(delivery) = peer.pump.active.get_mut(&message) else { return };
        let (source, priority, end) = (page.sender, page.priority, page.end);
        let recipient = peer.connection.peer();
        let mut objects = Vec::with_capacity(page.portions.len() + 1);
        if let Some(envelope) = page.envelope {
            delivery.next.resize(envelope.attachments.len() + 1, 0);
            delivery.enveloped = true;
            let object = Object::of(peer.ids.fresh(self.now), &envelope).with_priority(priority);
            objects.push(object.addressed(source, recipient));
        }
        for StoredPortion { stream, sequence, body, .. } in page.portions {
            let Some(next) = delivery.next.get_mut(usize::from(stream)) else { continue };
            if *next != sequence {
                continue;
            }
            *next += 1;
            let mut header = portion_header(source, priority, stream, body.len());
            header.id = peer.ids.fresh(self.now);
            header.destination = recipient;
            objects.push(Object { header, body });
        }
        if !delivery.live && end {
            peer.pump.active.remove(&message);
            peer.pump.unacknowledged.insert(message);
        }
        for object in objects {
            self.send(conn, object);
        }
    }

    /// A part of a message could not be read: the device gets the others, and this one perhaps
    /// after the next check-in.
    pub(super) fn not_paged(&mut self, conn: ConnId, message: MessageId) {
        self.unfollow(conn, message);
        if let Some(peer) = self.conns.get_mut(&conn) {
            peer.pump.paging = None;
            peer.pump.active.remove(&message);
            peer.pump.unacknowledged.insert(message);
            self.dirty.insert(conn);
        }
    }

    /// Sends a live message's envelope to everyone for whom it is and who is there.
    pub(super) fn announce(&mut self, message: MessageId) {
        let Some(incoming) = self.incoming.get(&message) else { return };
        if !goes_live(incoming.record.mode) {
            return;
        }
        let open = incoming.record.recipients.iter().filter(|copy| !copy.closed);
        let people: Vec<Guid> = open.map(|copy| copy.person).collect();
        for person in people {
            let Some(account) = self.people.get(person) else { continue };
            let present: Vec<ConnId> = account.present.iter().copied().collect();
            for conn in present {
                self.follow_live(conn, message, None);
            }
        }
    }

    /// A connection follows a live message: from its beginning, or from where the device is.
    pub(super) fn follow_live(&mut self, conn: ConnId, message: MessageId, has: Option<Vec<u32>>) {
        let Some(incoming) = self.incoming.get_mut(&message) else { return };
        let Some(peer) = self.conns.get_mut(&conn) else { return };
        let record = &incoming.record;
        let (person, device) = (peer.connection.peer(), peer.connection.device());
        let copy = record.recipients.iter().find(|copy| copy.person == person && !copy.closed);
        let Some(copy) = copy else { return };
        let place = Place::new(record.priority, record.number);
        if !peer.pump.started
            || !peer.takes_messages()
            || copy.own && record.device == device
            || peer.pump.knows(place, message)
        {
            return;
        }
        let mut delivery = Delivery::new(place, record.stream_count());
        (delivery.live, delivery.enveloped) = (true, true);
        let begun = has.is_some();
        delivery.next = has.unwrap_or(delivery.next);
        delivery.next.resize(usize::from(record.stream_count()), 0);
        peer.pump.active.insert(message, delivery);
        incoming.followers.insert(conn);
        self.dirty.insert(conn);
        if !begun {
            let envelope = Object::of(peer.ids.fresh(self.now), &record.envelope(copy))
                .with_priority(record.priority)
                .addressed(record.sender, person);
            self.send(conn, envelope);
        }
    }

    /// A connection that is new or newly subscribed follows the live messages for its person.
    pub(super) fn catch_live(&mut self, conn: ConnId) {
        let Some(peer) = self.conns.get_mut(&conn) else { return };
        if !peer.pump.started {
            return;
        }
        self.dirty.insert(conn);
        let Some(account) = self.people.get(peer.connection.peer()) else { return };
        let live = account.incoming.iter().filter(|message| {
            self.incoming.get(message).is_some_and(|incoming| goes_live(incoming.record.mode))
        });
        let live: Vec<MessageId> = live.copied().collect();
        for message in live {
            self.follow_live(conn, message, None);
        }
    }

    /// A connection does not follow a message any more.
    pub(super) fn unfollow(&mut self, conn: ConnId, message: MessageId) {
        if let Some(incoming) = self.incoming.get_mut(&message) {
            incoming.followers.remove(&conn);
            self.evict_idle(message);
        }
    }

    /// All of a message is on disk: the sender may forget it, and who does not have it yet gets it
    /// from the store.
    pub(super) fn completed(&mut self, message: MessageId) {
        self.send_progress_of(message);
        let Some(incoming) = self.conclude(message) else { return };
        self.accepted += 1;
        let record = &incoming.record;
        let place = Place::new(record.priority, record.number);
        let ends: Vec<u32> = incoming.accepted().collect();
        for conn in &incoming.followers {
            let Some(peer) = self.conns.get_mut(conn) else { continue };
            let Some(delivery) = peer.pump.active.get_mut(&message) else { continue };
            delivery.live = false;
            if delivery.next.iter().zip(&ends).all(|(next, end)| next >= end) {
                peer.pump.active.remove(&message);
                peer.pump.unacknowledged.insert(message);
            }
            self.dirty.insert(*conn);
        }
        for copy in record.recipients.iter().filter(|copy| !copy.closed) {
            let Some(person) = self.people.get_mut(copy.person) else { continue };
            if !copy.own {
                person.waiting += 1;
                person.waiting_bytes += record.bytes;
            }
            for conn in &person.present {
                let Some(peer) = self.conns.get_mut(conn) else { continue };
                let spoke = copy.own && peer.connection.device() == record.device;
                if peer.pump.started && !spoke {
                    peer.pump.enqueue(place, message, self.limits.known_waiting);
                    self.dirty.insert(*conn);
                }
            }
        }
    }

    /// Has a message cut: it will never be complete.
    pub(super) fn cut(&mut self, message: MessageId, asker: Option<super::tickets::Asker>) {
        let Some(incoming) = self.incoming.get_mut(&message) else { return };
        incoming.cutting = true;
        let number: Number = incoming.record.number;
        self.commit(vec![Write::Cut { number }], Then::Cut { message, asker });
    }

    /// The message is cut: who has begun to hear it is told.
    pub(super) fn was_cut(&mut self, message: MessageId, asker: Option<super::tickets::Asker>) {
        if let Some(asker) = asker {
            self.accepted(asker);
        }
        let Some(incoming) = self.conclude(message) else { return };
        self.abandon(&incoming);
        for conn in incoming.followers {
            let object = Object::of(self.fresh_id(conn), &Cancel { message });
            self.send(conn, object);
        }
    }

    /// The message could not be cut; it goes on.
    pub(super) fn not_cut(&mut self, message: MessageId) {
        if let Some(incoming) = self.incoming.get_mut(&message) {
            incoming.cutting = false;
        }
    }
}
