//! Zone and time servers.

use settings::Time;

use crate::deed::Request;

pub(super) fn requests(time: &Time) -> [Request; 2] {
    [
        Request::Zone { name: time.zone.as_str().to_owned() },
        Request::TimeSync { on: time.use_ntp, servers: time.servers.clone() },
    ]
}
