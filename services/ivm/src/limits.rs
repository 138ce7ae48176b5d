//! What the engine allows: numbers, sizes and times, all in one place.

use machine::Span;

/// The engine's bounds. The office's own choices (quota, retention, ping) stand in
/// `message::people::Parameters`.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address that have not logged in: behind one address may be a
    /// whole office, so who has logged in counts by person.
    pub per_address: usize,
    /// Connections at once of one person.
    pub per_person: usize,
    /// Connections at once that have not logged in.
    pub strangers: usize,
    /// Body of an object before log-in, in bytes.
    pub stranger_body: usize,
    /// Time for the whole log-in, with the client's derivation of its keys.
    pub login: Span,
    /// Wrong proofs in a minute for one name.
    pub wrong_by_name: u32,
    /// Wrong proofs in a minute from one address.
    pub wrong_by_address: u32,
    /// Accounts.
    pub people: usize,
    /// Up to so many accounts, everyone sees everyone; above, everyone sees its own contacts.
    pub whole_office: usize,
    /// People in one roster object.
    pub roster_chunk: usize,
    /// Contacts of one person.
    pub contacts: usize,
    /// Devices of one person; the one unused for longest makes room.
    pub devices: usize,
    /// Messages that one person sends at once.
    pub sending: usize,
    /// Bytes of one message.
    pub message_bytes: u64,
    /// Portions held while the store is asked whether their message is known, in bytes.
    pub held_bytes: usize,
    /// Newest portions of a live message kept in memory, in bytes and in number.
    pub recent_bytes: usize,
    /// See [`Limits::recent_bytes`].
    pub recent: usize,
    /// Bytes on their way to a socket, not yet written.
    pub window: usize,
    /// Deliveries go on when less than so many bytes wait for a connection.
    pub pump_below: usize,
    /// Bytes of a message read from the store at once.
    pub page_bytes: usize,
    /// Messages sent to a device and not yet acknowledged by it.
    pub unacknowledged: usize,
    /// Messages known to wait for a connection; more stay in the store.
    pub known_waiting: usize,
    /// Time between two progress objects for one message.
    pub progress: Span,
    /// Time between two looks at messages whose time is over.
    pub sweep: Span,
    /// An unfinished message waits so long for its sender.
    pub unfinished: Span,
    /// What every device has is kept so long for new devices.
    pub delivered: Span,
    /// An invitation is good for so long.
    pub invitation: Span,
    /// After the disk was full, messages are taken again from so many free bytes on.
    pub free_again: u64,
    /// Below so many free bytes of disk nothing more is taken: what is there must stay usable.
    pub free_least: u64,
    /// Presence changes are gathered for so long.
    pub presence: Span,
    /// Time between going down and closing.
    pub grace: Span,
    /// Clients shall come back after.
    pub retry: Span,
}

const DAY: u64 = 24 * 3_600;

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            per_address: 256,
            per_person: 64,
            strangers: 512,
            stranger_body: 32 << 10,
            login: Span::from_secs(30),
            wrong_by_name: 5,
            wrong_by_address: 20,
            people: 5_000,
            whole_office: 2_000,
            roster_chunk: 500,
            contacts: 5_000,
            devices: 32,
            sending: 64,
            message_bytes: 512 << 20,
            held_bytes: 1 << 20,
            recent_bytes: 64 << 10,
            recent: 64,
            window: 64 << 10,
            pump_below: 192 << 10,
            page_bytes: 256 << 10,
            unacknowledged: 256,
            known_waiting: 256,
            progress: Span::from_millis(250),
            sweep: Span::from_secs(600),
            unfinished: Span::from_secs(DAY),
            delivered: Span::from_secs(7 * DAY),
            invitation: Span::from_secs(7 * DAY),
            free_again: 64 << 20,
            free_least: 32 << 20,
            presence: Span::from_millis(100),
            grace: Span::from_millis(500),
            retry: Span::from_secs(1),
        }
    }
}
