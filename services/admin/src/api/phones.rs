//! What is said about desk telephones: what each is, how far it is trusted, what it did lately.

use std::net::Ipv4Addr;

use message::station::{Hop, Number, Phone, PhoneOrder, Phones, Step, Trust};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// All telephones that were ever seen and not forgotten.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct PhonesView {
    /// The telephones, by hardware address.
    pub(crate) phones: Vec<PhoneView>,
    /// Every new one is approved until then, unix milliseconds; 0 for not.
    pub(crate) open_until: u64,
    /// What telephones dial to speak to people.
    pub(crate) numbers: Vec<NumberView>,
}

/// What telephones dial to speak to somebody.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct NumberView {
    /// The number.
    pub(crate) number: u32,
    /// Who, as people read it.
    pub(crate) name: String,
}

/// A telephone.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct PhoneView {
    /// Its hardware address, with colons.
    pub(crate) mac: String,
    /// Who made it; empty for unknown.
    pub(crate) vendor: String,
    /// Which one it is; empty for unknown.
    pub(crate) model: String,
    /// What people call it; empty for nothing yet.
    pub(crate) name: String,
    /// How far it is trusted.
    pub(crate) trust: TrustView,
    /// Its address; absent for none.
    pub(crate) address: Option<Ipv4Addr>,
    /// Is its line in service?
    pub(crate) is_registered: bool,
    /// Its number; empty until it is approved.
    pub(crate) number: String,
    /// Whose it is: a log-in name; empty for nobody's.
    pub(crate) person: String,
    /// May live messages come out of its speaker by themselves?
    pub(crate) speaks_up: bool,
    /// The last thing that it did.
    pub(crate) last: Option<HopView>,
    /// What is the matter with it, in a sentence; empty if all is well.
    pub(crate) trouble: String,
    /// When it was seen first, unix milliseconds.
    pub(crate) since: u64,
}

/// How far a telephone is trusted.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TrustView {
    /// It waits for somebody to decide.
    Awaiting,
    /// It is one of ours.
    Approved,
    /// It gets nothing.
    Refused,
}

/// One step of a telephone on its way to a line.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct HopView {
    /// When, unix milliseconds.
    pub(crate) at: u64,
    /// What it did.
    pub(crate) step: StepView,
    /// The address in question; absent for none.
    pub(crate) address: Option<Ipv4Addr>,
    /// What went wrong, or a file's name; empty for nothing to add.
    pub(crate) words: String,
}

/// What a telephone did.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StepView {
    /// It looks for a DHCP server.
    Discover,
    /// It was offered an address.
    Offer,
    /// It has one from us.
    Ack,
    /// It was refused one, or nobody answers it.
    Nak,
    /// It has one from elsewhere: it asked us for the rest, or was seen there.
    Inform,
    /// It gave its address back.
    Release,
    /// It asked by multicast where its files are.
    Announce,
    /// It got a file.
    File,
    /// It asked for a file that we do not have: no fault.
    NoFile,
    /// A file did not reach it.
    FileFailed,
    /// Its line is in service.
    Register,
    /// Its line was refused.
    RegisterFailed,
    /// Its line is out of service.
    Unregister,
}

/// What a telephone did lately, the oldest first.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct TimelineView {
    /// Its steps.
    pub(crate) hops: Vec<HopView>,
}

/// What is changed about a telephone; what is absent stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PhoneChange {
    /// Approve or refuse it.
    #[serde(default)]
    pub(crate) trust: Option<TrustView>,
    /// Call it so; at most 64 characters.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// It is this person's: a log-in name, or empty for nobody's.
    #[serde(default)]
    pub(crate) person: Option<String>,
    /// May live messages come out of its speaker by themselves?
    #[serde(default)]
    pub(crate) speaks_up: Option<bool>,
}

impl PhoneChange {
    /// What has to be ordered; none if a telephone cannot be put back to where nobody has decided.
    pub(crate) fn orders(self) -> Option<Vec<PhoneOrder>> {
        let trust = match self.trust {
            None => None,
            Some(TrustView::Approved) => Some(PhoneOrder::Approve),
            Some(TrustView::Refused) => Some(PhoneOrder::Refuse),
            Some(TrustView::Awaiting) => return None,
        };
        let name = self.name.map(|name| PhoneOrder::Name { name });
        let person = self.person.map(|person| PhoneOrder::Assign { person });
        let speaks_up = self.speaks_up.map(|yes| PhoneOrder::SpeakUp { yes });
        Some([trust, name, person, speaks_up].into_iter().flatten().collect())
    }
}

/// Approve every new telephone for a while.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApproveAll {
    /// For so many seconds, 0 to 3600; 0 ends it.
    pub(crate) seconds: u32,
}

/// A telephone takes the place of another one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replacement {
    /// The one that is gone, by its hardware address.
    pub(crate) old: String,
}

/// The password of a telephone's own menus and pages.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PhonePasswordView {
    /// The password; its user is `admin`, where the maker asks for one.
    pub(crate) password: String,
}

/// A hardware address with colons.
pub(crate) fn mac(bytes: [u8; 6]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(":")
}

fn address(bits: u32) -> Option<Ipv4Addr> {
    (bits != 0).then(|| Ipv4Addr::from_bits(bits))
}

impl From<Phones> for PhonesView {
    fn from(phones: Phones) -> Self {
        let Phones { phones, open_until, numbers } = phones;
        let number = |number: Number| NumberView { number: number.number, name: number.name };
        let numbers = numbers.into_iter().map(number).collect();
        Self { phones: phones.into_iter().map(PhoneView::from).collect(), open_until, numbers }
    }
}

impl From<Phone> for PhoneView {
    fn from(phone: Phone) -> Self {
        Self {
            mac: mac(phone.mac),
            vendor: phone.vendor,
            model: phone.model,
            name: phone.name,
            trust: match phone.trust {
                Trust::Awaiting => TrustView::Awaiting,
                Trust::Approved => TrustView::Approved,
                Trust::Refused => TrustView::Refused,
            },
            address: address(phone.address),
            is_registered: phone.is_registered,
            number: phone.number,
            person: phone.person,
            speaks_up: phone.speaks_up,
            last: phone.last.map(HopView::from),
            trouble: phone.trouble,
            since: phone.since,
        }
    }
}

impl From<Hop> for HopView {
    fn from(hop: Hop) -> Self {
        let step = match hop.step {
            Step::Discover => StepView::Discover,
            Step::Offer => StepView::Offer,
            Step::Ack => StepView::Ack,
            Step::Nak => StepView::Nak,
            Step::Inform => StepView::Inform,
            Step::Release => StepView::Release,
            Step::Announce => StepView::Announce,
            Step::File => StepView::File,
            Step::NoFile => StepView::NoFile,
            Step::FileFailed => StepView::FileFailed,
            Step::Register => StepView::Register,
            Step::RegisterFailed => StepView::RegisterFailed,
            Step::Unregister => StepView::Unregister,
        };
        Self { at: hop.at, step, address: address(hop.address), words: hop.words }
    }
}
