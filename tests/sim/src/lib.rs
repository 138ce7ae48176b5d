//! A virtual clock, a seeded wire and simulated peers for scenes.
//!
//! An [`Office`] is the server's engine over a real store in a temporary folder, and any number of
//! [`Device`]s: the clients' engines with a storage in memory, a microphone that speaks, and a
//! player that plays in virtual time. Links break, clients and the server crash, all at the will
//! of the scene; the same seed gives the same run.

mod device;
mod disk;
mod events;
mod office;
mod player;
mod server;
mod speech;
mod telephone;

pub use device::{Device, DeviceId, Kill, Sink};
pub use disk::Disk;
pub use office::{Office, PASSWORD};
pub use speech::{silence, speech};
pub use telephone::Telephone;
