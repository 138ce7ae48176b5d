//! The executables: `appliance`, which is every local service by name or all in one process, and
//! `appliancectl`, the administrator's command line. What they do stands in the services.

pub mod appliance;
pub mod ctl;
pub mod exit;
mod health;
mod ready;
pub mod shell_appliance;
mod shell_assets;
pub mod shell_ctl;
mod shell_hub;
mod shell_machine;
mod tone;
