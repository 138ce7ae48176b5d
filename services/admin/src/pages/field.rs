//! Fields of forms: what was typed, what is wrong with it, and how both are shown.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::icon::Icon;

/// What a form bears, by the names of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// The fields of a form that was sent; the last of a name counts.
    pub(crate) fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// The same with one more.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// The same with a box that is ticked or not.
    pub(crate) fn ticked(self, name: &str, is_ticked: bool) -> Self {
        if is_ticked { self.with(name, "on") } else { self }
    }

    /// What was typed, without blanks around it.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.whole(name).trim()
    }

    /// What was typed, to the letter.
    pub(crate) fn whole(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Is the box ticked?
    pub(crate) fn is_ticked(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// What stands in lines or between commas.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let parts = self.whole(name).split([',', ';', ' ', '\n', '\r', '\t']);
        parts.filter(|part| !part.is_empty()).collect()
    }

    /// What was typed as a number, or a fault.
    pub(crate) fn number<T: std::str::FromStr>(
        &self,
        name: &'static str,
        faults: &mut Faults,
    ) -> Option<T> {
        let number = self.text(name).parse().ok();
        if number.is_none() {
            faults.add(name, "This has to be a number.");
        }
        number
    }
}

/// What is wrong, by the names of fields; what belongs to no field stands above the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults(Vec<(String, String)>);

impl Faults {
    /// One fault that belongs to no field.
    pub(crate) fn general(words: impl Into<String>) -> Self {
        Self(vec![(String::new(), words.into())])
    }

    /// One fault of a field.
    pub(crate) fn one(name: &str, words: impl Into<String>) -> Self {
        Self(vec![(name.to_owned(), words.into())])
    }

    /// One more.
    pub(crate) fn add(&mut self, name: &str, words: impl Into<String>) {
        self.0.push((name.to_owned(), words.into()));
    }

    /// Is nothing wrong?
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, words)| words.as_str())
    }

    /// Those that no field of `names` shows, for above the form.
    pub(crate) fn above(&self, names: &[&str]) -> Markup {
        let rest = || self.0.iter().filter(|(field, _)| !names.contains(&field.as_str()));
        html! {
            @if rest().next().is_some() {
                div.form-error role="alert" {
                    (Icon::Warning)
                    div { @for (_, words) in rest() { p { (words) } } }
                }
            } @else if !self.is_empty() {
                p.form-error role="alert" {
                    (Icon::Warning) span { "Nothing was saved. Look at the marked fields." }
                }
            }
        }
    }
}

/// A form as it is shown: what it bears and what is wrong with it.
#[derive(Clone, Copy)]
pub(crate) struct Sheet<'a> {
    pub(crate) fields: &'a Fields,
    pub(crate) faults: &'a Faults,
}

/// A field with a label.
pub(crate) struct Input<'a> {
    name: &'a str,
    label: &'a str,
    kind: &'a str,
    hint: Option<&'a str>,
    unit: Option<&'a str>,
    bounds: Option<(u64, u64)>,
    placeholder: Option<&'a str>,
    complete: &'a str,
    longest: u32,
    is_needed: bool,
}

impl<'a> Input<'a> {
    /// A line of text.
    pub(crate) fn text(name: &'a str, label: &'a str) -> Self {
        Self {
            name,
            label,
            kind: "text",
            hint: None,
            unit: None,
            bounds: None,
            placeholder: None,
            complete: "off",
            longest: 512,
            is_needed: false,
        }
    }

    /// A whole number within bounds.
    pub(crate) fn number(name: &'a str, label: &'a str, least: u64, most: u64) -> Self {
        let text = Self::text(name, label);
        Self { kind: "number", bounds: Some((least, most)), is_needed: true, ..text }
    }

    /// A secret; what was typed is never shown again.
    pub(crate) fn secret(name: &'a str, label: &'a str, complete: &'a str) -> Self {
        let text = Self::text(name, label);
        Self { kind: "password", complete, longest: 256, is_needed: true, ..text }
    }

    /// Words under the field.
    pub(crate) fn hint(self, hint: &'a str) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// A unit behind the field.
    pub(crate) fn unit(self, unit: &'a str) -> Self {
        Self { unit: Some(unit), ..self }
    }

    /// An example in the empty field.
    pub(crate) fn such_as(self, placeholder: &'a str) -> Self {
        Self { placeholder: Some(placeholder), ..self }
    }

    /// It may not stay empty.
    pub(crate) fn needed(self) -> Self {
        Self { is_needed: true, ..self }
    }

    /// The field in a form.
    pub(crate) fn on(&self, sheet: Sheet<'_>) -> Markup {
        let Self { name, kind, .. } = *self;
        let value = (kind != "password").then(|| sheet.fields.whole(name));
        let ends = Ends::of(sheet, name, self.hint);
        html! {
            div.field {
                label for=(ends.id) { (self.label) }
                div.line {
                    input id=(ends.id) name=(name) type=(kind) value=[value] autocomplete=(self.complete)
                        autocapitalize="none" spellcheck="false" placeholder=[self.placeholder]
                        min=[self.bounds.map(|bounds| bounds.0)] max=[self.bounds.map(|bounds| bounds.1)]
                        inputmode=[self.bounds.map(|_| "numeric")] maxlength=[(kind != "number").then_some(self.longest)]
                        required[self.is_needed]
                        aria-invalid=[ends.invalid()] aria-describedby=[ends.described()];
                    @if let Some(unit) = self.unit { span.unit aria-hidden="true" { (unit) } }
                }
                (ends.words())
            }
        }
    }
}

/// What stands under a field: a hint, and what is wrong.
struct Ends<'a> {
    id: String,
    hint: Option<&'a str>,
    fault: Option<&'a str>,
}

