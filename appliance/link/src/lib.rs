//! Framed message objects over TLS, WebSocket and Unix sockets.
