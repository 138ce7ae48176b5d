//! What `appliancectl` prints for people; programs get what the API answered.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use super::answers::{Deed, Holder, Invited, Messages, Person, Status};

/// An invitation for programs: as the API has it, with the way in for a terminal, and its link
/// leading to where the caller wants.
pub(crate) fn invitation_json(
    mut invited: Value,
    url: Option<&str>,
    objects: Option<&str>,
) -> Value {
    let code = invited["code"].as_str().unwrap_or_default().to_owned();
    invited["join"] = json!(join(&code, objects));
    if let Some(url) = url {
        invited["link"] = json!(format!("{url}/join#{code}"));
    }
    invited
}

fn join(code: &str, objects: Option<&str>) -> String {
    format!("ivm join {code} --server {}", objects.unwrap_or("HOST"))
}

/// An invitation for people.
pub(crate) fn invitation(invited: &Invited, link: &str, objects: Option<&str>) -> String {
    format!(
        "Invitation for {}, good once until {}:\n\n  {link}\n\nor, in a terminal:\n\n  {}\n",
        invited.name,
        date(invited.expires),
        join(&invited.code, objects)
    )
}

/// Everyone, one in a line.
pub(crate) fn people(people: &[Person]) -> String {
    if people.is_empty() {
        return "Nobody yet. Add somebody: appliancectl user add NAME\n".to_owned();
    }
    let width = width(people.iter().map(|one| one.name.as_str()));
    let mut text = format!(
        "{:<width$}  {:<14}  {:>7}  {:>7}  FULL NAME\n",
        "NAME", "THERE", "DEVICES", "WAITING"
    );
    for one in people {
        text += &format!(
            "{:<width$}  {:<14}  {:>7}  {:>7}  {}\n",
            one.name,
            there(one),
            one.devices,
            one.waiting,
            one.display
        );
    }
    text
}

fn there(one: &Person) -> &str {
    match one.status.as_str() {
        _ if one.disabled => "shut out",
        _ if !one.enrolled => "invited",
        "offline" => "off-line",
        "online" => "on-line",
        "dnd" => "do not disturb",
        other => other,
    }
}

fn width<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    names.map(|name| name.chars().count()).max().unwrap_or(0).max(4)
}

/// How the appliance is.
pub(crate) fn status(status: &Status) -> String {
    let Status { version, uptime_ms, people, online, connections, fingerprint, messages } = status;
    let seconds = uptime_ms / 1000;
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    format!(
        "version      {version}\nrunning for  {hours} h {minutes:02} min\npeople       {people}, \
         {online} on-line\nconnections  {connections}\nwaiting      {}\nmessages     {} ({} bytes)\n\
         fingerprint  {fingerprint}\n",
        messages.waiting, messages.messages, messages.bytes,
    )
}

/// How many messages there are.
pub(crate) fn messages(status: &Messages) -> String {
    format!(
        "kept         {} ({} bytes)\nwaiting      {} deliveries\ncoming in    {}\naccepted     {} \
         since the start\ndelivered    {} since the start\n",
        status.messages,
        status.bytes,
        status.waiting,
        status.incoming,
        status.accepted,
        status.delivered,
    )
}

