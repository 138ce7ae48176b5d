//! What a service tells whoever watches it, as the panel's inputs.

use chassis::context::Context;
use chassis::hub::{self, Address, News};
use log::warn;
use message::{Body, Object, ObjectId};
use tokio::sync::mpsc;

use crate::panel::Input;

/// Listens until the context drains or nobody listens to us. `input` makes an input of what was
/// told; of nothing while the service is gone.
pub(super) fn watch<Q, B>(
    context: &Context,
    address: Address,
    question: &Q,
    told: mpsc::Sender<Input>,
    input: fn(Option<Box<B>>) -> Input,
) where
    Q: for<'b> Body<'b>,
    B: for<'b> Body<'b> + Send + 'static,
{
    let name = address.name;
    let question = Object::of(ObjectId::BLANK, question);
    let mut news = hub::watch(context, address, vec![question]);
    context.spawn("panel's news", async move {
        while let Some(news) = news.recv().await {
            let told_now = match news {
                News::Gone => None,
                News::Object(object) => match object.read::<B>() {
                    Ok(body) => Some(Box::new(body)),
                    Err(error) => {
                        warn!(error:%, name; "what a service says cannot be read");
                        continue;
                    }
                },
            };
            if told.send(input(told_now)).await.is_err() {
                return;
            }
        }
    });
}
