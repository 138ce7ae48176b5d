//! The API at work: which request is answered by what, over HTTPS and over a Unix socket.

mod administrators;
mod dhcp;
mod events;
mod extract;
mod guard;
mod jobs;
mod machine;
mod people;
mod phones;
mod pulse;
mod session;
mod settings;
mod socket;
mod table;
mod tokens;
mod transfer;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use chassis::context::Context;
use chassis::hub::{Address, Hub};
use tokio::sync::{Semaphore, watch};

use super::App;
use crate::api::access::{
    AdministratorChange, AdministratorView, Administrators, AuditQuery, AuditView, LogIn,
    MadeToken, NewAdministrator, NewToken, PasswordChange, SessionView, SetUp, SetupView, Tokens,
};
use crate::api::dhcp::{DhcpView, ProbeAsk, SnippetsView};
use crate::api::jobs::{BeginBackup, BeginRestore, BeginUpdate, JobView, Uploaded};
use crate::api::machine::{
    AboutView, CertificateView, HealthView, LogQuery, LogView, NewCertificate, OrderAsk,
    SettingsView, WhichTrial,
};
use crate::api::people::{
    HistoryQuery, HistoryView, Invitation, MessagesView, NewInvitation, NewPerson, People,
    PeopleQuery, Person, PersonChange, StatusView,
};
use crate::api::phones::{
    ApproveAll, PhoneChange, PhonePasswordView, PhonesView, Replacement, TimelineView,
};
use crate::api::problem::{MEDIA, Problem, Word};

use pulse::Now;
use table::Table;

pub(super) use machine::LICENCES;
pub(crate) use socket::serve as serve_socket;
pub(super) use transfer::{Kind, take};

/// The longest JSON, bytes: settings and certificates are the largest.
const BODY: usize = 128 << 10;
/// Browsers and programs that listen to events or follow the log, at once.
const LISTENERS: usize = 32;

/// What the API stands on, beside desk and message server.
pub(crate) struct Machine {
    /// The settings keeper.
    pub(super) system: Hub,
    /// The DHCP server.
    pub(super) dhcp: Hub,
    /// The gateway, which knows the telephones.
    pub(super) gateway: Hub,
    /// How everything is now, for who listens.
    now: watch::Sender<Now>,
    /// One upload at a time.
    turn: Arc<Semaphore>,
    /// Places of listeners.
    listeners: Arc<Semaphore>,
}

impl Machine {
    /// Starts what asks the settings keeper.
    pub(crate) fn start(context: &Context) -> Self {
        Self {
            system: Hub::start(context, keeper(context)),
            dhcp: Hub::start(context, addresses(context)),
            gateway: super::phones::gateway(context),
            now: watch::Sender::default(),
            turn: Arc::new(Semaphore::new(1)),
            listeners: Arc::new(Semaphore::new(LISTENERS)),
        }
    }
}

impl App {
    /// Are telephones served here, with DHCP and all that they need?
    fn serves_phones(&self) -> Result<(), Problem> {
        let words = "This appliance does not serve telephones; `appliance run --phones` does.";
        let is_served = self.context.layout().phones.is_some();
        is_served.then_some(()).ok_or_else(|| Problem::new(Word::Conflict, words))
    }
}

/// Starts what watches and samples without being asked.
pub(crate) fn begin(app: &Arc<App>) {
    pulse::start(app);
}

fn keeper(context: &Context) -> Address {
    let socket = context.layout().system_socket.clone();
    Address { name: "settings keeper", socket, caller: "admin" }
}

fn addresses(context: &Context) -> Address {
    let socket = context.layout().dhcp_socket.clone();
    Address { name: "DHCP server", socket, caller: "admin" }
}

/// Every address of the API.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let mut table = Table::new(Arc::clone(app));
    log_ins(&mut table);
    others(&mut table);
    persons(&mut table);
    system(&mut table);
    leases(&mut table);
    telephones(&mut table);
    long_deeds(&mut table);
    table
        .finish()
        .route("/api", any(nothing))
        .route("/api/{*rest}", any(nothing))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::map_response(as_problem))
        .with_state(Arc::clone(app))
}

async fn nothing() -> Problem {
    Problem::not_found()
}

/// What the frame answers by itself becomes a problem too.
async fn as_problem(response: Response) -> Response {
    let status = response.status();
    let kind = response.headers().get(CONTENT_TYPE);
    if !(status.is_client_error() || status.is_server_error())
        || kind.is_some_and(|kind| kind == MEDIA)
    {
        return response;
    }
    let word = match status.as_u16() {
        404 => Word::NotFound,
        405 => Word::Method,
        408 => Word::TooSlow,
        413 => Word::TooLarge,
        400..500 => Word::Malformed,
        _ => Word::Internal,
    };
    let allowed = response.headers().get(ALLOW).cloned();
    let detail = match word {
        Word::Method => "What is here is not reached by this method; the header Allow names those.",
        _ => "The request could not be served.",
    };
    let mut problem = Problem::new(word, detail).into_response();
    if let Some(allowed) = allowed {
        problem.headers_mut().insert(ALLOW, allowed);
    }
    problem
}

