//! Commands about people, administrators, tokens and the audit record.

use std::io::{BufRead, IsTerminal};

use hyper::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Place, either};
use crate::ctl::answers::{Deed, Holder, Invited, Person};
use crate::ctl::{AdminVerb, TokenVerb, UserVerb, words};
use crate::exit::{Exit, Trouble};

/// What a command prints, or its trouble.
type Printed = Result<String, Trouble>;

/// Reads an answer of the API.
pub(super) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Trouble> {
    T::deserialize(value).map_err(|error| {
        Trouble::new(Exit::Failed, format!("the appliance speaks another version: {error}"))
    })
}

/// A name as a part of a path: what could mean something else there is no name.
pub(super) fn in_path(name: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let coded =
        |byte| if kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    name.bytes().map(coded).collect()
}

/// `appliancectl user`.
pub(super) async fn user(verb: &UserVerb, is_json: bool, place: &Place) -> Printed {
    match verb {
        UserVerb::Add(add) => {
            let display = add.display.as_ref().unwrap_or(&add.name);
            let body = json!({ "name": add.name, "display": display });
            let invited = place.ask(Method::POST, "/people", Some(&body)).await?;
            invitation(invited, add.link.url.as_deref(), is_json, place)
        }
        UserVerb::Invite(one) => {
            let invited = invite(&one.name, false, place).await?;
            invitation(invited, one.link.url.as_deref(), is_json, place)
        }
        UserVerb::Reset(one) => {
            let invited = invite(&one.name, true, place).await?;
            invitation(invited, one.link.url.as_deref(), is_json, place)
        }
        UserVerb::Remove(remove) => {
            confirm(&remove.name, remove.yes)?;
            let name = &remove.name;
            removed(&format!("/people/{}", in_path(name)), name, is_json, place).await
        }
        UserVerb::List => {
            let people = everyone(place).await?;
            let all: Vec<Person> = read(&people)?;
            Ok(either(is_json, || people, || words::people(&all)))
        }
        UserVerb::Disable(one) => {
            change(&one.name, json!({ "disabled": true }), is_json, place).await
        }
        UserVerb::Enable(one) => {
            change(&one.name, json!({ "disabled": false }), is_json, place).await
        }
        UserVerb::Quota(quota) => {
            change(&quota.name, json!({ "quota_mib": quota.mib }), is_json, place).await
        }
    }
}

async fn invite(name: &str, reset: bool, place: &Place) -> Result<Value, Trouble> {
    let path = format!("/people/{}/invitation", in_path(name));
    place.ask(Method::POST, &path, Some(&json!({ "reset": reset }))).await
}

fn invitation(invited: Value, url: Option<&str>, is_json: bool, place: &Place) -> Printed {
    let objects = place.objects.as_deref();
    let read_as: Invited = read(&invited)?;
    let value = words::invitation_json(invited, url, objects);
    let link = value["link"].as_str().unwrap_or_default().to_owned();
    Ok(either(is_json, || value, || words::invitation(&read_as, &link, objects)))
}

async fn change(name: &str, body: Value, is_json: bool, place: &Place) -> Printed {
    let path = format!("/people/{}", in_path(name));
    let person = place.ask(Method::PATCH, &path, Some(&body)).await?;
    let seen: Person = read(&person)?;
    Ok(either(is_json, || person, || words::people(&[seen])))
}

/// Everyone, page by page.
async fn everyone(place: &Place) -> Result<Value, Trouble> {
    let mut line = place.line().await?;
    let mut all = Vec::new();
    let mut path = "/people".to_owned();
    loop {
        let mut page = line.ask(Method::GET, &path, None).await?;
        if let Some(people) = page["people"].as_array_mut() {
            all.append(people);
        }
        match page["next"].as_str() {
            Some(next) => path = format!("/people?after={}", in_path(next)),
            None => return Ok(Value::Array(all)),
        }
    }
}

async fn removed(path: &str, name: &str, is_json: bool, place: &Place) -> Printed {
    place.ask(Method::DELETE, path, None).await?;
    Ok(either(is_json, || json!({ "removed": name }), || format!("{name} is removed.\n")))
}

