//! The API of the administration: over HTTPS as browsers and scripts use it, and over its Unix
//! socket as programs at the machine do.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use serde_json::{Value, json};

use crate::house::{Answer, House, PASSWORD, Visitor};

fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).expect("JSON")
}

/// The stable word of a problem.
fn problem(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let value = json_of(answer);
    assert_eq!(value["status"], answer.status);
    value["type"]
        .as_str()
        .and_then(|kind| kind.strip_prefix("urn:ivm:problem:"))
        .expect("a word")
        .to_owned()
}

/// Somebody who speaks JSON, with these headers.
struct Script<'a> {
    visitor: Visitor<'a>,
    headers: String,
}

impl<'a> Script<'a> {
    /// Does the first run and is logged in, as a page of ours is.
    async fn administrator(house: &'a House) -> Self {
        let mut script = Self { visitor: house.visitor(), headers: String::new() };
        let code = house.code();
        let made =
            script.say("POST", "/setup", &json!({ "code": code, "password": PASSWORD })).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let form = json_of(&made)["form"].as_str().expect("a form token").to_owned();
        script.headers = format!("Origin: {}\r\nX-Ivm-Form: {form}\r\n", house.origin());
        script
    }

    async fn say(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        let headers = format!("Content-Type: application/json\r\n{}", self.headers);
        self.visitor.ask(method, &format!("/api/v1{path}"), &headers, &body.to_string()).await
    }

    async fn get(&mut self, path: &str) -> Answer {
        let headers = self.headers.clone();
        self.visitor.ask("GET", &format!("/api/v1{path}"), &headers, "").await
    }

    async fn delete(&mut self, path: &str) -> Answer {
        let headers = self.headers.clone();
        self.visitor.ask("DELETE", &format!("/api/v1{path}"), &headers, "").await
    }
}

// rows 78, 79, 113
#[tokio::test]
async fn people_are_managed_through_the_api() {
    let house = House::open().await;
    let mut script = Script::administrator(&house).await;
    let added =
        script.say("POST", "/people", &json!({ "name": "Anna", "display": "Anna S" })).await;
    assert_eq!(added.status, 201, "{}", added.text());
    let link = json_of(&added)["link"].as_str().expect("a link").to_owned();
    assert!(link.starts_with(&format!("{}/join#", house.origin())));
    let again = script.say("POST", "/people", &json!({ "name": "anna" })).await;
    assert_eq!((again.status, problem(&again).as_str()), (409, "conflict"));
    assert_eq!(script.say("POST", "/people", &json!({ "name": "bert" })).await.status, 201);

    let page = json_of(&script.get("/people?limit=1").await);
    assert_eq!((&page["people"][0]["name"], &page["next"]), (&json!("anna"), &json!("anna")));
    let rest = json_of(&script.get("/people?after=anna").await);
    assert_eq!((&rest["people"][0]["name"], &rest["next"]), (&json!("bert"), &Value::Null));

    let shut = json!({ "disabled": true, "quota_mib": 16 });
    let shut = json_of(&script.say("PATCH", "/people/bert", &shut).await);
    assert_eq!((&shut["disabled"], &shut["quota_mib"]), (&json!(true), &json!(16)));
    let free = json_of(&script.say("PATCH", "/people/bert", &json!({ "quota_mib": 0 })).await);
    assert_eq!((&free["disabled"], &free["quota_mib"]), (&json!(true), &json!(0)));
    assert_eq!(json_of(&script.get("/people/bert").await)["disabled"], true);

    let invited = script.say("POST", "/people/anna/invitation", &json!({})).await;
    assert_ne!(json_of(&invited)["link"], link);
    assert_eq!(script.delete("/people/anna").await.status, 204);
    assert_eq!(problem(&script.get("/people/anna").await), "not-found");
    assert_eq!(json_of(&script.get("/status").await)["people"], 1);
    house.close().await;
}

