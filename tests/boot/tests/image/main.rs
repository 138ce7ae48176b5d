//! The image, booted: what an office sees of it, and what it survives.

mod faults;
mod first_start;
mod network;
mod power;
mod security;
mod update;
