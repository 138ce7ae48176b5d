//! Real processes and peers on loopback.
