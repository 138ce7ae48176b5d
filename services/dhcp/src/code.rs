//! The codes of options that this server reads or writes (RFC 2132 and those named).

/// Nothing: fills space.
pub const PAD: u8 = 0;
/// The subnet's mask.
pub const SUBNET_MASK: u8 = 1;
/// Routers, the preferred one first.
pub const ROUTER: u8 = 3;
/// Servers of names.
pub const NAME_SERVER: u8 = 6;
/// The client's name.
pub const HOST_NAME: u8 = 12;
/// The domain of names.
pub const DOMAIN: u8 = 15;
/// Servers of the time.
pub const TIME_SERVER: u8 = 42;
/// What the vendor understands.
pub const VENDOR: u8 = 43;
/// The address that the client would like.
pub const REQUESTED_ADDRESS: u8 = 50;
/// How long the address may be used, seconds.
pub const LEASE_TIME: u8 = 51;
/// The fields `file` and `sname` hold options.
pub const OVERLOAD: u8 = 52;
/// What is said.
pub const MESSAGE_TYPE: u8 = 53;
/// The server that is meant.
pub const SERVER_ID: u8 = 54;
/// The options that are wanted, in this order.
pub const PARAMETERS: u8 = 55;
/// Why something is refused, in words.
pub const MESSAGE: u8 = 56;
/// The largest message that the client takes.
pub const MAXIMUM_SIZE: u8 = 57;
/// When to ask the same server for longer, seconds.
pub const RENEWAL: u8 = 58;
/// When to ask any server, seconds.
pub const REBINDING: u8 = 59;
/// What the client is.
pub const VENDOR_CLASS: u8 = 60;
/// What the client calls itself.
pub const CLIENT_ID: u8 = 61;
/// Rapid commit (RFC 4039).
pub const RAPID_COMMIT: u8 = 80;
/// What a relay adds (RFC 3046).
pub const RELAY_AGENT: u8 = 82;
/// Nothing more.
pub const END: u8 = 255;
