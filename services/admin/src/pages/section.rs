//! Settings as forms, section by section: network, name and time, messages. The names of the
//! fields are those of the settings, so that a fault finds its field.

mod addresses;
mod messages;
mod network;
mod place;

use maud::{Markup, html};
use message::lease::Leases;
use message::system::Health;
use settings::Settings;

use super::field::{Faults, Fields, Sheet};
use super::frame::{Frame, Tab, away};

/// A section of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// The appliance's own addresses, and who may reach what.
    Network,
    /// The addresses that it gives.
    Addresses,
    /// Host name, language, zone, time servers, panel.
    Place,
    /// The office's choices about messages.
    Messages,
}

impl Section {
    /// The section of this word.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        match word {
            "network" => Some(Self::Network),
            "addresses" => Some(Self::Addresses),
            "place" => Some(Self::Place),
            "messages" => Some(Self::Messages),
            _ => None,
        }
    }

    /// Its word.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Addresses => "addresses",
            Self::Place => "place",
            Self::Messages => "messages",
        }
    }

    const fn tab(self) -> Tab {
        match self {
            Self::Network => Tab::Network,
            Self::Addresses => Tab::Addresses,
            Self::Place => Tab::Place,
            Self::Messages => Tab::Messages,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Network => "Network",
            Self::Addresses => "Addresses",
            Self::Place => "Name and time",
            Self::Messages => "Messages",
        }
    }

    /// The names of the fields that the form shows.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Network => &network::NAMES,
            Self::Addresses => &addresses::NAMES,
            Self::Place => &place::NAMES,
            Self::Messages => &messages::NAMES,
        }
    }

    /// The fields of settings.
    pub(crate) fn fields(self, settings: &Settings) -> Fields {
        match self {
            Self::Network => network::fields(settings),
            Self::Addresses => addresses::fields(settings),
            Self::Place => place::fields(settings),
            Self::Messages => messages::fields(settings),
        }
    }

    /// Puts fields into settings; all that is wrong with what would come of it.
    pub(crate) fn edit(self, fields: &Fields, settings: &mut Settings) -> Faults {
        let mut faults = match self {
            Self::Network => network::edit(fields, settings),
            Self::Addresses => addresses::edit(fields, settings),
            Self::Place => place::edit(fields, settings),
            Self::Messages => messages::edit(fields, settings),
        };
        for fault in settings.faults() {
            faults.add(fault.field, fault.words);
        }
        faults
    }

    /// The form without its frame: the same on its page and in the first run.
    pub(crate) fn form(self, view: &View<'_>) -> Markup {
        let fields = match self {
            Self::Network => network::suggested(view),
            Self::Addresses | Self::Place | Self::Messages => view.fields.clone(),
        };
        let sheet = Sheet { fields: &fields, faults: view.faults };
        html! {
            (view.faults.above(self.names()))
            @match self {
                Self::Network => { (network::form(sheet, view)) }
                Self::Addresses => { (addresses::form(sheet)) }
                Self::Place => { (place::form(sheet, view)) }
                Self::Messages => { (messages::form(sheet)) }
            }
        }
    }

    /// What is shown before the form: how it is now.
    pub(crate) fn beside(self, view: &View<'_>) -> Markup {
        match self {
            Self::Network => network::beside(view),
            Self::Addresses => addresses::beside(view),
            Self::Place | Self::Messages => Markup::default(),
        }
    }

    /// The page; without a view the settings keeper is away.
    pub(crate) fn page(self, frame: &Frame, view: Option<&View<'_>>) -> Markup {
        frame.page(
            self.tab(),
            self.title(),
            &html! {
                @match view {
                    None => { (away("settings keeper")) }
                    Some(view) => {
                        (self.beside(view))
                        form.sheet-form method="post" action=(format!("/admin/settings/{}", self.word())) {
                            (frame.token())
                            input type="hidden" name="base" value=(view.base);
                            (self.form(view))
                            div.deeds { button.button.primary type="submit" { "Save" } }
                        }
                        @match self {
                            Self::Place => { (place::clock(frame, view)) }
                            Self::Addresses => {
                                @if let Some(dhcp) = view.dhcp { (addresses::below(frame, dhcp)) }
                            }
                            Self::Network | Self::Messages => {}
                        }
                    }
                }
            },
        )
    }
}

/// What a section's form is shown with.
pub(crate) struct View<'a> {
    /// The revision that is being changed.
    pub(crate) base: u64,
    pub(crate) fields: &'a Fields,
    pub(crate) faults: &'a Faults,
    /// How the appliance is, if that is known.
    pub(crate) health: Option<&'a Health>,
    /// Does it manage the machine?
    pub(crate) is_managed: bool,
    /// Every zone that this machine knows.
    pub(crate) zones: &'a [String],
    /// How the DHCP server is, if it is there.
    pub(crate) dhcp: Option<&'a Leases>,
}

