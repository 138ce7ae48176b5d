//! Benchmarks: each figure beside a real peer's, taken in the same run.

use clap::Parser;

mod live_mumble;
mod mumble;
mod process;
mod relay;
mod timing;

/// Measures the local IVM server and the voice pipeline.
#[derive(Parser)]
struct Arguments {}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments {} = Arguments::parse();
    let folder = tempfile::tempdir()?;
    let outcome = live_mumble::run(folder.path()).await?;
    println!("{}", process::machine());
    println!("{}/{} p50 {} p99 {} cpu {:.2}", outcome.heard, outcome.due, outcome.p50_us, outcome.p99_us, outcome.cpu_us);
    Ok(())
}