fn log_ins(table: &mut Table) {
    let setup = table.get("/setup", "setup", "Does the appliance wait for its first run?").open();
    setup.gives::<SetupView>(200).by(session::setup);
    let set_up = table.post("/setup", "set-up", "Do the first run, and log in").open();
    set_up.takes::<SetUp>().gives::<SessionView>(201).by(session::set_up);
    let who = table.get("/session", "session", "Who is logged in?").operator();
    who.gives::<SessionView>(200).by(session::who);
    let log_in = table.post("/session", "log-in", "Log in").open();
    log_in.takes::<LogIn>().gives::<SessionView>(201).by(session::log_in);
    table.delete("/session", "log-out", "Log out").operator().by(session::log_out);
    let password =
        table.post("/password", "change-password", "Choose another password of one's own");
    password.operator().takes::<PasswordChange>().gives::<SessionView>(200).by(session::password);
}

fn others(table: &mut Table) {
    let list = table.get("/administrators", "administrators", "List the administrators");
    list.gives::<Administrators>(200).by(administrators::list);
    let add = table.post("/administrators", "add-administrator", "Add an administrator");
    add.takes::<NewAdministrator>().gives::<AdministratorView>(201).by(administrators::add);
    let change = "Give an administrator another role or password; its sessions end";
    let change = table.patch("/administrators/{name}", "change-administrator", change);
    change
        .takes::<AdministratorChange>()
        .gives::<AdministratorView>(200)
        .by(administrators::change);
    let remove = "Remove an administrator; its sessions end";
    table
        .delete("/administrators/{name}", "remove-administrator", remove)
        .by(administrators::remove);
    table
        .get("/tokens", "tokens", "List the tokens of programs")
        .gives::<Tokens>(200)
        .by(tokens::list);
    let add =
        table.post("/tokens", "add-token", "Make a token for a program; its secret is shown once");
    add.takes::<NewToken>().gives::<MadeToken>(201).by(tokens::add);
    table.delete("/tokens/{name}", "remove-token", "Revoke a token").by(tokens::remove);
    let audit = table.get("/audit", "audit", "What was changed and by whom, the newest first");
    audit.query::<AuditQuery>().gives::<AuditView>(200).by(machine::audit);
}

fn persons(table: &mut Table) {
    let list = table.get("/people", "people", "List people by name").operator();
    list.query::<PeopleQuery>().gives::<People>(200).by(people::list);
    let add =
        table.post("/people", "add-person", "Add a person and make the invitation").operator();
    add.takes::<NewPerson>().gives::<Invitation>(201).by(people::add);
    let one = table.get("/people/{name}", "person", "How a person is").operator();
    one.gives::<Person>(200).by(people::one);
    let change = "Shut a person out, let it in again, or set its quota";
    let change = table.patch("/people/{name}", "change-person", change).operator();
    change.takes::<PersonChange>().gives::<Person>(200).by(people::change);
    let remove = "Remove a person and all messages that wait for it";
    table.delete("/people/{name}", "remove-person", remove).operator().by(people::remove);
    let invite = "Make another invitation, or a reset for a person in use";
    let invite = table.post("/people/{name}/invitation", "invite-person", invite).operator();
    invite.takes::<NewInvitation>().gives::<Invitation>(201).by(people::invite);
    let status = table.get("/status", "status", "How the message server is").operator();
    status.gives::<StatusView>(200).by(people::status);
    let messages = table.get("/messages", "messages", "Counts of messages").operator();
    messages.gives::<MessagesView>(200).by(people::messages);
    let history = table.get("/history", "history", "Numbers over time, for plots").operator();
    history.query::<HistoryQuery>().gives::<HistoryView>(200).by(machine::history);
}

fn system(table: &mut Table) {
    table
        .get("/settings", "settings", "The settings in force")
        .gives::<SettingsView>(200)
        .by(settings::get);
    let put = "Propose other settings; a risky change is on trial until it is confirmed";
    let put = table.put("/settings", "change-settings", put);
    put.header("if-match", "The revision that was changed, in quotes")
        .takes::<::settings::Settings>()
        .gives::<SettingsView>(200)
        .by(settings::put);
    let confirm = table.post("/settings/confirm", "confirm-settings", "Keep the change on trial");
    confirm.takes::<WhichTrial>().gives::<SettingsView>(200).by(settings::confirm);
    let revert = table.post("/settings/revert", "revert-settings", "Take the change on trial back");
    revert.takes::<WhichTrial>().gives::<SettingsView>(200).by(settings::revert);
    let health = table.get("/health", "health", "How the appliance is").operator();
    health.gives::<HealthView>(200).by(machine::health);
    let log = table.get("/log", "log", "Lines of the log").operator();
    log.query::<LogQuery>().gives::<LogView>(200).by(machine::log);
    let follow = table.get("/log/follow", "follow-log", "The log as it grows").operator();
    follow.query::<LogQuery>().streams("text/event-stream").by(events::follow_log);
    let events = "How the appliance is, as it changes: status, health, job, settings, upload";
    table
        .get("/events", "events", events)
        .operator()
        .streams("text/event-stream")
        .by(events::events);
    let certificate = table.get("/certificate", "certificate", "The certificate of the pages");
    certificate.gives::<CertificateView>(200).by(machine::certificate);
    let put =
        table.put("/certificate", "change-certificate", "Serve the pages with another certificate");
    put.takes::<NewCertificate>().gives::<CertificateView>(200).by(machine::set_certificate);
    let own = "Serve the pages with the appliance's own certificate again";
    let own = table.delete("/certificate", "own-certificate", own);
    own.gives::<CertificateView>(200).by(machine::own_certificate);
    let authority = "The certificate of the appliance's own authority";
    let authority = table.get("/certificate/authority.pem", "authority", authority).open();
    authority.text("application/x-pem-file").by(machine::authority);
    let order = "Start again, switch off, set the clock, go back to the version before, reset";
    table.post("/orders", "order", order).takes::<OrderAsk>().nothing(202).by(machine::order);
    table
        .get("/about", "about", "Version and licences")
        .open()
        .gives::<AboutView>(200)
        .by(machine::about);
}

