//! The command line of QEMU. No secret is on it.

use std::path::Path;

use anyhow::Context;

use super::options::{Mode, Options};

/// The firmware.
const FIRMWARE: &str = "/usr/share/OVMF/OVMF_CODE_4M.fd";
/// Its variables before the first start.
pub(super) const VARIABLES: &str = "/usr/share/OVMF/OVMF_VARS_4M.fd";

/// A path inside an argument of QEMU, where a comma separates.
#[must_use]
pub fn escaped(path: &Path) -> String {
    path.display().to_string().replace(',', ",,")
}

/// Every argument, with sockets and logs in `folder`.
pub(super) fn arguments(options: &Options, folder: &Path) -> anyhow::Result<Vec<String>> {
    let file = |name: &str| escaped(&folder.join(name));
    let socket =
        |id: &str, name: &str| format!("socket,id={id},path={},server=on,wait=off", file(name));
    let mut list = List::default();
    list.flag("-nodefaults").flag("-no-user-config");
    list.add("-name", "ivm-appliance").add("-display", "none").add("-M", "q35");
    list.add("-accel", options.accelerator.argument());
    list.add("-m", options.memory).add("-smp", options.processors);
    list.add("-serial", format!("file:{}", file("serial.log")));
    list.add("-chardev", socket("monitor", "qmp.sock")).add("-mon", "monitor,mode=control");
    list.add("-device", "virtio-rng-pci");
    list.add("-device", "virtio-serial-pci").add("-chardev", socket("shell", "shell.sock"));
    list.add("-device", "virtconsole,chardev=shell");
    list.add("-device", "qemu-xhci,id=usb").add("-chardev", socket("panel", "panel.sock"));
    if options.panel {
        list.add("-device", "usb-redir,id=panel,chardev=panel");
    }
    if let Some(clock) = &options.clock {
        list.add("-rtc", format!("base={clock}"));
    }
    network(options, &mut list);
    if let Some(disk) = &options.disk {
        let drive = "if=none,id=disk,format=qcow2,cache=writeback,discard=unmap,file=";
        list.add("-drive", format!("{drive}{}", escaped(disk)));
        list.add("-device", "virtio-blk-pci,drive=disk,bootindex=1");
    }
    start(options, &mut list)?;
    if let Some(state) = &options.incoming {
        list.add("-incoming", format!("exec:cat '{}'", state.display()));
    }
    Ok(list.0)
}

/// One card towards this machine, reachable from nowhere else, and one for each switch.
fn network(options: &Options, list: &mut List) {
    let mut user = "user,id=lan0".to_owned();
    for forward in &options.forwards {
        user += &format!(",hostfwd=tcp:127.0.0.1:{}-:{}", forward.host, forward.guest);
    }
    list.add("-netdev", user).add("-device", card(options, 0));
    for (at, switch) in (1..).zip(&options.switches) {
        let path = escaped(switch);
        list.add(
            "-netdev",
            format!("stream,id=lan{at},server=off,addr.type=unix,addr.path={path}"),
        );
        list.add("-device", card(options, at));
    }
}

fn card(options: &Options, at: usize) -> String {
    let number = options.number;
    format!(
        "virtio-net-pci,id=nic{at},netdev=lan{at},romfile=,mac=52:54:00:69:{at:02x}:{number:02x}"
    )
}

fn start(options: &Options, list: &mut List) -> anyhow::Result<()> {
    match options.mode {
        Mode::Direct => {
            let arguments = options.image.arguments()?;
            list.add("-kernel", options.image.vmlinux().display());
            list.add("-initrd", options.image.initrd().display());
            list.add("-append", format!("{arguments} {}", options.more_arguments).trim());
        }
        Mode::Uefi => {
            let variables = options.variables.as_ref().context("the firmware has no variables")?;
            let flash = "if=pflash,format=raw";
            list.add("-drive", format!("{flash},unit=0,readonly=on,file={FIRMWARE}"));
            list.add("-drive", format!("{flash},unit=1,file={}", escaped(variables)));
        }
    }
    Ok(())
}

#[derive(Default)]
struct List(Vec<String>);

impl List {
    fn flag(&mut self, name: &str) -> &mut Self {
        self.0.push(name.to_owned());
        self
    }

    fn add(&mut self, name: &str, value: impl ToString) -> &mut Self {
        self.0.extend([name.to_owned(), value.to_string()]);
        self
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{arguments, escaped};
    use crate::machine::{Image, Mode, Options};

    fn options(folder: &Path) -> Options {
        for (name, text) in [("vmlinux", ""), ("cmdline", "quiet\n")] {
            std::fs::write(folder.join(name), text).expect("written");
        }
        Options::new(Image::at(folder).expect("an image"))
    }

    #[test]
    fn ports_are_only_on_this_machine() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = options(folder.path()).forward(443).forward(80);
        let list = arguments(&options, folder.path()).expect("arguments");
        let user = list.iter().find(|word| word.starts_with("user,")).expect("a network");
        assert_eq!(user.matches("hostfwd=tcp:127.0.0.1:0-:").count(), 2);
        assert!(list.contains(&"quiet".to_owned()));
    }

    #[test]
    fn a_machine_that_gets_its_panel_later_has_its_socket_all_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut options = options(folder.path());
        options.panel = false;
        let words = arguments(&options, folder.path()).expect("arguments").join(" ");
        assert!(!words.contains("usb-redir") && words.contains("panel.sock"));
    }

    #[test]
    fn the_firmware_wants_variables_of_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut options = options(folder.path());
        options.mode = Mode::Uefi;
        assert!(arguments(&options, folder.path()).is_err());
        options.variables = Some(folder.path().join("a,b"));
        let words = arguments(&options, folder.path()).expect("arguments").join(" ");
        assert!(words.contains("a,,b") && !words.contains("-kernel"));
    }

    #[test]
    fn a_comma_in_a_path_is_doubled() {
        assert_eq!(escaped(Path::new("/a,b")), "/a,,b");
    }
}
