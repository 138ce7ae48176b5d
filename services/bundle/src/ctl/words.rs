//! What `appliancectl` prints, for people and as JSON.

use message::admin::{Account, Invited, ServerStatus};
use message::people::Status;
use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

/// An invitation with its ways in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Invitation {
    name: String,
    account: String,
    code: String,
    /// For a browser; absent where the address of the pages is not known.
    link: Option<String>,
    /// For a terminal.
    join: String,
    /// When it ends, unix milliseconds.
    expires: u64,
}

impl Invitation {
    /// An invitation as the server made it; `https` is the origin of the pages, `objects` where
    /// terminals connect.
    pub(crate) fn of(invited: &Invited, https: Option<&str>, objects: Option<&str>) -> Self {
        let Invited { guid, name, code, expires } = invited;
        Self {
            name: name.clone(),
            account: guid.to_string(),
            code: code.clone(),
            link: https.map(|https| format!("{https}/join#{code}")),
            join: format!("ivm join {code} --server {}", objects.unwrap_or("HOST")),
            expires: *expires,
        }
    }

    /// As people read it.
    pub(crate) fn to_words(&self) -> String {
        let link = match &self.link {
            Some(link) => format!("  {link}\n\nor, in a terminal:\n\n"),
            None => String::new(),
        };
        format!(
            "Invitation for {}, good once until {}:\n\n{link}  {}\n",
            self.name,
            date(self.expires),
            self.join
        )
    }

    /// As programs read it.
    pub(crate) fn to_json(&self) -> Value {
        json!(self)
    }
}

/// Everyone, one in a line.
pub(crate) fn people(people: &[Account]) -> String {
    if people.is_empty() {
        return "Nobody yet. Add somebody: appliancectl user add NAME\n".to_owned();
    }
    let width = people.iter().map(|one| one.name.chars().count()).max().unwrap_or(0).max(4);
    let mut text = format!(
        "{:<width$}  {:<14}  {:>7}  {:>7}  FULL NAME\n",
        "NAME", "THERE", "DEVICES", "WAITING"
    );
    for one in people {
        let there = if one.enrolled { status_word(one.status) } else { "invited" };
        text += &format!(
            "{:<width$}  {there:<14}  {:>7}  {:>7}  {}\n",
            one.name, one.devices, one.waiting, one.display
        );
    }
    text
}

/// Everyone as programs read it.
pub(crate) fn people_json(people: &[Account]) -> Value {
    let one = |account: &Account| {
        json!({
            "name": account.name,
            "display": account.display,
            "account": account.guid.to_string(),
            "status": status_key(account.status),
            "enrolled": account.enrolled,
            "devices": account.devices,
            "waiting": account.waiting,
            "bytes": account.bytes,
        })
    };
    Value::Array(people.iter().map(one).collect())
}

/// How the appliance is.
pub(crate) fn status(status: &ServerStatus) -> String {
    let ServerStatus { version, uptime_ms, people, online, connections, .. } = status;
    let seconds = uptime_ms / 1000;
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    format!(
        "version      {version}\nrunning for  {hours} h {minutes:02} min\npeople       {people}, \
         {online} on-line\nconnections  {connections}\nwaiting      {}\nmessages     {} ({} bytes)\n\
         fingerprint  {}\n",
        status.waiting,
        status.messages,
        status.bytes,
        fingerprint(&status.fingerprint),
    )
}

/// The same for programs.
pub(crate) fn status_json(status: &ServerStatus) -> Value {
    let mut all = messages_json(status);
    all["version"] = json!(status.version);
    all["uptime_ms"] = json!(status.uptime_ms);
    all["people"] = json!(status.people);
    all["online"] = json!(status.online);
    all["connections"] = json!(status.connections);
    all["fingerprint"] = json!(fingerprint(&status.fingerprint));
    all
}

/// How many messages there are.
pub(crate) fn messages(status: &ServerStatus) -> String {
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

/// The same for programs.
pub(crate) fn messages_json(status: &ServerStatus) -> Value {
    json!({
        "messages": status.messages,
        "bytes": status.bytes,
        "waiting": status.waiting,
        "incoming": status.incoming,
        "accepted": status.accepted,
        "delivered": status.delivered,
    })
}

const fn status_word(status: Status) -> &'static str {
    match status {
        Status::Offline => "off-line",
        Status::Online => "on-line",
        Status::Away => "away",
        Status::Dnd => "do not disturb",
    }
}

const fn status_key(status: Status) -> &'static str {
    match status {
        Status::Offline => "offline",
        Status::Online => "online",
        Status::Away => "away",
        Status::Dnd => "dnd",
    }
}

fn fingerprint(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

fn date(unix_millis: u64) -> String {
    let form = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    let seconds = i64::try_from(unix_millis / 1_000).unwrap_or(i64::MAX);
    let time = OffsetDateTime::from_unix_timestamp(seconds).ok();
    time.and_then(|time| time.format(&form).ok()).unwrap_or_else(|| "never".to_owned())
}

#[cfg(test)]
mod tests {
    use message::Guid;
    use message::admin::{Account, Invited, ServerStatus};
    use message::people::Status;

    use super::{Invitation, messages_json, people, people_json, status, status_json};

    fn account(name: &str, enrolled: bool) -> Account {
        Account {
            guid: Guid::BLANK,
            name: name.to_owned(),
            display: "Anna Schmidt".to_owned(),
            status: Status::Dnd,
            enrolled,
            devices: 2,
            waiting: 3,
            bytes: 4,
        }
    }

    #[test]
    fn an_invitation_has_a_way_in_for_browser_and_terminal() {
        let invited = Invited {
            guid: Guid::BLANK,
            name: "anna".to_owned(),
            code: "K7QX".to_owned(),
            expires: 1_777_911_600_000,
        };
        let all = Invitation::of(&invited, Some("https://a:1"), Some("a:2"));
        let words = all.to_words();
        assert!(words.contains("https://a:1/join#K7QX") && words.contains("2026-05-04 16:20"));
        assert!(words.contains("ivm join K7QX --server a:2"));
        assert_eq!(all.to_json()["link"], "https://a:1/join#K7QX");
        let none = Invitation::of(&invited, None, None);
        assert!(none.to_words().contains("ivm join K7QX --server HOST"));
        assert!(none.to_json()["link"].is_null());
    }

    #[test]
    fn people_stand_in_columns() {
        let text = people(&[account("a", true), account("bartholomew", false)]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0].find("THERE"), lines[1].find("do not disturb"));
        assert_eq!(lines[0].find("FULL NAME"), lines[2].find("Anna"));
        assert!(lines[2].contains("invited"));
        assert_eq!(people_json(&[account("a", true)])[0]["status"], "dnd");
    }

    #[test]
    fn the_status_has_counts_and_no_content() {
        let now = ServerStatus {
            people: 5,
            waiting: 7,
            fingerprint: vec![0xab; 2],
            ..Default::default()
        };
        assert!(status(&now).contains("AB:AB") && status(&now).contains("waiting      7"));
        assert_eq!(status_json(&now)["people"], 5);
        assert_eq!(messages_json(&now)["waiting"], 7);
    }
}
