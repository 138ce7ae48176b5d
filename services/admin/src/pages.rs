//! The pages: what is the same on each. Forms and links only; scripts make nothing but comfort.

pub(crate) mod about;
pub(crate) mod access;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod certificate;
pub(crate) mod field;
pub(crate) mod frame;
mod icon;
pub(crate) mod invitation;
pub(crate) mod job;
pub(crate) mod log;
pub(crate) mod maintenance;
pub(crate) mod notice;
pub(crate) mod overview;
pub(crate) mod password;
pub(crate) mod people;
pub(crate) mod person;
pub(crate) mod phones;
mod plot;
pub(crate) mod router;
pub(crate) mod section;
pub(crate) mod setup;
pub(crate) mod trial;
pub(crate) mod update;
pub(crate) mod wizard;
pub(crate) mod words;

use maud::{DOCTYPE, Markup, html};

use icon::Icon;

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
                link rel="stylesheet" href="/admin/files/pages.css";
                script type="module" src="/admin/files/admin.js" {}
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                (body)
            }
        }
    }
}
