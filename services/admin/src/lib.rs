//! HTTP: the browser client, its WebSocket bridge, the set-up pages.
