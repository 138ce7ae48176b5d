//! Many clients that begin at the same moment.

use std::future::Future;

use anyhow::Result;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::timing::{Stopwatch, percentile};

/// Runs them all; each tells how often something had to be said again.
///
/// Seconds for all, microseconds for one, and how many have failed.
pub(crate) async fn at_once<C>(clients: impl Iterator<Item = C>) -> Result<Value>
where
    C: Future<Output = Result<usize>> + Send + 'static,
{
    let stopwatch = Stopwatch::start();
    let mut running = JoinSet::new();
    for client in clients {
        running.spawn(async move {
            let stopwatch = Stopwatch::start();
            let again = client.await?;
            anyhow::Ok((stopwatch.micros(), again))
        });
    }
    let (mut times, mut again, mut failed) = (Vec::new(), 0, 0);
    while let Some(done) = running.join_next().await {
        match done? {
            Ok((time, more)) => {
                times.push(time);
                again += more;
            }
            Err(error) => {
                eprintln!("{error:#}");
                failed += 1;
            }
        }
    }
    let seconds = stopwatch.elapsed().as_secs_f64();
    times.sort_unstable();
    let (p50, p99) = (percentile(&times, 50), percentile(&times, 99));
    Ok(json!({ "seconds": seconds, "p50": p50, "p99": p99, "again": again, "failed": failed }))
}
