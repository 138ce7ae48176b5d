//! The service at work: opens what it needs, listens, and answers until it is told to end.

use chassis::authority::Authority;
use chassis::context::Context;
use chassis::host;

/// What the keeper is given beside its context.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The user of the message server.
    pub office: Option<u32>,
    /// The user of the administration.
    pub pages: Option<u32>,
    /// The user of the front panel.
    pub panel: Option<u32>,
}

/// Keeps the settings until the context drains. It is ready when everybody can serve.
///
/// # Errors
/// The authority is damaged, or a file or the socket cannot be used.
pub async fn run(context: Context, _options: Options) -> anyhow::Result<()> {
    let layout = context.layout().clone();
    let authority = Authority::open_or_make(&layout.authority, &host::names())?;
    authority.publish(&layout.tls)?;
    context.ready("system");
    context.draining().await;
    Ok(())
}
