//! Contacts, the own status, safety numbers.

use client_engine::{Command, Notice, PersonView, Trust};
use serde_json::{Value, json};

use super::{hush, print};
use crate::cli::{ContactChange, Contacts, SetStatus, Verify};
use crate::deed::Deed;
use crate::exit::{Exit, Trouble};
use crate::shell::control;
use crate::shell::place::{Place, Role};
use crate::shell::session::News;
use crate::{find, json, lines, words};

/// `ivm contacts`.
pub(super) async fn contacts(contacts: Contacts, place: &Place) -> anyhow::Result<Exit> {
    let mut role = place.sender()?;
    hush(&mut role);
    role.session.known().await?;
    let online = role.session.online(place.patience()).await;
    let exit = match contacts.change {
        None => {
            // The roster comes right behind the log-in.
            role.session.quiet(place.patience()).await?;
            let people = role.session.engine().people();
            let values: Vec<Value> = people.iter().map(json::person).collect();
            print(place, &Value::Array(values), &lines::people(&people));
            online.map_or_else(|trouble| say(&trouble), |()| Exit::Done)
        }
        Some(change) => {
            online?;
            change_contact(&mut role, change, place).await?;
            Exit::Done
        }
    };
    role.close().await?;
    Ok(exit)
}

/// The people of the office and oneself, so that every GUID has a name.
pub(super) fn everybody(role: &Role) -> Vec<PersonView> {
    let engine = role.session.engine();
    engine.people().into_iter().chain(engine.me()).collect()
}

/// Says what was not possible, when something was shown all the same.
pub(super) fn say(trouble: &Trouble) -> Exit {
    eprintln!("ivm: {trouble}");
    trouble.exit
}

async fn change_contact(
    role: &mut Role,
    change: ContactChange,
    place: &Place,
) -> Result<(), Trouble> {
    role.session.quiet(place.patience()).await?;
    let (name, add) = match change {
        ContactChange::Add { name } => (name, true),
        ContactChange::Remove { name } => (name, false),
    };
    let people = role.session.engine().people();
    let person = find::person(&name, &people)
        .ok_or_else(|| Trouble::not_found(format!("there is nobody called {name}")))?;
    let (guid, name) = (person.guid, person.name.clone());
    if person.contact != add {
        let name = name.clone();
        let command = if add { Command::AddContact(name) } else { Command::RemoveContact(name) };
        role.session.command(command);
        role.session
            .until(Some(place.patience()), |engine, news| match news {
                News::Notice(Notice::Refused(reason)) => {
                    Some(Err(Trouble::new(Exit::Refused, reason.clone())))
                }
                _ => {
                    let people = engine.people();
                    let person = people.iter().find(|person| person.guid == guid);
                    person.is_some_and(|person| person.contact == add).then_some(Ok(()))
                }
            })
            .await?;
    }
    let said = if add { "is a contact" } else { "is no contact" };
    print(place, &json!({"name": name, "contact": add}), &[format!("{name} {said}")]);
    Ok(())
}

/// `ivm status`.
pub(super) async fn status(wish: &SetStatus, place: &Place) -> anyhow::Result<Exit> {
    let mut role = place.receiver_or_onlooker().await?;
    hush(&mut role);
    role.session.known().await?;
    let mut exit = Exit::Done;
    if let Some(wish) = wish.status {
        let deed = Deed::Status(wish.status());
        exit = carry_out(&mut role, &deed, place).await?;
        role.session.quiet(place.patience()).await?;
    }
    let engine = role.session.engine();
    let me = engine.me().ok_or_else(Trouble::not_logged_in)?;
    let shown = wish.status.map_or(me.status, |wish| wish.status());
    let waiting = engine.messages().iter().filter(|message| is_unplayed(message)).count();
    let value = json!({"name": me.name, "display": me.display, "status": words::status(shown),
        "unplayed": waiting});
    let lines = [
        format!("{} ({})", me.name, words::clean(&me.display)),
        format!("status    {}", words::status(shown)),
        format!("unplayed  {waiting}"),
    ];
    print(place, &value, &lines);
    role.close().await?;
    Ok(exit)
}

fn is_unplayed(message: &client_engine::MessageView) -> bool {
    message.state == client_engine::MessageState::Unplayed
}

/// `ivm verify`.
pub(super) async fn verify(verify: &Verify, place: &Place) -> anyhow::Result<Exit> {
    let mut role = place.receiver_or_onlooker().await?;
    hush(&mut role);
    role.session.known().await?;
    let people = role.session.engine().people();
    let person = find::person(&verify.name, &people)
        .ok_or_else(|| Trouble::not_found(format!("there is nobody called {}", verify.name)))?;
    let number = role.session.engine().safety_number(person.guid).ok_or_else(|| {
        Trouble::not_found(format!("{} has no key yet: it has not joined", person.name))
    })?;
    let mut trust = person.trust;
    let mut exit = Exit::Done;
    if verify.confirm {
        exit = carry_out(&mut role, &Deed::Trust(person.name.clone()), place).await?;
        trust = Trust::Verified;
    }
    let value = json!({"name": person.name, "safety_number": number, "trust": words::trust(trust)});
    let mut lines = vec![format!("Safety number with {}:", words::clean(&person.display))];
    let groups: Vec<&str> = number.split_whitespace().collect();
    lines.extend(groups.chunks(4).map(|row| format!("  {}", row.join(" "))));
    lines.push(format!("key: {}", words::trust(trust)));
    if !verify.confirm {
        lines.push("Compare it by another way; if it is the same, add --confirm.".to_owned());
    }
    print(place, &value, &lines);
    role.close().await?;
    Ok(exit)
}

/// Does a small deed: here, or through the process that receives.
pub(super) async fn carry_out(role: &mut Role, deed: &Deed, place: &Place) -> anyhow::Result<Exit> {
    if !role.receives {
        let asked = control::ask(place.home.path(), deed);
        return match asked {
            Ok(true) => Ok(Exit::Done),
            Ok(false) | Err(_) => {
                let text = "another ivm receives with this home, and does not take orders";
                Err(Trouble::new(Exit::Busy, text).into())
            }
        };
    }
    let people = role.session.engine().people();
    let command = deed.command(&people).ok_or_else(|| Trouble::not_found("no such person"))?;
    role.session.command(command);
    let online = role.session.online(place.patience()).await;
    role.session.quiet(place.patience()).await?;
    Ok(online.map_or_else(|trouble| say(&trouble), |()| Exit::Done))
}
