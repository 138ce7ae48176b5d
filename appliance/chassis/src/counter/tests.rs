//! A counter on a real socket, asked as services ask.

use message::lease::{AskLeases, Leases};
use message::{ErrorCode, Kind, Refusal};

use super::{Event, fresh_ids, open, read};
use crate::context::Context;
use crate::hub::{Address, Away, Hub, News, watch};
use crate::layout::{Layout, Ports};
use message::{Object, ObjectId};

fn leases(pool: u32) -> Leases {
    Leases { pool, ..Leases::default() }
}

#[tokio::test]
async fn what_is_asked_is_answered_and_who_watches_hears_more() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let context = Context::new(Layout::under(folder.path(), Ports::FREE));
    let socket = folder.path().join("a.sock");
    let mut asked = open(&context, "counter", &socket, &[]).expect("opened");
    let clerk = context.clone();
    context.spawn("clerk", async move {
        let mut ids = fresh_ids(&clerk);
        while let Some(Event::Asked(asker, object)) = asked.recv().await {
            match read::<AskLeases>(&object) {
                Ok(AskLeases { watch }) => {
                    asker.answer(&object.header, &leases(1));
                    if watch {
                        assert!(asker.post(ids.fresh(clerk.clock().now()), &leases(2)));
                    }
                }
                Err(refusal) => asker.refuse(&object.header, &refusal),
            }
        }
    });
    let address = Address { name: "counter", socket, caller: "test" };
    let hub = Hub::start(&context, address.clone());
    let answer = hub.ask(&AskLeases { watch: false }).await.expect("answered");
    assert_eq!(answer.read::<Leases>(), Ok(leases(1)));
    let refused = hub.ask(&Refusal::new(ErrorCode::Invalid, "?")).await.expect_err("refused");
    assert!(matches!(refused, Away::Refused(refusal) if refusal.code == ErrorCode::Malformed));
    let question = Object::of(ObjectId::BLANK, &AskLeases { watch: true });
    let mut news = watch(&context, address, vec![question]);
    for pool in [1, 2] {
        match news.recv().await.expect("heard") {
            News::Object(object) => {
                assert_eq!(object.header.kind, Kind::Leases);
                assert_eq!(object.read::<Leases>(), Ok(leases(pool)));
            }
            News::Gone => assert_eq!(pool, 0, "it went away"),
        }
    }
    context.drain().await;
}
