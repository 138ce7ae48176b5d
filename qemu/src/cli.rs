//! The words of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::machine::Forward;

/// Boots the IVM appliance in QEMU, with a virtual front panel.
#[derive(Debug, Parser)]
#[command(name = "ivm-qemu", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Boot the image, and show its panel
    Boot(Boot),
}

/// How to boot.
#[derive(Debug, Args)]
pub struct Boot {
    /// The folder of the image [default: `image` among the compiler's results]
    #[arg(long, value_name = "DIR")]
    pub image: Option<PathBuf>,
    /// How the machine starts
    #[arg(long, value_enum, default_value_t = Start::Direct)]
    pub mode: Start,
    /// Memory in MiB
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u32).range(128..=65_536))]
    pub memory: u32,
    /// Ports of this machine that lead to the guest
    #[arg(
        long,
        value_name = "NAME=PORT,..",
        value_delimiter = ',',
        default_value = "https=18443,http=18080,objects=14431",
        value_parser = forward
    )]
    pub forward: Vec<Forward>,
    /// Keep what the guest writes in this file instead of the usual one
    #[arg(long, value_name = "COPY")]
    pub disk: Option<PathBuf>,
    /// Where disks are kept between boots [default: ivm-qemu in the user's state folder]
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Forget what the guest wrote earlier
    #[arg(long)]
    pub fresh: bool,
    /// Boot without a front panel
    #[arg(long)]
    pub no_panel: bool,
    /// A small panel of 16x2 instead of 20x4
    #[arg(long)]
    pub small: bool,
    /// Do not take the terminal; the panel is still on its web page
    #[arg(long)]
    pub headless: bool,
    /// The port of the panel's web page on 127.0.0.1; 0 is any free one
    #[arg(long, default_value_t = 18_000, value_name = "PORT")]
    pub page: u16,
}

/// How the machine starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Start {
    /// QEMU loads the kernel: fast
    Direct,
    /// Firmware and boot loader from the disk, as on a PC
    Uefi,
    /// Goes on from where a direct start was once ready: within seconds
    Snapshot,
}

/// `https=18443`: a service of the appliance, and the port here.
fn forward(word: &str) -> Result<Forward, String> {
    let (name, port) = word.split_once('=').ok_or("it is written NAME=PORT")?;
    let guest = match name {
        "https" => HTTPS,
        "http" => HTTP,
        "objects" => OBJECTS,
        number => number
            .parse()
            .map_err(|_| format!("`{name}` is neither https, http, objects nor a port"))?,
    };
    let host = port.parse().map_err(|_| format!("`{port}` is no port"))?;
    Ok(Forward { host, guest })
}

/// The appliance's ports, as it is installed.
pub(crate) const HTTPS: u16 = 443;
/// See [`HTTPS`].
pub(crate) const HTTP: u16 = 80;
/// See [`HTTPS`].
pub(crate) const OBJECTS: u16 = 4431;

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{Cli, Command, OBJECTS};
    use crate::machine::Forward;

    fn forwards(words: &[&str]) -> Option<Vec<Forward>> {
        let all = ["ivm-qemu", "boot"].iter().chain(words);
        let Command::Boot(boot) = Cli::try_parse_from(all).ok()?.command;
        Some(boot.forward)
    }

    #[test]
    fn ports_have_names_or_numbers() {
        let usual = forwards(&[]).expect("the usual ports");
        assert!(usual.contains(&Forward { host: 14_431, guest: OBJECTS }));
        let chosen = forwards(&["--forward", "22=2222,https=0"]).expect("two ports");
        assert_eq!(chosen[0], Forward { host: 2222, guest: 22 });
        assert_eq!(chosen[1], Forward { host: 0, guest: 443 });
    }

    #[test]
    fn nonsense_is_refused() {
        for words in [&["--forward", "ftp=1"][..], &["--forward", "443"], &["--memory", "3"]] {
            assert_eq!(forwards(words), None, "{words:?}");
        }
    }

    #[test]
    fn the_command_line_is_well_formed() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
