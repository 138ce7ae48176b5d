//! The pages: what is the same on each. Forms and links only; scripts make nothing but comfort.

mod icon;
pub(crate) mod invitation;
pub(crate) mod notice;
pub(crate) mod password;
pub(crate) mod people;
pub(crate) mod setup;
pub(crate) mod status;
pub(crate) mod words;

use maud::{DOCTYPE, Markup, html};

use icon::Icon;

/// Where a page belongs in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    /// The people of the office.
    People,
    /// How the appliance is.
    Status,
    /// The administrator's password.
    Password,
}

impl Tab {
    const ALL: [Self; 3] = [Self::People, Self::Status, Self::Password];

    /// The address of the page.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::People => "/admin/people",
            Self::Status => "/admin/status",
            Self::Password => "/admin/password",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::People => "People",
            Self::Status => "Status",
            Self::Password => "Password",
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::People => Icon::People,
            Self::Status => Icon::Status,
            Self::Password => Icon::Key,
        }
    }
}

/// A page of a logged-in administrator.
pub(crate) fn inside(tab: Tab, form: &str, title: &str, body: &Markup) -> Markup {
    document(
        title,
        &html! {
            header.top {
                a.brand href="/admin/people" { (Icon::Wave) span { "IVM" } span.quiet { "Appliance" } }
                nav aria-label="Pages" {
                    @for other in Tab::ALL {
                        a href=(other.path()) aria-current=[(other == tab).then_some("page")] {
                            (other.icon()) span { (other.label()) }
                        }
                    }
                }
                form.leave method="post" action="/admin/logout" {
                    (form_token(form))
                    button.button.bare type="submit" { (Icon::LogOut) span { "Log out" } }
                }
            }
            main.inside id="content" { (body) }
        },
    )
}

/// A page of somebody who is not logged in: one sheet in the middle.
pub(crate) fn outside(title: &str, body: &Markup) -> Markup {
    document(title, &html! { main.outside id="content" { div.sheet { (body) } } })
}

/// The hidden field that proves that a form is from our own page.
pub(crate) fn form_token(form: &str) -> Markup {
    html! { input type="hidden" name="form" value=(form); }
}

/// Why a form was not taken, right above its button.
fn trouble(trouble: Option<&str>) -> Markup {
    html! {
        @if let Some(trouble) = trouble {
            p.form-error id="trouble" role="alert" { (Icon::Warning) span { (trouble) } }
        }
    }
}

/// A password field with its label.
struct PasswordField<'a> {
    label: &'a str,
    name: &'a str,
    complete: &'a str,
    hint: Option<&'a str>,
}

impl PasswordField<'_> {
    fn markup(&self) -> Markup {
        let hint = self.hint.map(|_| format!("{}-hint", self.name));
        html! {
            div.field {
                label for=(self.name) { (self.label) }
                input id=(self.name) name=(self.name) type="password" autocomplete=(self.complete)
                    required maxlength="256" aria-describedby=[hint.as_deref()];
                @if let Some(text) = self.hint { p.hint id=[hint.as_deref()] { (text) } }
            }
        }
    }
}

/// The message server is not there.
fn away() -> Markup {
    html! {
        p.banner.wait role="status" {
            (Icon::Warning)
            span { "The message server is not answering. This page tries again when you reload it." }
        }
    }
}

fn document(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                title { (title) " · IVM appliance" }
                meta name="theme-color" media="(prefers-color-scheme: light)" content="#f5f4f0";
                meta name="theme-color" media="(prefers-color-scheme: dark)" content="#121518";
                link rel="icon" href="/admin/files/admin.svg" type="image/svg+xml";
                link rel="stylesheet" href="/admin/files/admin.css";
                script type="module" src="/admin/files/admin.js" {}
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                (body)
            }
        }
    }
}
