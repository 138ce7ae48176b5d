//! Parts of benchmarks that are processes of their own: they run on a host of a network, and their
//! processor time is not the servers'.

use std::path::PathBuf;

use clap::Subcommand;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::{sip_load, storm, tftp_files, tftp_load};

/// What runs beside servers, on another host of a network that a benchmark has made.
#[derive(Subcommand)]
#[command(hide = true)]
pub(crate) enum Part {
    /// Fetch files by TFTP: one, many, large
    Fetch { which: String },
    /// Serve the files by our own TFTP service
    Files { state: PathBuf },
    /// Register telephones: one, many
    Register { which: String },
    /// Switch telephones on: alone, all
    Storm { which: String },
}

impl Part {
    /// Does it, and prints what it has to tell as JSON.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        // A thousand sockets are more than a shell lets its programs have.
        let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
        setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
        let told = match self {
            Self::Files { state } => return tftp_files::serve(&state).await,
            Self::Fetch { which } => match which.as_str() {
                "one" => tftp_load::one().await,
                "many" => tftp_load::many().await,
                _ => tftp_load::large().await,
            },
            Self::Register { which } => match which.as_str() {
                "one" => sip_load::one().await,
                _ => sip_load::many().await,
            },
            Self::Storm { which } => storm::load(&which),
        };
        println!("{}", told?);
        Ok(())
    }
}
