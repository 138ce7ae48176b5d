//! The SIP NOTIFY that makes a phone fetch its files again (RFC 3265; the event is each vendor's own).

use crate::Vendor;

/// A NOTIFY outside of a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notify {
    /// The value of the `Event` header.
    pub event: &'static str,
    /// The value of the `Content-Type` header, if there is a body.
    pub content_type: Option<&'static str>,
    /// The body, empty if there is none.
    pub body: &'static str,
}

impl Notify {
    /// What nearly all vendors listen to.
    pub(crate) const CHECK_SYNC: Self = Self::of("check-sync");

    pub(crate) const fn of(event: &'static str) -> Self {
        Self { event, content_type: None, body: "" }
    }
}

/// What makes a phone of a vendor fetch its files again; a phone in a call waits until it ends.
#[must_use]
pub const fn resync(vendor: Vendor) -> Notify {
    vendor.profile().resync
}
