//! Sees the appliance without its hardware: boots the image in QEMU, with a front panel that is
//! a program.
//!
//! Pure: [`hd44780`], [`pcf8574`], [`keys`], [`bus`], [`tiny_usb`], [`redir`], [`picture`] and the
//! core of [`switch`] know no socket and no clock; a test can put a real driver in front of a
//! [`bus::Bus`].

pub mod bus;
pub mod hd44780;
pub mod keys;
pub mod pcf8574;
pub mod picture;
pub mod redir;
pub mod tiny_usb;
