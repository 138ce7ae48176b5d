//! What the administrator's requests do.

mod people;
mod session;
mod status;

pub(crate) use people::{
    add_person, invite, people_json, people_page, remove, remove_page, reset, reset_page,
};
pub(crate) use session::{
    change_password, entry, log_in, log_out, login_page, password_page, set_up, setup_page,
};
pub(crate) use status::{status_json, status_page};
