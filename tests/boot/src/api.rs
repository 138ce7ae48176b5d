//! The appliance's API, asked by `curl` as a script in an office would.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use office::programs::run;
use serde_json::{Value, json};

/// The administrator's password.
pub const PASSWORD: &str = "four blue office chairs";
/// How long an answer may take on an emulated machine.
const ANSWER: Duration = Duration::from_secs(60);
/// A file takes longer.
const TRANSFER: Duration = Duration::from_secs(300);

/// What was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status of HTTP; 0 if nobody answered.
    pub status: u16,
    /// The body, if it was JSON.
    pub value: Value,
}

impl Answer {
    /// The body of an answer that agrees.
    ///
    /// # Errors
    /// It refuses.
    pub fn good(self) -> anyhow::Result<Value> {
        ensure!((200..300).contains(&self.status), "{}: {}", self.status, self.value);
        Ok(self.value)
    }
}

/// A way to one appliance. The name in its certificate is used, its authority is checked, and the
/// secret stands in a file and on no command line.
#[derive(Clone, Debug)]
pub struct Api {
    folder: PathBuf,
    port: u16,
}

impl Api {
    /// Fetches the authority's certificate from a port of 127.0.0.1; files go into the folder.
    ///
    /// # Errors
    /// Nobody answers there.
    pub fn meet(folder: &Path, port: u16) -> anyhow::Result<Self> {
        let api = Self { folder: folder.to_owned(), port };
        fs::write(api.secret(), "")?;
        let mut command = api.curl(ANSWER);
        command.arg("--insecure").arg("--output").arg(api.authority());
        let output = run(command.arg(api.url("/appliance-ca.crt")), ANSWER * 2);
        ensure!(output.status.success(), "nobody answers at port {port}");
        Ok(api)
    }

    /// The same appliance at another port.
    #[must_use]
    pub fn at(&self, port: u16) -> Self {
        Self { port, ..self.clone() }
    }

    /// Does the first run with its one-time code, and stays the administrator.
    ///
    /// # Errors
    /// The code is wrong.
    pub fn set_up(&self, code: &str) -> anyhow::Result<()> {
        let body = json!({ "code": code, "password": PASSWORD });
        let jar = self.folder.join("jar");
        let mut command = self.curl(ANSWER);
        command.arg("--cookie-jar").arg(&jar);
        let session = self.send(command, "POST", "/api/v1/setup", Some(&body))?.good()?;
        let form = session["form"].as_str().context("no form token")?;
        let mut command = self.curl(ANSWER);
        command.arg("--cookie").arg(&jar).arg("--header").arg(format!("x-ivm-form: {form}"));
        command.arg("--header").arg(format!("origin: {}", self.url("")));
        let token = json!({ "name": "boot-test", "role": "administrator" });
        let token = self.send(command, "POST", "/api/v1/tokens", Some(&token))?.good()?;
        let secret = token["secret"].as_str().context("no token")?;
        fs::write(self.secret(), format!("header = \"Authorization: Bearer {secret}\"\n"))?;
        Ok(())
    }

    /// Asks.
    ///
    /// # Errors
    /// curl cannot be started.
    pub fn call(&self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Answer> {
        self.send(self.curl(ANSWER), method, &format!("/api/v1{path}"), body)
    }

    /// Posts the same so many times over one connection, as somebody who has no secret; the status of
    /// each answer.
    ///
    /// # Errors
    /// curl cannot be started, or an answer is missing.
    pub fn stranger(&self, path: &str, body: &Value, times: usize) -> anyhow::Result<Vec<u16>> {
        let file = self.folder.join("stranger.json");
        fs::write(&file, body.to_string())?;
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--noproxy", "*", "--max-time", "600"]);
        command.arg("--resolve").arg(format!("ivm.local:{}:127.0.0.1", self.port));
        command.arg("--cacert").arg(self.authority());
        command.arg("--header").arg(format!("origin: {}", self.url("")));
        command.args([
            "--header",
            "content-type: application/json",
            "--write-out",
            "\n%{http_code}\n",
        ]);
        command.arg("--data-binary").arg(format!("@{}", file.display()));
        command.args(vec![self.url(&format!("/api/v1{path}")); times]);
        let output = run(&mut command, Duration::from_secs(660));
        let text = String::from_utf8_lossy(&output.stdout);
        let told: Vec<u16> = text.lines().filter_map(|line| line.parse().ok()).collect();
        ensure!(told.len() == times, "{} answers: {text}", told.len());
        Ok(told)
    }

    /// `GET`, agreed.
    ///
    /// # Errors
    /// It is refused.
    pub fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.call("GET", path, None)?.good().with_context(|| path.to_owned())
    }

    /// `POST`, agreed.
    ///
    /// # Errors
    /// It is refused.
    pub fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.call("POST", path, Some(body))?.good().with_context(|| path.to_owned())
    }

    /// Does somebody answer who has this appliance's certificate?
    #[must_use]
    pub fn answers(&self) -> bool {
        let asked = self.send(self.curl(Duration::from_secs(4)), "GET", "/api/v1/setup", None);
        asked.is_ok_and(|answer| answer.status != 0)
    }

    /// Changes settings: each as a JSON pointer and its value.
    ///
    /// # Errors
    /// They are refused.
    pub fn change(&self, changes: &[(&str, Value)]) -> anyhow::Result<Value> {
        let mut now = self.get("/settings")?;
        let revision = now["revision"].clone();
        for (pointer, value) in changes {
            let place = now["settings"].pointer_mut(pointer);
            *place.with_context(|| format!("no setting {pointer}"))? = value.clone();
        }
        let mut command = self.curl(ANSWER);
        command.arg("--header").arg(format!("If-Match: \"{revision}\""));
        self.send(command, "PUT", "/api/v1/settings", Some(&now["settings"]))?.good()
    }

    /// Uploads a file.
    ///
    /// # Errors
    /// It is refused.
    pub fn upload(&self, path: &str, file: &Path) -> anyhow::Result<Answer> {
        let mut command = self.curl(TRANSFER);
        command.args(["--header", "content-type: application/octet-stream", "--upload-file"]);
        command.arg(file);
        self.send(command, "PUT", &format!("/api/v1{path}"), None)
    }

    fn send(
        &self,
        mut command: Command,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Answer> {
        command.args(["--request", method, "--write-out", "\n%{http_code}"]);
        command.arg("--cacert").arg(self.authority());
        if let Some(body) = body {
            let file = self.folder.join("body.json");
            fs::write(&file, body.to_string())?;
            command.args(["--header", "content-type: application/json", "--data-binary"]);
            command.arg(format!("@{}", file.display()));
        }
        let output = run(command.arg(self.url(path)), TRANSFER + ANSWER);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let Some((body, status)) = text.rsplit_once('\n') else {
            bail!("curl: {}", String::from_utf8_lossy(&output.stderr));
        };
        let value = serde_json::from_str(body).unwrap_or(Value::Null);
        Ok(Answer { status: status.parse().unwrap_or(0), value })
    }

    fn curl(&self, patience: Duration) -> Command {
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--noproxy", "*"]);
        command.arg("--max-time").arg(patience.as_secs().to_string());
        command.arg("--resolve").arg(format!("ivm.local:{}:127.0.0.1", self.port));
        command.arg("--config").arg(self.secret());
        command
    }

    fn url(&self, path: &str) -> String {
        format!("https://ivm.local:{}{path}", self.port)
    }

    /// The authority's certificate.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }

    fn secret(&self) -> PathBuf {
        self.folder.join("curl.conf")
    }
}
