//! Real processes and peers on loopback: the appliance, its people with their terminals, and how
//! what they say is measured. The tests are in `tests/`; nothing here is simulated.

pub mod appliance;
pub mod begin;
pub mod dhcp;
pub mod files;
pub mod lan;
pub mod linphone;
pub mod maker;
pub mod person;
pub mod programs;
pub mod search;
pub mod site;
pub mod speech;
pub mod telephone;
pub mod torture;
pub mod wait;
