//! What the service tells programs on this machine: its address, its fingerprint and, before the
//! first run is done, the code. Kept in the run directory, for our own user only.

use std::path::PathBuf;

use chassis::layout::Layout;
use serde::{Deserialize, Serialize};

/// Where the pages are and how to be sure of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whereabouts {
    /// The origin of the pages, such as `https://192.168.1.2:8443`.
    pub https: String,
    /// The fingerprint of the appliance's certificate authority.
    pub fingerprint: String,
    /// The one-time code of the first run; absent once the appliance is set up.
    pub code: Option<String>,
}

impl Whereabouts {
    /// The file that has them while the service runs.
    #[must_use]
    pub fn path(layout: &Layout) -> PathBuf {
        layout.whereabouts.clone()
    }

    /// The link that opens the first run, while there is one.
    #[must_use]
    pub fn first_run_link(&self) -> Option<String> {
        self.code.as_ref().map(|code| format!("{}/admin/setup?code={code}", self.origin()))
    }

    /// The invitation link for a code.
    #[must_use]
    pub fn invitation_link(&self, code: &str) -> String {
        format!("{}/join#{code}", self.origin())
    }

    /// Without the port that browsers take by themselves.
    fn origin(&self) -> &str {
        self.https.strip_suffix(":443").unwrap_or(&self.https)
    }

    /// As the file has them.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("strings can be written as JSON")
    }

    /// Reads what the file has; `None` for anything else.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Whereabouts;

    #[test]
    fn they_survive_the_file() {
        let whereabouts = Whereabouts {
            https: "https://10.0.0.2:8443".to_owned(),
            fingerprint: "AB:CD".to_owned(),
            code: Some("7K3M-XQ2W".to_owned()),
        };
        assert_eq!(Whereabouts::from_json(&whereabouts.to_json()), Some(whereabouts.clone()));
        let link = whereabouts.first_run_link();
        assert_eq!(link.as_deref(), Some("https://10.0.0.2:8443/admin/setup?code=7K3M-XQ2W"));
        assert_eq!(whereabouts.invitation_link("X"), "https://10.0.0.2:8443/join#X");
        let usual = Whereabouts { https: "https://10.0.0.2:443".to_owned(), ..whereabouts };
        assert_eq!(usual.invitation_link("X"), "https://10.0.0.2/join#X");
        assert_eq!(Whereabouts::from_json("{}"), None);
    }
}
