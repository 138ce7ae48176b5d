//! The appliance's settings: typed, validated, whole.
//!
//! [`Settings`] is all that an administrator can choose; [`Settings::from_json`] reads any format
//! that a released version has written and brings it up to date; [`Settings::faults`] says what
//! could not work; [`Parts`] says which parts of the machine a change touches. Applying them is the
//! settings keeper's.

mod block;
mod dhcp;
mod fault;
mod host;
mod migrate;
mod network;
mod office;
mod parts;
mod time;
mod tree;

pub use block::{Block, MacAddress};
pub use dhcp::{DeviceClass, Dhcp, DhcpMode, DhcpOption, OptionValue, Pool, Reservation, Subnet};
pub use fault::Fault;
pub use host::{HostName, Language, Panel};
pub use migrate::{FORMAT, Unreadable};
pub use network::{Admission, Firewall, Ipv4, Ipv4Static, Ipv6, Ipv6Static, Network, Vlan};
pub use office::Office;
pub use parts::Parts;
pub use time::{Time, ZoneName};
pub use tree::Settings;
