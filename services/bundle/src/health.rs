//! What a check of the health has found, step by step.

use serde::Serialize;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Step {
    /// What was looked at.
    pub(crate) step: &'static str,
    /// How long it took.
    pub(crate) milliseconds: u64,
    /// What is wrong; none if nothing is.
    pub(crate) trouble: Option<String>,
}

/// All steps that were made; the first one that went wrong is the last one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    steps: Vec<Step>,
}

impl Findings {
    /// Adds a step; tells whether it went well.
    pub(crate) fn add(&mut self, step: Step) -> bool {
        let is_well = step.trouble.is_none();
        self.steps.push(step);
        is_well
    }

    /// What is wrong; none if all is well.
    pub(crate) fn trouble(&self) -> Option<String> {
        let step = self.steps.iter().find(|step| step.trouble.is_some())?;
        let words = step.trouble.as_deref().unwrap_or_default();
        Some(format!("{}: {words}", step.step))
    }

    /// A line for each step.
    pub(crate) fn to_words(&self) -> String {
        let line = |step: &Step| {
            let Step { step, milliseconds, trouble } = step;
            let words = trouble.as_deref().unwrap_or("well");
            format!("{milliseconds:>6} ms  {step}: {words}\n")
        };
        self.steps.iter().map(line).collect()
    }

    /// One line of JSON.
    pub(crate) fn to_json(&self) -> String {
        let value = serde_json::json!({
            "well": self.trouble().is_none(),
            "steps": self.steps,
        });
        format!("{value}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::{Findings, Step};

    #[test]
    fn the_step_that_went_wrong_is_named() {
        let mut findings = Findings::default();
        assert!(findings.add(Step { step: "services", milliseconds: 12, trouble: None }));
        assert_eq!(findings.trouble(), None);
        let trouble = Some("nobody answers".to_owned());
        assert!(!findings.add(Step { step: "message", milliseconds: 1_200, trouble }));
        assert_eq!(findings.trouble().as_deref(), Some("message: nobody answers"));
        assert_eq!(
            findings.to_words(),
            "    12 ms  services: well\n  1200 ms  message: nobody answers\n"
        );
        assert!(findings.to_json().starts_with("{\"steps\":[{"));
        assert!(findings.to_json().contains("\"well\":false"));
    }
}
