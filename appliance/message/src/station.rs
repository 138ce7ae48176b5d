//! Bodies about telephones: what a phone did on its way to a line, the files that it asks for, and
//! what the administrator decides about it. Only local services may say them, to the gateway and
//! to the DHCP server.

use minicbor::{Decode, Encode};

/// What phones did on the way to their files, from who saw it: steps up to [`Step::Announce`];
/// answered by a bare yes. An address that is acknowledged counts as its lease, whoever gave it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hops {
    /// In their order; at most 256.
    #[n(1)]
    pub hops: Vec<Hop>,
}

/// One step of a phone on its way to a line.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hop {
    /// Its hardware address.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub mac: [u8; 6],
    /// What it did.
    #[n(2)]
    pub step: Step,
    /// When, unix milliseconds.
    #[n(3)]
    pub at: u64,
    /// The IPv4 address in question; 0 for none.
    #[n(4)]
    pub address: u32,
    /// What it says of itself, at most 255 bytes: DHCP option 60; under [`Step::Announce`] its
    /// `Event` header or the name of its program.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub class: Vec<u8>,
    /// The DHCP options that it wishes (option 55).
    #[cbor(n(6), with = "minicbor::bytes")]
    pub wishes: Vec<u8>,
    /// What went wrong, or the file's name; empty for nothing to add.
    #[n(7)]
    pub words: String,
}

/// What a phone did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Step {
    /// It looks for a DHCP server.
    #[n(0)]
    Discover,
    /// It was offered an address.
    #[n(1)]
    Offer,
    /// It has one from us.
    #[n(2)]
    Ack,
    /// It was refused one, or nobody answers it.
    #[n(3)]
    Nak,
    /// It has one from elsewhere: it asked us for the rest, or was seen there after it had asked
    /// another server for it.
    #[n(4)]
    Inform,
    /// It gave its address back, or another device uses it.
    #[n(5)]
    Release,
    /// It asked by multicast where its files are.
    #[n(6)]
    Announce,
    /// It asked for a file, and got it.
    #[n(7)]
    File,
    /// It asked for a file that we do not have: no fault, phones ask for many.
    #[n(8)]
    NoFile,
    /// A file did not reach it.
    #[n(9)]
    FileFailed,
    /// Its line is in service.
    #[n(10)]
    Register,
    /// Its line was refused.
    #[n(11)]
    RegisterFailed,
    /// Its line is out of service.
    #[n(12)]
    Unregister,
}

impl Step {
    /// Each of them, in the order of their numbers.
    pub const ALL: [Self; 13] = [
        Self::Discover,
        Self::Offer,
        Self::Ack,
        Self::Nak,
        Self::Inform,
        Self::Release,
        Self::Announce,
        Self::File,
        Self::NoFile,
        Self::FileFailed,
        Self::Register,
        Self::RegisterFailed,
        Self::Unregister,
    ];
}

/// Ask for the folders of all phones; answered by [`Folders`]. For the DHCP server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AskFolders {
    /// Also post them on this connection whenever they change.
    #[n(1)]
    pub watch: bool,
}

/// Where each phone finds its files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Folders {
    /// By hardware address.
    #[n(1)]
    pub folders: Vec<Folder>,
}

/// The folder of one phone's files.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Folder {
    /// The phone.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub mac: [u8; 6],
    /// The part of the URL that nobody guesses, 32 hexadecimal digits.
    #[n(2)]
    pub token: String,
    /// It was told our certificate and comes by HTTPS; before, it can only come by HTTP.
    #[n(3)]
    pub secure: bool,
}

/// The path of a phone's folder at our servers: `p/`, then the token, then `/`. Without a token it
/// is where phones ask that were told no more than our address.
#[must_use]
pub fn folder_path(token: &str) -> String {
    if token.is_empty() { "p/".to_owned() } else { format!("p/{token}/") }
}

/// A token is a secret.
impl std::fmt::Debug for Folder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Folder");
        shown.field("mac", &self.mac).field("secure", &self.secure).finish_non_exhaustive()
    }
}

/// A phone asks for a file; answered by [`PhoneFile`], or refused with
/// [`crate::ErrorCode::NotFound`] where there is none for it.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AskPhoneFile {
    /// Its name as it was asked for, without the folder; any bytes, at most 255.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub name: Vec<u8>,
    /// Who asks: its IPv4 address.
    #[n(2)]
    pub asker: u32,
    /// Our address that it asked.
    #[n(3)]
    pub ours: u32,
    /// The token in the URL; empty for none.
    #[n(4)]
    pub token: String,
    /// What it calls itself; empty where the protocol has no such thing.
    #[n(5)]
    pub agent: String,
    /// How it asks.
    #[n(6)]
    pub via: Via,
    /// The device that the certificate of the phone's maker names; for HTTPS, where it has one.
    #[n(7)]
    pub certified: Option<String>,
}

impl std::fmt::Debug for AskPhoneFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = String::from_utf8_lossy(&self.name);
        f.debug_struct("AskPhoneFile").field("name", &name).finish_non_exhaustive()
    }
}

/// How a phone asks for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Via {
    /// By TFTP.
    #[n(0)]
    Tftp,
    /// By HTTP, which everybody on the way can read.
    #[n(1)]
    Http,
    /// By HTTP in TLS.
    #[n(2)]
    Https,
}

