//! What `appliance run` says when it is ready, to people and to programs.

use admin::Whereabouts;
use serde::{Deserialize, Serialize};

/// Everything that somebody needs who wants to use an appliance that has just started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ready {
    /// Always true: the line exists only then.
    ready: bool,
    /// The origin of the pages.
    pub(crate) https: String,
    /// Where terminal clients connect, as `HOST:PORT`.
    pub(crate) objects: String,
    /// The one-time code of the first run; absent once it is done.
    code: Option<String>,
    /// The fingerprint of the appliance's certificate authority.
    fingerprint: String,
}

impl Ready {
    /// Ready at these places; objects are taken at `objects_port` of the pages' host.
    pub(crate) fn at(whereabouts: Whereabouts, objects_port: u16) -> Self {
        let Whereabouts { https, fingerprint, code } = whereabouts;
        let host = https.trim_start_matches("https://");
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        let objects = format!("{host}:{objects_port}");
        Self { ready: true, https, objects, code, fingerprint }
    }

    /// One line of JSON.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings can be written as JSON")
    }

    /// The same for a file: the code is in one place only.
    pub(crate) fn without_code(mut self) -> Self {
        self.code = None;
        self
    }

    /// What another process wrote.
    pub(crate) fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// A page for people; `state` is the state directory.
    pub(crate) fn to_words(&self, state: &str) -> String {
        let Self { https, objects, code, fingerprint, .. } = self;
        let first = match code {
            Some(code) => format!(
                "First run: choose the administrator's password and add people at\n\
                 \n    {https}/admin/setup?code={code}\n\
                 \nor add them here:\n"
            ),
            None => format!("Administration:  {https}/admin\n\nOr add people here:\n"),
        };
        let (one, two) = fingerprint.split_at(fingerprint.len().min(48));
        format!(
            "\nThe appliance is ready. Its data is in {state}\n\n\
             {first}\
             \n    appliancectl --state {state} user add anna --display \"Anna Schmidt\"\n\
             \nPeople open their invitation in a browser, or join from a terminal:\n\
             \n    ivm join INVITATION --server {objects}\n\
             \nBrowsers and terminals ask about the certificate once. Its fingerprint is\n\
             \n    {one}\n    {two}\n\
             \nStop with Ctrl-C.\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use admin::Whereabouts;

    use super::Ready;

    fn ready(https: &str) -> Ready {
        let whereabouts = Whereabouts {
            https: https.to_owned(),
            fingerprint: ["AB"; 32].join(":"),
            code: Some("7K3M-XQ2W".to_owned()),
        };
        Ready::at(whereabouts, 4431)
    }

    #[test]
    fn programs_get_one_line() {
        let ready = ready("https://127.0.0.1:8443");
        let line = ready.to_json();
        assert!(line.starts_with(
            "{\"ready\":true,\"https\":\"https://127.0.0.1:8443\",\"objects\":\"127.0.0.1:4431\",\
             \"code\":\"7K3M-XQ2W\",\"fingerprint\":\"AB:AB:"
        ));
        assert!(!line.contains('\n'));
        assert_eq!(Ready::from_json(&line), Some(ready));
    }

    #[test]
    fn an_ipv6_host_keeps_its_brackets() {
        assert_eq!(ready("https://[::1]:8443").objects, "[::1]:4431");
    }

    #[test]
    fn people_get_the_link_of_the_first_run_and_the_whole_fingerprint() {
        let ready = ready("https://127.0.0.1:8443");
        let words = ready.to_words("./state");
        assert!(words.contains("https://127.0.0.1:8443/admin/setup?code=7K3M-XQ2W"));
        assert_eq!(words.matches("AB").count(), 32);
        assert!(!ready.without_code().to_words("./state").contains("setup"));
    }
}
