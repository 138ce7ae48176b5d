//! The office's settings, as far as they concern telephones.

use jiff::Timestamp;
use message::Object;
use message::system::Snapshot;
use provision::Host;
use settings::Settings;

use super::zone;
use crate::office::{Office, Ports};

/// What a snapshot of the settings says of the office.
pub(super) fn office(object: &Object, ports: Ports, unix_ms: u64) -> anyhow::Result<Office> {
    let settings = Settings::from_json(&object.read::<Snapshot>()?.settings)?;
    let millis = i64::try_from(unix_ms).unwrap_or(i64::MAX);
    let now = Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH);
    let time = settings.time;
    Ok(Office {
        name: settings.host.as_str().to_owned(),
        language: settings.language,
        zone: zone::find(time.zone.as_str(), now),
        // An office without the Internet has no other clock than ours.
        ntp: time.servers.first().filter(|_| time.use_ntp).and_then(|server| Host::parse(server)),
        ports,
    })
}

#[cfg(test)]
mod tests {
    use message::system::Snapshot;
    use message::{Object, ObjectId};
    use provision::Host;
    use settings::{HostName, Language, Settings, ZoneName};

    use super::office;
    use crate::office::Ports;

    #[test]
    fn telephones_learn_of_the_settings_what_concerns_them() {
        let ports = Ports { sip: 5060, http: 80, https: 443 };
        let mut settings = Settings { language: Language::Deutsch, ..Settings::default() };
        settings.host = HostName::parse("kontor").expect("a name");
        settings.time.zone = ZoneName::parse("Europe/Berlin").expect("a zone");
        settings.time.servers = vec!["ntp.example.org".to_owned()];
        let snapshot = |settings: &Settings| {
            let settings = settings.to_json();
            let snapshot = Snapshot { revision: 1, settings, pending: None, managed: true };
            Object::of(ObjectId::BLANK, &snapshot)
        };
        let told = office(&snapshot(&settings), ports, 1_700_000_000_000).expect("sound");
        assert_eq!((told.name.as_str(), told.language), ("kontor", Language::Deutsch));
        assert_eq!((told.zone.minutes, told.zone.summer.is_some()), (60, true));
        assert_eq!(told.ntp, Host::parse("ntp.example.org"));
        settings.time.use_ntp = false;
        let told = office(&snapshot(&settings), ports, 1_700_000_000_000).expect("sound");
        assert_eq!(told.ntp, None);
    }
}
