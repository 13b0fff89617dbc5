//! `/login`, and the three ways in.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use confab_app::standing::{Form, LoginPage, Standing};
use confab_protocol::rest::{NewGuest, Registration, SignIn};

use super::{
    fields::{Asked, Fields},
    show::{Onlooker, Refused},
    way::own_path,
};
use crate::{
    api::{Api, answer::Problem, visitor::Visitor},
    auth::{Entered, Identity},
};

/// `GET /login?to=<where one came from>`.
pub async fn page(State(api): State<Api>, Asked(asked): Asked, onlooker: Onlooker) -> Response {
    let page = api.login_page(&onlooker.visitor, asked.text("to")).await;
    api.show(onlooker, Standing::Login(page)).await
}

/// `POST /login`.
pub async fn sign_in(State(api): State<Api>, onlooker: Onlooker, fields: Fields) -> Response {
    let entered = api.sign_in(&onlooker.visitor, &fields).await;
    api.came_in(onlooker, Form::SignIn, &fields, entered).await
}

/// `POST /register`.
pub async fn register(State(api): State<Api>, onlooker: Onlooker, fields: Fields) -> Response {
    let entered = api.register(&onlooker.visitor, &fields).await;
    api.came_in(onlooker, Form::Register, &fields, entered).await
}

/// `POST /guest`.
pub async fn guest(State(api): State<Api>, onlooker: Onlooker, fields: Fields) -> Response {
    let entered = api.enter_as_guest(&onlooker.visitor, &fields).await;
    // The form is not there where there are no guests.
    let form = if api.0.auth.allows_guests() { Form::Guest } else { Form::SignIn };
    api.came_in(onlooker, form, &fields, entered).await
}

impl Api {
    async fn sign_in(&self, visitor: &Visitor, fields: &Fields) -> Result<Entered, Problem> {
        fields.readable()?;
        let login = fields.text("login").to_owned();
        let claim = SignIn { login, password: fields.text("password").to_owned() };
        Ok(self.0.auth.sign_in(&visitor.identity, visitor.address, &claim).await?)
    }

    async fn register(&self, visitor: &Visitor, fields: &Fields) -> Result<Entered, Problem> {
        fields.readable()?;
        let new = Registration {
            login: fields.text("login").to_owned(),
            name: fields.text("name").to_owned(),
            password: fields.text("password").to_owned(),
        };
        let entered = self.0.auth.register(&visitor.identity, visitor.address, &new).await?;
        self.goes_by(&entered.me);
        Ok(entered)
    }

    async fn enter_as_guest(&self, visitor: &Visitor, fields: &Fields) -> Result<Entered, Problem> {
        fields.readable()?;
        let name = Some(fields.text("name").trim()).filter(|name| !name.is_empty());
        let new = NewGuest { name: name.map(str::to_owned) };
        let entered = self.0.auth.enter_as_guest(&visitor.identity, visitor.address, &new).await?;
        self.goes_by(&entered.me);
        Ok(entered)
    }

    /// Back to where one came from, or the ways in again.
    async fn came_in(
        &self,
        onlooker: Onlooker,
        form: Form,
        fields: &Fields,
        entered: Result<Entered, Problem>,
    ) -> Response {
        let page = self.login_page(&onlooker.visitor, fields.text("to")).await;
        let refused = match entered {
            Ok(Entered { cookies, .. }) => {
                return (cookies, Redirect::to(&page.to)).into_response();
            }
            Err(problem) => Refused::new(form, problem),
        };
        let page = LoginPage {
            login: fields.text("login").to_owned(),
            name: fields.text("name").to_owned(),
            fault: Some(refused.fault),
            ..page
        };
        self.show_refused(onlooker, Standing::Login(page), refused).await
    }

    /// The ways in, as this visitor finds them.
    pub async fn login_page(&self, visitor: &Visitor, to: &str) -> LoginPage {
        let is_in = matches!(visitor.identity, Identity::Session { .. } | Identity::Token { .. });
        LoginPage {
            to: own_path(to).unwrap_or("/").to_owned(),
            guests: self.0.auth.allows_guests() && !is_in,
            you: self.0.auth.me(&visitor.identity).await.ok(),
            login: String::new(),
            name: String::new(),
            fault: None,
        }
    }
}
