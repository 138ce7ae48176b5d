//! Log-in, log-out, another password, and forms from elsewhere.

use crate::house::{House, PASSWORD};

#[tokio::test]
async fn who_is_not_logged_in_sees_only_the_log_in() {
    let house = House::with(admin::Assets::NONE, false).await;
    house.administrator().await;
    let mut visitor = house.visitor();
    for path in
        ["/admin", "/admin/people", "/admin/log", "/admin/settings/network", "/admin/password"]
    {
        assert_eq!(visitor.get(path).await.header("location"), Some("/admin/login"), "{path}");
    }
    visitor.cookie = Some(format!("__Host-ivm-admin={}", "0".repeat(64)));
    assert_eq!(visitor.get("/admin/people").await.header("location"), Some("/admin/login"));
    house.close().await;
}

#[tokio::test]
async fn the_administrator_logs_in_and_out() {
    let house = House::with(admin::Assets::NONE, false).await;
    house.administrator().await;
    let mut visitor = house.visitor();
    assert_eq!(visitor.post("/admin/login", &[("password", "wrong horse")]).await.status, 403);
    assert_eq!(visitor.post("/admin/login", &[("password", PASSWORD)]).await.status, 303);
    let answer = visitor.get("/admin/people").await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    let (form, cookie) = (visitor.form_token().await, visitor.cookie.clone());
    let out = visitor.post("/admin/logout", &[("form", &form)]).await;
    assert_eq!(out.header("location"), Some("/admin/login"));
    visitor.cookie = cookie;
    assert_eq!(visitor.get("/admin/people").await.header("location"), Some("/admin/login"));
    house.close().await;
}

#[tokio::test]
async fn passwords_cannot_be_tried_out() {
    let house = House::with(admin::Assets::NONE, false).await;
    house.administrator().await;
    let mut visitor = house.visitor();
    for _ in 0..6 {
        assert_eq!(visitor.post("/admin/login", &[("password", "a wrong one")]).await.status, 403);
    }
    let answer = visitor.post("/admin/login", &[("password", PASSWORD)]).await;
    assert_eq!(answer.status, 429);
    assert!(answer.header("retry-after").is_some());
    house.close().await;
}

#[tokio::test]
async fn another_password_ends_every_other_session() {
    let house = House::with(admin::Assets::NONE, false).await;
    let mut first = house.administrator().await;
    let mut second = house.visitor();
    assert_eq!(second.post("/admin/login", &[("password", PASSWORD)]).await.status, 303);
    let token = first.form_token().await;
    let new = "four blue office chairs";
    let form = [("form", token.as_str()), ("old", PASSWORD), ("password", new), ("again", new)];
    assert_eq!(first.post("/admin/password", &form).await.status, 303);
    assert_eq!(first.get("/admin/password").await.status, 200);
    assert_eq!(second.get("/admin/password").await.status, 303);
    assert_eq!(second.post("/admin/login", &[("password", PASSWORD)]).await.status, 403);
    house.close().await;
}

#[tokio::test]
async fn forms_from_elsewhere_change_nothing() {
    let house = House::open().await;
    let mut visitor = house.administrator().await;
    let token = visitor.form_token().await;
    let form = [("form", token.as_str()), ("name", "anna")];
    for headers in [
        "",
        "Origin: null\r\n",
        "Origin: https://evil.example\r\n",
        "Origin: https://127.0.0.1\r\n",
        "Referer: https://evil.example/\r\n",
    ] {
        let answer = visitor.post_with("/admin/people", headers, &form).await;
        assert_eq!(answer.status, 403, "{headers}");
    }
    assert_eq!(visitor.post("/admin/people", &[("name", "anna")]).await.status, 403);
    let mut other = house.visitor();
    assert_eq!(other.post("/admin/login", &[("password", PASSWORD)]).await.status, 303);
    let foreign = other.form_token().await;
    let mixed = [("form", foreign.as_str()), ("name", "anna")];
    assert_eq!(visitor.post("/admin/people", &mixed).await.status, 403);
    assert!(visitor.get("/admin/people").await.text().contains("Add your first person"));
    house.close().await;
}
