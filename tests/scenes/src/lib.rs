//! Scenes: machines that talk over a simulated wire.
