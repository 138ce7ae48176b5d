//! The service on real sockets: the other services are played, and the kernel's neighbours are a
//! file.

use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use chassis::context::Context;
use chassis::counter::{self, Event};
use chassis::hub::{Address, Away, Hub, News, watch};
use chassis::layout::{Layout, PhonePorts, Ports};
use message::station::{
    AskFolders, AskPhoneFile, AskPhonePassword, AskPhones, AskTimeline, FileSent, Folders, Hop,
    Hops, OrderPhone, Phone, PhoneFile, PhoneOrder, PhonePassword, Phones, Step, Timeline, Trust,
    Via,
};
use message::system::Snapshot;
use message::{ErrorCode, Kind, Object, ObjectId};
use nix::unistd::geteuid;
use settings::{Language, Settings, ZoneName};
use tempfile::TempDir;
use tokio::time::timeout;

use super::{Options, run};
use crate::question::Role;

const MAC: [u8; 6] = [0x00, 0x0b, 0x82, 0x12, 0x34, 0x56];
const OWN: &str = "cfg000b82123456.xml";
/// A busy machine may need long.
const PATIENCE: Duration = Duration::from_secs(60);
const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 77, 20);

/// An appliance in a folder.
struct Appliance {
    context: Context,
    folder: TempDir,
    hub: Hub,
}

impl Appliance {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temp dir");
        neighbours(folder.path(), "00:0b:82:12:34:56");
        Self::start_in(folder)
    }

    fn start_in(folder: TempDir) -> Self {
        let layout = Layout::under(folder.path(), Ports::FREE).with_phones(PhonePorts::FREE);
        layout.make_directories().expect("directories can be made");
        let context = Context::new(layout);
        let neighbours = folder.path().join("arp");
        let options = Options { neighbours, ..Options::default() };
        context.serve("gateway", run(context.clone(), options));
        let hub = Hub::start(&context, address(&context));
        Self { context, folder, hub }
    }

    async fn restart(self) -> Self {
        self.context.drain().await;
        assert!(!self.context.failed(), "it ended well");
        Self::start_in(self.folder)
    }

    async fn ready(&self) {
        assert!(self.context.until_ready("gateway").await);
    }

    async fn order(&self, order: PhoneOrder) -> Result<Phones, Away> {
        let answer = self.hub.ask(&OrderPhone { mac: MAC, order }).await?;
        Ok(answer.read::<Phones>()?)
    }

    async fn hop(&self, step: Step) {
        let (class, wishes) = (b"Grandstream GXP2170".to_vec(), vec![66, 150]);
        let (address, words) = (u32::from(ADDRESS), String::new());
        let hop = Hop { mac: MAC, step, at: 1, address, class, wishes, words };
        let answer = self.hub.ask(&Hops { hops: vec![hop] }).await.expect("taken");
        assert_eq!(answer.header.kind, Kind::None);
    }

    async fn get(&self, token: &str) -> Result<String, Away> {
        let ask = AskPhoneFile {
            name: OWN.as_bytes().to_vec(),
            asker: u32::from(ADDRESS),
            ours: u32::from(Ipv4Addr::new(192, 168, 77, 1)),
            token: token.to_owned(),
            agent: String::new(),
            via: Via::Tftp,
            certified: None,
        };
        let answer = self.hub.ask(&ask).await?;
        Ok(String::from_utf8(answer.read::<PhoneFile>()?.bytes).expect("text"))
    }

    /// The token of the phone, as soon as it is on disk.
    async fn token(&self) -> String {
        let told = timeout(PATIENCE, async {
            loop {
                let answer = self.hub.ask(&AskFolders { watch: false }).await.expect("answered");
                let folders = answer.read::<Folders>().expect("folders").folders;
                if let Some(folder) = folders.first() {
                    return folder.token.clone();
                }
            }
        });
        told.await.expect("soon")
    }

    async fn phone(&self) -> Phone {
        let answer = self.hub.ask(&AskPhones { watch: false }).await.expect("answered");
        answer.read::<Phones>().expect("phones").phones.remove(0)
    }

    async fn password(&self) -> String {
        let answer = self.hub.ask(&AskPhonePassword { mac: MAC }).await.expect("answered");
        answer.read::<PhonePassword>().expect("a password").password
    }
}

fn address(context: &Context) -> Address {
    let socket = context.layout().gateway_socket.clone();
    Address { name: "gateway", socket, caller: "test" }
}

/// What the kernel knows of the phone's address.
fn neighbours(folder: &Path, card: &str) {
    let table = format!("IP address HW type\n{ADDRESS} 0x1 0x2 {card} * eth0\n");
    fs::write(folder.join("arp"), table).expect("written");
}

fn code(answer: Result<String, Away>) -> Option<ErrorCode> {
    match answer {
        Err(Away::Refused(refusal)) => Some(refusal.code),
        Err(Away::Silent(_) | Away::Malformed(_)) | Ok(_) => None,
    }
}

