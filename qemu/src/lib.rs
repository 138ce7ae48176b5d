//! Sees the appliance without its hardware: boots the image in QEMU, with a front panel that is
//! a program.
//!
//! Pure: [`hd44780`], [`pcf8574`], [`keys`], [`bus`], [`tiny_usb`], [`redir`] and [`picture`] know
//! no socket and no clock; a test can put a real driver in front of a [`bus::Bus`].
//! [`machine::Machine`] is QEMU, [`panel::Panel`] the panel at its socket, [`switch`] a network
//! between machines, [`cli`] the command `ivm-qemu`.

pub mod accelerator;
pub mod boot;
pub mod bus;
pub mod cli;
pub mod disk;
pub mod hd44780;
pub mod keys;
pub mod machine;
pub mod panel;
pub mod pcf8574;
pub mod picture;
pub mod qmp;
pub mod redir;
pub mod switch;
pub mod tiny_usb;
pub mod told;
mod view;
pub mod wait;
mod web;