// row 113
#[tokio::test]
async fn a_request_that_is_wrong_is_told_what_is_wrong() {
    let house = House::with(admin::Assets::NONE, false).await;
    let mut script = Script::administrator(&house).await;
    let unknown = json!({ "name": "anna", "colour": "red" });
    for (method, path, body, status, word) in [
        ("POST", "/people", unknown, 422, "invalid"),
        ("POST", "/people", json!({}), 422, "invalid"),
        ("POST", "/people", json!({ "name": "no name" }), 422, "invalid"),
        ("POST", "/people", json!({ "name": "anna" }), 503, "away"),
        ("PUT", "/people", json!({}), 405, "method-not-allowed"),
        ("POST", "/nothing", json!({}), 404, "not-found"),
        ("PUT", "/settings", json!({}), 428, "revision-missing"),
        ("POST", "/orders", json!({ "order": "dance" }), 422, "invalid"),
        ("POST", "/tokens", json!({ "name": "a", "role": "root" }), 422, "invalid"),
        ("POST", "/update", json!({ "file": "../../admin/admin.sqlite" }), 404, "not-found"),
        ("POST", "/backup", json!({ "passphrase": "short" }), 422, "invalid"),
    ] {
        let answer = script.say(method, path, &body).await;
        assert_eq!((answer.status, problem(&answer).as_str()), (status, word), "{method} {path}");
    }
    let wrong = script.say("PUT", "/people", &json!({})).await;
    assert!(wrong.header("allow").is_some_and(|allow| allow.contains("POST")));
    assert_eq!(problem(&script.get("/history?span=year").await), "malformed");
    assert_eq!(problem(&script.get("/people?limit=0").await), "malformed");
    assert_eq!(problem(&script.get("/people/%2e%2e").await), "not-found");
    let (headers, long) = (script.headers.clone(), "x".repeat(200_000));
    let form = script.visitor.ask("POST", "/api/v1/people", &headers, "name=anna").await;
    assert_eq!((form.status, problem(&form).as_str()), (415, "media-type"));
    let large = script.say("POST", "/people", &json!({ "name": long })).await;
    assert_eq!((large.status, problem(&large).as_str()), (413, "too-large"));
    house.close().await;
}

// row 113
#[tokio::test]
async fn what_changes_something_needs_the_session_its_form_token_and_our_own_origin() {
    let house = House::open().await;
    let mut script = Script::administrator(&house).await;
    let good = script.headers.clone();
    let (origin, form) = good.split_once("\r\n").expect("two headers");
    for headers in [
        String::new(),
        format!("{origin}\r\n"),
        form.to_owned(),
        format!("Origin: https://evil.example\r\n{form}"),
        format!("{origin}\r\nX-Ivm-Form: {}\r\n", "0".repeat(64)),
    ] {
        script.headers.clone_from(&headers);
        let answer = script.say("POST", "/people", &json!({ "name": "anna" })).await;
        assert_eq!((answer.status, problem(&answer).as_str()), (403, "foreign"), "{headers}");
    }
    let mut stranger = Script { visitor: house.visitor(), headers: good };
    for path in ["/people", "/session", "/audit", "/events", "/log/follow", "/backup/file"] {
        let answer = stranger.get(path).await;
        assert_eq!((answer.status, problem(&answer).as_str()), (401, "not-logged-in"), "{path}");
    }
    let foreign = "Origin: https://evil.example\r\n".to_owned();
    let mut foreign = Script { visitor: house.visitor(), headers: foreign };
    let log_in = foreign.say("POST", "/session", &json!({ "password": PASSWORD })).await;
    assert_eq!(problem(&log_in), "foreign");
    house.close().await;
}

// row 113
#[tokio::test]
async fn a_token_of_an_operator_does_the_daily_work_until_it_is_revoked() {
    let house = House::open().await;
    let mut script = Script::administrator(&house).await;
    let made = script.say("POST", "/tokens", &json!({ "name": "hr", "role": "operator" })).await;
    let secret = json_of(&made)["secret"].as_str().expect("a secret").to_owned();
    assert!(!script.get("/tokens").await.text().contains(&secret));
    let headers = format!("Authorization: Bearer {secret}\r\n");
    let mut hr = Script { visitor: house.visitor(), headers };
    let who = json_of(&hr.get("/session").await);
    assert_eq!(
        (&who["name"], &who["role"], &who["by"]),
        (&json!("hr"), &json!("operator"), &json!("token"))
    );
    assert_eq!(hr.say("POST", "/people", &json!({ "name": "anna" })).await.status, 201);
    assert_eq!(hr.get("/messages").await.status, 200);
    let administrator = json!({ "name": "eva", "role": "administrator", "password": PASSWORD });
    for (method, path, body) in [
        ("POST", "/administrators", administrator),
        ("PUT", "/settings", json!({})),
        ("POST", "/orders", json!({ "order": "restart" })),
        ("POST", "/backup", json!({ "passphrase": "a long passphrase" })),
        ("POST", "/tokens", json!({ "name": "b", "role": "administrator" })),
    ] {
        let answer = hr.say(method, path, &body).await;
        assert_eq!((answer.status, problem(&answer).as_str()), (403, "forbidden"), "{path}");
    }
    assert_eq!(hr.get("/audit").await.status, 403);
    assert_eq!(script.delete("/tokens/hr").await.status, 204);
    assert_eq!(hr.get("/session").await.status, 401);
    house.close().await;
}

