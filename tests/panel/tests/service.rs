//! The service itself, with nothing around it: no panel, no hubs.

use std::time::Duration;

use chassis::context::Context;
use chassis::layout::{Layout, Ports};
use tokio::time::timeout;

#[tokio::test(flavor = "multi_thread")]
async fn without_panel_and_hubs_the_service_waits_and_ends_when_told() {
    let directory = tempfile::tempdir().expect("a temp dir");
    let layout = Layout::under(directory.path(), Ports::FREE);
    layout.make_directories().expect("directories can be made");
    let context = Context::new(layout);
    let options = lcd::Options { bus: Some("/dev/i2c-nowhere".into()), ..Default::default() };
    context.serve("lcd", lcd::run(context.clone(), options));
    assert!(context.until_ready("lcd").await);
    timeout(Duration::from_secs(5), context.drain()).await.expect("it ends in time");
    assert!(!context.failed());
}
