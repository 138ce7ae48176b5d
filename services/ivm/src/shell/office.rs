//! The office's choices, as the settings keeper tells them.

use chassis::context::Context;
use chassis::hub::{self, Address, News};
use log::{info, warn};
use message::people::Parameters;
use message::system::{AskSettings, Snapshot};
use message::{Kind, Object, ObjectId};
use settings::{Office, Settings};
use tokio::sync::mpsc;

use super::alarm;

/// Watches the settings until the context drains, and raises what alarms there are.
pub(crate) fn watch(context: &Context) -> mpsc::Receiver<News> {
    let socket = context.layout().system_socket.clone();
    let address = Address { name: "settings keeper", socket, caller: "ivm" };
    let question = Object::of(ObjectId::BLANK, &AskSettings { watch: true });
    let alarm = alarm::of_database(&context.layout().ivm_database);
    let alarm = alarm.map(|raise| Object::of(ObjectId::BLANK, &raise));
    hub::watch(context, address, [question].into_iter().chain(alarm).collect())
}

/// The parameters, if it is a whole snapshot; without the keeper those of before stay in force.
pub(super) fn heard(news: &News) -> Option<Parameters> {
    let News::Object(object) = news else { return None };
    if object.header.kind != Kind::Snapshot {
        return None;
    }
    let snapshot: Snapshot =
        object.read().inspect_err(|error| warn!(error:%; "the settings cannot be read")).ok()?;
    let settings = Settings::from_json(&snapshot.settings)
        .inspect_err(|error| warn!(error:%; "the settings cannot be used"))
        .ok()?;
    info!(revision = snapshot.revision; "the office's settings");
    Some(parameters(settings.office))
}

fn parameters(office: Office) -> Parameters {
    let Office { silence_s, longest_min, keep_days, quota_mib } = office;
    let parameters = Parameters {
        silence_ms: silence_s.saturating_mul(1_000),
        longest_ms: longest_min.saturating_mul(60_000),
        retention_days: keep_days,
        quota_bytes: quota_mib.saturating_mul(1 << 20),
        ..Parameters::default()
    };
    parameters.clamped()
}

#[cfg(test)]
mod tests {
    use message::people::Parameters;
    use settings::Office;

    use super::parameters;

    #[test]
    fn both_have_the_same_defaults_and_every_choice_is_taken() {
        assert_eq!(parameters(Office::default()), Parameters::default());
        let office = Office { silence_s: 30, longest_min: 240, keep_days: 365, quota_mib: 4_096 };
        let chosen = parameters(office);
        assert_eq!((chosen.silence_ms, chosen.longest_ms), (30_000, 14_400_000));
        assert_eq!((chosen.retention_days, chosen.quota_bytes), (365, 4 << 30));
    }
}
