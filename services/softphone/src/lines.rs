//! Lists and single messages as lines of text, for people at a prompt.

use client_engine::{MessageView, PersonView};
use jiff::tz::TimeZone;

use crate::find::ShortIds;
use crate::words;

/// What a text about messages needs to know besides them.
pub struct Setting<'a> {
    /// Everybody.
    pub people: &'a [PersonView],
    /// The short forms of all ids.
    pub short: &'a ShortIds,
    /// The wall clock, unix milliseconds.
    pub today: u64,
    /// The person's time zone.
    pub zone: &'a TimeZone,
}

/// One line for each message.
#[must_use]
pub fn messages(shown: &[&MessageView], setting: &Setting<'_>) -> Vec<String> {
    shown.iter().map(|message| message_line(message, setting)).collect()
}

fn message_line(message: &MessageView, setting: &Setting<'_>) -> String {
    let files = match message.attachments.len() {
        0 => String::new(),
        1 => "  1 file".to_owned(),
        many => format!("  {many} files"),
    };
    let urgent = if message.priority == message::Priority::High { "  !" } else { "" };
    format!(
        "{}  {} {:<12}  {:>7}  {}{files}{urgent}",
        setting.short.get(message.id),
        words::ticks(message),
        words::time(message.created, setting.today, setting.zone),
        words::length(message.duration_ms),
        words::partner(message, setting.people),
    )
}

/// All about one message.
#[must_use]
pub fn message(message: &MessageView, setting: &Setting<'_>) -> Vec<String> {
    let mut lines = vec![
        format!("id         {}", message.id),
        format!("{:<10} {}", direction_word(message), words::partner(message, setting.people)),
        format!("state      {}", words::state(message.state)),
        format!("spoken     {}", words::full_time(message.created, setting.zone)),
        format!("length     {}", words::length(message.duration_ms)),
        format!("mode       {}", words::mode(message.mode)),
        format!("priority   {}", words::priority(message.priority)),
        format!("sealed     {}", if message.sealed { "end to end" } else { "not for everyone" }),
    ];
    lines.extend(message.reply_to.map(|id| format!("answers    {id}")));
    for file in &message.attachments {
        let (name, size) = (words::clean(&file.name), words::size(file.size));
        let here = if file.done >= file.size { "" } else { ", incomplete" };
        lines.push(format!("file       {name} ({size}{here})"));
    }
    for delivery in &message.deliveries {
        let person = setting.people.iter().find(|person| person.guid == delivery.person);
        let who = person.map_or_else(|| delivery.person.to_string(), |p| words::clean(&p.display));
        let at = |time: Option<u64>| {
            time.map_or("-".to_owned(), |time| words::full_time(time, setting.zone))
        };
        lines.push(format!(
            "to         {who}: delivered {}, played {}",
            at(delivery.delivered),
            at(delivery.played)
        ));
    }
    lines
}

fn direction_word(message: &MessageView) -> &'static str {
    match message.direction {
        client_engine::Direction::Received => "from",
        client_engine::Direction::Sent => "to",
    }
}

/// One line for each person.
#[must_use]
pub fn people(people: &[PersonView]) -> Vec<String> {
    let width = people.iter().map(|person| person.name.len()).max().unwrap_or(0);
    people
        .iter()
        .map(|person| {
            let contact = if person.contact { '*' } else { ' ' };
            let sealed = if person.sealed { "" } else { "  (telephone, not sealed)" };
            let key = match person.trust {
                client_engine::Trust::None => "  (has not joined yet)",
                client_engine::Trust::Pinned => "",
                client_engine::Trust::Verified => "  verified",
                client_engine::Trust::Changed => "  KEY CHANGED: run `ivm verify`",
            };
            let (name, status) = (&person.name, words::status(person.status));
            let display = words::clean(&person.display);
            format!("{contact} {name:<width$}  {status:<7}  {display}{sealed}{key}")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::{Setting, message, messages, people};
    use crate::find::ShortIds;
    use crate::sample::{a_message, a_person};

    // rows 11, 28
    #[test]
    fn lists_are_lines_that_people_can_read() {
        let office = [a_person(1, "anna", "Anna Berg"), a_person(2, "bo", "Bo")];
        let all = [a_message(0xab)];
        let zone = TimeZone::UTC;
        let short = ShortIds::of(&all);
        let today = all[0].created;
        let setting = Setting { people: &office, short: &short, today, zone: &zone };
        let line = messages(&[&all[0]], &setting).join("");
        assert_eq!(line, "ababab  ●  22:13            0:12  Anna Berg");
        assert_eq!(people(&office)[1], "* bo    online   Bo");
        let whole = message(&all[0], &setting).join("\n");
        assert!(whole.contains("from       Anna Berg") && whole.contains("end to end"));
    }
}
