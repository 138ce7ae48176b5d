//! What the panel says, in each language. A language is a value of [`Words`], so that none can miss
//! a word; the tests see to it that every word has room on the smallest glass.

mod english;
mod german;

use message::station::Step;
use message::system::Alarm;
use settings::{Fault, Language};

/// All words of a language.
pub(crate) struct Words {
    // Titles.
    pub(crate) setup: &'static str,
    pub(crate) ready: &'static str,
    pub(crate) trial: &'static str,
    pub(crate) people: &'static str,
    pub(crate) messages: &'static str,
    pub(crate) network: &'static str,
    pub(crate) addresses: &'static str,
    pub(crate) services: &'static str,
    pub(crate) version: &'static str,
    pub(crate) language: &'static str,
    pub(crate) restart: &'static str,
    pub(crate) switch_off: &'static str,
    pub(crate) reset: &'static str,
    pub(crate) alarms: &'static str,
    pub(crate) update: &'static str,
    pub(crate) not_possible: &'static str,
    pub(crate) not_done: &'static str,
    pub(crate) saved: &'static str,
    pub(crate) apply: &'static str,
    pub(crate) telephones: &'static str,
    // Short words, beside a value.
    pub(crate) code: &'static str,
    pub(crate) online: &'static str,
    pub(crate) waiting: &'static str,
    pub(crate) address: &'static str,
    pub(crate) prefix: &'static str,
    pub(crate) gateway: &'static str,
    pub(crate) name_server: &'static str,
    pub(crate) dhcp: &'static str,
    pub(crate) fixed: &'static str,
    pub(crate) off: &'static str,
    pub(crate) none: &'static str,
    pub(crate) now: &'static str,
    pub(crate) slot: &'static str,
    pub(crate) on_stick: &'static str,
    pub(crate) runs: &'static str,
    pub(crate) stopped: &'static str,
    pub(crate) keep: &'static str,
    pub(crate) take_back: &'static str,
    pub(crate) keep_messages: &'static str,
    pub(crate) erase_all: &'static str,
    pub(crate) other_version: &'static str,
    pub(crate) in_use: &'static str,
    pub(crate) other_server: &'static str,
    pub(crate) lines: &'static str,
    pub(crate) newcomers: &'static str,
    pub(crate) number: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) approve_all: &'static str,
    pub(crate) approve_none: &'static str,
    // Sentences.
    pub(crate) starting: &'static str,
    pub(crate) please_wait: &'static str,
    pub(crate) working: &'static str,
    pub(crate) fingerprint: &'static str,
    pub(crate) no_cable: &'static str,
    pub(crate) no_address: &'static str,
    pub(crate) waiting_for_dhcp: &'static str,
    pub(crate) no_settings: &'static str,
    pub(crate) no_messages_server: &'static str,
    pub(crate) looks_on: &'static str,
    pub(crate) searching: &'static str,
    pub(crate) giving: &'static str,
    pub(crate) stood_down: &'static str,
    pub(crate) nobody: &'static str,
    pub(crate) nothing_waits: &'static str,
    pub(crate) no_alarm: &'static str,
    pub(crate) ok_explains: &'static str,
    pub(crate) ok_changes: &'static str,
    pub(crate) ok_next: &'static str,
    pub(crate) ok_applies: &'static str,
    pub(crate) about_restart: &'static str,
    pub(crate) about_switch_off: &'static str,
    pub(crate) about_reset: &'static str,
    pub(crate) ok_restart: &'static str,
    pub(crate) ok_switch_off: &'static str,
    pub(crate) ok_other: &'static str,
    pub(crate) ok_search: &'static str,
    pub(crate) ok_update: &'static str,
    pub(crate) digit_keys: &'static str,
    pub(crate) zeros_for_none: &'static str,
    pub(crate) hold: &'static str,
    pub(crate) restarting: &'static str,
    pub(crate) switching_off: &'static str,
    pub(crate) resetting: &'static str,
    pub(crate) set_up: &'static str,
    pub(crate) trial_words: &'static str,
    pub(crate) no_telephone: &'static str,
    pub(crate) awaits: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) in_service: &'static str,
    pub(crate) out_of_service: &'static str,
    pub(crate) forgotten: &'static str,
    pub(crate) ok_approves: &'static str,
    // Words for what other services report.
    steps: [&'static str; 13],
    faults: &'static [(&'static str, &'static str)],
    alarm_words: &'static [(&'static str, &'static str, &'static str)],
    service_names: &'static [(&'static str, &'static str)],
}

impl Words {
    /// Those of a language.
    pub(crate) const fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &english::WORDS,
            Language::Deutsch => &german::WORDS,
        }
    }

    /// What is wrong with a setting. The settings know it in English and to the letter; another
    /// language has a sentence for each setting that can be changed here.
    pub(crate) fn fault(&self, fault: &Fault) -> String {
        let own = self.faults.iter().find(|(field, _)| *field == fault.field);
        own.map_or_else(|| fault.words.clone(), |(_, words)| (*words).to_owned())
    }

    /// What an alarm says, and what to do about it.
    pub(crate) fn alarm<'a>(&self, alarm: &'a Alarm) -> (&'a str, &'a str) {
        let own = self.alarm_words.iter().find(|(name, _, _)| *name == alarm.name);
        own.map_or((&alarm.words, &alarm.advice), |(_, words, advice)| (words, advice))
    }

    /// What a telephone did.
    pub(crate) fn step(&self, step: Step) -> &'static str {
        let at = Step::ALL.iter().position(|one| *one == step);
        at.and_then(|at| self.steps.get(at).copied()).unwrap_or_default()
    }

    /// What a service is called.
    pub(crate) fn service<'a>(&self, name: &'a str) -> &'a str {
        self.service_names.iter().find(|(own, _)| *own == name).map_or(name, |(_, words)| words)
    }
}
