//! What people copy into their router's configuration, as it stands in `golden`: a change of it is
//! seen. `BLESS=1` writes the files anew.

use std::net::Ipv4Addr;
use std::path::Path;

use dhcp::engine::{Arrival, Engine, Input};
use dhcp::office;
use machine::{Machine as _, Moment};
use settings::Dhcp;

// rows 111, 114
#[test]
fn what_people_copy_stands_in_golden_files() {
    let mut engine = Engine::new([7; 32]);
    let now = Moment::from_millis(1);
    engine.handle(Input::Plan(office::plan(&Dhcp::default(), [80, 443])), now);
    let here = Arrival { interface: 2, ours: Ipv4Addr::new(192, 168, 5, 1) };
    engine.handle(Input::Here(vec![here]), now);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let is_blessed = std::env::var_os("BLESS").is_some();
    for one in engine.snippets().snippets {
        let path = folder.join(&one.name);
        if is_blessed {
            std::fs::write(&path, &one.text).expect("written");
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(one.text, golden, "{}", path.display());
    }
}
