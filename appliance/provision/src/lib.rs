//! A desk phone's configuration: vendor, model, requested file, station and office to bytes.
//!
//! [`identify()`] says what a phone is, [`options()`] what a DHCP server has to tell it so that it
//! finds us, [`announce()`] what answers its multicast, [`files()`] what it will ask for, [`request()`]
//! what a name that it asks for means, [`render()`] the bytes, and [`resync()`] how to make it ask
//! again; [`organization()`] says who made any other device's card. Every vendor is a profile of data; leases, sockets and who may have a secret are not here.
//!
//! No profile has been tried on a real phone yet; see `docs/phones.md`.

mod agent;
mod class;
mod discover;
mod files;
mod fill;
mod identify;
mod mac;
mod office;
mod pattern;
mod profile;
mod registry;
mod render;
mod resync;
pub mod screen;
mod signs;
mod vendor;
mod words;
mod write;
mod zone;

pub use discover::{DhcpOption, Offer, announce, options};
pub use files::{Asked, Asker, Kind, Request, Wanted, files, request};
pub use identify::{Clues, identify};
pub use mac::Mac;
pub use office::{AWAITING, Office, Phone, Registrar, Station, Transport};
pub use registry::organization;
pub use render::{File, Unwritable, render};
pub use resync::{Notify, resync};
pub use signs::{Family, Sign, families};
pub use vendor::{Identity, Maker, Vendor};
pub use words::{Host, Number, Secret, Url};
pub use zone::{Change, Summer, Zone};
