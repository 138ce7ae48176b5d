//! Commands about desk telephones.

use hyper::Method;
use serde_json::{Value, json};

use super::people::{in_path, read};
use super::{Place, either};
use crate::ctl::phone::{PhoneVerb, phones, timeline};
use crate::exit::Trouble;

/// `appliancectl phone`.
pub(super) async fn act(verb: &PhoneVerb, is_json: bool, place: &Place) -> Result<String, Trouble> {
    match verb {
        PhoneVerb::Timeline(one) => {
            let path = format!("/phones/{}/timeline", in_path(&one.mac));
            let value = place.ask(Method::GET, &path, None).await?;
            let steps = read(&value)?;
            Ok(either(is_json, || value, || timeline(&steps)))
        }
        PhoneVerb::Password(one) => {
            let path = format!("/phones/{}/password", in_path(&one.mac));
            let value = place.ask(Method::GET, &path, None).await?;
            let password = value["password"].as_str().unwrap_or_default().to_owned();
            Ok(either(is_json, || value, || format!("{password}\n")))
        }
        _ => {
            let (method, path, body) = request(verb);
            let value = place.ask(method, &path, body.as_ref()).await?;
            let all = read(&value)?;
            Ok(either(is_json, || value, || phones(&all)))
        }
    }
}

/// What is asked of the API.
fn request(verb: &PhoneVerb) -> (Method, String, Option<Value>) {
    let of = |mac: &str| format!("/phones/{}", in_path(mac));
    let change = |mac: &str, body: Value| (Method::PATCH, of(mac), Some(body));
    match verb {
        PhoneVerb::List | PhoneVerb::Timeline(_) | PhoneVerb::Password(_) => {
            (Method::GET, "/phones".to_owned(), None)
        }
        PhoneVerb::Approve(one) => change(&one.mac, json!({ "trust": "approved" })),
        PhoneVerb::Refuse(one) => change(&one.mac, json!({ "trust": "refused" })),
        PhoneVerb::ApproveAll(all) => {
            let body = json!({ "seconds": all.minutes * 60 });
            (Method::POST, "/phones/approve-all".to_owned(), Some(body))
        }
        PhoneVerb::Name(name) => change(&name.mac, json!({ "name": name.name })),
        PhoneVerb::Assign(assign) => change(&assign.mac, json!({ "person": assign.person })),
        PhoneVerb::SpeakUp(speak) => change(&speak.mac, json!({ "speaks_up": speak.yes })),
        PhoneVerb::Resync(one) => (Method::POST, of(&one.mac) + "/resync", None),
        PhoneVerb::Replace(replace) => {
            let body = json!({ "old": replace.old });
            (Method::POST, of(&replace.mac) + "/replace", Some(body))
        }
        PhoneVerb::Forget(one) => (Method::DELETE, of(&one.mac), None),
    }
}
