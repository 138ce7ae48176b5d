//! What a body is: the number in the header that says how to read it.

use crate::Action;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $number:literal in $action:ident),+ $(,)?) => {
        /// What the body of an object is; each belongs to one action.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind {
            /// No body.
            None,
            /// Why the object was refused: [`crate::Refusal`], under any action.
            Refusal,
            $($(#[$doc])* $name,)+
            /// A kind of a later version: refused by whoever must act on it.
            Other(u16),
        }

        impl Kind {
            /// The number on the wire.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self {
                    Self::None => 0,
                    Self::Refusal => 1,
                    $(Self::$name => $number,)+
                    Self::Other(number) => number,
                }
            }

            /// The kind with this number.
            #[must_use]
            pub const fn from_number(number: u16) -> Self {
                match number {
                    0 => Self::None,
                    1 => Self::Refusal,
                    $($number => Self::$name,)+
                    number => Self::Other(number),
                }
            }

            /// The action that the kind goes with; `None` for [`Kind::None`], [`Kind::Refusal`]
            /// and unknown kinds, which any action may bear.
            #[must_use]
            pub const fn action(self) -> Option<Action> {
                match self {
                    Self::None | Self::Refusal | Self::Other(_) => None,
                    $(Self::$name => Some(Action::$action),)+
                }
            }

            /// Every known kind.
            pub const ALL: &[Self] = &[Self::None, Self::Refusal, $(Self::$name),+];
        }
    };
}

