//! The first run after the administrator's password: name, network, time, people. Every step can be
//! skipped, and taken up again another day.

use maud::{Markup, html};

use super::field::Fields;
use super::frame::{Frame, away};
use super::icon::Icon;
use super::people::{Draft, add_form};
use super::section::{Section, View};
use super::{document, words};

/// A step of the first run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Host name, language, time zone.
    Place,
    /// Addresses.
    Network,
    /// What the office wants of messages.
    Messages,
    /// The first people.
    People,
}

impl Step {
    const ALL: [Self; 4] = [Self::Place, Self::Network, Self::Messages, Self::People];

    /// The first one.
    pub(crate) const FIRST: Self = Self::Place;

    /// The step of this word.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.word() == word)
    }

    /// Its word.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Network => "network",
            Self::Messages => "messages",
            Self::People => "people",
        }
    }

    /// What comes after it.
    pub(crate) fn next(self) -> Option<Self> {
        let at = Self::ALL.iter().position(|step| *step == self)?;
        Self::ALL.get(at + 1).copied()
    }

    /// The settings that it is about.
    pub(crate) const fn section(self) -> Option<Section> {
        match self {
            Self::Place => Some(Section::Place),
            Self::Network => Some(Section::Network),
            Self::Messages => Some(Section::Messages),
            Self::People => None,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Place => "Name, language and time",
            Self::Network => "Network",
            Self::Messages => "Messages",
            Self::People => "Your first people",
        }
    }

    /// Short, so that all steps fit beside each other.
    const fn label(self) -> &'static str {
        match self {
            Self::Place => "Name and time",
            Self::People => "People",
            Self::Network | Self::Messages => self.title(),
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Place => "What is the appliance called, and where is it?",
            Self::Network => {
                "The appliance has an address already, or you would not see this. Keep it, or give it one that stays."
            }
            Self::Messages => "These fit most offices.",
            Self::People => {
                "Everyone gets an invitation link, opens it in a browser or on a phone, and chooses a password. Nobody else ever knows it."
            }
        }
    }
}

/// A step about settings; without a view the settings keeper is away.
pub(crate) fn settings(
    frame: &Frame,
    step: Step,
    section: Section,
    view: Option<&View<'_>>,
) -> Markup {
    sheet(
        frame,
        step,
        &html! {
            @match view {
                None => { (away("settings keeper")) (skip(frame, step)) }
                Some(view) => {
                    (section.beside(view))
                    form.sheet-form method="post" action=(format!("/admin/wizard/{}", step.word())) {
                        (frame.token())
                        input type="hidden" name="base" value=(view.base);
                        (section.form(view))
                        div.deeds {
                            button.button.primary type="submit" name="deed" value="save" { "Save and go on" }
                            button.button type="submit" name="deed" value="skip" formnovalidate { "Skip" }
                        }
                    }
                }
            }
        },
    )
}

/// The step about people: so many there are.
pub(crate) fn people(frame: &Frame, many: Option<usize>, draft: &Draft) -> Markup {
    sheet(
        frame,
        Step::People,
        &html! {
            section.card aria-label="Add a person" {
                @match many {
                    None => { (away("message server")) }
                    Some(many) => {
                        @if many > 0 { p role="status" { (words::count(many as u64, "person is", "people are")) " invited. " a href="/admin/people" { "See who" } } }
                        (add_form(frame, draft, "/admin/wizard/people", many == 0))
                    }
                }
            }
            form.deeds method="post" action="/admin/wizard/people" {
                (frame.token())
                button.button.primary type="submit" name="deed" value="skip" { (Icon::Tick) span { "Finish" } }
            }
        },
    )
}

fn skip(frame: &Frame, step: Step) -> Markup {
    html! {
        form.deeds method="post" action=(format!("/admin/wizard/{}", step.word())) {
            (frame.token())
            button.button type="submit" name="deed" value="skip" { "Skip" }
        }
    }
}

/// What stands around every step.
fn sheet(frame: &Frame, step: Step, body: &Markup) -> Markup {
    let at = Step::ALL.iter().position(|one| *one == step).unwrap_or(0);
    document(
        step.title(),
        &html! {
            header.top {
                a.brand href="/admin" { (Icon::Wave) span { "IVM" } span.quiet { "Appliance" } }
                a.button.bare.leave href="/admin" { "Go on later" }
            }
            main.inside.wizard id="content" {
                ol.steps aria-label="Steps" {
                    li.passed { span { "Administrator" } }
                    @for (index, one) in Step::ALL.into_iter().enumerate() {
                        li.passed[index < at] aria-current=[(index == at).then_some("step")] {
                            a href=(format!("/admin/wizard/{}", one.word())) { (one.label()) }
                        }
                    }
                }
                (frame.trial())
                div.page-head { h1 { (step.title()) } }
                p.quiet { (step.words()) }
                (body)
            }
        },
    )
}

/// Was the form sent to go on without it?
pub(crate) fn is_skipped(fields: &Fields) -> bool {
    fields.text("deed") == "skip"
}

#[cfg(test)]
mod tests {
    use super::{Step, people, settings};
    use crate::pages::frame::tests::frame;
    use crate::pages::people::Draft;
    use crate::pages::section::Section;
    use crate::role::Role;

    #[test]
    fn steps_lead_from_the_first_to_the_last() {
        let mut step = Step::FIRST;
        let mut words = vec![step.word()];
        while let Some(next) = step.next() {
            step = next;
            words.push(step.word());
            assert_eq!(Step::of_word(step.word()), Some(step));
        }
        assert_eq!(words, ["place", "network", "messages", "people"]);
    }

    #[test]
    fn a_step_can_be_skipped_even_when_the_keeper_is_away() {
        let frame = frame(Role::Administrator);
        let page = settings(&frame, Step::Network, Section::Network, None).into_string();
        assert!(page.contains("not answering") && page.contains("value=\"skip\""));
        let draft = Draft { why: Some("Taken <.".to_owned()), ..Draft::default() };
        let page = people(&frame, Some(2), &draft).into_string();
        assert!(page.contains("2 people are invited") && page.contains("Taken &lt;."));
    }
}
