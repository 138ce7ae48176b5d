//! What a request asks for when it is from an administrator, and what goes wrong as a page.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::extract::rejection::FormRejection;
use axum::http::header::{CACHE_CONTROL, COOKIE, LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use chassis::hub::Away;
use maud::Markup;
use message::ErrorCode;
use subtle::ConstantTimeEq;

use super::App;
use super::keeper::Busy;
use super::listen::Asker;
use crate::desk::Denied;
use crate::pages::frame::Notice;
use crate::pages::notice;
use crate::pages::words::sentence;
use crate::role::{Role, Who};
use crate::session::Token;

/// A request in a living session, of whatever role.
pub(crate) struct Visitor {
    pub(crate) token: Token,
    /// Who it is.
    pub(crate) who: Who,
    /// What its forms bear.
    pub(crate) form: String,
    /// From where it comes.
    pub(crate) address: IpAddr,
    /// What was just done, as the page's address says it.
    pub(crate) notice: Option<Notice>,
}

impl Visitor {
    /// Is the form from one of our own pages of this session?
    pub(crate) fn check(&self, form: &str) -> Result<(), Trouble> {
        let is_ours = bool::from(self.form.as_bytes().ct_eq(form.as_bytes()));
        if is_ours { Ok(()) } else { Err(Trouble::Foreign) }
    }
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Trouble> {
        let token = token(&parts.headers);
        let wall = app.clock().unix_millis();
        let known = app.keeper.ask(move |desk| match &token {
            Some(_) | None if desk.is_fresh() => Err(Trouble::Fresh),
            Some(token) => Ok(desk.logged_in(token, wall)?.map(|who| (*token, who))),
            None => Ok(None),
        });
        let (token, who) = known.await??.ok_or(Trouble::LoggedOut)?;
        let asker = parts.extensions.get::<Asker>().map(|asker| asker.address);
        let address = asker.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        Ok(Self { token, who, form: token.form_token(), address, notice: notice(&parts.uri) })
    }
}

/// What the address of a page says was just done.
fn notice(address: &Uri) -> Option<Notice> {
    let mut pairs = address.query().unwrap_or_default().split('&');
    pairs.find_map(|pair| Notice::of_word(pair.strip_prefix("done=")?))
}

/// A request of somebody with every right.
pub(crate) struct Administrator(pub(crate) Visitor);

impl FromRequestParts<Arc<App>> for Administrator {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Trouble> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        if visitor.who.role.may(Role::Administrator) {
            Ok(Self(visitor))
        } else {
            Err(Trouble::Forbidden)
        }
    }
}

/// The session's token in the cookies of a request.
pub(crate) fn token(headers: &HeaderMap) -> Option<Token> {
    headers.get_all(COOKIE).iter().find_map(|value| Token::from_cookies(value.to_str().ok()?))
}

/// Why a request is not answered with what it asked for.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The appliance waits for its first run.
    Fresh,
    /// Nobody is logged in.
    LoggedOut,
    /// The role is too small.
    Forbidden,
    /// The request is not from one of our own pages.
    Foreign,
    /// The form cannot be read.
    BadForm(StatusCode),
    /// There is no such page.
    NotFound,
    /// The desk says no.
    Denied(Denied),
    /// The desk is busy.
    Busy,
    /// The message server is away, or says no.
    Away(Away),
}

impl From<Denied> for Trouble {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<FormRejection> for Trouble {
    fn from(rejection: FormRejection) -> Self {
        Self::BadForm(rejection.status())
    }
}

impl From<Busy> for Trouble {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

impl From<Away> for Trouble {
    fn from(away: Away) -> Self {
        Self::Away(away)
    }
}

impl From<message::Malformed> for Trouble {
    fn from(malformed: message::Malformed) -> Self {
        Self::Away(Away::Malformed(malformed))
    }
}

const HOME: (&str, &str) = ("/admin", "To the start");

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let page = |status, title: &str, words: &str, link| {
            shown(status, notice::page(title, words, link))
        };
        match self {
            Self::Fresh => see("/admin/setup"),
            Self::LoggedOut => see("/admin/login"),
            Self::Foreign => page(
                StatusCode::FORBIDDEN,
                "Not from this page",
                "The request did not come from one of the appliance's own pages, or the page is old. \
                 Nothing was changed.",
                HOME,
            ),
            Self::Forbidden => page(
                StatusCode::FORBIDDEN,
                "Not for operators",
                "This page needs the role administrator. Ask an administrator of this appliance \
                 to do it, or to give you the role.",
                HOME,
            ),
            Self::BadForm(status) => page(
                status,
                "Not understood",
                "The form could not be read. Nothing was changed.",
                HOME,
            ),
            Self::NotFound => page(
                StatusCode::NOT_FOUND,
                "Not found",
                "There is no such page here.",
                ("/", "Home"),
            ),
            Self::Busy => page(StatusCode::SERVICE_UNAVAILABLE, "Busy", &Busy.to_string(), HOME),
            Self::Denied(denied) => {
                let mut response = page(status_of(&denied), "Not done", &denied.to_string(), HOME);
                retry_after(&mut response, &denied);
                response
            }
            Self::Away(away) => {
                let words = sentence(&away.to_string());
                page(status_of_away(&away), "Not done", &words, HOME)
            }
        }
    }
}

/// The status that goes with what the desk says.
pub(crate) fn status_of(denied: &Denied) -> StatusCode {
    match denied {
        Denied::Wrong => StatusCode::FORBIDDEN,
        Denied::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
        Denied::AlreadySetUp | Denied::Taken | Denied::Last | Denied::TooMany => {
            StatusCode::CONFLICT
        }
        Denied::Unknown => StatusCode::NOT_FOUND,
        Denied::Weak(_) | Denied::BadName => StatusCode::UNPROCESSABLE_ENTITY,
        Denied::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn status_of_away(away: &Away) -> StatusCode {
    match away {
        Away::Silent(_) | Away::Malformed(_) => StatusCode::SERVICE_UNAVAILABLE,
        Away::Refused(refusal) if refusal.code == ErrorCode::UnknownPerson => StatusCode::NOT_FOUND,
        Away::Refused(refusal) if refusal.code == ErrorCode::Conflict => StatusCode::CONFLICT,
        Away::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Says when to come back, to who tried too often.
pub(crate) fn retry_after(response: &mut Response, denied: &Denied) {
    if let Denied::TooOften(seconds) = denied {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*seconds));
    }
}

/// A page that no cache keeps.
pub(crate) fn shown(status: StatusCode, page: Markup) -> Response {
    let mut response = (status, page).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// On to another page, by GET.
pub(crate) fn see(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    let location = HeaderValue::from_str(address).expect("our addresses are plain words");
    headers.insert(LOCATION, location);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// On to another page that says what was just done.
pub(crate) fn done(address: &str, notice: Notice) -> Response {
    see(&format!("{address}?done={}", notice.word()))
}

/// On to another page, with this cookie.
pub(crate) fn see_with(address: &str, cookie: &str) -> Response {
    let mut response = see(address);
    let cookie = HeaderValue::from_str(cookie).expect("a cookie of hexadecimal digits is a header");
    response.headers_mut().insert(SET_COOKIE, cookie);
    response
}