/// `appliancectl token`.
pub(super) async fn token(verb: &TokenVerb, is_json: bool, place: &Place) -> Printed {
    match verb {
        TokenVerb::Add(add) => {
            let body = json!({ "name": add.name, "role": add.role.word(), "days": add.days });
            let made = place.ask(Method::POST, "/tokens", Some(&body)).await?;
            let secret = made["secret"].as_str().unwrap_or_default().to_owned();
            Ok(either(is_json, || made, || format!("{secret}\n")))
        }
        TokenVerb::List => list("/tokens", "tokens", is_json, place).await,
        TokenVerb::Remove(one) => {
            removed(&format!("/tokens/{}", in_path(&one.name)), &one.name, is_json, place).await
        }
    }
}

async fn list(path: &str, key: &str, is_json: bool, place: &Place) -> Printed {
    let mut answer = place.ask(Method::GET, path, None).await?;
    let found = answer[key].take();
    let holders: Vec<Holder> = read(&found)?;
    Ok(either(is_json, || found, || words::holders(&holders)))
}

/// `appliancectl admin`.
pub(super) async fn admin(verb: &AdminVerb, is_json: bool, place: &Place) -> Printed {
    let path = |name: &str| format!("/administrators/{}", in_path(name));
    let changed = match verb {
        AdminVerb::List => {
            return list("/administrators", "administrators", is_json, place).await;
        }
        AdminVerb::Remove(one) => {
            return removed(&path(&one.name), &one.name, is_json, place).await;
        }
        AdminVerb::Add(add) => {
            let password = password(&add.name)?;
            let body = json!({ "name": add.name, "role": add.role.word(), "password": password });
            place.ask(Method::POST, "/administrators", Some(&body)).await?
        }
        AdminVerb::Role(change) => {
            let body = json!({ "role": change.role.word() });
            place.ask(Method::PATCH, &path(&change.name), Some(&body)).await?
        }
        AdminVerb::Password(one) => {
            let body = json!({ "password": password(&one.name)? });
            place.ask(Method::PATCH, &path(&one.name), Some(&body)).await?
        }
    };
    let holder: Holder = read(&changed)?;
    Ok(either(is_json, || changed, || words::holders(&[holder])))
}

/// `appliancectl audit`.
pub(super) async fn audit(most: u32, is_json: bool, place: &Place) -> Printed {
    let mut answer = place.ask(Method::GET, &format!("/audit?limit={most}"), None).await?;
    let found = answer["deeds"].take();
    let deeds: Vec<Deed> = read(&found)?;
    Ok(either(is_json, || found, || words::deeds(&deeds)))
}

/// A password: typed twice without an echo, or one line from a program.
fn password(name: &str) -> Result<String, Trouble> {
    let failed = |error: std::io::Error| Trouble::new(Exit::Failed, error.to_string());
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(failed)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let first = rpassword::prompt_password(format!("Password for {name}: ")).map_err(failed)?;
    let again = rpassword::prompt_password("Again: ").map_err(failed)?;
    if first == again {
        Ok(first)
    } else {
        Err(Trouble::new(Exit::Failed, "the two passwords are not the same"))
    }
}

fn confirm(name: &str, yes: bool) -> Result<(), Trouble> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Trouble::new(Exit::Usage, "say --yes to remove somebody without being asked"));
    }
    eprint!("Remove {name} and every message that waits for it? Type the name again: ");
    let mut typed = String::new();
    let read = std::io::stdin().lock().read_line(&mut typed);
    match read {
        Ok(_) if typed.trim() == name => Ok(()),
        Ok(_) => Err(Trouble::new(Exit::Failed, "nothing was removed")),
        Err(error) => Err(Trouble::new(Exit::Failed, error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::in_path;

    #[test]
    fn a_name_cannot_leave_its_place_in_a_path() {
        assert_eq!(in_path("anna.s-1"), "anna.s-1");
        assert_eq!(in_path("../x?y#z ä"), "..%2Fx%3Fy%23z%20%C3%A4");
    }
}
