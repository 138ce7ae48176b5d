//! What can be typed after `appliance`.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use lcd::Size;
use log::LevelFilter;

/// The IVM appliance: instant voice messages for an office.
#[derive(Debug, Parser)]
#[command(name = "appliance", version, max_term_width = 100)]
pub struct Arguments {
    /// How much to log: off, error, warn, info, debug or trace
    #[arg(long, global = true, value_name = "LEVEL", default_value = "info")]
    pub log: LevelFilter,
    /// What to run.
    #[command(subcommand)]
    pub service: Service,
}

/// What to run.
#[derive(Debug, Subcommand)]
pub enum Service {
    /// Every service in one process, as any user, with all its data in one directory
    Run(Run),
    /// The settings keeper alone, as the appliance's image starts it
    System,
    /// The IVM server alone, as the appliance's image starts it
    Ivm,
    /// The browser's client and the administration alone, as the appliance's image starts it
    Admin,
    /// The front panel alone, as the appliance's image starts it
    Lcd(Panel),
    /// The DHCP server alone, as the appliance's image starts it
    Dhcp,
    /// The file server for telephones alone, as the appliance's image starts it
    Tftp,
    /// The telephones' manager alone, as the appliance's image starts it
    Gateway,
    /// Do one deed of root, asked for on the standard input; started by the image's systemd
    Deed,
    /// Finish what the last run left, before any service of the image starts
    Early,
    /// At the end of the image's start: keep this version if it is well
    Confirm,
    /// Check that the appliance is well: its services, and a message through them
    Health(Health),
}

/// `appliance health`.
#[derive(Debug, Args)]
pub struct Health {
    /// The state directory of an `appliance run` [default: the installed appliance]
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// `appliance lcd`.
#[derive(Debug, Args)]
pub struct Panel {
    /// I2C bus of the panel, such as /dev/i2c-7 [default: found by itself]
    #[arg(long, value_name = "DEVICE")]
    pub bus: Option<PathBuf>,
    /// Columns and rows of the panel: 20x4 or 16x2
    #[arg(long, value_name = "SIZE", default_value = "20x4", value_parser = Size::parse)]
    pub size: Size,
}

/// `appliance run`.
#[derive(Debug, Args)]
pub struct Run {
    /// Keep all data in this directory
    #[arg(long, value_name = "DIR", default_value = "state")]
    pub state: PathBuf,
    /// Listen on this address; 0.0.0.0 or :: for every one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// Take the ports N, N+1 and N+2 for objects, HTTPS and HTTP; 0 for any free ones
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(..=65_533))]
    pub port_base: Option<u16>,
    /// Port of message objects over TLS; 0 for any free one [default: 4431]
    #[arg(long, value_name = "PORT")]
    pub objects_port: Option<u16>,
    /// Port of the browser's client; 0 for any free one [default: 8443]
    #[arg(long, value_name = "PORT")]
    pub https_port: Option<u16>,
    /// Port that sends browsers to HTTPS; 0 for any free one [default: 8080]
    #[arg(long, value_name = "PORT")]
    pub http_port: Option<u16>,
    /// Serve a front panel at this I2C bus, such as /dev/i2c-7
    #[arg(long, value_name = "DEVICE")]
    pub panel: Option<PathBuf>,
    /// Serve desk telephones, too: DHCP and TFTP at their own ports, which takes root or
    /// CAP_NET_ADMIN and CAP_NET_BIND_SERVICE. No address is given before the settings say so
    #[arg(long)]
    pub phones: bool,
    /// Print one line of JSON when everything is ready, instead of words
    #[arg(long)]
    pub json: bool,
}

impl Run {
    /// The three ports: objects, HTTPS, HTTP. A port of its own goes before the base.
    #[must_use]
    pub fn ports(&self) -> [u16; 3] {
        let base = match self.port_base {
            None => [4431, 8443, 8080],
            Some(0) => [0; 3],
            Some(base) => [base, base + 1, base + 2],
        };
        let own = [self.objects_port, self.https_port, self.http_port];
        std::array::from_fn(|index| own[index].unwrap_or(base[index]))
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::{Arguments, Service};

    fn ports(words: &[&str]) -> [u16; 3] {
        let words = ["appliance", "run"].iter().chain(words);
        match Arguments::parse_from(words).service {
            Service::Run(run) => run.ports(),
            _ => [0; 3],
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn ports_come_from_the_base_and_each_can_be_its_own() {
        assert_eq!(ports(&[]), [4431, 8443, 8080]);
        assert_eq!(ports(&["--port-base", "9000"]), [9000, 9001, 9002]);
        assert_eq!(ports(&["--port-base", "0"]), [0, 0, 0]);
        assert_eq!(ports(&["--port-base", "0", "--https-port", "443"]), [0, 443, 0]);
        assert!(Arguments::try_parse_from(["appliance", "run", "--port-base", "65534"]).is_err());
    }
}
