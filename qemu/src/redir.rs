//! USB redirection (usbredir protocol 0.7, the side that has the device): packets, and the device
//! as a machine of bytes in, bytes out. A machine that sends what is no packet is sent away.
//!
//! ```text
//! hello ->        <- hello
//! ep_info, interface_info, device_connect ->
//!                 <- control_packet, set_configuration, reset, ..
//! answers ->
//! ```

mod device;
mod packet;
#[cfg(test)]
mod tests;

pub use device::Device;
pub use packet::{Header, LARGEST, Malformed, Packets, kind};