// row 113
#[tokio::test]
async fn the_record_tells_who_did_what_and_no_secret() {
    let house = House::open().await;
    let mut script = Script::administrator(&house).await;
    script.say("POST", "/people", &json!({ "name": "anna" })).await;
    let wrong = json!({ "name": "my secret phrase", "password": "wrong horse battery" });
    assert_eq!(script.say("POST", "/session", &wrong).await.status, 403);
    let eva = json!({ "name": "eva", "role": "operator", "password": "four blue office chairs" });
    assert_eq!(script.say("POST", "/administrators", &eva).await.status, 201);
    let answer = script.get("/audit").await;
    let deeds = json_of(&answer)["deeds"].clone();
    let told = |at: usize| {
        let deed = &deeds[at];
        [&deed["who"], &deed["deed"], &deed["target"], &deed["outcome"]]
            .map(Value::to_string)
            .join(" ")
    };
    assert_eq!(told(0), r#""admin" "add-administrator" "eva" "done""#);
    assert_eq!(told(1), r#""" "log-in" "" "wrong-credentials""#);
    assert_eq!(told(2), r#""admin" "add-person" "anna" "done""#);
    assert_eq!(told(3), r#""admin" "set-up" "" "done""#);
    for secret in ["secret phrase", "horse", "chairs"] {
        assert!(!answer.text().contains(secret), "{secret}");
    }
    house.close().await;
}

// row 113
#[tokio::test]
async fn a_thousand_failed_log_ins_are_slowed_down_and_the_administrator_gets_in() {
    let house = House::with(admin::Assets::NONE, false).await;
    let mut script = Script::administrator(&house).await;
    let mut guesser = Script { visitor: house.visitor(), headers: String::new() };
    let (mut wrong, mut slowed) = (0, 0);
    for _ in 0..1_000 {
        let guess = guesser.say("POST", "/session", &json!({ "password": "a wrong guess" })).await;
        match guess.status {
            403 => wrong += 1,
            429 => {
                assert!(guess.header("retry-after").is_some());
                assert_eq!(problem(&guess), "too-often");
                slowed += 1;
            }
            other => assert_eq!(other, 429),
        }
    }
    assert!(wrong <= 12 && slowed >= 988, "{wrong} {slowed}");
    assert_eq!(script.get("/session").await.status, 200, "who is in stays in");
    house.close().await;
}

#[tokio::test]
async fn the_document_describes_what_is_served() {
    let house = House::with(admin::Assets::NONE, false).await;
    let mut script = Script { visitor: house.visitor(), headers: String::new() };
    let document = json_of(&script.get("/openapi.json").await);
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths.len() > 25, "{}", paths.len());
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().expect("operations") {
            let path = path.replace("{name}", "nobody");
            let answer = script.say(&method.to_ascii_uppercase(), &path, &json!({})).await;
            let is_open = operation["security"] == json!([]);
            let known = answer.status != 404 && answer.status != 405;
            assert!(
                known && (is_open || answer.status == 401),
                "{method} {path}: {}",
                answer.status
            );
        }
    }
    let about = json_of(&script.get("/about").await);
    let crates = about["crates"].as_array().expect("crates");
    assert!(crates.iter().any(|one| one["name"] == "rustls" && one["licence"] != ""));
    house.close().await;
}

/// One request over the Unix socket.
fn at_the_machine(house: &House, method: &str, path: &str, body: &str) -> Answer {
    let socket = &house.context.layout().admin_socket;
    let mut stream = UnixStream::connect(socket).expect("the administration listens");
    let head = format!(
        "{method} /api/v1{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("written");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("read");
    Answer::parse(&bytes)
}

// rows 78, 104, 113
#[tokio::test(flavor = "multi_thread")]
async fn our_own_user_is_an_administrator_at_the_machine() {
    let house = House::open().await;
    let who = json_of(&at_the_machine(&house, "GET", "/session", ""));
    assert_eq!((&who["role"], &who["by"]), (&json!("administrator"), &json!("machine")));
    let added = at_the_machine(&house, "POST", "/people", r#"{"name":"anna"}"#);
    assert_eq!(added.status, 201);
    assert!(json_of(&added)["link"].as_str().is_some_and(|link| link.starts_with(&house.origin())));
    assert_eq!(at_the_machine(&house, "GET", "/../admin", "").status, 404);
    assert_eq!(at_the_machine(&house, "GET", "/nothing", "").status, 404);
    house.close().await;
}

// row 113
#[tokio::test]
async fn numbers_are_kept_for_plots() {
    let house = House::open().await;
    let mut script = Script::administrator(&house).await;
    let mut rows = Value::Null;
    for _ in 0..100 {
        rows = json_of(&script.get("/history?span=day").await)["rows"].clone();
        if rows[0].is_object() {
            break;
        }
    }
    assert!(rows[0]["disk_total"].as_u64().is_some_and(|bytes| bytes > 0), "{rows}");
    house.close().await;
}
