//! What the requests of pages do. Each deed that changes something is written down in the record.

mod access;
mod addresses;
mod backup;
mod certificate;
mod desk;
mod log;
mod machine;
mod overview;
mod people;
mod person;
mod phones;
mod session;
mod settings;
mod update;
mod upload;
mod wizard;

pub(crate) use access::{
    access_page, add_administrator, add_token, change_administrator, remove_administrator,
    remove_administrator_page, revoke_token,
};
pub(crate) use addresses::{free, probe, router_page};
pub(crate) use backup::{backup_page, make_backup, restore_backup};
pub(crate) use certificate::{certificate_page, own_certificate, set_certificate};
pub(crate) use log::{about_page, audit_page, log_page};
pub(crate) use machine::{collect_diagnostics, maintenance_page, order, set_clock};
pub(crate) use overview::overview_page;
pub(crate) use people::{add_person, invite, people_page, remove, remove_page, reset, reset_page};
pub(crate) use person::{person_page, set_access, set_quota};
pub(crate) use phones::{approve_all, change_phone, order_phone, phone_page, phones_page};
pub(crate) use session::{
    change_password, log_in, log_out, login_page, password_page, set_up, setup_page,
};
pub(crate) use settings::{change_settings, settings_page, trial, trial_page};
pub(crate) use update::{update, update_page};
pub(crate) use wizard::{wizard, wizard_page};
