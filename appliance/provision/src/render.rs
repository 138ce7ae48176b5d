//! The bytes of a file.

use std::fmt;

use zeroize::Zeroizing;

use crate::fill::Facts;
use crate::profile::Format;
use crate::write::write;
use crate::{Kind, Office, Phone, Station, Wanted};

/// Why a file cannot be made. Nothing of it is served then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// The file, the phone and the station are not all of one hardware address.
    #[error("the file belongs to another phone")]
    OtherPhone,
    /// A secret holds a character that the vendor's file has no way to write, such as `"`.
    #[error("the secret under {key:?} cannot be written in this vendor's file")]
    Secret {
        /// Where it was to stand.
        key: &'static str,
    },
}

/// A file to be sent. It may hold secrets: wiped when dropped, and never shown by `Debug`.
pub struct File {
    text: Zeroizing<String>,
    /// What HTTP calls its type.
    pub media: &'static str,
}

impl File {
    /// What goes over the wire.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "File({} bytes of {})", self.text.len(), self.media)
    }
}

/// The file that a phone wants. Without a station the phone awaits approval: its file holds no
/// credentials, takes away those that the phone may have had, and says so on the screen where the
/// vendor has a place for that. A station whose address is not the phone's is never written.
pub fn render(
    wanted: &Wanted,
    phone: &Phone,
    station: Option<&Station>,
    office: &Office,
) -> Result<File, Unwritable> {
    let is_other = |mac| mac != phone.mac;
    if wanted.mac.is_some_and(is_other) || station.is_some_and(|one| is_other(one.mac)) {
        return Err(Unwritable::OtherPhone);
    }
    let station = station.filter(|_| wanted.kind == Kind::Own);
    let text = write(wanted.sheet, Facts { phone, station, office })?;
    let media = match wanted.sheet.format {
        Format::Elements { .. } | Format::Attributes { .. } | Format::Settings => "text/xml",
        Format::Lines(_) => "text/plain",
    };
    Ok(File { text, media })
}
