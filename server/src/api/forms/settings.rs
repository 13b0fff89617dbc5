//! `/settings`, and what one may do to one's own account.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use confab_app::standing::{Done, Form, SettingsPage, Standing};
use confab_protocol::rest::{ChangedName, ChangedPassword, Farewell, SignOut};

use super::{
    fields::{Asked, Fields},
    show::{Onlooker, Refused},
    tokens,
};
use crate::{
    api::{Api, answer::Problem, visitor::Visitor},
    auth::Cookies,
};

/// Where the page is.
const PATH: &str = "/settings";

/// `GET /settings?done=<what has just been done>`. A token that was made right before is told here.
pub async fn page(State(api): State<Api>, Asked(asked): Asked, onlooker: Onlooker) -> Response {
    let told = tokens::told(&onlooker.headers);
    let forget = told.is_some().then(|| api.forget_token());
    let page = match api.settings_page(&onlooker.visitor).await {
        Ok(page) => page,
        Err(problem) => return api.show_stranger(onlooker, problem, PATH).await,
    };
    let is_there = |id: &str| page.tokens.iter().any(|token| token.id.as_str() == id);
    let secret = told.filter(|told| is_there(&told.id)).map(|told| told.secret);
    let page = SettingsPage { secret, done: Done::from_word(asked.text("done")), ..page };
    (forget, api.show(onlooker, Standing::Settings(page.into())).await).into_response()
}

/// `POST /settings/name`.
pub async fn name(State(api): State<Api>, onlooker: Onlooker, fields: Fields) -> Response {
    let done = api.rename(&onlooker.visitor, &fields).await;
    api.changed(onlooker, Form::Name, &fields, done).await
}

/// `POST /settings/password`.
pub async fn password(State(api): State<Api>, onlooker: Onlooker, fields: Fields) -> Response {
    let done = api.change_password(&onlooker.visitor, &fields).await;
    api.changed(onlooker, Form::Password, &fields, done).await
}

/// `POST /settings/delete`.
pub async fn delete(State(api): State<Api>, onlooker: Onlooker, fields: Fields) -> Response {
    let done = api.delete(&onlooker.visitor, &fields).await;
    api.changed(onlooker, Form::Delete, &fields, done).await
}

/// `POST /logout`, with this browser or with all.
pub async fn sign_out(State(api): State<Api>, onlooker: Onlooker, fields: Fields) -> Response {
    let done = api.sign_out(&onlooker.visitor, &fields).await;
    api.changed(onlooker, Form::SignOut, &fields, done).await
}

/// What a form of the settings has done: what the browser is to remember, and where it goes.
pub struct Changed {
    /// To be remembered, or forgotten.
    pub cookies: Cookies,
    /// The page that shows what has become of it.
    pub to: String,
}

impl Changed {
    /// This was done; the settings say so.
    pub fn done(done: Done) -> Self {
        Self { cookies: Cookies::default(), to: done.path() }
    }

    /// One is out now.
    fn gone(cookies: Cookies) -> Self {
        Self { cookies, to: "/login".to_owned() }
    }
}

impl Api {
    async fn rename(&self, visitor: &Visitor, fields: &Fields) -> Result<Changed, Problem> {
        fields.readable()?;
        let change = ChangedName { name: fields.text("name").to_owned() };
        self.goes_by(&self.0.auth.rename(&visitor.identity, &change).await?);
        Ok(Changed::done(Done::Name))
    }

    async fn change_password(
        &self,
        visitor: &Visitor,
        fields: &Fields,
    ) -> Result<Changed, Problem> {
        fields.readable()?;
        let (old, new) = (fields.text("old").to_owned(), fields.text("new").to_owned());
        let change = ChangedPassword { old, new };
        let auth = &self.0.auth;
        let entered = auth.change_password(&visitor.identity, visitor.address, &change).await?;
        Ok(Changed { cookies: entered.cookies, ..Changed::done(Done::Password) })
    }

    async fn delete(&self, visitor: &Visitor, fields: &Fields) -> Result<Changed, Problem> {
        fields.readable()?;
        let is_account = visitor.identity.account().is_some();
        if !is_account && visitor.somebody().is_ok() && fields.text("sure").is_empty() {
            return Err(Problem::bad_request("tick the box to say that you are sure"));
        }
        let farewell = Farewell { password: Some(fields.text("password").to_owned()) };
        let auth = &self.0.auth;
        Ok(Changed::gone(auth.delete(&visitor.identity, visitor.address, &farewell).await?))
    }

    async fn sign_out(&self, visitor: &Visitor, fields: &Fields) -> Result<Changed, Problem> {
        fields.readable()?;
        let wish = SignOut { everywhere: fields.text("everywhere") == "true" };
        Ok(Changed::gone(self.0.auth.sign_out(&visitor.identity, &wish).await?))
    }

    /// To the page that says so, or the settings again with what was refused.
    pub async fn changed(
        &self,
        onlooker: Onlooker,
        form: Form,
        fields: &Fields,
        changed: Result<Changed, Problem>,
    ) -> Response {
        let problem = match changed {
            Ok(Changed { cookies, to }) => return (cookies, Redirect::to(&to)).into_response(),
            Err(problem) => problem,
        };
        let page = match self.settings_page(&onlooker.visitor).await {
            Ok(page) => page,
            Err(problem) => return self.show_stranger(onlooker, problem, PATH).await,
        };
        let refused = Refused::new(form, problem);
        let typed = fields.text("name").to_owned();
        let page = SettingsPage { typed, fault: Some(refused.fault), ..page };
        self.show_refused(onlooker, Standing::Settings(page.into()), refused).await
    }

    /// The settings as they are.
    async fn settings_page(&self, visitor: &Visitor) -> Result<SettingsPage, Problem> {
        visitor.somebody()?;
        let auth = &self.0.auth;
        let tokens = match visitor.identity.account() {
            Some(_) => auth.tokens(&visitor.identity).await?.tokens,
            None => Vec::new(),
        };
        let you = auth.me(&visitor.identity).await?;
        let typed = String::new();
        Ok(SettingsPage { you, tokens, secret: None, done: None, typed, fault: None })
    }
}
