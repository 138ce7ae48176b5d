//! Links as they are used: real sockets, real TLS, and peers of every kind.

mod appliance;
mod crossing;
mod hostile;
mod pinned;
mod web_socket;
