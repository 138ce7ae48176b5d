//! A gateway with a few files, the service, and clients of others.

use std::collections::BTreeMap;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use chassis::context::Context;
use chassis::counter::{self, Event};
use chassis::layout::{Layout, PhonePorts, Ports};
use message::station::{AskPhoneFile, FileSent, PhoneFile, Via};
use message::{ErrorCode, Refusal};
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

/// The folder of the telephone that alone may have `own.cfg`.
pub(crate) const TOKEN: &str = "00112233445566778899aabbccddeeff";
const PATIENCE: Duration = Duration::from_secs(20);

/// A client, and how it is told to ask.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Client {
    Atftp,
    AtftpWindow,
    Hpa,
    HpaText,
    Busybox,
    BusyboxLarge,
    Curl,
    CurlLarge,
}

impl Client {
    /// Each once.
    pub(crate) const ALL: [Self; 4] = [Self::Atftp, Self::Hpa, Self::Busybox, Self::Curl];

    fn command(self, host: IpAddr, port: u16, path: &str, out: &Path) -> Command {
        let (host, port, out) = (host.to_string(), port.to_string(), out.display().to_string());
        let url = format!("tftp://{host}:{port}/{path}");
        let (program, words): (&str, Vec<&str>) = match self {
            Self::Atftp => ("atftp", vec!["-g", "-r", path, "-l", &out, &host, &port]),
            Self::AtftpWindow => {
                let (block, window) = ("blksize 1428", "windowsize 8");
                let words = ["--option", block, "--option", window, "-g", "-r", path, "-l", &out];
                ("atftp", [&words[..], &[&host, &port]].concat())
            }
            Self::Hpa => ("tftp", vec!["-m", "octet", &host, &port, "-c", "get", path, &out]),
            Self::HpaText => {
                ("tftp", vec!["-m", "netascii", &host, &port, "-c", "get", path, &out])
            }
            Self::Busybox => ("busybox", vec!["tftp", "-g", "-r", path, "-l", &out, &host, &port]),
            Self::BusyboxLarge => {
                let words = ["tftp", "-g", "-b", "1428", "-r", path, "-l", &out];
                ("busybox", [&words[..], &[&host, &port]].concat())
            }
            Self::Curl => ("curl", vec!["-s", "--path-as-is", "-o", &out, &url]),
            Self::CurlLarge => ("curl", vec!["-s", "--tftp-blksize", "1428", "-o", &out, &url]),
        };
        let mut command = Command::new(program);
        command.args(words).stdin(Stdio::null());
        command
    }
}

/// What the gateway was asked: the asker, our address, and how many questions there were.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    last: Option<(IpAddr, IpAddr)>,
    questions: usize,
}

/// All of it.
pub(crate) struct Office {
    folder: TempDir,
    context: Context,
    port: u16,
    files: BTreeMap<&'static str, Vec<u8>>,
    asked: watch::Sender<Asked>,
    told: mpsc::Sender<FileSent>,
    heard: mpsc::Receiver<FileSent>,
}

impl Office {
    pub(crate) async fn open() -> Self {
        let office = Self::without_gateway().await;
        office.open_gateway();
        office
    }

