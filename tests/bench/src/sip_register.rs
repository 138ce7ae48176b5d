//! A telephone's registration: datagrams in, datagrams out, no socket (RFC 3261 section 10.2,
//! RFC 7616).

use std::net::{Ipv4Addr, SocketAddrV4};

use anyhow::{Context, Result, bail};
use md5::Md5;
use sha2::{Digest as _, Sha256};

/// Who registers where.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// The registrar.
    pub(crate) server: Ipv4Addr,
    /// From where.
    pub(crate) own: SocketAddrV4,
    /// The name of the log-in.
    pub(crate) user: String,
    /// Its password.
    pub(crate) password: String,
}

/// A registration that has begun.
pub(crate) struct Registration {
    line: Line,
    /// No other registration is called so, even of the same line.
    call: String,
    count: u32,
    request: String,
}

/// What is to be done next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Send this.
    Send(String),
    /// Nothing: it is not for us, or not final.
    Wait,
    /// It is registered.
    Done,
}

impl Registration {
    /// Begins; [`Self::request`] is to be sent.
    pub(crate) fn new(line: Line) -> Self {
        let call = format!("{}-{}", line.user, std::process::id());
        let mut registration = Self { line, call, count: 0, request: String::new() };
        registration.ask("");
        registration
    }

    /// What was sent last, to be sent again after a silence.
    pub(crate) fn request(&self) -> &str {
        &self.request
    }

    /// Takes an answer.
    pub(crate) fn hear(&mut self, bytes: &[u8]) -> Result<Next> {
        let answer = std::str::from_utf8(bytes).context("the answer is no text")?;
        let is_ours = header(answer, "CSeq").is_some_and(|sequence| {
            sequence.split_whitespace().next() == Some(&self.count.to_string())
        });
        let code = answer.strip_prefix("SIP/2.0 ").and_then(|rest| rest.get(..3));
        match code {
            Some(_) if !is_ours => Ok(Next::Wait),
            Some("100") | None => Ok(Next::Wait),
            Some("200") => Ok(Next::Done),
            Some("401") if self.count < 4 => {
                let challenge = header(answer, "WWW-Authenticate").context("no challenge")?;
                let authorization = self.answer(challenge);
                self.ask(&authorization);
                Ok(Next::Send(self.request.clone()))
            }
            Some(_) => bail!("refused: {}", answer.lines().next().unwrap_or_default()),
        }
    }

    fn ask(&mut self, authorization: &str) {
        self.count += 1;
        let Line { server, own, user, .. } = &self.line;
        let (call, count) = (&self.call, self.count);
        self.request = format!(
            "REGISTER sip:{server} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {own};branch=z9hG4bK-{call}-{count};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:{user}@{server}>;tag=t{call}\r\n\
             To: <sip:{user}@{server}>\r\n\
             Call-ID: {call}@{}\r\n\
             CSeq: {count} REGISTER\r\n\
             Contact: <sip:{user}@{own}>\r\n\
             Expires: 3600\r\n\
             User-Agent: bench\r\n\
             {authorization}Content-Length: 0\r\n\r\n",
            own.ip()
        );
    }

    fn answer(&self, challenge: &str) -> String {
        let Line { server, user, password, .. } = &self.line;
        let field = |name: &str| parameter(challenge, name).unwrap_or_default();
        let (realm, nonce, algorithm) = (field("realm"), field("nonce"), field("algorithm"));
        let hash = if algorithm == "SHA-256" { sha256 } else { md5 };
        let uri = format!("sip:{server}");
        let secret = hash(&format!("{user}:{realm}:{password}"));
        let asked = hash(&format!("REGISTER:{uri}"));
        let response = hash(&format!("{secret}:{nonce}:00000001:bench:auth:{asked}"));
        let algorithm = if algorithm.is_empty() { "MD5" } else { algorithm };
        format!(
            "Authorization: Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", \
             uri=\"{uri}\", response=\"{response}\", algorithm={algorithm}, cnonce=\"bench\", \
             qop=auth, nc=00000001\r\n"
        )
    }
}

/// The first header of this name.
fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    message.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// A parameter of a challenge, without its quotes.
fn parameter<'a>(challenge: &'a str, name: &str) -> Option<&'a str> {
    let all = challenge.strip_prefix("Digest ")?.split(',');
    all.filter_map(|one| one.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then(|| value.trim_matches('"')))
}

fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn md5(text: &str) -> String {
    hex(&Md5::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddrV4};

    use super::{Line, Next, Registration};

    fn answered(code: &str, count: u32, more: &str) -> Vec<u8> {
        format!("SIP/2.0 {code} Words\r\nCSeq: {count} REGISTER\r\n{more}\r\n").into_bytes()
    }

    #[test]
    fn a_challenge_is_answered_with_its_own_algorithm_and_a_yes_ends_it() {
        let line = Line {
            server: Ipv4Addr::new(10, 0, 0, 1),
            own: SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 2), 5060),
            user: "201".to_owned(),
            password: "secret".to_owned(),
        };
        let mut registration = Registration::new(line);
        assert!(registration.request().contains("CSeq: 1 REGISTER\r\n"));
        let challenge = "WWW-Authenticate: Digest realm=\"ivm\", nonce=\"n\", \
            algorithm=SHA-256, qop=\"auth\"\r\n";
        let challenged = answered("401", 1, challenge);
        let Next::Send(request) = registration.hear(&challenged).expect("taken") else {
            unreachable!("a challenge is answered")
        };
        assert!(request.contains("algorithm=SHA-256") && request.contains("CSeq: 2 REGISTER"));
        assert_eq!(registration.hear(&challenged).expect("taken"), Next::Wait, "it came twice");
        assert_eq!(registration.hear(&answered("200", 2, "")).expect("taken"), Next::Done);
        registration.hear(&answered("403", 2, "")).expect_err("refused");
    }
}
