//! Logging in and out, taking up an invitation, another password.

use std::time::Duration;

use anyhow::Context;
use client_engine::{Command, Engine, Notice, Password};
use link::client::{Pin, connect};
use link::{Fingerprint, LinkError, Target};
use serde_json::json;

use super::{hush, print};
use crate::cli::{Confirmed, Join, Login, Passwd, Server};
use crate::exit::{Exit, Trouble};
use crate::shell::place::{Place, Role};
use crate::shell::prompt;
use crate::shell::session::News;
use crate::shell::wait::Seen;

/// `ivm login`.
pub(super) async fn log_in(login: Login, place: &Place) -> anyhow::Result<Exit> {
    let (target, pin) = server(&login.server, place).await?;
    let mut role = place.receiver_at(target.clone(), pin).await?;
    hush(&mut role);
    if role.session.ready().await? {
        let name = role.session.engine().me().map(|me| me.name).unwrap_or_default();
        if name != login.name.to_lowercase() {
            let text = format!("this home belongs to {name}: log out first, or use another --home");
            return Err(Trouble::new(Exit::Usage, text).into());
        }
    }
    let question = format!("Password of {} at {target}: ", login.name);
    let password = prompt::password(login.password.password_file.as_deref(), &question)?;
    enter(&mut role, login.name.clone(), password, login.device_name, place.patience()).await?;
    let me = role.session.engine().me();
    role.close().await?;
    place.remember(&target, &pin)?;
    let name = me.map_or(login.name, |me| me.name);
    let said = format!("logged in as {name} at {target}");
    print(place, &json!({"name": name, "server": target.to_string()}), &[said]);
    Ok(Exit::Done)
}

async fn enter(
    role: &mut Role,
    name: String,
    password: Password,
    device_name: Option<String>,
    patience: Duration,
) -> Result<(), Trouble> {
    let device_name = device_name.unwrap_or_else(device);
    role.session.command(Command::LogIn { name, password, device_name });
    answered(role, patience, |_, notice| match notice {
        Notice::LoggedIn => Some(Ok(())),
        Notice::LogInFailed(reason) => Some(Err(refused(reason))),
        _ => None,
    })
    .await
}

/// `ivm join`.
pub(super) async fn join(join: Join, place: &Place) -> anyhow::Result<Exit> {
    let (target, pin) = server(&join.server, place).await?;
    let code = join.code.rsplit('#').next().unwrap_or_default().to_owned();
    let mut role = place.receiver_at(target.clone(), pin).await?;
    hush(&mut role);
    if role.session.ready().await? {
        let text = "somebody is logged in with this home: log out first, or use another --home";
        return Err(Trouble::new(Exit::Usage, text).into());
    }
    role.session.command(Command::AskInvitation { code: code.clone() });
    let (invited, reset) = answered(&mut role, place.patience(), |_, notice| match notice {
        Notice::Invited { name, display: _, reset } => Some(Ok((name.clone(), *reset))),
        _ => None,
    })
    .await?;
    let recovery = match join.recovery_file.as_deref().filter(|_| reset) {
        Some(path) => Some(prompt::first_line(path)?),
        None => None,
    };
    let question = format!("New password for {invited} at {target}: ");
    let password = prompt::new_password(join.password.password_file.as_deref(), &question)?;
    role.session.command(Command::Enrol { code, password: password.clone(), recovery });
    let (name, recovery_code) = answered(&mut role, place.patience(), |_, notice| match notice {
        Notice::Enrolled { name, recovery_code } => Some(Ok((name.clone(), recovery_code.clone()))),
        _ => None,
    })
    .await?;
    // Shown before anything else can fail: it is shown only once.
    let lines = [
        format!("joined as {name}"),
        String::new(),
        format!("    recovery code: {recovery_code}"),
        String::new(),
        "Write it down and keep it safe: with it a reset keeps your old messages readable. It is"
            .to_owned(),
        "not shown again.".to_owned(),
    ];
    print(place, &json!({"name": name, "recovery_code": recovery_code}), &lines);
    enter(&mut role, name, password, join.device_name, place.patience()).await?;
    role.close().await?;
    place.remember(&target, &pin)?;
    Ok(Exit::Done)
}

/// `ivm passwd`.
pub(super) async fn passwd(passwd: Passwd, place: &Place) -> anyhow::Result<Exit> {
    let mut role = place.receiver(false).await?;
    hush(&mut role);
    role.session.known().await?;
    let file = passwd.password.password_file.as_deref();
    let old = prompt::password(file, "Present password: ")?;
    let new = prompt::new_password(passwd.new_password_file.as_deref(), "New password: ")?;
    role.session.command(Command::ChangePassword { old, new });
    let recovery_code = answered(&mut role, place.patience(), |_, notice| match notice {
        Notice::PasswordChanged { recovery_code } => Some(Ok(recovery_code.clone())),
        Notice::LogInFailed(reason) => Some(Err(refused(reason))),
        _ => None,
    })
    .await?;
    let shown = format!("new recovery code: {recovery_code} (write it down)");
    let lines = ["password changed".to_owned(), shown];
    print(place, &json!({"recovery_code": recovery_code}), &lines);
    role.close().await?;
    Ok(Exit::Done)
}