#[cfg(test)]
mod tests {
    use message::system::{Health, Interface};
    use settings::{Ipv4, Settings};

    use super::{Section, View};
    use crate::pages::field::{Faults, Fields};
    use crate::pages::frame::tests::frame;
    use crate::role::Role;

    const ALL: [Section; 4] =
        [Section::Network, Section::Addresses, Section::Place, Section::Messages];

    #[test]
    fn settings_that_nobody_touched_come_back_from_their_form() {
        let json = r#"{"format":1,"host":"office-2","language":"deutsch",
            "network":{"interface":"eth1","vlan":12,"ipv4":{"method":"static","address":"10.1.2.3",
            "prefix":24,"gateway":"10.1.2.1"},"ipv6":{"method":"static","address":"fd00::5",
            "prefix":64},"dns":["10.1.2.1","fd00::1"]},
            "firewall":{"pages":{"from":"networks","networks":["10.0.0.0/8"]},
            "objects":{"from":"nowhere"},"answers_ping":false},
            "time":{"zone":"Europe/Berlin","use_ntp":true,"servers":["ntp.example"]},
            "panel":{"dim_after_s":60,"may_change":false},
            "office":{"silence_s":5,"longest_min":20,"keep_days":30,"quota_mib":512},
            "dhcp":{"mode":"sole","subnets":[{"network":"10.1.2.0/24","pools":[{"first":"10.1.2.100",
            "last":"10.1.2.150"},{"first":"10.1.2.200","last":"10.1.2.220"}],"excluded":["10.1.2.110"],
            "routers":["10.1.2.1"],"dns":["10.1.2.1","9.9.9.9"],"domain":"a.example","lease_min":60,
            "reservations":[{"mac":"00:15:65:00:00:01","address":"10.1.2.9","name":"front desk"}]},
            {"network":"10.9.0.0/16"}]}}"#;
        for settings in [Settings::default(), Settings::from_json(json).expect("settings")] {
            for section in ALL {
                let mut same = settings.clone();
                assert!(section.edit(&section.fields(&settings), &mut same).is_empty());
                assert_eq!(same, settings);
            }
        }
    }

    #[test]
    fn what_cannot_be_is_said_beside_its_field() {
        let settings = Settings::default();
        let typed = Section::Network.fields(&settings);
        let typed = typed.with("network.ipv4.method", "static").with("network.ipv4.address", "1.2");
        let mut edited = settings.clone();
        let faults = Section::Network.edit(&typed, &mut edited);
        let view = View {
            base: 3,
            fields: &typed,
            faults: &faults,
            health: None,
            is_managed: true,
            zones: &[],
            dhcp: None,
        };
        let page = Section::Network.page(&frame(Role::Administrator), Some(&view)).into_string();
        assert!(page.contains("network-ipv4-address-fault") && page.contains("value=\"1.2\""));
        assert!(page.contains("name=\"base\" value=\"3\""));
        assert_eq!(edited.network.ipv4, Ipv4::Dhcp);
    }

    #[test]
    fn an_address_that_is_to_stay_begins_with_the_one_in_force() {
        let interface = |name: &str, has_carrier, addresses: &[&str]| Interface {
            name: name.to_owned(),
            mac: String::new(),
            has_carrier,
            addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
        };
        let health = Health {
            gateway: "192.168.7.1".to_owned(),
            interfaces: vec![
                interface("en0", false, &["10.9.9.9/8"]),
                interface("en1", true, &["fd00::9/64", "192.168.7.20/22"]),
            ],
            ..Health::default()
        };
        let fields = Section::Network.fields(&Settings::default());
        let faults = Faults::default();
        let shown = |is_managed| {
            let health = Some(&health);
            let view = View {
                base: 3,
                fields: &fields,
                faults: &faults,
                health,
                is_managed,
                zones: &[],
                dhcp: None,
            };
            Section::Network.form(&view).into_string()
        };
        let page = shown(true);
        for value in ["192.168.7.20", "22", "192.168.7.1"] {
            assert!(page.contains(&format!("value=\"{value}\"")), "{value}");
        }
        assert!(!shown(false).contains("192.168.7.20"), "that address is somebody else's");
    }

    #[test]
    fn a_page_says_that_the_keeper_is_away() {
        for section in ALL {
            let page = section.page(&frame(Role::Administrator), None).into_string();
            assert!(page.contains("settings keeper is not answering"));
        }
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        let mut settings = Settings::default();
        let typed =
            Fields::default().with("office.silence_s", "x").with("office.longest_min", "999");
        let faults = Section::Messages.edit(&typed, &mut settings);
        assert!(!faults.is_empty());
        assert_ne!(faults, Faults::default());
    }
}
