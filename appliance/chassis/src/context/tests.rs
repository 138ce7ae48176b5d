//! The context's promises.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Context, GRACE};
use crate::layout::{Layout, Ports};

fn context() -> Context {
    Context::new(Layout::under(Path::new("/nowhere"), Ports::FREE))
}

#[tokio::test(start_paused = true)]
async fn the_drain_waits_for_every_task() {
    let context = context();
    let done = Arc::new(AtomicBool::new(false));
    let (told, inner) = (Arc::clone(&done), context.clone());
    context.spawn("slow to end", async move {
        inner.draining().await;
        sleep(GRACE / 2).await;
        told.store(true, Ordering::SeqCst);
    });
    assert!(!context.is_draining());
    context.drain().await;
    assert!(done.load(Ordering::SeqCst) && context.is_draining() && !context.failed());
}

#[tokio::test(start_paused = true)]
async fn a_task_that_does_not_end_is_ended() {
    let context = context();
    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    context.spawn("stubborn", async move {
        std::future::pending::<()>().await;
        drop(sender);
    });
    let start = Instant::now();
    context.drain().await;
    assert!(start.elapsed() < GRACE + Duration::from_secs(1));
    assert!(receiver.await.is_err(), "the task and what it held are gone");
}

#[tokio::test(start_paused = true)]
#[expect(clippy::panic, reason = "a panic is what is tested")]
async fn a_task_that_panics_takes_nobody_along() {
    let context = context();
    context.spawn("clumsy", async { panic!("as the test wants") });
    sleep(Duration::from_secs(1)).await;
    assert!(!context.is_draining());
    context.drain().await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_fails_drains_all() {
    let context = context();
    context.serve("good", async { Ok(()) });
    sleep(Duration::from_secs(1)).await;
    assert!(!context.is_draining(), "a service that has no more to do is no failure");
    context.serve("bad", async { anyhow::bail!("as the test wants") });
    context.draining().await;
    assert!(context.failed());
    context.drain().await;
    assert!(context.failed());
}

#[tokio::test]
async fn who_asks_for_an_address_waits_until_it_is_announced() {
    let context = context();
    let asking = context.clone();
    let asked = tokio::spawn(async move { asking.announced("ivm").await });
    tokio::task::yield_now().await;
    let address = ([127, 0, 0, 1], 4431).into();
    context.announce("ivm", address);
    assert_eq!(asked.await.ok(), Some(Some(address)));
    context.begin_drain();
    assert_eq!(context.announced("ivm").await, Some(address));
    assert_eq!(context.announced("admin").await, None);
}

#[tokio::test]
async fn a_signal_drains_the_process() {
    let layout = Layout::under(Path::new("/nowhere"), Ports::FREE);
    let context = Context::root(layout).expect("handlers can be set");
    nix::sys::signal::raise(nix::sys::signal::SIGTERM).expect("we may signal ourselves");
    context.draining().await;
    assert!(!context.failed());
}

#[tokio::test]
async fn who_waits_for_a_service_hears_that_it_is_ready_and_that_it_ended() {
    let context = context();
    let other = context.clone();
    context.serve("keeper", async move {
        other.ready("keeper");
        Ok(())
    });
    assert!(context.until_ready("keeper").await);
    context.drain().await;
    let service = context.services()["keeper"];
    assert!(service.is_ready && !service.is_running);
    assert!(!context.until_ready("nobody").await, "the drain has begun");
}