/// `ivm logout`.
pub(super) async fn log_out(confirmed: &Confirmed, place: &Place) -> anyhow::Result<Exit> {
    let mut role = place.receiver(false).await?;
    hush(&mut role);
    role.session.known().await?;
    let question = "Forget this device with its keys and messages?";
    if !confirmed.yes && !prompt::agrees(question)? {
        return Err(Trouble::new(Exit::Usage, "not confirmed: use --yes").into());
    }
    // Off-line the device is forgotten here all the same.
    let online = role.session.online(place.patience()).await;
    role.session.command(Command::LogOut);
    answered(&mut role, place.patience(), |_, notice| match notice {
        Notice::LoggedOut => Some(Ok(())),
        _ => None,
    })
    .await?;
    role.close().await?;
    if online.is_err() {
        eprintln!("ivm: the server was not reached: it still lists this device");
    }
    print(place, &json!({"logged_out": true}), &["logged out".to_owned()]);
    Ok(Exit::Done)
}

/// Waits for the notice that answers a command.
async fn answered<T>(
    role: &mut Role,
    patience: Duration,
    mut seen: impl FnMut(&Engine, &Notice) -> Seen<T>,
) -> Result<T, Trouble> {
    let mut down = None;
    let result = role
        .session
        .until(Some(patience), |engine, news| match news {
            News::Notice(Notice::Refused(reason)) => Some(Err(refused(reason))),
            News::Notice(Notice::StorageFailed(reason)) => {
                Some(Err(Trouble::new(Exit::Failed, format!("the storage failed: {reason}"))))
            }
            News::Notice(notice) => seen(engine, notice),
            News::LineDown(trouble) if trouble.exit == Exit::Refused => Some(Err(trouble.clone())),
            News::LineDown(trouble) => {
                down = Some(trouble.clone());
                None
            }
            News::Changed(_)
            | News::NoSound(_)
            | News::Written(..)
            | News::Asked(_)
            | News::Broken(_) => None,
        })
        .await;
    match (result, down) {
        (Err(late), Some(down)) if late.exit == Exit::TooLate => Err(down),
        (Err(failed), Some(down)) if failed.text.contains(&down.text) => Err(down),
        (result, _) => result,
    }
}

fn refused(reason: &str) -> Trouble {
    Trouble::new(Exit::Refused, format!("refused: {reason}"))
}

fn device() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("terminal on {}", host.trim())
}

/// Which server, and what it is known by; the person is asked the first time.
async fn server(wish: &Server, place: &Place) -> anyhow::Result<(Target, Pin)> {
    let remembered = place.server(&place.home.database()?)?;
    let target: Target = match (&wish.server, &remembered) {
        (Some(text), _) => {
            text.parse().map_err(|error| Trouble::new(Exit::Usage, format!("{text}: {error}")))?
        }
        (None, Some((target, _))) => target.clone(),
        (None, None) => {
            let text = "which server? Give --server HOST or HOST:PORT";
            return Err(Trouble::new(Exit::Usage, text).into());
        }
    };
    if let Some(text) = &wish.fingerprint {
        let known: Result<Fingerprint, _> = text.parse();
        let known = known.map_err(|error| Trouble::new(Exit::Usage, error.to_string()))?;
        return Ok((target, Pin::Known(known)));
    }
    match remembered {
        Some((known, pin)) if known == target => Ok((target, pin)),
        Some(_) | None => first_use(target, wish.trust_first).await,
    }
}

async fn first_use(target: Target, trust: bool) -> anyhow::Result<(Target, Pin)> {
    let connected = connect(&target, &Pin::FirstUse).await.map_err(|error| match error {
        LinkError::Tls(_) => Trouble::new(Exit::Refused, error.to_string()),
        _ => Trouble::new(Exit::NoConnection, format!("no connection to {target}: {error}")),
    })?;
    let mut outgoing = connected.outgoing;
    outgoing.close().await.context("cannot close the first connection")?;
    let Some(fingerprint) = connected.fingerprint else { return Ok((target, Pin::FirstUse)) };
    eprintln!("{target} is not known yet. Its fingerprint (SHA-256) is");
    eprintln!("  {fingerprint}");
    eprintln!("Compare it with the one that the appliance's panel or first page shows.");
    if trust || prompt::agrees("Trust this server?")? {
        return Ok((target, Pin::Known(fingerprint)));
    }
    let text = "the server is not trusted: use --fingerprint HEX or --trust-first";
    Err(Trouble::new(Exit::Refused, text).into())
}
