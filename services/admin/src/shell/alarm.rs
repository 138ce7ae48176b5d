//! What an administrator has to know of our own database, told to the settings keeper, which shows
//! it here, on the panel and to `appliancectl`. It ends by itself, a week after the salvage.

use chassis::context::Context;
use chassis::hub::{Address, watch};
use chassis::kept::{Told, told};
use message::system::{Alarm, Gravity, RaiseAlarm};
use message::{Object, ObjectId};

/// Raises the alarm, if there is one, until the context drains.
pub(super) fn raise(context: &Context) {
    let found = told(&context.layout().admin_database)
        .inspect_err(|error| log::warn!(error:%; "what came of the salvage cannot be read"));
    let Ok(Some(Told { words, since, until })) = found else { return };
    let advice = "Look whether every administrator is there; restore a backup if something is \
                  missing. Then make a backup: the disk may be failing. This stays here for a week.";
    let (name, advice) = ("pages-damaged".to_owned(), advice.to_owned());
    let alarm = Alarm { name, gravity: Gravity::Critical, words, advice, since };
    let question = Object::of(ObjectId::BLANK, &RaiseAlarm { alarm, until });
    let socket = context.layout().system_socket.clone();
    let address = Address { name: "settings keeper", socket, caller: "admin" };
    let mut news = watch(context, address, vec![question]);
    context.spawn("admin alarm", async move { while news.recv().await.is_some() {} });
}
