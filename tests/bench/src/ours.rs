//! The appliance that serves telephones, in the benchmarks' own network.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use chassis::layout::{Layout, Ports};
use gateway::stations::{Record, Write};
use gateway::store::Store;
use office::appliance::Appliance;
use office::programs::{program, run};
use serde_json::{Value, json};

use crate::network::{Network, SERVER, until};
use crate::process;

const PATIENCE: Duration = Duration::from_secs(40);
/// Telephones are told the ports, so they are the usual ones.
const ARGUMENTS: [&str; 7] =
    ["--phones", "--bind", "0.0.0.0", "--http-port", "80", "--log", "error"];

/// The appliance at work.
pub(crate) struct Ours {
    appliance: Appliance,
}

impl Ours {
    /// Starts it; nobody gets an address yet.
    pub(crate) fn start(network: &Network) -> Self {
        let arguments =
            [&ARGUMENTS[..], &["--https-port", "443", "--objects-port", "4431"]].concat();
        Self { appliance: Appliance::start_on(network.server.within(), &arguments) }
    }

    /// Starts it with these telephones in its store.
    pub(crate) fn start_with(network: &Network, phones: Vec<Record>) -> Result<Self> {
        let mut ours = Self::start(network);
        ours.appliance.end();
        let layout = Layout::under(ours.appliance.state(), Ports::FREE);
        let (mut store, _) = Store::open(&layout.gateway_database)?;
        store.write(&[phones.into_iter().map(Write::Put).collect()])?;
        drop(store);
        ours.appliance.restart_on(&ARGUMENTS);
        Ok(ours)
    }

    /// Gives addresses: all of 10.70.1.0 to 10.70.250.255.
    pub(crate) fn give_addresses(&self) -> Result<()> {
        let dhcp = json!({
            "mode": "voice",
            "subnets": [{
                "network": "10.70.0.0/16",
                "pools": [{ "first": "10.70.1.0", "last": "10.70.250.255" }],
                "routers": [SERVER],
            }],
        });
        self.control(&["settings", "set", "dhcp", &dhcp.to_string()])?;
        // It looks for other servers first.
        until("the DHCP server gives addresses", || {
            self.control(&["dhcp", "status"]).is_ok_and(|status| status["doing"] == "giving")
        })
    }

    /// Runs `appliancectl`; what it says, as JSON.
    pub(crate) fn control(&self, words: &[&str]) -> Result<Value> {
        let mut command = Command::new(program("appliancectl"));
        command.arg("--state").arg(self.appliance.state()).arg("--json").args(words);
        let output = run(&mut command, PATIENCE);
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("{words:?}: {said}\n{}", self.appliance.logged());
        }
        Ok(serde_json::from_slice(&output.stdout).unwrap_or(Value::Null))
    }

    /// Processor time that it has used, milliseconds.
    pub(crate) fn cpu_ms(&self) -> Result<u64> {
        process::tree_cpu_ms(self.appliance.pid().context("the appliance has ended")?)
    }

    /// Waits until it has nothing to do: a start is work, too.
    pub(crate) fn until_idle(&self) -> Result<()> {
        let mut before = self.cpu_ms()?;
        for _ in 0..60 {
            office::wait::pause(Duration::from_secs(1));
            let now = self.cpu_ms()?;
            if now - before < 30 {
                return Ok(());
            }
            before = now;
        }
        bail!("the appliance is at work for a minute already")
    }

    /// How far its telephones are, by the words of their trouble; for who has to look.
    pub(crate) fn phones(&self) -> Result<BTreeMap<String, usize>> {
        let phones = self.control(&["phone", "list"])?;
        let mut all = BTreeMap::new();
        for phone in phones["phones"].as_array().into_iter().flatten() {
            let is_there = phone["is_registered"] == true;
            let words =
                if is_there { "in service" } else { phone["trouble"].as_str().unwrap_or("") };
            *all.entry(words.to_owned()).or_default() += 1;
        }
        Ok(all)
    }
}
