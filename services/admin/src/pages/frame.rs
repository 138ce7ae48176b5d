//! What stands around every page of somebody who is logged in: the menu, what was just done, and
//! the change that waits to be confirmed.

use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::icon::Icon;
use super::{document, form_token, words};
use crate::role::{Role, Who};

/// A page of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    Overview,
    People,
    Phones,
    Log,
    Network,
    Addresses,
    Place,
    Messages,
    Certificate,
    Update,
    Backup,
    Maintenance,
    Administrators,
    Audit,
    Password,
    About,
}

impl Tab {
    const ALL: [Self; 16] = [
        Self::Overview,
        Self::People,
        Self::Phones,
        Self::Log,
        Self::Network,
        Self::Addresses,
        Self::Place,
        Self::Messages,
        Self::Certificate,
        Self::Update,
        Self::Backup,
        Self::Maintenance,
        Self::Administrators,
        Self::Audit,
        Self::Password,
        Self::About,
    ];

    /// Address, label, icon, group, and who sees it.
    const fn facts(self) -> (&'static str, &'static str, Icon, &'static str, Role) {
        const EVERYBODY: Role = Role::Operator;
        const CHIEF: Role = Role::Administrator;
        match self {
            Self::Overview => ("/admin", "Overview", Icon::Status, "Office", EVERYBODY),
            Self::People => ("/admin/people", "People", Icon::People, "Office", EVERYBODY),
            Self::Phones => ("/admin/phones", "Telephones", Icon::Phone, "Office", EVERYBODY),
            Self::Log => ("/admin/log", "Log", Icon::List, "Office", EVERYBODY),
            Self::Network => {
                ("/admin/settings/network", "Network", Icon::Network, "Settings", CHIEF)
            }
            Self::Addresses => {
                ("/admin/settings/addresses", "Addresses", Icon::List, "Settings", CHIEF)
            }
            Self::Place => {
                ("/admin/settings/place", "Name and time", Icon::Clock, "Settings", CHIEF)
            }
            Self::Messages => {
                ("/admin/settings/messages", "Messages", Icon::Wave, "Settings", CHIEF)
            }
            Self::Certificate => {
                ("/admin/certificate", "Certificate", Icon::Locked, "Settings", CHIEF)
            }
            Self::Update => ("/admin/update", "Update", Icon::Up, "Care", CHIEF),
            Self::Backup => ("/admin/backup", "Backup", Icon::Disk, "Care", CHIEF),
            Self::Maintenance => ("/admin/maintenance", "Maintenance", Icon::Again, "Care", CHIEF),
            Self::Administrators => {
                ("/admin/administrators", "Administrators", Icon::Shield, "Access", CHIEF)
            }
            Self::Audit => ("/admin/audit", "Audit record", Icon::Book, "Access", CHIEF),
            Self::Password => ("/admin/password", "Password", Icon::Key, "Access", EVERYBODY),
            Self::About => ("/admin/about", "About", Icon::About, "Access", EVERYBODY),
        }
    }
}

/// Groups of the menu, in their order.
const GROUPS: [&str; 4] = ["Office", "Settings", "Care", "Access"];

/// A change on trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trial {
    /// What has to be named to confirm it.
    pub(crate) revision: u64,
    /// Until it is taken back.
    pub(crate) left_ms: u64,
}

macro_rules! notices {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $text:literal;)+) => {
        /// What was just done, as the address of the next page says it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Notice { $($(#[$doc])* $name,)+ }

        impl Notice {
            /// The notice of this word.
            pub(crate) fn of_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)+ _ => None }
            }

            /// Its word.
            pub(crate) const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

notices! {
    /// Settings are in force.
    Saved = "saved", "Saved. The new settings are in force.";
    /// A trial was confirmed.
    Kept = "kept", "The change is kept.";
    /// A trial was taken back.
    TakenBack = "taken-back", "The change was taken back. The earlier settings are in force.";
    /// A person was removed.
    Removed = "removed", "The person was removed.";
    /// A person was changed.
    PersonChanged = "person", "Saved.";
    /// An administrator was added.
    AdminAdded = "admin-added", "The administrator was added.";
    /// An administrator was changed.
    AdminChanged = "admin-changed", "Saved. The administrator has to log in again.";
    /// An administrator was removed.
    AdminRemoved = "admin-removed", "The administrator was removed.";
    /// A token was revoked.
    TokenRevoked = "token-revoked", "The token was revoked. Programs that use it are refused.";
    /// The password was changed.
    PasswordChanged = "password", "Your password was changed. Your other log-ins have ended.";
    /// The clock was set.
    ClockSet = "clock", "The clock was set.";
    /// The certificate was changed.
    Certificate = "certificate", "The certificate is in use for new connections.";
    /// Other DHCP servers were looked for.
    Probed = "probed", "The appliance has looked for other servers. What it found is below.";
    /// An address was freed.
    Freed = "freed", "The address is free.";
    /// A telephone was forgotten.
    PhoneForgotten = "phone-forgotten", "The telephone is forgotten.";
    /// A job was begun.
    Begun = "begun", "It is under way.";
    /// The first run is over.
    Done = "done", "Your appliance is set up.";
}

/// What every page is shown in.
pub(crate) struct Frame {
    /// The form token of the session.
    pub(crate) form: String,
    /// Who looks at it.
    pub(crate) who: Who,
    /// The zone in which times are shown.
    pub(crate) zone: TimeZone,
    /// A change on trial.
    pub(crate) trial: Option<Trial>,
    /// What was just done.
    pub(crate) notice: Option<Notice>,
}

impl Frame {
    /// The hidden field that proves that a form is from our own page.
    pub(crate) fn token(&self) -> Markup {
        form_token(&self.form)
    }

