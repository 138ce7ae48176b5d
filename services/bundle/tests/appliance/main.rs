//! The appliance as browsers, terminals and scripts meet it: real services, sockets and programs.

mod api;
mod bridge;
mod files;
mod first_run;
mod health;
mod house;
mod keeper;
mod licences;
mod people;
mod programs;
mod sessions;
