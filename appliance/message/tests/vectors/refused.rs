//! Objects that are wrong, with the reason for which they are refused; and bodies of a later
//! version, which are read as far as they are known.

use message::login::{Goodbye, Hello, InvitationInfo};
use message::people::{Presence, SetStatus};
use message::{ErrorCode, Malformed, Object, Refusal};

use crate::file::File;

pub(crate) fn check(file: &File) {
    headers(file);
    later_versions(file);
    let bad = |name: &str, at: usize| {
        assert_eq!(
            file.take(name).object().read::<Goodbye>(),
            Err(Malformed::Body { at }),
            "{name}"
        );
    };
    bad("body-empty", 0);
    bad("body-of-another-type", 2);
    bad("body-with-more-behind-it", 3);
    let body = |name: &str| file.take(name).object();
    assert!(body("body-without-a-key").read::<Hello>().is_err());
    assert!(body("body-with-a-short-id").read::<InvitationInfo>().is_err());
    assert!(body("body-with-an-unknown-status").read::<SetStatus>().is_err());
    assert!(body("body-that-claims-a-long-list").read::<Presence>().is_err());
    let found = body("body-of-another-kind").read::<Hello>();
    assert_eq!(found, Err(Malformed::Kind { found: 32, expected: 16 }));
}

/// The outermost fault is the one that is told.
fn headers(file: &File) {
    let is = |name: &str, expected: Malformed| {
        assert_eq!(Object::parse(&file.take(name).bytes()), Err(expected), "{name}");
    };
    is("nothing", Malformed::Truncated { found: 0, expected: 64 });
    is("header-cut-short", Malformed::Truncated { found: 63, expected: 64 });
    is("wrong-magic", Malformed::Magic { found: 0x4956 ^ 0x0100 });
    is("wrong-version", Malformed::Version { found: 2 });
    is("action-0", Malformed::Action { found: 0 });
    is("action-10", Malformed::Action { found: 10 });
    is("priority-4", Malformed::Priority { found: 4 });
    is("too-long", Malformed::TooLong { found: (1 << 20) + 1 });
    is("body-cut-short", Malformed::Truncated { found: 64, expected: 65 });
    is("more-behind-the-body", Malformed::Truncated { found: 65, expected: 64 });
    let checksum = Object::parse(&file.take("wrong-checksum").bytes());
    assert!(matches!(checksum, Err(Malformed::Checksum { .. })), "{checksum:?}");
}

fn later_versions(file: &File) {
    let goodbye = file.take("later-unknown-key").object();
    assert_eq!(goodbye.read(), Ok(Goodbye { forget_device: true }));
    let refusal = file.take("later-error-code").object();
    assert_eq!(refusal.read(), Ok(Refusal::new(ErrorCode::Other(999), "new")));
    let info = file.take("blank-fields-as-null").object().read::<InvitationInfo>();
    assert_eq!(info.map(|info| info.public_key), Ok(None));
    let flags =
        Object::parse(&file.take("later-flags").bytes()).map(|ping| ping.header.flags.byte());
    assert_eq!(flags, Ok(1));
}
