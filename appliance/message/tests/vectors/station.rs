//! Bodies about telephones.

use message::station::{
    AskFolders, AskPhoneFile, AskPhonePassword, AskPhones, AskTimeline, FileSent, Folder, Folders,
    Hop, Hops, Number, OrderPhone, Phone, PhoneFile, PhoneOrder, PhonePassword, Phones, Step,
    Timeline, Trust, Via,
};

use crate::file::File;
use crate::same::same;

const TIME: u64 = 1_700_000_000_000;
const MAC: [u8; 6] = [0x00, 0x15, 0x65, 0xaa, 0xbb, 0xcc];
/// 192.0.2.7 and 192.0.2.1.
const ADDRESS: u32 = 0xc000_0207;
const OURS: u32 = 0xc000_0201;

pub(crate) fn check(file: &File) {
    same!(file, "hops", Hops { hops: vec![hop(Step::Ack)] });
    same!(file, "ask-folders", AskFolders { watch: true });
    let folder = Folder { mac: MAC, token: "00ff".into(), secure: true };
    same!(file, "folders", Folders { folders: vec![folder] });
    files(file);
    same!(file, "ask-phones", AskPhones { watch: false });
    let numbers = vec![Number { number: 101, name: "Anna".into() }];
    same!(file, "phones", Phones { phones: vec![phone()], open_until: TIME, numbers });
    same!(file, "ask-timeline", AskTimeline { mac: MAC });
    same!(file, "timeline", Timeline { hops: vec![hop(Step::Unregister)] });
    orders(file);
    same!(file, "ask-phone-password", AskPhonePassword { mac: MAC });
    same!(file, "phone-password", PhonePassword { password: "123456789012".into() });
}

fn hop(step: Step) -> Hop {
    Hop {
        mac: MAC,
        step,
        at: TIME,
        address: ADDRESS,
        class: b"yealink".to_vec(),
        wishes: vec![1, 66],
        words: "a.cfg".into(),
    }
}

fn files(file: &File) {
    let ask = AskPhoneFile {
        name: b"a.cfg".to_vec(),
        asker: ADDRESS,
        ours: OURS,
        token: "00ff".into(),
        agent: "Yealink".into(),
        via: Via::Https,
        certified: Some("001565aabbcc".into()),
    };
    same!(file, "ask-phone-file", ask.clone());
    let bare = AskPhoneFile {
        token: String::new(),
        agent: String::new(),
        via: Via::Tftp,
        certified: None,
        ..ask
    };
    same!(file, "ask-phone-file-tftp", bare);
    let phone_file = PhoneFile { bytes: b"a = b\n".to_vec(), media: "text/plain".into() };
    same!(file, "phone-file", phone_file);
    let sent =
        |fault: &str| FileSent { name: b"a.cfg".to_vec(), asker: ADDRESS, fault: fault.into() };
    same!(file, "file-sent", sent(""));
    same!(file, "file-sent-failed", sent("timed out"));
}

fn phone() -> Phone {
    Phone {
        mac: MAC,
        vendor: "Yealink".into(),
        model: "T46S".into(),
        name: "Reception".into(),
        trust: Trust::Approved,
        address: ADDRESS,
        is_registered: true,
        number: "201".into(),
        person: "anna".into(),
        speaks_up: true,
        last: Some(hop(Step::Register)),
        trouble: "It awaits.".into(),
        since: TIME,
    }
}

fn orders(file: &File) {
    let of = |order: PhoneOrder| OrderPhone { mac: MAC, order };
    same!(file, "order-approve", of(PhoneOrder::Approve));
    same!(file, "order-refuse", of(PhoneOrder::Refuse));
    let all = OrderPhone { mac: [0; 6], order: PhoneOrder::ApproveAll { seconds: 300 } };
    same!(file, "order-approve-all", all);
    same!(file, "order-name", of(PhoneOrder::Name { name: "Reception".into() }));
    same!(file, "order-assign", of(PhoneOrder::Assign { person: "anna".into() }));
    same!(file, "order-speak-up", of(PhoneOrder::SpeakUp { yes: true }));
    same!(file, "order-resync", of(PhoneOrder::Resync));
    same!(file, "order-replace", of(PhoneOrder::Replace { old: [2; 6] }));
    same!(file, "order-forget", of(PhoneOrder::Forget));
}
