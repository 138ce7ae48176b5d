//! The local IVM server: users, presence, store and forward, live mode.