/// A phone's file. It may hold secrets.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PhoneFile {
    /// What it holds.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
    /// What HTTP calls its type.
    #[n(2)]
    pub media: String,
}

impl std::fmt::Debug for PhoneFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PhoneFile({} bytes of {})", self.bytes.len(), self.media)
    }
}

/// A file has reached a phone, or not: what the timeline shows; answered by a bare yes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FileSent {
    /// Its name.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub name: Vec<u8>,
    /// Who asked: its IPv4 address.
    #[n(2)]
    pub asker: u32,
    /// Why it did not reach the phone; empty if it did.
    #[n(3)]
    pub fault: String,
}

/// Ask for all phones; answered by [`Phones`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AskPhones {
    /// Also post them on this connection whenever one changes, at most once a second.
    #[n(1)]
    pub watch: bool,
}

/// All phones that were ever seen and not forgotten, by hardware address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Phones {
    /// The phones.
    #[n(1)]
    pub phones: Vec<Phone>,
    /// Every new phone is approved until then, unix milliseconds; 0 for not.
    #[n(2)]
    pub open_until: u64,
    /// What phones dial to speak to people, in the order of the numbers; at most 2000.
    #[n(3)]
    #[cbor(default)]
    pub numbers: Vec<Number>,
}

/// What phones dial to speak to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Number {
    /// The number.
    #[n(1)]
    pub number: u32,
    /// Who, as people read it.
    #[n(2)]
    pub name: String,
}

/// A phone.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Phone {
    /// Its hardware address.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub mac: [u8; 6],
    /// Who made it, as people say; empty for unknown.
    #[n(2)]
    pub vendor: String,
    /// Which one it is; empty for unknown.
    #[n(3)]
    pub model: String,
    /// What the administrator calls it; empty for nothing yet.
    #[n(4)]
    pub name: String,
    /// How far it is trusted.
    #[n(5)]
    pub trust: Trust,
    /// Its IPv4 address; 0 for none.
    #[n(6)]
    pub address: u32,
    /// Is its line in service?
    #[n(7)]
    pub is_registered: bool,
    /// Its number at the registrar; empty until it is approved.
    #[n(8)]
    pub number: String,
    /// Whose phone it is: the address of a person; empty for nobody's.
    #[n(9)]
    pub person: String,
    /// May live messages come out of its speaker by themselves?
    #[n(10)]
    pub speaks_up: bool,
    /// The last thing that it did, without class and wishes; left out where there are more than a
    /// thousand phones, for all have to go into one object.
    #[n(11)]
    pub last: Option<Hop>,
    /// What is the matter with it, in a sentence; empty if all is well.
    #[n(12)]
    pub trouble: String,
    /// When it was seen first, unix milliseconds.
    #[n(13)]
    pub since: u64,
}

/// How far a phone is trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Trust {
    /// It waits for somebody to decide; its files hold no secret.
    #[default]
    #[n(0)]
    Awaiting,
    /// It is one of ours.
    #[n(1)]
    Approved,
    /// It gets nothing.
    #[n(2)]
    Refused,
}

/// Ask for what a phone did lately; answered by [`Timeline`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AskTimeline {
    /// The phone.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub mac: [u8; 6],
}

/// What a phone did lately, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Timeline {
    /// Its steps, at most 64.
    #[n(1)]
    pub hops: Vec<Hop>,
}

/// Decide about phones; answered by [`Phones`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OrderPhone {
    /// The phone; zeros for an order about all.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub mac: [u8; 6],
    /// What.
    #[n(2)]
    pub order: PhoneOrder,
}

/// What can be decided about phones.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum PhoneOrder {
    /// It is one of ours: its secrets may be fetched for ten minutes.
    #[n(0)]
    Approve,
    /// It is none of ours.
    #[n(1)]
    Refuse,
    /// Every new phone is approved for so many seconds, 0 to 3600; 0 ends it. About all.
    #[n(2)]
    ApproveAll {
        /// For so long.
        #[n(0)]
        seconds: u32,
    },
    /// Call it so.
    #[n(3)]
    Name {
        /// At most 64 characters.
        #[n(0)]
        name: String,
    },
    /// It is this person's; empty for nobody's.
    #[n(4)]
    Assign {
        /// The address of a person.
        #[n(0)]
        person: String,
    },
    /// May live messages come out of its speaker by themselves?
    #[n(5)]
    SpeakUp {
        /// They may.
        #[n(0)]
        yes: bool,
    },
    /// Make it fetch its files again, with new secrets.
    #[n(6)]
    Resync,
    /// This phone takes the place of another one: its name, number and person. That one is
    /// forgotten, and this one approved.
    #[n(7)]
    Replace {
        /// The phone that is gone.
        #[cbor(n(0), with = "minicbor::bytes")]
        old: [u8; 6],
    },
    /// Forget all about it.
    #[n(8)]
    Forget,
}

/// Ask for the password of a phone's own menus and pages; answered by [`PhonePassword`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AskPhonePassword {
    /// The phone.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub mac: [u8; 6],
}

/// The password of a phone's own menus and pages.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PhonePassword {
    /// The password.
    #[n(1)]
    pub password: String,
}

impl std::fmt::Debug for PhonePassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PhonePassword(..)")
    }
}
