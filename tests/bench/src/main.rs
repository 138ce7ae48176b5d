//! Benchmarks: each figure beside a real peer's, taken in the same run.

use std::path::PathBuf;

use clap::Parser;

use part::Part;
use report::Wanted;

mod card;
mod client;
mod connect;
mod crowd;
mod dhcp;
mod durable;
mod idle;
mod live;
mod live_mumble;
mod mumble;
mod network;
mod ours;
mod part;
mod process;
mod relay;
mod report;
mod server;
mod sip;
mod sip_load;
mod sip_register;
mod speech;
mod storm;
mod storm_load;
mod storm_phone;
mod tftp;
mod tftp_fetch;
mod tftp_files;
mod tftp_load;
mod timing;

/// Measures the appliance, each figure beside a peer's.
///
/// Starts the `appliance` that stands beside this program, the peers that are installed, and node.
/// Use a release build and an idle machine; the whole takes about six minutes. What telephones need
/// is measured in network namespaces, for which root or user namespaces are needed.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    /// Real speech to take through the voice pipeline.
    #[arg(long, value_name = "WAV")]
    speech: Option<PathBuf>,
    /// The pipeline as a WebAssembly package for Node.js.
    #[arg(long, value_name = "FOLDER")]
    wasm: Option<PathBuf>,
    /// The page to write; its figures are replaced.
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// Measure only these sections.
    #[arg(long, value_name = "N,..", value_delimiter = ',', default_values_t = 1..=SECTIONS)]
    only: Vec<u8>,
    /// A part of a benchmark, as a process of its own.
    #[command(subcommand)]
    part: Option<Part>,
}

/// The number of the last section.
const SECTIONS: u8 = 9;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { speech, wasm, page, only, part } = Arguments::parse();
    if let Some(part) = part {
        return part.run().await;
    }
    let sections = report::measure(&Wanted { speech, wasm, sections: only }).await?;
    for (_, text) in &sections {
        println!("{text}");
    }
    page.map_or(Ok(()), |page| report::write(&page, &sections))
}
