//! The way from the service to root and back over a socket, the jobs, and the diagnostics.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::os::unix::net::UnixListener;

use chassis::context::Context;
use chassis::layout::{Layout, Ports};
use flate2::read::GzDecoder;
use message::ErrorCode;
use message::system::{Job, Stage};
use system::deed::{Outcome, Report, Request};
use system::shell_deed::{DeedError, Grounds, perform, serve};
use system::shell_job::Jobs;

fn layout(folder: &tempfile::TempDir) -> Layout {
    let layout = Layout::under(folder.path(), Ports::FREE);
    layout.make_directories().expect("made");
    layout
}

/// Root's side: a thread for each connection, as the image has a process.
fn root(layout: &Layout) -> Layout {
    let socket = layout.runtime.join("deed.sock");
    let listener = UnixListener::bind(&socket).expect("binds");
    let mut grounds = Grounds::of(layout.clone());
    grounds.machine = layout.state.join("machine");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.expect("a connection");
            serve(&grounds, &stream, &stream).expect("served");
        }
    });
    Layout { deed_socket: Some(socket), ..layout.clone() }
}

#[tokio::test]
async fn root_does_what_can_be_meant_and_says_how_far_it_is() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let layout = root(&layout(&folder));
    let mut heard = 0;
    let request = Request::Diagnostics { files: BTreeMap::new() };
    let done = perform(&layout, request, |report| {
        assert!(matches!(report, Report::Progress { .. }));
        heard += 1;
    });
    let outcome = done.await.expect("it is done");
    assert!(heard > 1 && layout.exchange.join(outcome.file.expect("a file")).exists());
    let refused = perform(&layout, Request::Zone { name: "../etc".to_owned() }, |_| {}).await;
    assert!(matches!(refused, Err(DeedError::Invalid(_))));
    let nowhere = perform(&layout, Request::Zone { name: "Mars/Base".to_owned() }, |_| {}).await;
    assert!(matches!(nowhere, Err(DeedError::Failed(words)) if words.contains("no time zone")));
}

#[tokio::test]
async fn without_root_s_socket_the_machine_is_left_alone() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let layout = layout(&folder);
    for request in [Request::Restart, Request::SetClock { unix_ms: 1_800_000_000_000 }] {
        let refused = perform(&layout, request, |_| {}).await;
        assert!(matches!(refused, Err(DeedError::Unmanaged)));
    }
    let reset = perform(&layout, Request::FactoryReset { keep_messages: true }, |_| {}).await;
    assert_ne!(reset.expect("noted for the next start"), Outcome::default());
}

#[tokio::test]
async fn a_helper_that_dies_or_babbles_is_an_error() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let socket = folder.path().join("deed.sock");
    let listener = UnixListener::bind(&socket).expect("binds");
    std::thread::spawn(move || {
        use std::io::Write as _;
        for (at, stream) in listener.incoming().enumerate() {
            let mut stream = stream.expect("a connection");
            if at == 1 {
                stream.write_all(b"what?\n").expect("written");
            }
        }
    });
    let layout = Layout { deed_socket: Some(socket), ..layout(&folder) };
    for _ in 0..2 {
        let gone = perform(&layout, Request::SlotStatus, |_| {}).await;
        assert!(matches!(gone, Err(DeedError::Away(_))));
    }
}

#[tokio::test]
async fn diagnostics_hold_what_helps_and_no_secret() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let layout = layout(&folder);
    let secrets = ["hunter2-password", "7K3M-XQ2W", "MIGHAgEAMBMGByqGSM49"];
    fs::create_dir_all(&layout.authority).expect("made");
    fs::write(layout.authority.join("authority.pem"), secrets[2]).expect("written");
    fs::write(&layout.whereabouts, format!("{{\"code\":\"{}\"}}", secrets[1])).expect("written");
    fs::write(&layout.admin_database, secrets[0]).expect("written");
    let context = Context::new(layout.clone());
    let jobs = Jobs::new(&context);
    let mut watch = jobs.watch();
    let files = BTreeMap::from([("settings.json".to_owned(), "{\"host\":\"ivm\"}".to_owned())]);
    jobs.begin(Job::Diagnostics, files).expect("begins");
    let state = watch.wait_for(|book| book.state().stage != Stage::Running).await;
    let state = state.expect("the jobs are there").state().clone();
    assert_eq!((state.stage, state.percent), (Stage::Done, 100), "{}", state.words);
    let file = fs::File::open(layout.exchange.join(state.file.expect("a file"))).expect("there");
    let mut archive = Vec::new();
    GzDecoder::new(file).read_to_end(&mut archive).expect("a gzip file");
    let text = String::from_utf8_lossy(&archive).into_owned();
    for expected in ["version.txt", "{\"host\":\"ivm\"}", "MemTotal", "Filesystem"] {
        assert!(text.contains(expected), "{expected}");
    }
    assert!(secrets.iter().all(|secret| !text.contains(secret)));
    context.drain().await;
}

#[tokio::test]
async fn one_job_runs_at_a_time_and_a_bad_one_does_not_stay() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let context = Context::new(layout(&folder));
    let jobs = Jobs::new(&context);
    let bad = Job::Restore { file: "../x".to_owned(), passphrase: "long enough".to_owned() };
    let refused = jobs.begin(bad, BTreeMap::new()).expect_err("cannot be meant");
    assert_eq!(refused.code, ErrorCode::Invalid);
    let none = Job::Restore { file: "x.ivmbackup".into(), passphrase: "long enough".into() };
    let mut watch = jobs.watch();
    jobs.begin(none.clone(), BTreeMap::new()).expect("begins");
    let second = jobs.begin(none, BTreeMap::new()).expect_err("one runs");
    assert_eq!(second.code, ErrorCode::Conflict);
    let ended = watch.wait_for(|book| book.state().stage == Stage::Failed).await;
    assert!(ended.expect("the jobs are there").state().words.contains("no file x.ivmbackup"));
    context.drain().await;
}
