//! The host name.

use settings::HostName;

use crate::deed::Request;

pub(super) fn request(name: &HostName) -> Request {
    Request::HostName { name: name.as_str().to_owned() }
}
