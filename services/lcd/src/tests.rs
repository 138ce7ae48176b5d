//! Scenes: a person at the panel, on a virtual clock. What is on the glass is compared with the files
//! in `screens`; with `WRITE_SCREENS=1` they are written anew, to be looked at.

mod alarm;
mod away;
mod golden;
mod network;
mod orders;
mod pages;
mod person;
mod property;
mod shown;
mod telephones;
mod wizard;
