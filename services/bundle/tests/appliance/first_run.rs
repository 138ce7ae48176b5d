//! The first run: a code that works once, and not by guessing.

use crate::house::{House, PASSWORD};

// rows 113, 114
#[tokio::test]
async fn the_code_sets_the_appliance_up_once() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    assert_eq!(visitor.get("/admin").await.header("location"), Some("/admin/setup"));
    assert_eq!(visitor.get("/admin/login").await.header("location"), Some("/admin/setup"));
    let whereabouts = house.whereabouts();
    let code = house.code();
    let page = visitor.get(&format!("/admin/setup?code={code}")).await.text();
    assert!(page.contains(&code) && page.contains("/appliance-ca.crt"));

    let form = [("code", code.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
    let answer = visitor.post("/admin/setup", &form).await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/admin/wizard/place")));
    let cookie = answer.header("set-cookie").expect("a cookie");
    for part in ["__Host-ivm-admin=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{part}");
    }
    assert!(visitor.get("/admin/people").await.text().contains("Add your first person"));

    let mut second = house.visitor();
    let again = second.post("/admin/setup", &form).await;
    assert_eq!((again.status, again.header("location")), (303, Some("/admin/login")));
    assert_eq!(again.header("set-cookie"), None);
    assert_eq!(second.get("/admin/setup").await.header("location"), Some("/admin/login"));
    assert!(whereabouts.code.is_some() && house.whereabouts().code.is_none());
    house.close().await;
}

#[tokio::test]
async fn codes_cannot_be_guessed() {
    let house = House::with(admin::Assets::NONE, false).await;
    let mut visitor = house.visitor();
    let wrong = [("code", "ZZZZ-ZZZZ"), ("password", PASSWORD), ("again", PASSWORD)];
    for _ in 0..6 {
        assert_eq!(visitor.post("/admin/setup", &wrong).await.status, 403);
    }
    let code = house.code();
    let right = [("code", code.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
    let answer = visitor.post("/admin/setup", &right).await;
    assert_eq!(answer.status, 429);
    let wait: u64 =
        answer.header("retry-after").and_then(|wait| wait.parse().ok()).expect("a wait");
    assert!((1..=2).contains(&wait));
    house.close().await;
}

#[tokio::test]
async fn a_weak_password_is_not_taken_and_the_code_stays_good() {
    let house = House::with(admin::Assets::NONE, false).await;
    let mut visitor = house.visitor();
    let code = house.code();
    for (password, again) in [("short", "short"), ("Password123!", "Password123!"), (PASSWORD, "x")]
    {
        let form = [("code", code.as_str()), ("password", password), ("again", again)];
        let answer = visitor.post("/admin/setup", &form).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("role=\"alert\""));
        assert!(!answer.text().contains(password), "a page never shows a password");
    }
    house.administrator().await;
    house.close().await;
}
