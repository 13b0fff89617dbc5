//! What a route of the API takes and answers, said in the same breath as the route itself, so that
//! the OpenAPI document holds every route and no other.

use axum::http::StatusCode;
use confab_protocol::{ErrorCode, rest::Failure};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        self, Content, HttpMethod, Ref, RefOr, Required, Schema,
        path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
        response::ResponseBuilder,
        schema::{ObjectBuilder, Type},
        security::SecurityRequirement,
    },
};

use crate::api::answer::status_of;

/// How a route is described.
pub struct Operation {
    about: &'static str,
    parameters: Vec<Parameter>,
    body: Option<(Ref, Required)>,
    answers: Vec<(StatusCode, &'static str, RefOr<Schema>)>,
    refusals: Vec<ErrorCode>,
    is_open: bool,
    /// What the references lead to.
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
}

/// Begins a description with one sentence.
pub fn does(about: &'static str) -> Operation {
    Operation {
        about,
        parameters: Vec::new(),
        body: None,
        answers: Vec::new(),
        refusals: Vec::new(),
        is_open: false,
        schemas: Vec::new(),
    }
}

impl Operation {
    /// Nobody needs to be somebody for it.
    pub fn open_to_all(mut self) -> Self {
        self.is_open = true;
        self
    }

    /// Takes something in the query, or not.
    pub fn query<T: ToSchema>(self, name: &'static str, about: &'static str) -> Self {
        self.parameter::<T>(name, ParameterIn::Query, Required::False, about)
    }

    /// Takes something in the query.
    pub fn must_query<T: ToSchema>(self, name: &'static str, about: &'static str) -> Self {
        self.parameter::<T>(name, ParameterIn::Query, Required::True, about)
    }

    /// Takes something in the head, or not.
    pub fn header<T: ToSchema>(self, name: &'static str, about: &'static str) -> Self {
        self.parameter::<T>(name, ParameterIn::Header, Required::False, about)
    }

    /// Names an id in the path.
    pub fn path<T: ToSchema>(self, name: &'static str, about: &'static str) -> Self {
        self.parameter::<T>(name, ParameterIn::Path, Required::True, about)
    }

    fn parameter<T: ToSchema>(
        mut self,
        name: &'static str,
        place: ParameterIn,
        required: Required,
        about: &'static str,
    ) -> Self {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(place)
            .required(required)
            .description(Some(about))
            .schema(Some(T::schema()));
        self.parameters.push(parameter.build());
        self
    }

    /// Takes a body.
    pub fn takes<T: ToSchema>(self) -> Self {
        self.body::<T>(Required::True)
    }

    /// Takes a body, or none.
    pub fn may_take<T: ToSchema>(self) -> Self {
        self.body::<T>(Required::False)
    }

    fn body<T: ToSchema>(mut self, required: Required) -> Self {
        self.body = Some((self.reference::<T>(), required));
        self
    }

    /// Answers `{"success": true, "data": …}`.
    pub fn answers<T: ToSchema>(self, status: StatusCode, about: &'static str) -> Self {
        self.answers_with(status, about, |operation| RefOr::Ref(operation.reference::<T>()))
    }

    /// Answers `{"success": true, "data": null}`.
    pub fn answers_nothing(self) -> Self {
        let null = || ObjectBuilder::new().schema_type(Type::Null).build().into();
        self.answers_with(StatusCode::OK, "It is done.", |_| null())
    }

    fn answers_with(
        mut self,
        status: StatusCode,
        about: &'static str,
        data: impl FnOnce(&mut Self) -> RefOr<Schema>,
    ) -> Self {
        let data = data(&mut self);
        let envelope = ObjectBuilder::new()
            .property("success", bool::schema())
            .required("success")
            .property("data", data)
            .required("data")
            .build();
        self.answers.push((status, about, envelope.into()));
        self
    }

    /// Refuses for reasons of its own. What every route may answer is added by itself.
    pub fn refuses(mut self, codes: &[ErrorCode]) -> Self {
        self.refusals.extend_from_slice(codes);
        self
    }

    fn reference<T: ToSchema>(&mut self) -> Ref {
        T::schemas(&mut self.schemas);
        self.schemas.push((T::name().into_owned(), T::schema()));
        Ref::from_schema_name(T::name())
    }

    /// The operation as the document has it.
    pub(super) fn build(mut self, id: String, tag: &str) -> (openapi::path::Operation, Schemas) {
        let failure = self.reference::<Failure>();
        let everywhere =
            [ErrorCode::BadRequest, ErrorCode::OriginNotAllowed, ErrorCode::StorageUnavailable];
        self.refusals.extend(everywhere);
        if !self.is_open {
            self.refusals.push(ErrorCode::SignInRequired);
        }
        let mut operation = OperationBuilder::new()
            .operation_id(Some(id))
            .tag(tag)
            .summary(Some(self.about))
            .parameters(Some(self.parameters));
        if let Some((schema, required)) = self.body {
            let body = RequestBodyBuilder::new()
                .content("application/json", Content::new(Some(schema)))
                .required(Some(required));
            operation = operation.request_body(Some(body.build()));
        }
        for (status, about, schema) in self.answers {
            let answer = ResponseBuilder::new()
                .description(about)
                .content("application/json", Content::new(Some(schema)));
            operation = operation.response(status.as_str(), answer.build());
        }
        for (status, codes) in by_status(&self.refusals) {
            let refused = ResponseBuilder::new()
                .description(codes)
                .content("application/json", Content::new(Some(failure.clone())));
            operation = operation.response(status.as_str(), refused.build());
        }
        if !self.is_open {
            let none: [&str; 0] = [];
            operation = operation
                .security(SecurityRequirement::new("session", none))
                .security(SecurityRequirement::new("token", none));
        }
        (operation.build(), self.schemas)
    }
}

/// Names of schemas, and the schemas.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// The codes behind each status, as Markdown.
fn by_status(codes: &[ErrorCode]) -> Vec<(StatusCode, String)> {
    let mut answers: Vec<(StatusCode, String)> = Vec::new();
    for code in codes {
        let (status, word) = (status_of(*code), format!("`{code}`"));
        match answers.iter_mut().find(|(known, _)| *known == status) {
            Some((_, words)) if words.contains(&word) => {}
            Some((_, words)) => *words = format!("{words}, {word}"),
            None => answers.push((status, word)),
        }
    }
    answers.sort_by_key(|(status, _)| *status);
    // What cannot be read is told by HTTP's own words where it has them.
    for status in [StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNSUPPORTED_MEDIA_TYPE] {
        answers.push((status, "`bad_request`".to_owned()));
    }
    answers
}

/// The name of a method in a document and in code.
pub(super) fn word(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Get => "get",
        HttpMethod::Post => "post",
        HttpMethod::Patch => "patch",
        HttpMethod::Delete => "delete",
        _ => "other",
    }
}