    /// A point in time, in the appliance's zone.
    pub(crate) fn date(&self, unix_millis: u64) -> String {
        words::date(unix_millis, &self.zone)
    }

    /// Does who looks at it have every right?
    pub(crate) fn is_administrator(&self) -> bool {
        self.who.role.may(Role::Administrator)
    }

    /// A page with its heading.
    pub(crate) fn page(&self, tab: Tab, title: &str, body: &Markup) -> Markup {
        self.headed(tab, title, &html! { h1 { (title) } }, body)
    }

    /// A page with more in its heading than the title.
    pub(crate) fn headed(&self, tab: Tab, title: &str, head: &Markup, body: &Markup) -> Markup {
        document(
            title,
            &html! {
                header.top {
                    a.brand href="/admin" { (Icon::Wave) span { "IVM" } span.quiet { "Appliance" } }
                    span.who { span.quiet.small { (self.who.name) } }
                    form.leave method="post" action="/admin/logout" {
                        (self.token())
                        button.button.bare type="submit" { (Icon::LogOut) span { "Log out" } }
                    }
                    button.button.menu-button type="button" popovertarget="menu" { (Icon::Menu) span { "Menu" } }
                }
                div.frame {
                    (self.menu(tab))
                    main.inside id="content" {
                        (self.trial())
                        @if let Some(notice) = self.notice {
                            p.banner.good role="status" { (Icon::Tick) span { (notice.text()) } }
                        }
                        div.page-head { (head) }
                        (body)
                    }
                }
            },
        )
    }

    fn menu(&self, tab: Tab) -> Markup {
        let seen = |group: &'static str| {
            Tab::ALL.into_iter().filter(move |tab| {
                let (_, _, _, own, needed) = tab.facts();
                own == group && self.who.role.may(needed)
            })
        };
        html! {
            nav.menu id="menu" popover aria-label="Pages" {
                @for group in GROUPS {
                    @if seen(group).next().is_some() {
                        p.menu-group { (group) }
                        ul {
                            @for other in seen(group) {
                                @let (path, label, icon, _, _) = other.facts();
                                li {
                                    a href=(path) aria-current=[(other == tab).then_some("page")] {
                                        (icon) span { (label) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// On every page while a change waits: confirm it, or it is taken back.
    pub(super) fn trial(&self) -> Markup {
        html! {
            @if let Some(trial) = self.trial {
                section.banner.wait.trial aria-label="A change on trial" data-left=(trial.left_ms) {
                    (Icon::Clock)
                    div {
                        p role="status" {
                            strong { "A change of the network is on trial. " }
                            "It is taken back by itself in "
                            span.left data-left-words { (trial.left_ms.div_ceil(1000)) " s" }
                            " unless you confirm it."
                        }
                        @if self.is_administrator() { (self.trial_deeds(trial)) }
                    }
                }
            }
        }
    }

    fn trial_deeds(&self, trial: Trial) -> Markup {
        html! {
            form.deeds method="post" action="/admin/trial" {
                (self.token())
                input type="hidden" name="revision" value=(trial.revision);
                button.button.primary type="submit" name="deed" value="confirm" { "Keep the change" }
                button.button type="submit" name="deed" value="revert" { "Take it back now" }
            }
        }
    }
}

/// A part of the appliance is not there.
pub(crate) fn away(which: &str) -> Markup {
    html! {
        p.banner.wait role="status" {
            (Icon::Warning)
            span { "The " (which) " is not answering. This page tries again when you reload it." }
        }
    }
}

/// The same of what there is only where telephones are served.
pub(crate) fn away_with_phones(which: &str) -> Markup {
    html! {
        (away(which))
        p.quiet { "It is a part of the appliance's image; a program that was started by hand has it with " code { "--phones" } "." }
    }
}

/// The appliance runs on a machine that somebody else looks after.
pub(crate) fn unmanaged(what: &str) -> Markup {
    html! {
        p.banner.note-banner {
            (Icon::About)
            span { "This appliance runs as a program on a machine that it does not manage. " (what) }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::tz::TimeZone;
    use maud::html;

    use super::{Frame, Notice, Tab, Trial};
    use crate::role::{Role, Who};

    /// A frame as somebody of this role sees it.
    pub(crate) fn frame(role: Role) -> Frame {
        let who = Who { name: "admin".to_owned(), role };
        Frame { form: "f00d".to_owned(), who, zone: TimeZone::UTC, trial: None, notice: None }
    }

    #[test]
    fn an_operator_sees_no_page_that_would_be_refused() {
        let page = |role| frame(role).page(Tab::People, "People", &html! {}).into_string();
        let (all, some) = (page(Role::Administrator), page(Role::Operator));
        for path in ["/admin/people", "/admin/log", "/admin/password"] {
            assert!(all.contains(path) && some.contains(path), "{path}");
        }
        for path in ["/admin/settings/network", "/admin/backup", "/admin/audit"] {
            assert!(all.contains(path) && !some.contains(path), "{path}");
        }
    }

    #[test]
    fn a_change_on_trial_stands_on_every_page_until_it_is_confirmed() {
        let trial = Some(Trial { revision: 7, left_ms: 41_200 });
        let page = |role| {
            let frame = Frame { trial, ..frame(role) };
            frame.page(Tab::Log, "Log", &html! {}).into_string()
        };
        let all = page(Role::Administrator);
        assert!(all.contains("42 s") && all.contains("value=\"7\"") && all.contains("Keep the"));
        assert!(!page(Role::Operator).contains("Keep the change"));
    }

    #[test]
    fn a_notice_comes_back_from_its_word() {
        assert_eq!(Notice::of_word(Notice::Saved.word()), Some(Notice::Saved));
        assert_eq!(Notice::of_word("<b>"), None);
    }
}
