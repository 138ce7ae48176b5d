//! The page over a real socket.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixListener;

use super::{Controls, Page};
use crate::panel::Panel;
use crate::picture::Glass;

fn ask(page: &Page, line: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(page.address).expect("served");
    write!(stream, "{line} HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: 0\r\n\r\n")
        .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    answer
}

fn page(folder: &std::path::Path) -> (Page, Controls) {
    std::fs::write(folder.join("serial.log"), "\u{1b}[1;32mOK\u{1b}[0m up\r\n").expect("written");
    let controls = Controls {
        panel: Panel::new(Glass::G20X4),
        socket: folder.join("panel.sock"),
        log: folder.join("serial.log"),
        facts: std::sync::Arc::default(),
    };
    (Page::start(0, controls.clone()).expect("served"), controls)
}

#[test]
fn the_page_shows_the_panel_and_presses_its_keys() {
    let folder = tempfile::tempdir().expect("a folder");
    let (page, controls) = page(folder.path());
    let listener = UnixListener::bind(folder.path().join("panel.sock")).expect("a socket");
    let host = "Host: 127.0.0.1\r\n";
    assert!(ask(&page, "GET /", host).contains("<canvas"));
    let ours = "Host: localhost:1\r\nX-Panel: 1\r\n";
    assert!(ask(&page, "POST /plug", ours).starts_with("HTTP/1.1 200"));
    let _machine = listener.accept().expect("plugged in");
    assert!(controls.panel().is_plugged());
    assert!(ask(&page, "POST /key/ok/press", ours).starts_with("HTTP/1.1 200"));
    let picture = ask(&page, "GET /picture?after=0", host);
    assert!(picture.contains(r#""keys":["ok"]"#) && picture.contains(r#""log":"OK up\n""#));
    assert!(ask(&page, "POST /key/enter/tap", ours).contains("404"));
    assert!(ask(&page, "POST /key/ok/hold", ours).contains("404"));
}

#[test]
fn foreign_names_and_foreign_pages_are_kept_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let (page, controls) = page(folder.path());
    for (line, headers) in [
        ("GET /", "Host: example.org\r\n"),
        ("GET /picture", ""),
        ("POST /key/ok/tap", "Host: 127.0.0.1\r\n"),
    ] {
        assert!(!ask(&page, line, headers).contains(" 200 "), "{line}");
    }
    assert!(!controls.panel().is_plugged() && controls.panel().is_idle());
}
