//! Topics and presence (rows 82, 83, 88, 89): who is there, and who is told.
//!
//! A person is on-line while at least one device takes messages. Changes are gathered for a moment,
//! so that an office that starts its day at nine does not tell everyone about everyone one by one.

use message::people::{
    Presence, PresenceChange, SetStatus, Status, Subscription, Topic, Unsubscription,
};
use message::{ErrorCode, Guid, Object, ObjectId};

use super::conn::ConnId;
use super::people::Account;
use super::route::{Served, read, refusal};
use super::tickets::{Asker, Then};
use super::{Engine, Timer};
use crate::record::Write;

/// Topics in one subscription; there are fewer.
const MOST_TOPICS: usize = 16;

impl Engine {
    /// Asks for a topic's events.
    pub(super) fn subscribe(&mut self, conn: ConnId, object: &Object) -> Served {
        let Subscription { topics } = read(object)?;
        let asker = Asker { conn, header: object.header };
        self.check_topics(conn, &topics)?;
        let Some(peer) = self.conns.get_mut(&conn) else { return Ok(()) };
        let news: Vec<Topic> =
            topics.into_iter().filter(|topic| peer.topics.insert(*topic)).collect();
        let guid = peer.connection.peer();
        self.accepted(asker);
        if news.contains(&Topic::People) {
            self.send_roster(conn);
        }
        if news.contains(&Topic::Messages) {
            if let Some(account) = self.people.get_mut(guid) {
                account.present.insert(conn);
            }
            self.close_older(conn);
            self.presence_changed(guid);
            self.catch_live(conn);
        }
        Ok(())
    }

    /// Wants a topic's events no longer.
    pub(super) fn unsubscribe(&mut self, conn: ConnId, object: &Object) -> Served {
        let Unsubscription { topics } = read(object)?;
        self.check_topics(conn, &topics)?;
        let Some(peer) = self.conns.get_mut(&conn) else { return Ok(()) };
        for topic in &topics {
            peer.topics.remove(topic);
        }
        let guid = peer.connection.peer();
        if topics.contains(&Topic::Messages) {
            let pump = std::mem::take(&mut peer.pump);
            for message in pump.active.keys() {
                self.unfollow(conn, *message);
            }
            if self.people.get_mut(guid).is_some_and(|account| account.present.remove(&conn)) {
                self.presence_changed(guid);
            }
        }
        self.accepted(Asker { conn, header: object.header });
        Ok(())
    }

    fn check_topics(&self, conn: ConnId, topics: &[Topic]) -> Served {
        if topics.len() > MOST_TOPICS {
            return refusal(ErrorCode::TooMany, "too many topics");
        }
        let privileged = self.conns.get(&conn).is_some_and(|peer| peer.is_privileged());
        for topic in topics {
            match topic {
                Topic::Accounts if !privileged => {
                    return refusal(ErrorCode::NotPermitted, "this topic is for local services");
                }
                Topic::People | Topic::Messages | Topic::Receipts => {
                    self.person(conn)?;
                }
                Topic::Accounts => {}
            }
        }
        Ok(())
    }

    /// Is this connection open and subscribed to the topic?
    pub(super) fn is_subscribed(&self, conn: ConnId, topic: Topic) -> bool {
        self.conns.get(&conn).is_some_and(|peer| peer.topics.contains(&topic))
    }

    /// The person's own choice; counts while a device is there.
    pub(super) fn set_status(&mut self, conn: ConnId, object: &Object) -> Served {
        let SetStatus { status } = read(object)?;
        let (account, _) = self.person(conn)?;
        if status == Status::Offline {
            return refusal(ErrorCode::Invalid, "who is off-line disconnects");
        }
        let asker = Asker { conn, header: object.header };
        let writes = vec![Write::SetStatus { account, status }];
        self.commit(writes, Then::Status { asker, account, status });
        Ok(())
    }

    /// The status is on disk.
    pub(super) fn status_kept(&mut self, asker: Asker, guid: Guid, status: Status) {
        if let Some(account) = self.people.get_mut(guid) {
            account.chosen = status;
        }
        self.accepted(asker);
        self.presence_changed(guid);
    }

    /// The status of a person may have changed; others are told in a moment.
    pub(super) fn presence_changed(&mut self, guid: Guid) {
        self.changed.insert(guid);
        if self.timers.get(&Timer::Presence).is_none() {
            self.timers.set(Timer::Presence, self.now + self.limits.presence);
        }
    }

    /// Tells everyone who sees them whose status changed.
    pub(super) fn publish_presence(&mut self) {
        let mut changes = Vec::new();
        for guid in std::mem::take(&mut self.changed) {
            let Some(account) = self.people.get_mut(guid) else { continue };
            let status = account.status();
            if account.told != status {
                account.told = status;
                changes.push(PresenceChange { person: guid, status });
            }
        }
        if changes.is_empty() {
            return;
        }
        let everyone = self.sees_everyone();
        let whole = Object::of(ObjectId::BLANK, &Presence { changes: changes.clone() });
        let listeners: Vec<(ConnId, Guid)> = self.people_listeners();
        for (conn, viewer) in listeners {
            let mut object = if everyone {
                whole.clone()
            } else {
                let Some(viewer) = self.people.get(viewer) else { continue };
                let seen = changes.iter().filter(|change| sees(viewer, change.person)).copied();
                let changes: Vec<PresenceChange> = seen.collect();
                if changes.is_empty() {
                    continue;
                }
                Object::of(ObjectId::BLANK, &Presence { changes })
            };
            object.header.id = self.fresh_id(conn);
            self.send(conn, object);
        }
    }

    /// Is the office small enough for everyone to see everyone?
    pub(super) fn sees_everyone(&self) -> bool {
        self.people.len() <= self.limits.whole_office
    }

    /// Connections that are subscribed to people, with who is behind them.
    pub(super) fn people_listeners(&self) -> Vec<(ConnId, Guid)> {
        let listening = self.conns.iter().filter(|(_, peer)| peer.topics.contains(&Topic::People));
        listening.map(|(conn, peer)| (*conn, peer.connection.peer())).collect()
    }
}

/// Does this person see that one, in an office where not everyone sees everyone?
pub(super) fn sees(viewer: &Account, other: Guid) -> bool {
    viewer.guid == other || viewer.contacts.contains(&other)
}