fn leases(table: &mut Table) {
    let get = table.get("/dhcp", "dhcp", "How the DHCP server is, and its leases").operator();
    get.gives::<DhcpView>(200).by(dhcp::get);
    let snippets = "What the office's router has to be told, where it gives the addresses";
    let snippets = table.get("/dhcp/snippets", "dhcp-snippets", snippets);
    snippets.gives::<SnippetsView>(200).by(dhcp::snippets);
    let probe = "Look for some five seconds whether another DHCP server answers";
    let probe = table.post("/dhcp/probe", "probe-dhcp", probe);
    probe.takes::<ProbeAsk>().gives::<DhcpView>(200).by(dhcp::probe);
    let free = "Free an address whose client is gone, or that is in quarantine";
    let free = table.delete("/dhcp/leases/{address}", "free-lease", free);
    free.gives::<DhcpView>(200).by(dhcp::free);
}

fn telephones(table: &mut Table) {
    let list = table.get("/phones", "phones", "List the desk telephones").operator();
    list.gives::<PhonesView>(200).by(phones::list);
    let all = "Approve every new telephone for a while";
    let all = table.post("/phones/approve-all", "approve-all-phones", all);
    all.takes::<ApproveAll>().gives::<PhonesView>(200).by(phones::approve_all);
    let change = "Approve a telephone, name it, give it to a person";
    let change = table.patch("/phones/{mac}", "change-phone", change);
    change.takes::<PhoneChange>().gives::<PhonesView>(200).by(phones::change);
    let forget = table.delete("/phones/{mac}", "forget-phone", "Forget a telephone");
    forget.gives::<PhonesView>(200).by(phones::forget);
    let timeline = "What a telephone did lately, the oldest first";
    let timeline = table.get("/phones/{mac}/timeline", "phone-timeline", timeline).operator();
    timeline.gives::<TimelineView>(200).by(phones::timeline);
    let resync = "Make a telephone fetch its files again, with new secrets";
    let resync = table.post("/phones/{mac}/resync", "resync-phone", resync);
    resync.gives::<PhonesView>(200).by(phones::resync);
    let replace = "A telephone takes the place of another one that is gone";
    let replace = table.post("/phones/{mac}/replace", "replace-phone", replace);
    replace.takes::<Replacement>().gives::<PhonesView>(200).by(phones::replace);
    let password = "The password of a telephone's own menus and pages";
    let password = table.get("/phones/{mac}/password", "phone-password", password);
    password.gives::<PhonePasswordView>(200).by(phones::password);
}

fn long_deeds(table: &mut Table) {
    table.get("/job", "job", "The job that runs or ran last").gives::<JobView>(200).by(jobs::job);
    let upload = table.put("/update/bundle", "upload-update", "Upload an update");
    upload.bytes().gives::<Uploaded>(201).by(transfer::upload_update);
    let update = table.post("/update", "update", "Begin an update with the uploaded bundle");
    update.takes::<BeginUpdate>().gives::<JobView>(202).by(jobs::update);
    let backup = table.post("/backup", "backup", "Make an encrypted backup");
    backup.takes::<BeginBackup>().gives::<JobView>(202).by(jobs::backup);
    let file = table.get("/backup/file", "download-backup", "The backup that was made");
    file.streams("application/octet-stream").by(transfer::download_backup);
    let upload = table.put("/restore/file", "upload-restore", "Upload a backup");
    upload.bytes().gives::<Uploaded>(201).by(transfer::upload_restore);
    let restore = "Take the uploaded backup up, at the next start";
    let restore = table.post("/restore", "restore", restore);
    restore.takes::<BeginRestore>().gives::<JobView>(202).by(jobs::restore);
    let diagnostics = "Collect what a technician needs, without secrets";
    let diagnostics = table.post("/diagnostics", "diagnostics", diagnostics);
    diagnostics.gives::<JobView>(202).by(jobs::diagnostics);
    let file = table.get("/diagnostics/file", "download-diagnostics", "What was collected");
    file.streams("application/octet-stream").by(transfer::download_diagnostics);
}
