//! Benchmarks: each figure beside a real peer's, taken in the same run.

use std::path::PathBuf;

use clap::Parser;

mod client;
mod connect;
mod durable;
mod idle;
mod live;
mod live_mumble;
mod mumble;
mod process;
mod relay;
mod report;
mod server;
mod speech;
mod timing;

/// Measures the local IVM server and the voice pipeline, each beside a peer.
///
/// Starts the `appliance` that stands beside this program, Debian's murmurd and node. Use a
/// release build and an idle machine; the whole takes about two minutes.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Real speech to take through the voice pipeline.
    #[arg(long, value_name = "WAV")]
    speech: PathBuf,
    /// The pipeline as a WebAssembly package for Node.js.
    #[arg(long, value_name = "FOLDER")]
    wasm: PathBuf,
    /// The page to write; its figures are replaced.
    #[arg(long, value_name = "FILE")]
    page: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let report = report::measure(&arguments.speech, &arguments.wasm).await?;
    print!("{report}");
    report::write(&arguments.page, &report)
}