    pub(crate) async fn without_gateway() -> Self {
        let folder = tempfile::tempdir().expect("a temp dir");
        let layout = Layout::under(folder.path(), Ports::FREE)
            .with_phones(PhonePorts::FREE)
            .bound_to(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        layout.make_directories().expect("directories");
        let context = Context::new(layout);
        context.serve("tftp", tftp::run(context.clone()));
        let address = context.announced("tftp").await.expect("it listens");
        let noise = |len: usize| -> Vec<u8> {
            (0..len).map(|at| at.to_le_bytes()[0] ^ at.to_le_bytes()[1]).collect()
        };
        let files = BTreeMap::from([
            ("empty.cfg", Vec::new()),
            ("small.cfg", b"[phone]\nline=1\n\nname=\"caf\xc3\xa9\"\n".to_vec()),
            ("own.cfg", b"password=secret\n".to_vec()),
            ("even.bin", noise(4 * 512)),
            ("large.bin", noise(500_001)),
        ]);
        let (told, heard) = mpsc::channel(64);
        Self {
            folder,
            context,
            port: address.port(),
            files,
            asked: watch::Sender::default(),
            told,
            heard,
        }
    }

    /// The gateway begins to answer.
    pub(crate) fn open_gateway(&self) {
        let socket = &self.context.layout().gateway_socket;
        let mut events = counter::open(&self.context, "gateway", socket, &[]).expect("a counter");
        let (files, asked, told) = (self.files.clone(), self.asked.clone(), self.told.clone());
        self.context.spawn("clerk", async move {
            while let Some(event) = events.recv().await {
                let Event::Asked(asker, object) = event else { continue };
                if let Ok(sent) = counter::read::<FileSent>(&object) {
                    asker.accept(&object.header);
                    // Not every test listens.
                    let _ = told.try_send(sent);
                    continue;
                }
                let question: AskPhoneFile = counter::read(&object).expect("a question");
                assert_eq!(question.via, Via::Tftp);
                let address = |number: u32| IpAddr::V4(number.into());
                let who = (address(question.asker), address(question.ours));
                asked.send_modify(|asked| {
                    *asked = Asked { last: Some(who), questions: asked.questions + 1 };
                });
                match find(&files, &question) {
                    Some(bytes) => {
                        let media = "text/plain".to_owned();
                        asker.answer(&object.header, &PhoneFile { bytes, media });
                    }
                    None => {
                        let refusal = Refusal::new(ErrorCode::NotFound, "there is none");
                        asker.refuse(&object.header, &refusal);
                    }
                }
            }
        });
    }

    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    pub(crate) fn questions(&self) -> usize {
        self.asked.borrow().questions
    }

    pub(crate) fn last_asked(&self) -> Option<(IpAddr, IpAddr)> {
        self.asked.borrow().last
    }

    /// What a client got; nothing if it failed, or got not even an empty file.
    pub(crate) async fn fetch(&self, client: Client, path: &str) -> Option<Vec<u8>> {
        self.fetch_from(Ipv4Addr::LOCALHOST, client, path).await
    }

    pub(crate) async fn fetch_from(
        &self,
        host: Ipv4Addr,
        client: Client,
        path: &str,
    ) -> Option<Vec<u8>> {
        let out = self.folder.path().join("out");
        let _ = fs::remove_file(&out);
        let command = client.command(host.into(), self.port, path, &out);
        let said = run(command).await;
        let got = fs::read(&out).ok()?;
        // Some leave an empty file behind when there is none, and one of them says so.
        (!got.is_empty() || !is_refused(&said)).then_some(got)
    }

    /// Wants to leave a file here; what the client says.
    pub(crate) async fn put(&self, name: &str) -> String {
        let file = self.folder.path().join("log");
        fs::write(&file, b"started").expect("written");
        let port = self.port.to_string();
        let mut command = Command::new("tftp");
        command.args(["-m", "octet", "127.0.0.1", &port, "-c", "put"]).arg(file).arg(name);
        command.stdin(Stdio::null());
        run(command).await.0
    }

    /// Waits until the gateway hears how it went with this file.
    pub(crate) async fn hears(&mut self, name: &str, fault: &str) {
        let heard = timeout(PATIENCE, self.heard.recv()).await.expect("in time");
        let FileSent { name: of, asker, fault: why } = heard.expect("a report");
        assert_eq!((of.as_slice(), why.as_str()), (name.as_bytes(), fault));
        assert_eq!(Ipv4Addr::from(asker), Ipv4Addr::LOCALHOST);
    }

    pub(crate) async fn close(self) {
        self.context.drain().await;
        assert!(!self.context.failed());
    }
}

fn find(files: &BTreeMap<&'static str, Vec<u8>>, question: &AskPhoneFile) -> Option<Vec<u8>> {
    let name = String::from_utf8(question.name.clone()).ok()?;
    let is_allowed = name != "own.cfg" || question.token == TOKEN;
    files.get(name.as_str()).filter(|_| is_allowed).cloned()
}

fn is_refused((said, is_well): &(String, bool)) -> bool {
    !is_well || said.to_lowercase().contains("no such file")
}

/// Runs a client to its end: what it says, and whether it is content.
async fn run(mut command: Command) -> (String, bool) {
    let program = command.get_program().display().to_string();
    let run = tokio::task::spawn_blocking(move || command.output());
    let output = timeout(PATIENCE, run).await.expect("it ends in time").expect("it is waited for");
    let missing = format!("{program} is missing: run `.ci/setup test`");
    let output = output.expect(&missing);
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8_lossy(&said).into_owned(), output.status.success())
}
