//! Listing, showing, playing, saving and deleting messages.

use std::path::Path;

use anyhow::Context;
use client_engine::{Change, Command, Direction, MessageState, MessageView, SinkId};
use message::MessageId;
use serde_json::{Value, json};

use super::people::{carry_out, everybody, say};
use super::{hush, print};
use crate::cli::{Delete, Inbox, One, Play, Save, Sync};
use crate::deed::Deed;
use crate::exit::{Exit, Trouble};
use crate::find::ShortIds;
use crate::lines::Setting;
use crate::shell::place::{Place, Role};
use crate::shell::prompt;
use crate::shell::session::News;
use crate::{find, json, lines, media};

/// `ivm inbox`.
pub(super) async fn inbox(inbox: &Inbox, place: &Place) -> anyhow::Result<Exit> {
    let (mut role, exit) = synced(place, &inbox.sync).await?;
    let wanted = |message: &&MessageView| {
        message.direction == Direction::Received
            && (!inbox.unplayed || message.state == MessageState::Unplayed)
    };
    list(&mut role, place, wanted);
    role.close().await?;
    Ok(exit)
}

/// `ivm sent`.
pub(super) async fn sent(sync: &Sync, place: &Place) -> anyhow::Result<Exit> {
    let (mut role, exit) = synced(place, sync).await?;
    list(&mut role, place, |message| message.direction == Direction::Sent);
    role.close().await?;
    Ok(exit)
}

/// A session that has heard what the server has, if it may receive and the server is there.
async fn synced(place: &Place, sync: &Sync) -> anyhow::Result<(Role, Exit)> {
    let mut role =
        if sync.no_sync { place.onlooker()? } else { place.receiver_or_onlooker().await? };
    hush(&mut role);
    role.session.known().await?;
    if !role.receives {
        return Ok((role, Exit::Done));
    }
    let exit = match role.session.online(place.patience()).await {
        Ok(()) => {
            role.session.quiet(place.patience()).await?;
            Exit::Done
        }
        Err(trouble) => say(&trouble),
    };
    Ok((role, exit))
}

fn list(role: &mut Role, place: &Place, wanted: impl Fn(&&MessageView) -> bool) {
    let (people, all) = (everybody(role), role.session.engine().messages());
    let shown: Vec<&MessageView> = all.iter().filter(wanted).collect();
    let values: Vec<Value> = shown.iter().map(|message| json::message(message, &people)).collect();
    let short = ShortIds::of(&all);
    let setting =
        Setting { people: &people, short: &short, today: place.today(), zone: &place.zone };
    print(place, &Value::Array(values), &lines::messages(&shown, &setting));
}

/// `ivm show`.
pub(super) async fn show(one: &One, place: &Place) -> anyhow::Result<Exit> {
    let mut role = place.onlooker()?;
    role.session.known().await?;
    let (people, all) = (everybody(&role), role.session.engine().messages());
    let id = find::message(&one.id, &all)?;
    let view = role.session.engine().message(id).context("the message is gone")?;
    let short = ShortIds::of(&all);
    let setting =
        Setting { people: &people, short: &short, today: place.today(), zone: &place.zone };
    print(place, &json::message(&view, &people), &lines::message(&view, &setting));
    role.close().await?;
    Ok(Exit::Done)
}

/// A session and the message that is meant; what is not here yet may come from the server.
async fn with_message(text: &str, place: &Place) -> anyhow::Result<(Role, MessageView)> {
    let mut role = place.receiver_or_onlooker().await?;
    hush(&mut role);
    role.session.known().await?;
    let mut found = find::message(text, &role.session.engine().messages());
    if found.is_err() && role.receives && role.session.online(place.patience()).await.is_ok() {
        role.session.quiet(place.patience()).await?;
        found = find::message(text, &role.session.engine().messages());
    }
    let id = found?;
    let view = role.session.engine().message(id).context("the message is gone")?;
    Ok((role, view))
}

