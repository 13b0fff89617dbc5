//! What a plain form sends: names and texts, some more than once.

use std::convert::Infallible;

use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::{StatusCode, request::Parts},
};

use crate::api::answer::Problem;

/// Names and texts, in order.
type Pairs = Vec<(String, String)>;

/// The fields of a form. They may hold a password, so they are never shown whole.
#[derive(Default)]
pub struct Fields {
    pairs: Pairs,
    /// Why there are none.
    unreadable: Option<(StatusCode, String)>,
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Infallible> {
        Ok(match Form::<Pairs>::from_request(request, state).await {
            Ok(Form(pairs)) => Self { pairs, unreadable: None },
            Err(error) => {
                let unreadable = Some((error.status(), error.body_text()));
                Self { pairs: Vec::new(), unreadable }
            }
        })
    }
}

impl Fields {
    /// Whether there is something to go by.
    ///
    /// # Errors
    ///
    /// The request cannot be read; the status says why.
    pub fn readable(&self) -> Result<(), Problem> {
        match &self.unreadable {
            Some((status, why)) => Err(Problem::unreadable(*status, why.as_str())),
            None => Ok(()),
        }
    }

    /// What stands in a field; empty if there is none.
    pub fn text(&self, name: &str) -> &str {
        let field = self.pairs.iter().find(|(field, _)| field == name);
        field.map(|(_, text)| text.as_str()).unwrap_or_default()
    }

    /// What stands in all fields of this name.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let fields = self.pairs.iter().filter(|(field, _)| field == name);
        fields.map(|(_, text)| text.as_str()).collect()
    }
}

/// The fields of an address, behind the question mark. What cannot be read is not there.
pub struct Asked(pub Fields);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(head: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let pairs = Query::<Pairs>::try_from_uri(&head.uri).map(|Query(pairs)| pairs);
        Ok(Self(Fields { pairs: pairs.unwrap_or_default(), unreadable: None }))
    }
}
