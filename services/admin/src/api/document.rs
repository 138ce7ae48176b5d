//! The OpenAPI 3.1 document, made of the same list that makes the routes: what is served is what is
//! described.

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::problem::{Details, MEDIA};
use super::{FORM, ROOT};
use crate::role::Role;

/// Who may ask for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody.
    Open,
    /// Who has this role.
    Role(Role),
}

/// What a body is.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// Nothing.
    Empty,
    /// JSON of this shape.
    Json(Schema),
    /// Something else, of this media type.
    Bytes(&'static str),
}

/// One thing that can be asked for.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// The method, in small letters.
    pub(crate) method: &'static str,
    /// The path behind the root, as `/people/{name}`.
    pub(crate) path: &'static str,
    /// A stable word for it, such as `add-person`.
    pub(crate) id: &'static str,
    /// What it does, in a line.
    pub(crate) summary: &'static str,
    /// Who may.
    pub(crate) access: Access,
    /// What is sent.
    pub(crate) takes: Content,
    /// The query; an object whose properties are its parameters.
    pub(crate) query: Option<Schema>,
    /// Headers that have to be sent, with what they say.
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    /// The status when all is well.
    pub(crate) status: u16,
    /// What is answered then.
    pub(crate) gives: Content,
    /// It comes and goes piece by piece, and may take long.
    pub(crate) is_long: bool,
}

/// Makes schemas whose parts stand among the components of a document.
pub(crate) fn generator() -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    settings.into_generator()
}

/// Makes the schema of what is read from a query: each property on its own, without references.
pub(crate) fn flat<T: JsonSchema>() -> Schema {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    settings.into_generator().into_root_schema_for::<T>()
}

/// The document.
pub(crate) fn document(operations: &[Operation], mut parts: SchemaGenerator) -> Value {
    let problem = parts.subschema_for::<Details>();
    let mut paths = Map::new();
    for operation in operations {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = described(operation);
    }
    let schemas = parts.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "IVM appliance",
            "description": "The administration of an IVM appliance. Pages, scripts and the command \
                            appliancectl use it.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache License 2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": ROOT }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {
                "Problem": {
                    "description": "It was not done, and why (RFC 9457).",
                    "content": { MEDIA: { "schema": problem } },
                },
            },
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-ivm-admin",
                    "description": format!(
                        "The cookie of a log-in. What changes something also needs the header \
                         {FORM} with the session's form token."
                    ),
                },
                "token": { "type": "http", "scheme": "bearer" },
            },
        },
    })
}

fn described(operation: &Operation) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "responses": {
            operation.status.to_string(): answer(operation),
            "default": { "$ref": "#/components/responses/Problem" },
        },
    });
    let parameters = parameters(operation);
    if !parameters.is_empty() {
        described["parameters"] = Value::Array(parameters);
    }
    match &operation.takes {
        Content::Empty => {}
        Content::Json(schema) => {
            described["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
        }
        Content::Bytes(media) => {
            described["requestBody"] = json!({
                "required": true,
                "content": { *media: { "schema": { "type": "string", "format": "binary" } } },
            });
        }
    }
    match operation.access {
        Access::Open => described["security"] = json!([]),
        Access::Role(role) => {
            described["security"] = json!([{ "token": [] }, { "session": [] }]);
            described["x-role"] = json!(role);
        }
    }
    described
}

fn answer(operation: &Operation) -> Value {
    let content = match &operation.gives {
        Content::Empty => return json!({ "description": "Done." }),
        Content::Json(schema) => json!({ "application/json": { "schema": schema } }),
        Content::Bytes(media) => json!({ *media: { "schema": { "type": "string" } } }),
    };
    json!({ "description": "Done.", "content": content })
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let mut parameters = Vec::new();
    for name in operation.path.split('/').filter_map(|part| part.strip_prefix('{')) {
        parameters.push(json!({
            "name": name.trim_end_matches('}'),
            "in": "path",
            "required": true,
            "schema": { "type": "string", "minLength": 1 },
        }));
    }
    for (name, words) in &operation.headers {
        parameters.push(json!({
            "name": name,
            "in": "header",
            "required": true,
            "description": words,
            "schema": { "type": "string" },
        }));
    }
    let query = operation.query.as_ref().and_then(Schema::as_object);
    let required = query.and_then(|query| query.get("required")).and_then(Value::as_array);
    let is_required =
        |name: &str| required.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(name)));
    let properties = query.and_then(|query| query.get("properties")).and_then(Value::as_object);
    for (name, schema) in properties.into_iter().flatten() {
        parameters.push(json!({
            "name": name,
            "in": "query",
            "required": is_required(name),
            "schema": present(schema),
        }));
    }
    parameters
}

/// A parameter is there or not there, but never null.
fn present(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(types) = schema.get("type").and_then(Value::as_array) {
        schema["type"] = types.iter().find(|one| *one != "null").cloned().unwrap_or_default();
    }
    if let Some(fields) = schema.as_object_mut() {
        fields.retain(|name, value| !(name == "default" && value.is_null()));
    }
    schema
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Access, Content, Operation, document, flat, generator};
    use crate::api::people::{HistoryQuery, HistoryView};
    use crate::role::Role;

    #[test]
    fn an_operation_is_described_with_its_parameters_and_its_problem() {
        let mut parts = generator();
        let operation = Operation {
            method: "get",
            path: "/history/{name}",
            id: "history",
            summary: "Numbers over time",
            access: Access::Role(Role::Operator),
            takes: Content::Empty,
            query: Some(flat::<HistoryQuery>()),
            headers: vec![("if-match", "the revision")],
            status: 200,
            gives: Content::Json(parts.subschema_for::<HistoryView>()),
            is_long: false,
        };
        let document = document(&[operation], parts);
        let get = &document["paths"]["/history/{name}"]["get"];
        let named = |name: &str| {
            let all = get["parameters"].as_array().expect("parameters");
            all.iter().find(|one| one["name"] == name).expect("the parameter").clone()
        };
        assert_eq!(named("name")["in"], "path");
        assert_eq!(named("if-match")["in"], "header");
        assert_eq!(
            (&named("span")["required"], &named("from")["required"]),
            (&json!(true), &json!(false))
        );
        assert_eq!(named("until")["schema"]["type"], "integer");
        let schema = &get["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(schema["$ref"], "#/components/schemas/HistoryView");
        assert!(document["components"]["schemas"]["HistoryView"].is_object());
        assert_eq!(get["responses"]["default"]["$ref"], "#/components/responses/Problem");
        assert_eq!(get["x-role"], "operator");
    }
}
