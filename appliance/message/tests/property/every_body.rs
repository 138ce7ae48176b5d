//! Reads bytes as the body that their kind says, whichever it is.

use bytes::Bytes;
use message::{Action, Flags, Guid, Header, Kind, Object, ObjectId, Priority};
use message::{Refusal, admin, lease, login, people, speech, station, system};

/// Reads these bytes as the body of this kind; did it go well, and if so, do the same bytes come
/// out when it is written again and read once more?
pub(crate) fn read(kind: Kind, body: &Bytes) -> bool {
    let header = Header {
        action: kind.action().unwrap_or(Action::Post),
        priority: Priority::Normal,
        flags: Flags::NONE,
        kind,
        id: ObjectId::BLANK,
        source: Guid::BLANK,
        destination: Guid::BLANK,
        length: 0,
    };
    read_object(&Object { header, body: body.clone() })
}

macro_rules! read_as {
    ($object:expr, { $($kind:ident => $body:ty),+ $(,)? }) => {
        match $object.header.kind {
            $(Kind::$kind => $object.read::<$body>().is_ok_and(|value| {
                let again = Object::of(ObjectId::BLANK, &value);
                assert_eq!(again.read::<$body>().as_ref(), Ok(&value));
                true
            }),)+
            Kind::None | Kind::Other(_) => false,
        }
    };
}

fn read_object(object: &Object) -> bool {
    read_as!(object, {
        Refusal => Refusal,
        Hello => login::Hello,
        Challenge => login::Challenge,
        Proof => login::Proof,
        Welcome => login::Welcome,
        TokenHello => login::TokenHello,
        Invitation => login::Invitation,
        InvitationInfo => login::InvitationInfo,
        Enrol => login::Enrol,
        Bridge => login::Bridge,
        ServiceHello => login::ServiceHello,
        Goodbye => login::Goodbye,
        GoingDown => login::GoingDown,
        Credentials => login::Credentials,
        Subscription => people::Subscription,
        Unsubscription => people::Unsubscription,
        ContactChange => people::ContactChange,
        Roster => people::Roster,
        Presence => people::Presence,
        KeyQuery => people::KeyQuery,
        Keys => people::Keys,
        SetStatus => people::SetStatus,
        PhoneCommand => people::PhoneCommand,
        Parameters => people::Parameters,
        Receipt => speech::Receipt,
        Envelope => speech::Envelope,
        Progress => speech::Progress,
        Cancel => speech::Cancel,
        Discard => speech::Discard,
        Portion => speech::Portion<'_>,
        CheckIn => speech::CheckIn,
        Send => speech::Send,
        Sending => speech::Sending,
        AddPerson => admin::AddPerson,
        Invited => admin::Invited,
        ListPeople => admin::ListPeople,
        People => admin::People,
        RemovePerson => admin::RemovePerson,
        Invite => admin::Invite,
        AskStatus => admin::AskStatus,
        ServerStatus => admin::ServerStatus,
        SetPerson => admin::SetPerson,
        Account => admin::Account,
        PutStation => admin::PutStation,
        RemoveStation => admin::RemoveStation,
        AskSettings => system::AskSettings,
        Snapshot => system::Snapshot,
        Propose => system::Propose,
        Confirm => system::Confirm,
        Revert => system::Revert,
        AskHealth => system::AskHealth,
        Health => system::Health,
        Order => system::Order,
        BeginJob => system::BeginJob,
        AskJob => system::AskJob,
        JobState => system::JobState,
        AskLog => system::AskLog,
        LogLines => system::LogLines,
        AskCertificates => system::AskCertificates,
        Certificates => system::Certificates,
        SetCertificate => system::SetCertificate,
        RaiseAlarm => system::RaiseAlarm,
        Hops => station::Hops,
        AskFolders => station::AskFolders,
        Folders => station::Folders,
        AskPhoneFile => station::AskPhoneFile,
        PhoneFile => station::PhoneFile,
        FileSent => station::FileSent,
        AskPhones => station::AskPhones,
        Phones => station::Phones,
        AskTimeline => station::AskTimeline,
        Timeline => station::Timeline,
        OrderPhone => station::OrderPhone,
        AskPhonePassword => station::AskPhonePassword,
        PhonePassword => station::PhonePassword,
        AskLeases => lease::AskLeases,
        Leases => lease::Leases,
        Probe => lease::Probe,
        FreeLease => lease::FreeLease,
        AskSnippets => lease::AskSnippets,
        Snippets => lease::Snippets,
    })
}
