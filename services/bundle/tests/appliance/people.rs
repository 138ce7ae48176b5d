//! People by way of the pages, over the real IVM server.

use crate::house::{House, Visitor};

async fn add(visitor: &mut Visitor<'_>, name: &str, display: &str) -> crate::house::Answer {
    let token = visitor.form_token().await;
    let form = [("form", token.as_str()), ("name", name), ("display", display)];
    visitor.post("/admin/people", &form).await
}

async fn press(visitor: &mut Visitor<'_>, path: &str) -> crate::house::Answer {
    let token = visitor.form_token().await;
    visitor.post(path, &[("form", &token)]).await
}

fn code_of(page: &str) -> &str {
    let (_, rest) = page.split_once("/join#").expect("a link");
    rest.split('"').next().expect("its end")
}

// rows 78, 79, 113
#[tokio::test]
async fn a_person_is_added_invited_again_and_removed() {
    let house = House::open().await;
    let mut visitor = house.administrator().await;
    let invitation = add(&mut visitor, "Anna", "Anna <Schmidt>").await;
    assert_eq!(invitation.status, 200);
    let page = invitation.text();
    assert!(page.contains(&format!("{}/join#", house.origin())));
    assert!(page.contains("Anna &lt;Schmidt&gt;") && page.contains("QR code"));
    let first = code_of(&page).to_owned();

    let list = visitor.get("/admin/people").await.text();
    assert!(list.contains("Invited, not joined yet") && !list.contains(&first));
    let second = press(&mut visitor, "/admin/people/anna/invite").await.text();
    assert_ne!(code_of(&second), first);

    assert!(visitor.get("/admin/people/anna/remove").await.text().contains("Remove anna?"));
    let removed = press(&mut visitor, "/admin/people/anna/remove").await;
    assert_eq!(removed.header("location"), Some("/admin/people?done=removed"));
    assert!(visitor.get("/admin/people").await.text().contains("Add your first person"));
    house.close().await;
}

#[tokio::test]
async fn what_the_server_refuses_is_said_beside_what_was_typed() {
    let house = House::open().await;
    let mut visitor = house.administrator().await;
    assert_eq!(add(&mut visitor, "anna", "Anna").await.status, 200);
    for (name, display) in [("anna", "Another Anna"), ("not a name", "X"), ("", "Y")] {
        let answer = add(&mut visitor, name, display).await;
        assert_eq!(answer.status, 422, "{name}");
        assert!(answer.text().contains("role=\"alert\"") && answer.text().contains(display));
    }
    assert_eq!(press(&mut visitor, "/admin/people/zoe/invite").await.status, 404);
    assert_eq!(press(&mut visitor, "/admin/people/a%2Fb/remove").await.status, 404);
    house.close().await;
}

#[tokio::test]
async fn the_start_page_counts_people_and_refreshes_by_itself() {
    let house = House::open().await;
    let mut visitor = house.administrator().await;
    add(&mut visitor, "anna", "Anna").await;
    let page = visitor.get("/admin").await.text();
    assert!(page.contains("of 1 person") && page.contains("data-refresh"));
    let fingerprint = house.whereabouts().fingerprint.replace(':', "");
    assert!(page.contains(&fingerprint[..4]) && page.contains(&fingerprint[60..]));
    house.close().await;
}

#[tokio::test]
async fn pages_say_when_the_message_server_is_away() {
    let house = House::with(admin::Assets::NONE, false).await;
    let mut visitor = house.administrator().await;
    for path in ["/admin/people", "/admin"] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text().contains("not answering"), "{path}");
    }
    assert_eq!(add(&mut visitor, "anna", "").await.status, 503);
    house.close().await;
}
