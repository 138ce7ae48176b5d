//! What every answer says to the browser, and which requests are from our own pages.

use axum::http::header::{
    CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};

/// Nothing from elsewhere, nothing inline; wasm may be compiled, sound may come from memory.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; \
     manifest-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";

/// The microphone for our own pages, nothing else for anyone.
const PERMISSIONS: &str = "microphone=(self), camera=(), geolocation=(), payment=(), usb=(), \
     serial=(), midi=(), display-capture=()";

/// The longest Host or Origin that is looked at, bytes.
const LONGEST_NAME: usize = 262;

/// Puts the security headers on an answer.
///
/// No Strict-Transport-Security: browsers ignore it under a certificate that they warn about, and
/// where the appliance's own authority is trusted it would outlive a factory reset.
/// Not `no-referrer`: browsers would then send forms with `Origin: null`.
pub(crate) fn secure(headers: &mut HeaderMap) {
    let fixed: [(HeaderName, &'static str); 8] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// The origin of our own pages as this request reached us: `https://` and the Host.
pub(crate) fn own_origin(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(HOST)?.to_str().ok()?;
    is_authority(host).then(|| format!("https://{}", host.to_ascii_lowercase()))
}

/// The origin that the browser says, if it is our own.
pub(crate) fn same_origin(headers: &HeaderMap) -> Option<String> {
    let mut said = headers.get_all(ORIGIN).iter();
    let origin = said.next()?.to_str().ok()?;
    let own = own_origin(headers)?;
    (said.next().is_none() && without_default_port(origin) == without_default_port(&own))
        .then(|| origin.to_owned())
}

/// Where the same page is over HTTPS at this port.
pub(crate) fn over_https(host: &str, path: &str, port: u16) -> Option<String> {
    if !is_authority(host) {
        return None;
    }
    let name = match host.rsplit_once(':') {
        Some((name, digits)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    let port = if port == 443 { String::new() } else { format!(":{port}") };
    Some(format!("https://{name}{port}{path}"))
}

/// A host name, IPv4 address or `[IPv6]` address, with or without a port; no more.
fn is_authority(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port),
        Some(_) | None => (host, "1"),
    };
    let inner = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let name_is_good = match inner {
        Some(inner) => inner.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.')),
        None => name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_')),
    };
    !name.is_empty() && host.len() <= LONGEST_NAME && name_is_good && port.parse::<u16>().is_ok()
}

fn without_default_port(origin: &str) -> String {
    let lower = origin.to_ascii_lowercase();
    lower.strip_suffix(":443").map_or(lower.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use axum::http::header::{HOST, ORIGIN};
    use axum::http::{HeaderMap, HeaderValue};

    use super::{is_authority, over_https, same_origin, secure};

    fn request(host: &'static str, origin: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static(host));
        headers.insert(ORIGIN, HeaderValue::from_static(origin));
        headers
    }

    #[test]
    fn our_own_pages_are_let_in() {
        for (host, origin) in [
            ("192.168.1.2:8443", "https://192.168.1.2:8443"),
            ("ivm.local", "https://ivm.local"),
            ("IVM.local:443", "https://ivm.local"),
            ("[fd00::1]:8443", "https://[fd00::1]:8443"),
        ] {
            assert_eq!(same_origin(&request(host, origin)).as_deref(), Some(origin));
        }
    }

    #[test]
    fn pages_from_elsewhere_are_not() {
        for (host, origin) in [
            ("192.168.1.2:8443", "https://evil.example"),
            ("192.168.1.2:8443", "http://192.168.1.2:8443"),
            ("192.168.1.2:8443", "https://192.168.1.2"),
            ("192.168.1.2:8443", "null"),
            ("evil.example/@x", "https://evil.example/@x"),
        ] {
            assert_eq!(same_origin(&request(host, origin)), None, "{origin}");
        }
        let mut twice = request("a", "https://a");
        twice.append(ORIGIN, HeaderValue::from_static("https://evil.example"));
        assert_eq!(same_origin(&twice), None);
        twice.remove(ORIGIN);
        assert_eq!(same_origin(&twice), None);
    }

    #[test]
    fn a_plain_request_is_sent_to_https_on_the_right_port() {
        assert_eq!(over_https("a.b:8080", "/x?y", 8443).as_deref(), Some("https://a.b:8443/x?y"));
        assert_eq!(over_https("[::1]:80", "/", 443).as_deref(), Some("https://[::1]/"));
        assert_eq!(over_https("[::1]", "/", 443).as_deref(), Some("https://[::1]/"));
        assert_eq!(over_https("a b", "/", 443), None);
    }

    #[test]
    fn strange_hosts_are_refused() {
        for host in ["", ":80", "a:b", "a/b", "a@b", "[::1", "a:99999", "a\u{e4}"] {
            assert!(!is_authority(host), "{host}");
        }
        assert!(!is_authority(&"a".repeat(300)));
    }

    #[test]
    fn every_answer_forbids_what_is_not_ours() {
        let mut headers = HeaderMap::new();
        secure(&mut headers);
        let policy = headers["content-security-policy"].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("  "));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(!headers.contains_key("strict-transport-security"));
    }
}