impl<'a> Ends<'a> {
    fn of(sheet: Sheet<'a>, name: &str, hint: Option<&'a str>) -> Self {
        Self { id: id(name), hint, fault: sheet.faults.of(name) }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.fault.map(|_| "true")
    }

    fn described(&self) -> Option<String> {
        let hint = self.hint.map(|_| format!("{}-hint", self.id));
        let fault = self.fault.map(|_| format!("{}-fault", self.id));
        let all: Vec<String> = fault.into_iter().chain(hint).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }

    fn words(&self) -> Markup {
        html! {
            @if let Some(fault) = self.fault {
                p.fault id=(format!("{}-fault", self.id)) { (Icon::Warning) span { (fault) } }
            }
            @if let Some(hint) = self.hint { p.hint id=(format!("{}-hint", self.id)) { (hint) } }
        }
    }
}

/// The id of a field's element.
fn id(name: &str) -> String {
    name.replace('.', "-")
}

impl Sheet<'_> {
    /// A box to tick.
    pub(crate) fn tick(self, name: &str, label: &str, hint: Option<&str>) -> Markup {
        let ends = Ends::of(self, name, hint);
        html! {
            div.field.tick {
                label for=(ends.id) {
                    input id=(ends.id) type="checkbox" name=(name) checked[self.fields.is_ticked(name)]
                        aria-describedby=[ends.described()];
                    span { (label) }
                }
                (ends.words())
            }
        }
    }

    /// One of several.
    pub(crate) fn choice(self, name: &str, legend: &str, choices: &[(&str, &str)]) -> Markup {
        let fault = self.faults.of(name);
        html! {
            fieldset.choice {
                legend { (legend) }
                div.choices {
                    @for (value, label) in choices {
                        label {
                            input type="radio" name=(name) value=(value) checked[self.fields.text(name) == *value];
                            span { (label) }
                        }
                    }
                }
                @if let Some(fault) = fault { p.fault { (Icon::Warning) span { (fault) } } }
            }
        }
    }

    /// One of many.
    pub(crate) fn select(
        self,
        name: &str,
        label: &str,
        hint: Option<&str>,
        options: &[(String, String)],
    ) -> Markup {
        let ends = Ends::of(self, name, hint);
        html! {
            div.field {
                label for=(ends.id) { (label) }
                select id=(ends.id) name=(name) aria-invalid=[ends.invalid()] aria-describedby=[ends.described()] {
                    @for (value, label) in options {
                        option value=(value) selected[self.fields.text(name) == value] { (label) }
                    }
                }
                (ends.words())
            }
        }
    }

    /// Several lines.
    pub(crate) fn lines(self, name: &str, label: &str, hint: &str, rows: u8) -> Markup {
        let ends = Ends::of(self, name, Some(hint));
        html! {
            div.field {
                label for=(ends.id) { (label) }
                textarea.mono id=(ends.id) name=(name) rows=(rows) autocomplete="off" spellcheck="false"
                    aria-invalid=[ends.invalid()] aria-describedby=[ends.described()] { (self.fields.whole(name)) }
                (ends.words())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Faults, Fields, Input, Sheet};

    #[test]
    fn what_was_typed_is_kept_and_its_fault_stands_beside_it() {
        let fields = Fields::default().with("network.ipv4.address", "1.2.3.\"4");
        let faults = Faults::one("network.ipv4.address", "No <address>.");
        let sheet = Sheet { fields: &fields, faults: &faults };
        let page = Input::text("network.ipv4.address", "Address").on(sheet).into_string();
        assert!(page.contains("1.2.3.&quot;4") && page.contains("No &lt;address&gt;."));
        assert!(page.contains("aria-describedby=\"network-ipv4-address-fault\""));
        assert!(page.contains("aria-invalid=\"true\""));
    }

    #[test]
    fn a_secret_is_never_shown_again() {
        let fields = Fields::default().with("passphrase", "four blue chairs");
        let faults = Faults::default();
        let sheet = Sheet { fields: &fields, faults: &faults };
        let page = Input::secret("passphrase", "Passphrase", "off").on(sheet).into_string();
        assert!(!page.contains("blue"));
    }

    #[test]
    fn lists_and_numbers_are_read_as_people_type_them() {
        let fields = Fields::default().with("a", "1.1.1.1, 9.9.9.9\r\n ::1").with("b", " 12 ");
        assert_eq!(fields.list("a"), ["1.1.1.1", "9.9.9.9", "::1"]);
        let mut faults = Faults::default();
        assert_eq!(fields.number::<u32>("b", &mut faults), Some(12));
        assert!(faults.is_empty());
        assert_eq!(fields.number::<u32>("c", &mut faults), None);
        assert!(faults.above(&["c"]).into_string().contains("marked fields"));
        assert!(faults.above(&[]).into_string().contains("has to be a number"));
    }
}