kinds! {
    /// [`crate::login::Hello`].
    Hello = 16 in Connect,
    /// [`crate::login::Challenge`].
    Challenge = 17 in Connect,
    /// [`crate::login::Proof`].
    Proof = 18 in Connect,
    /// [`crate::login::Welcome`].
    Welcome = 19 in Connect,
    /// [`crate::login::TokenHello`].
    TokenHello = 20 in Connect,
    /// [`crate::login::Invitation`].
    Invitation = 21 in Connect,
    /// [`crate::login::InvitationInfo`].
    InvitationInfo = 22 in Connect,
    /// [`crate::login::Enrol`].
    Enrol = 23 in Connect,
    /// [`crate::login::Bridge`].
    Bridge = 24 in Connect,
    /// [`crate::login::ServiceHello`].
    ServiceHello = 25 in Connect,
    /// [`crate::login::Goodbye`].
    Goodbye = 32 in Disconnect,
    /// [`crate::people::Subscription`].
    Subscription = 40 in Subscribe,
    /// [`crate::people::Unsubscription`].
    Unsubscription = 41 in Unsubscribe,
    /// [`crate::speech::Receipt`].
    Receipt = 48 in Post,
    /// [`crate::speech::Envelope`].
    Envelope = 49 in Post,
    /// [`crate::speech::Progress`].
    Progress = 50 in Post,
    /// [`crate::speech::Cancel`].
    Cancel = 51 in Post,
    /// [`crate::speech::Discard`].
    Discard = 52 in Post,
    /// [`crate::people::ContactChange`].
    ContactChange = 56 in Post,
    /// [`crate::people::Roster`].
    Roster = 57 in Post,
    /// [`crate::people::Presence`].
    Presence = 58 in Post,
    /// [`crate::people::KeyQuery`].
    KeyQuery = 59 in Post,
    /// [`crate::people::Keys`].
    Keys = 60 in Post,
    /// [`crate::login::Credentials`].
    Credentials = 61 in Post,
    /// [`crate::admin::AddPerson`].
    AddPerson = 96 in Post,
    /// [`crate::admin::Invited`].
    Invited = 97 in Post,
    /// [`crate::admin::ListPeople`].
    ListPeople = 98 in Post,
    /// [`crate::admin::People`].
    People = 99 in Post,
    /// [`crate::admin::RemovePerson`].
    RemovePerson = 100 in Post,
    /// [`crate::admin::Invite`].
    Invite = 101 in Post,
    /// [`crate::admin::AskStatus`].
    AskStatus = 102 in Post,
    /// [`crate::admin::ServerStatus`].
    ServerStatus = 103 in Post,
    /// [`crate::admin::SetPerson`].
    SetPerson = 104 in Post,
    /// [`crate::admin::Account`]: the answer to [`Kind::SetPerson`].
    Account = 105 in Post,
    /// [`crate::admin::PutStation`].
    PutStation = 106 in Post,
    /// [`crate::admin::RemoveStation`].
    RemoveStation = 107 in Post,
    /// [`crate::login::GoingDown`].
    GoingDown = 112 in GoingDown,
    /// [`crate::speech::Portion`].
    Portion = 128 in Client,
    /// [`crate::speech::CheckIn`].
    CheckIn = 129 in Client,
    /// [`crate::speech::Send`].
    Send = 130 in Client,
    /// [`crate::people::SetStatus`].
    SetStatus = 131 in Client,
    /// [`crate::people::PhoneCommand`].
    PhoneCommand = 132 in Client,
    /// [`crate::people::Parameters`].
    Parameters = 133 in Client,
    /// [`crate::speech::Sending`]: the answer to [`Kind::Send`].
    Sending = 134 in Client,
    /// [`crate::system::AskSettings`].
    AskSettings = 144 in Post,
    /// [`crate::system::Snapshot`].
    Snapshot = 145 in Post,
    /// [`crate::system::Propose`].
    Propose = 146 in Post,
    /// [`crate::system::Confirm`].
    Confirm = 147 in Post,
    /// [`crate::system::Revert`].
    Revert = 148 in Post,
    /// [`crate::system::AskHealth`].
    AskHealth = 149 in Post,
    /// [`crate::system::Health`].
    Health = 150 in Post,
    /// [`crate::system::Order`].
    Order = 151 in Post,
    /// [`crate::system::BeginJob`].
    BeginJob = 152 in Post,
    /// [`crate::system::AskJob`].
    AskJob = 153 in Post,
    /// [`crate::system::JobState`].
    JobState = 154 in Post,
    /// [`crate::system::AskLog`].
    AskLog = 155 in Post,
    /// [`crate::system::LogLines`].
    LogLines = 156 in Post,
    /// [`crate::system::AskCertificates`].
    AskCertificates = 157 in Post,
    /// [`crate::system::Certificates`].
    Certificates = 158 in Post,
    /// [`crate::system::SetCertificate`].
    SetCertificate = 159 in Post,
    /// [`crate::system::RaiseAlarm`].
    RaiseAlarm = 160 in Post,
    /// [`crate::station::Hops`].
    Hops = 176 in Post,
    /// [`crate::station::AskFolders`].
    AskFolders = 177 in Post,
    /// [`crate::station::Folders`].
    Folders = 178 in Post,
    /// [`crate::station::AskPhoneFile`].
    AskPhoneFile = 179 in Post,
    /// [`crate::station::PhoneFile`].
    PhoneFile = 180 in Post,
    /// [`crate::station::FileSent`].
    FileSent = 181 in Post,
    /// [`crate::station::AskPhones`].
    AskPhones = 182 in Post,
    /// [`crate::station::Phones`].
    Phones = 183 in Post,
    /// [`crate::station::AskTimeline`].
    AskTimeline = 184 in Post,
    /// [`crate::station::Timeline`].
    Timeline = 185 in Post,
    /// [`crate::station::OrderPhone`].
    OrderPhone = 186 in Post,
    /// [`crate::station::AskPhonePassword`].
    AskPhonePassword = 187 in Post,
    /// [`crate::station::PhonePassword`].
    PhonePassword = 188 in Post,
    /// [`crate::lease::AskLeases`].
    AskLeases = 189 in Post,
    /// [`crate::lease::Leases`].
    Leases = 190 in Post,
    /// [`crate::lease::Probe`].
    Probe = 191 in Post,
    /// [`crate::lease::FreeLease`].
    FreeLease = 192 in Post,
    /// [`crate::lease::AskSnippets`].
    AskSnippets = 193 in Post,
    /// [`crate::lease::Snippets`].
    Snippets = 194 in Post,
}
