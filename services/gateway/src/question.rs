//! What other services ask, and who may ask what.

use message::station::{
    AskFolders, AskPhoneFile, AskPhonePassword, AskPhones, AskTimeline, FileSent, Hops, OrderPhone,
};
use message::{Body, ErrorCode, Kind, Object, Refusal};

/// Which service asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The DHCP server.
    Dhcp,
    /// The TFTP server.
    Tftp,
    /// The front panel.
    Panel,
    /// The administration, which serves files by HTTP, too; and root.
    Admin,
}

/// A question.
#[derive(Debug)]
pub enum Question {
    /// What phones did.
    Hops(Hops),
    /// Where each phone finds its files.
    Folders(AskFolders),
    /// A phone asks for a file.
    File(AskPhoneFile),
    /// What became of a file.
    Sent(FileSent),
    /// All phones.
    Phones(AskPhones),
    /// What a phone did.
    Timeline(AskTimeline),
    /// What is decided about phones.
    Order(OrderPhone),
    /// The password of a phone's menus.
    Password(AskPhonePassword),
}

impl Role {
    /// May it say this?
    #[must_use]
    pub fn may(self, kind: Kind) -> bool {
        let kinds: &[Kind] = match self {
            Self::Dhcp => &[Kind::Hops, Kind::AskFolders],
            Self::Tftp => &[Kind::AskPhoneFile, Kind::FileSent],
            Self::Panel => &[Kind::AskPhones, Kind::OrderPhone, Kind::AskTimeline],
            Self::Admin => return READERS.iter().any(|(known, _)| *known == kind),
        };
        kinds.contains(&kind)
    }
}

impl Question {
    /// Reads a question of somebody in this role.
    ///
    /// # Errors
    /// The refusal to answer with.
    pub fn read(role: Role, object: &Object) -> Result<Self, Refusal> {
        let kind = object.header.kind;
        let reader = READERS.iter().find(|(known, _)| *known == kind && role.may(kind));
        let Some((_, read)) = reader else {
            let words = "this service may not say that to the gateway";
            return Err(Refusal::new(ErrorCode::NotPermitted, words));
        };
        read(object)
    }
}

type Reader = fn(&Object) -> Result<Question, Refusal>;

const READERS: [(Kind, Reader); 8] = [
    (Kind::Hops, |object| body(object).map(Question::Hops)),
    (Kind::AskFolders, |object| body(object).map(Question::Folders)),
    (Kind::AskPhoneFile, |object| body(object).map(Question::File)),
    (Kind::FileSent, |object| body(object).map(Question::Sent)),
    (Kind::AskPhones, |object| body(object).map(Question::Phones)),
    (Kind::AskTimeline, |object| body(object).map(Question::Timeline)),
    (Kind::OrderPhone, |object| body(object).map(Question::Order)),
    (Kind::AskPhonePassword, |object| body(object).map(Question::Password)),
];

fn body<B: for<'b> Body<'b>>(object: &Object) -> Result<B, Refusal> {
    object.read().map_err(|error| Refusal::new(ErrorCode::Malformed, error.to_string()))
}

#[cfg(test)]
mod tests {
    use message::station::{AskFolders, AskPhonePassword, AskPhones};
    use message::{Body, ErrorCode, Kind, Object, ObjectId};

    use super::{Question, Role};

    fn asked<B: for<'b> Body<'b>>(role: Role, body: &B) -> Result<Question, ErrorCode> {
        Question::read(role, &Object::of(ObjectId::BLANK, body)).map_err(|refusal| refusal.code)
    }

    #[test]
    fn every_service_may_say_its_own_and_nothing_else() {
        let password = AskPhonePassword { mac: [2; 6] };
        for role in [Role::Dhcp, Role::Tftp, Role::Panel] {
            assert_eq!(asked(role, &password).err(), Some(ErrorCode::NotPermitted), "{role:?}");
        }
        assert!(matches!(asked(Role::Admin, &password), Ok(Question::Password(_))));
        let folders = AskFolders { watch: true };
        assert!(matches!(asked(Role::Dhcp, &folders), Ok(Question::Folders(_))));
        assert!(asked(Role::Tftp, &folders).is_err() && asked(Role::Panel, &folders).is_err());
        let phones = AskPhones { watch: true };
        assert!(matches!(asked(Role::Panel, &phones), Ok(Question::Phones(_))));
        assert!(asked(Role::Dhcp, &phones).is_err() && asked(Role::Tftp, &phones).is_err());
        let all = Kind::ALL.iter().filter(|kind| Role::Admin.may(**kind));
        assert_eq!(all.count(), 8, "and the administration nothing that is no question");
    }

    #[test]
    fn a_body_that_cannot_be_read_is_refused() {
        let mut object = Object::of(ObjectId::BLANK, &AskPhones { watch: true });
        object.body = vec![0xff].into();
        let refused = Question::read(Role::Admin, &object).expect_err("refused");
        assert_eq!(refused.code, ErrorCode::Malformed);
    }
}