#[tokio::test]
async fn a_phone_is_seen_approved_and_gets_its_secrets_and_nobody_else_does() {
    let office = Appliance::start();
    office.ready().await;
    for step in [Step::Discover, Step::Offer, Step::Ack] {
        office.hop(step).await;
    }
    let token = office.token().await;
    assert_eq!(token.len(), 32);
    assert!(office.get(&token).await.expect("a file").contains("awaiting approval"));
    let phones = office.order(PhoneOrder::Approve).await.expect("approved");
    assert_eq!(
        (phones.phones[0].trust, phones.phones[0].number.as_str()),
        (Trust::Approved, "201")
    );
    let password = office.password().await;
    // Another card answers at the phone's address.
    neighbours(office.folder.path(), "00:0b:82:12:34:57");
    assert_eq!(code(office.get(&token).await), Some(ErrorCode::NotFound));
    neighbours(office.folder.path(), "00:0b:82:12:34:56");
    assert_eq!(code(office.get(&"0".repeat(32)).await), Some(ErrorCode::NotFound));
    assert!(!office.get("").await.expect("a file").contains(&password));
    assert!(office.get(&token).await.expect("its file").contains(&password));
    let (name, asker) = (OWN.as_bytes().to_vec(), u32::from(ADDRESS));
    let sent = FileSent { name, asker, fault: String::new() };
    office.hub.ask(&sent).await.expect("taken");
    let answer = office.hub.ask(&AskTimeline { mac: MAC }).await.expect("answered");
    let timeline = answer.read::<Timeline>().expect("a timeline");
    assert_eq!(timeline.hops.last().map(|hop| hop.step), Some(Step::File));
    office.context.drain().await;
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let office = Appliance::start();
    office.ready().await;
    office.hop(Step::Ack).await;
    office.order(PhoneOrder::Approve).await.expect("approved");
    office.order(PhoneOrder::Name { name: "Reception".into() }).await.expect("named");
    let token = office.token().await;
    let file = office.get(&token).await.expect("its file");
    let (before, password) = (office.phone().await, office.password().await);
    let office = office.restart().await;
    office.ready().await;
    let after = office.phone().await;
    assert_eq!(after, Phone { last: None, ..before });
    assert_eq!(office.token().await, token);
    assert_eq!(office.password().await, password);
    assert_eq!(office.get(&token).await.expect("its file"), file, "after a power cut");
    office.context.drain().await;
}

#[tokio::test]
async fn who_watches_is_told_of_folders_and_phones() {
    let office = Appliance::start();
    office.ready().await;
    let question = Object::of(ObjectId::BLANK, &AskFolders { watch: true });
    let mut folders = watch(&office.context, address(&office.context), vec![question]);
    let question = Object::of(ObjectId::BLANK, &AskPhones { watch: true });
    let mut phones = watch(&office.context, address(&office.context), vec![question]);
    for news in [&mut folders, &mut phones] {
        assert!(matches!(news.recv().await, Some(News::Object(_))), "the answer");
    }
    office.hop(Step::Ack).await;
    let Some(News::Object(object)) = folders.recv().await else {
        assert_eq!(0, 1, "not told");
        return;
    };
    assert!(!object.header.flags.answer);
    assert_eq!(object.read::<Folders>().expect("folders").folders.len(), 1);
    let seen = timeout(PATIENCE, async {
        while let Some(News::Object(object)) = phones.recv().await {
            let list = object.read::<Phones>().expect("phones");
            if list.phones.iter().any(|phone| phone.address == u32::from(ADDRESS)) {
                return true;
            }
        }
        false
    });
    assert_eq!(seen.await, Ok(true));
    office.context.drain().await;
}

#[tokio::test]
async fn phones_speak_the_office_s_language() {
    let office = Appliance::start();
    office.ready().await;
    let socket = office.context.layout().system_socket.clone();
    let mut asked = counter::open(&office.context, "keeper", &socket, &[]).expect("opened");
    office.context.spawn("keeper", async move {
        let mut settings = Settings { language: Language::Deutsch, ..Settings::default() };
        settings.time.zone = ZoneName::parse("Europe/Berlin").expect("a zone");
        let settings = settings.to_json();
        let snapshot = Snapshot { revision: 1, settings, pending: None, managed: true };
        while let Some(event) = asked.recv().await {
            if let Event::Asked(asker, object) = event {
                asker.answer(&object.header, &snapshot);
            }
        }
    });
    office.hop(Step::Ack).await;
    let token = office.token().await;
    let told = timeout(PATIENCE, async {
        loop {
            let file = office.get(&token).await.expect("a file");
            if file.contains("wartet auf Freigabe") {
                return file;
            }
        }
    });
    let file = told.await.expect("soon");
    assert!(file.contains("<P246>MTZ-1MDT-2,M3.5.0/2,M10.5.0/3</P246>"), "{file}");
    office.context.drain().await;
}

#[test]
fn a_user_comes_in_its_role() {
    let own = geteuid().as_raw();
    let [dhcp, tftp, admin, lcd] = [1, 2, 3, 4].map(|more| Some(own + 1_000 + more));
    let options = Options { dhcp, tftp, admin, lcd, ..Options::default() };
    let role = |user: Option<u32>| options.role(user.expect("a user"));
    assert_eq!(role(dhcp), Some(Role::Dhcp));
    assert_eq!(role(tftp), Some(Role::Tftp));
    assert_eq!(role(lcd), Some(Role::Panel));
    assert_eq!([admin, Some(0), Some(own)].map(role), [Some(Role::Admin); 3]);
    assert_eq!(role(Some(own + 1_000)), None);
}