/// Administrators or tokens, one in a line.
pub(crate) fn holders(holders: &[Holder]) -> String {
    let width = width(holders.iter().map(|one| one.name.as_str()));
    let mut text = format!("{:<width$}  {:<13}  {:<20}  ENDS, LAST USED\n", "NAME", "ROLE", "MADE");
    for one in holders {
        let made = if one.made == 0 { "by the first run".to_owned() } else { date(one.made) };
        let ends = one.expires.map(date).unwrap_or_default();
        let used = match one.used {
            None => String::new(),
            Some(0) => ", never".to_owned(),
            Some(used) => format!(", {}", date(used)),
        };
        let line = format!("{:<width$}  {:<13}  {made:<20}  {ends}{used}", one.name, one.role);
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// Deeds, one in a line.
pub(crate) fn deeds(deeds: &[Deed]) -> String {
    let line = |deed: &Deed| {
        let Deed { at, who, origin, deed, target, outcome } = deed;
        let who = if who.is_empty() { "nobody" } else { who };
        let deed = format!("{deed} {target}");
        format!("{}  {who} ({origin}): {} - {outcome}\n", date(*at), deed.trim_end())
    };
    deeds.iter().map(line).collect()
}

pub(crate) fn date(unix_millis: u64) -> String {
    let form = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    let seconds = i64::try_from(unix_millis / 1_000).unwrap_or(i64::MAX);
    let time = OffsetDateTime::from_unix_timestamp(seconds).ok();
    time.and_then(|time| time.format(&form).ok()).unwrap_or_else(|| "never".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::{deeds, holders, invitation, invitation_json, people, status};
    use crate::ctl::answers::{Holder, Person};

    fn person(name: &str, enrolled: bool, disabled: bool) -> Person {
        Person {
            name: name.to_owned(),
            display: "Anna Schmidt".to_owned(),
            status: "dnd".to_owned(),
            enrolled,
            disabled,
            devices: 2,
            waiting: 3,
        }
    }

    #[test]
    fn an_invitation_has_a_way_in_for_browser_and_terminal() {
        let api = json!({ "name": "anna", "code": "K7QX", "expires": 1_777_911_600_000_u64,
                          "link": "https://a:1/join#K7QX" });
        let invited = from_value(api.clone()).expect("an invitation");
        let words = invitation(&invited, "https://a:1/join#K7QX", Some("a:2"));
        assert!(words.contains("https://a:1/join#K7QX") && words.contains("2026-05-04 16:20"));
        assert!(words.contains("ivm join K7QX --server a:2"));
        let elsewhere = invitation_json(api.clone(), Some("https://b"), None);
        assert_eq!(elsewhere["link"], "https://b/join#K7QX");
        assert_eq!(elsewhere["join"], "ivm join K7QX --server HOST");
        assert_eq!(invitation_json(api, None, None)["link"], "https://a:1/join#K7QX");
    }

    #[test]
    fn people_stand_in_columns() {
        let all = [
            person("a", true, false),
            person("bartholomew", false, false),
            person("carl", true, true),
        ];
        let text = people(&all);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[0].find("THERE"), lines[1].find("do not disturb"));
        assert_eq!(lines[0].find("FULL NAME"), lines[2].find("Anna"));
        assert!(lines[2].contains("invited") && lines[3].contains("shut out"));
    }

    #[test]
    fn the_status_has_counts_and_no_content() {
        let api = json!({ "version": "1", "uptime_ms": 1, "people": 5, "online": 0,
            "connections": 0, "fingerprint": "AB:AB", "messages": 0, "bytes": 0, "waiting": 7,
            "incoming": 0, "accepted": 0, "delivered": 0 });
        let words = status(&from_value(api).expect("a status"));
        assert!(words.contains("AB:AB") && words.contains("waiting      7"));
    }

    #[test]
    fn tokens_tell_when_they_end_and_whether_they_are_used() {
        let holder = |expires, used| Holder {
            name: "script".to_owned(),
            role: "operator".to_owned(),
            made: 0,
            expires,
            used,
        };
        let text = holders(&[holder(Some(1_777_911_600_000), Some(0)), holder(None, None)]);
        assert!(text.contains("2026-05-04 16:20 UTC, never") && text.ends_with("first run\n"));
    }

    #[test]
    fn a_deed_is_one_line() {
        let api = json!([{ "at": 1_777_911_600_000_u64, "who": "", "origin": "10.0.0.1",
            "deed": "log-in", "target": "", "outcome": "wrong-credentials" }]);
        let text = deeds(&from_value::<Vec<_>>(api).expect("deeds"));
        assert_eq!(text, "2026-05-04 16:20 UTC  nobody (10.0.0.1): log-in - wrong-credentials\n");
    }
}