/// `ivm play`.
pub(super) async fn play(play: &Play, place: &Place) -> anyhow::Result<Exit> {
    let (mut role, view) = with_message(&play.id, place).await?;
    match &play.to {
        Some(path) => export(&mut role, view.id, path).await?,
        None => aloud(&mut role, view.id, play.from).await?,
    }
    let unheard = view.direction == Direction::Received && view.state != MessageState::Played;
    if unheard {
        // Who heard it has heard it, also when the server hears of it only later.
        carry_out(&mut role, &Deed::Played(view.id), place).await?;
    }
    let standard = Path::new("-");
    if play.to.as_deref() != Some(standard) {
        let file = play.to.as_deref().map(|path| path.display().to_string());
        let (id, duration_ms) = (view.id.to_string(), view.duration_ms);
        print(place, &json!({"id": id, "duration_ms": duration_ms, "file": file}), &[]);
    }
    role.close().await?;
    Ok(Exit::Done)
}

async fn aloud(role: &mut Role, message: MessageId, from_ms: u64) -> anyhow::Result<()> {
    role.session.command(Command::Play { message, from_ms });
    let mut begun = false;
    role.session
        .until(None, |engine, news| match news {
            News::NoSound(reason) => Some(Err(Trouble::new(Exit::NoSound, reason.clone()))),
            News::Notice(client_engine::Notice::Refused(reason)) => {
                Some(Err(Trouble::new(Exit::Failed, reason.clone())))
            }
            News::Changed(Change::Playing) => {
                begun = begun || engine.playing().is_some();
                (begun && engine.playing().is_none()).then_some(Ok(()))
            }
            _ => None,
        })
        .await?;
    Ok(())
}

async fn export(role: &mut Role, message: MessageId, path: &Path) -> anyhow::Result<()> {
    let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_lowercase();
    let ogg = matches!(end.as_str(), "ogg" | "opus");
    let sink = role
        .session
        .files
        .sink(path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    role.session.command(Command::Export { message, sink, ogg });
    written(role, sink).await.with_context(|| format!("cannot write {}", path.display()))
}

async fn written(role: &mut Role, sink: SinkId) -> anyhow::Result<()> {
    role.session
        .until(None, |_, news| match news {
            News::Written(which, result) if *which == sink => {
                let failed = |reason: String| Trouble::new(Exit::Failed, reason);
                Some(result.clone().map_err(failed))
            }
            News::Notice(client_engine::Notice::Refused(reason)) => {
                Some(Err(Trouble::new(Exit::Failed, reason.clone())))
            }
            _ => None,
        })
        .await?;
    Ok(())
}

/// `ivm save`.
pub(super) async fn save(save: &Save, place: &Place) -> anyhow::Result<Exit> {
    let (mut role, view) = with_message(&save.id, place).await?;
    if view.attachments.is_empty() {
        return Err(Trouble::not_found("the message has no attachments").into());
    }
    std::fs::create_dir_all(&save.dir)
        .with_context(|| format!("cannot make the folder {}", save.dir.display()))?;
    let mut saved = Vec::new();
    for (attachment, file) in view.attachments.iter().enumerate() {
        let name = media::safe_name(&file.name);
        let path = media::free_place(&save.dir, &name, |path| path.exists());
        let sink = role
            .session
            .files
            .sink(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        role.session.command(Command::Save { message: view.id, attachment, sink });
        written(&mut role, sink)
            .await
            .with_context(|| format!("cannot write {}", path.display()))?;
        saved.push(path.display().to_string());
    }
    print(place, &json!({"id": view.id.to_string(), "files": saved}), &saved);
    role.close().await?;
    Ok(Exit::Done)
}

/// `ivm delete`.
pub(super) async fn delete(delete: &Delete, place: &Place) -> anyhow::Result<Exit> {
    let (mut role, view) = with_message(&delete.id, place).await?;
    let everywhere = if delete.everywhere { " from all your devices" } else { "" };
    let from = crate::words::partner(&view, &everybody(&role));
    let question = format!("Delete the message of {from}{everywhere}?");
    if !delete.confirmed.yes && !prompt::agrees(&question)? {
        return Err(Trouble::new(Exit::Usage, "not confirmed: use --yes").into());
    }
    let deed = Deed::Delete(view.id, delete.everywhere);
    let exit = if delete.everywhere || !role.receives {
        carry_out(&mut role, &deed, place).await?
    } else {
        role.session.command(Command::Delete { message: view.id, everywhere: false });
        Exit::Done
    };
    print(place, &json!({"id": view.id.to_string(), "deleted": true}), &["deleted".to_owned()]);
    role.close().await?;
    Ok(exit)
}
