//! The list of what can be asked for: each entry is a route, its guard and its description at once.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::http::header::CONTENT_TYPE;
use axum::middleware;
use axum::routing::{MethodFilter, get, on};
use bytes::Bytes;
use schemars::JsonSchema;
use schemars::generate::SchemaGenerator;

use super::guard::{Gate, guard};
use crate::api::ROOT;
use crate::api::document::{Access, Content, Operation, document, flat, generator};
use crate::role::Role;
use crate::shell::App;

/// The list.
pub(super) struct Table {
    app: Arc<App>,
    router: Router<Arc<App>>,
    parts: SchemaGenerator,
    operations: Vec<Operation>,
}

/// An entry that is being described; for administrators, unless it says otherwise.
pub(super) struct Entry<'t> {
    table: &'t mut Table,
    operation: Operation,
}

impl Table {
    /// An empty list.
    pub(super) fn new(app: Arc<App>) -> Self {
        Self { app, router: Router::new(), parts: generator(), operations: Vec::new() }
    }

    pub(super) fn get(
        &mut self,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Entry<'_> {
        self.entry("get", path, id, summary)
    }

    pub(super) fn post(
        &mut self,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Entry<'_> {
        self.entry("post", path, id, summary)
    }

    pub(super) fn put(
        &mut self,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Entry<'_> {
        self.entry("put", path, id, summary)
    }

    pub(super) fn patch(
        &mut self,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Entry<'_> {
        self.entry("patch", path, id, summary)
    }

    pub(super) fn delete(
        &mut self,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Entry<'_> {
        self.entry("delete", path, id, summary)
    }

    fn entry(
        &mut self,
        method: &'static str,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Entry<'_> {
        let operation = Operation {
            method,
            path,
            id,
            summary,
            access: Access::Role(Role::Administrator),
            takes: Content::Empty,
            query: None,
            headers: Vec::new(),
            status: 204,
            gives: Content::Empty,
            is_long: false,
        };
        Entry { table: self, operation }
    }

    /// The routes, and the document that describes them.
    pub(super) fn finish(self) -> Router<Arc<App>> {
        let document = document(&self.operations, self.parts);
        let document = Bytes::from(document.to_string());
        let serve = move || {
            let document = document.clone();
            async move { ([(CONTENT_TYPE, "application/json")], document) }
        };
        self.router.route(&format!("{ROOT}/openapi.json"), get(serve))
    }
}

impl Entry<'_> {
    /// For everybody.
    pub(super) fn open(mut self) -> Self {
        self.operation.access = Access::Open;
        self
    }

    /// For operators too.
    pub(super) fn operator(mut self) -> Self {
        self.operation.access = Access::Role(Role::Operator);
        self
    }

    /// Takes JSON.
    pub(super) fn takes<T: JsonSchema>(mut self) -> Self {
        self.operation.takes = Content::Json(self.table.parts.subschema_for::<T>());
        self
    }

    /// Takes a file, piece by piece.
    pub(super) fn bytes(mut self) -> Self {
        self.operation.takes = Content::Bytes("application/octet-stream");
        self.operation.is_long = true;
        self
    }

    /// Has a query.
    pub(super) fn query<T: JsonSchema>(mut self) -> Self {
        self.operation.query = Some(flat::<T>());
        self
    }

    /// Needs a header.
    pub(super) fn header(mut self, name: &'static str, words: &'static str) -> Self {
        self.operation.headers.push((name, words));
        self
    }

    /// Is answered with JSON.
    pub(super) fn gives<T: JsonSchema>(mut self, status: u16) -> Self {
        self.operation.gives = Content::Json(self.table.parts.subschema_for::<T>());
        self.operation.status = status;
        self
    }

    /// Is answered with a status alone.
    pub(super) fn nothing(mut self, status: u16) -> Self {
        self.operation.status = status;
        self
    }

    /// Is answered with a text.
    pub(super) fn text(mut self, media: &'static str) -> Self {
        self.operation.gives = Content::Bytes(media);
        self.operation.status = 200;
        self
    }

    /// Is answered piece by piece.
    pub(super) fn streams(self, media: &'static str) -> Self {
        self.text(media)
    }

    /// By this function.
    pub(super) fn by<H, T>(self, handler: H)
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let Self { table, operation } = self;
        let filter = match operation.method {
            "post" => MethodFilter::POST,
            "put" => MethodFilter::PUT,
            "patch" => MethodFilter::PATCH,
            "delete" => MethodFilter::DELETE,
            _ => MethodFilter::GET,
        };
        let gate = Gate { app: Arc::clone(&table.app), operation: Arc::new(operation.clone()) };
        let route = on(filter, handler).route_layer(middleware::from_fn_with_state(gate, guard));
        let path = format!("{ROOT}{}", operation.path);
        table.router = std::mem::take(&mut table.router).route(&path, route);
        table.operations.push(operation);
    }
}
