//! The certificate of the pages.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use message::system::{AskCertificates, Certificates, SetCertificate};

use super::desk::{Posted, fields};
use crate::pages::certificate;
use crate::pages::field::Faults;
use crate::pages::frame::Notice;
use crate::pages::words::sentence;
use crate::shell::App;
use crate::shell::answer::{Administrator, Trouble, Visitor, done, shown};

/// The certificate page.
pub(crate) async fn certificate_page(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
) -> Response {
    drawn(&app, &visitor, StatusCode::OK, &Faults::default()).await
}

async fn drawn(app: &App, visitor: &Visitor, status: StatusCode, faults: &Faults) -> Response {
    let answer = app.machine.system.ask(&AskCertificates {}).await.ok();
    let found = answer.and_then(|answer| answer.read::<Certificates>().ok());
    let frame = app.frame(visitor).await;
    let now = app.clock().unix_millis();
    shown(status, certificate::page(&frame, found.as_ref(), now, faults))
}

/// Serves the pages with another certificate.
pub(crate) async fn set_certificate(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    form: Posted,
) -> Result<Response, Trouble> {
    let typed = fields(&visitor, form)?;
    let pem = typed.whole("pem").replace("\r\n", "\n");
    if !(pem.contains("-----BEGIN CERTIFICATE-----") && pem.contains("PRIVATE KEY-----")) {
        let words = "Both are needed as PEM: the private key, and the certificate with its chain.";
        let faults = Faults::one("pem", words);
        return Ok(drawn(&app, &visitor, StatusCode::UNPROCESSABLE_ENTITY, &faults).await);
    }
    set(&app, &visitor, "change-certificate", SetCertificate { pem }).await
}

/// Serves the pages with the appliance's own certificate again.
pub(crate) async fn own_certificate(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    form: Posted,
) -> Result<Response, Trouble> {
    fields(&visitor, form)?;
    set(&app, &visitor, "own-certificate", SetCertificate { pem: String::new() }).await
}

async fn set(
    app: &App,
    visitor: &Visitor,
    deed: &str,
    set: SetCertificate,
) -> Result<Response, Trouble> {
    match app.machine.system.ask(&set).await {
        Ok(_) => {
            app.record(visitor, deed, "", "done").await;
            Ok(done("/admin/certificate", Notice::Certificate))
        }
        Err(chassis::hub::Away::Refused(refusal)) => {
            app.record(visitor, deed, "", "refused").await;
            let faults = Faults::one("pem", sentence(&refusal.text));
            Ok(drawn(app, visitor, StatusCode::UNPROCESSABLE_ENTITY, &faults).await)
        }
        Err(away) => Err(away.into()),
    }
}
