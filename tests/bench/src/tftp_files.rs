//! Our file server in a process of its own. It has no files: the gateway has them, and in its place
//! stands here who keeps the two files of the benchmark in memory.

use std::path::Path;

use anyhow::{Context as _, Result};
use chassis::context::Context;
use chassis::counter::{self, Asker, Event};
use chassis::layout::{Layout, PhonePorts, Ports};
use message::station::{AskPhoneFile, PhoneFile};
use message::{ErrorCode, Kind, Object, Refusal};

use crate::tftp_load::{LARGE, SMALL, file};

/// Serves until it is killed.
pub(crate) async fn serve(state: &Path) -> Result<()> {
    let layout = Layout::under(state, Ports::FREE).with_phones(PhonePorts::USUAL);
    layout.make_directories().context("make the folders")?;
    let context = Context::new(layout);
    let socket = context.layout().gateway_socket.clone();
    let mut asked = counter::open(&context, "files", &socket, &[])?;
    context.serve("tftp", tftp::run(context.clone()));
    let files = [SMALL, LARGE].map(|(name, len)| (name, file(len)));
    while let Some(event) = asked.recv().await {
        if let Event::Asked(asker, object) = event {
            answer(&asker, &object, &files);
        }
    }
    Ok(())
}

fn answer(asker: &Asker, object: &Object, files: &[(&str, Vec<u8>)]) {
    let header = object.header;
    if header.kind != Kind::AskPhoneFile {
        return asker.accept(&header);
    }
    let ask = object.read::<AskPhoneFile>();
    let name = ask.map(|ask| ask.name).unwrap_or_default();
    match files.iter().find(|(known, _)| known.as_bytes() == name) {
        Some((_, bytes)) => {
            let media = "application/octet-stream".to_owned();
            asker.answer(&header, &PhoneFile { bytes: bytes.clone(), media });
        }
        None => asker.refuse(&header, &Refusal::new(ErrorCode::NotFound, "no such file")),
    }
}
