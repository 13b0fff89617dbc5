//! A page that the server alone writes, on its way out: as it is, or with what was refused.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use confab_app::standing::{Fault, Form, Standing};

use crate::{
    api::{Api, answer::Problem, page::to_login, visitor::Visitor},
    auth::Cookies,
};

/// Whoever looks at a page, and what their browser says.
pub struct Onlooker {
    /// Who.
    pub visitor: Visitor,
    /// With these headers.
    pub headers: HeaderMap,
}

impl FromRequestParts<Api> for Onlooker {
    type Rejection = Infallible;

    async fn from_request_parts(head: &mut Parts, api: &Api) -> Result<Self, Infallible> {
        let headers = head.headers.clone();
        Ok(Self { visitor: Visitor::from_request_parts(head, api).await?, headers })
    }
}

/// Why a form was refused: for its page, and for the head of the answer.
pub struct Refused {
    /// For the page.
    pub fault: Fault,
    problem: Problem,
}

impl Refused {
    /// This form, for this reason.
    pub fn new(form: Form, problem: Problem) -> Self {
        let (code, after) = (problem.code(), problem.wait());
        Self { fault: Fault { form, code, after }, problem }
    }
}

impl Api {
    /// A page.
    pub async fn show(&self, onlooker: Onlooker, page: Standing) -> Response {
        self.show_as(StatusCode::OK, onlooker, page).await
    }

    /// A page with another status.
    pub async fn show_as(
        &self,
        status: StatusCode,
        onlooker: Onlooker,
        page: Standing,
    ) -> Response {
        let Onlooker { mut visitor, headers } = onlooker;
        if visitor.identity.person().is_none() {
            // Nobody becomes a guest by looking at the way in.
            visitor.cookie = Cookies::default();
        }
        self.stand(page, status, &headers, visitor).await
    }

    /// A page with what was refused on it, and the status of that.
    pub async fn show_refused(
        &self,
        onlooker: Onlooker,
        page: Standing,
        refused: Refused,
    ) -> Response {
        let (mut why, _) = refused.problem.into_response().into_parts();
        let mut answer = self.show_as(why.status, onlooker, page).await;
        for name in [header::RETRY_AFTER, header::WWW_AUTHENTICATE] {
            if let Some(value) = why.headers.remove(&name) {
                answer.headers_mut().insert(name, value);
            }
        }
        answer
    }

    /// What is seen of a page that cannot be shown: by nobody, the way in, and back from there. When
    /// the database does not answer, it cannot be known who is asking; they hear that.
    pub async fn show_stranger(&self, onlooker: Onlooker, problem: Problem, to: &str) -> Response {
        if let Some(way) = to_login(&problem, to) {
            return way;
        }
        let refused = Refused::new(Form::SignIn, problem);
        let mut page = self.login_page(&onlooker.visitor, to).await;
        page.fault = Some(refused.fault);
        self.show_refused(onlooker, Standing::Login(page), refused).await
    }
}
