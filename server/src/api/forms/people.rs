//! `/people`: who is found, whom one begins to write to, and who becomes a group.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use confab_app::standing::{Form, PeoplePage, Standing, Step};
use confab_protocol::{Dialog, DialogTitle, ErrorCode, UserId, rest::PeopleList};

use super::{
    fields::{Asked, Fields},
    show::{Onlooker, Refused},
};
use crate::api::{Api, answer::Problem, visitor::Visitor};

/// Where the page is.
const PATH: &str = "/people";

/// More than a group may have are not shown as ticked.
const CHOSEN_MAX: usize = 500;

/// `GET /people?query=…&with=<who is ticked>…&group=<not empty: the new group>`.
pub async fn page(State(api): State<Api>, Asked(asked): Asked, onlooker: Onlooker) -> Response {
    let step = if asked.text("group").is_empty() { Step::Find } else { Step::Group };
    match api.people_page(&onlooker.visitor, &asked, step).await {
        Ok(page) => api.show(onlooker, Standing::People(page)).await,
        Err(problem) => api.show_without_people(onlooker, &asked, Form::Write, problem).await,
    }
}

/// `POST /people`: the dialog with this person.
pub async fn write(State(api): State<Api>, onlooker: Onlooker, fields: Fields) -> Response {
    let begun = api.begin_direct(&onlooker.visitor, &fields).await;
    api.begun(onlooker, Form::Write, &fields, begun).await
}

/// `POST /groups`: a group of these people.
pub async fn group(State(api): State<Api>, onlooker: Onlooker, fields: Fields) -> Response {
    let begun = api.begin_group(&onlooker.visitor, &fields).await;
    api.begun(onlooker, Form::Group, &fields, begun).await
}

/// The people who are ticked, each once.
fn chosen(fields: &Fields) -> Vec<UserId> {
    let mut chosen: Vec<UserId> = Vec::new();
    for id in fields.all("with").into_iter().filter_map(|id| UserId::parse(id).ok()) {
        if !chosen.contains(&id) {
            chosen.push(id);
        }
    }
    chosen
}

impl Api {
    async fn begin_direct(&self, visitor: &Visitor, fields: &Fields) -> Result<Dialog, Problem> {
        let person = visitor.somebody()?;
        fields.readable()?;
        let other = UserId::parse(fields.text("to"))
            .map_err(|_| Problem::new(ErrorCode::UnknownPerson, "nobody has this id"))?;
        Ok(self.0.hub.begin_direct(person, other).await?.dialog)
    }

    async fn begin_group(&self, visitor: &Visitor, fields: &Fields) -> Result<Dialog, Problem> {
        let person = visitor.somebody()?;
        fields.readable()?;
        let title = DialogTitle::parse(fields.text("title"))?;
        Ok(self.0.hub.begin_group(person, title, chosen(fields)).await?.dialog)
    }

    /// To the dialog, or the page again with what was refused.
    async fn begun(
        &self,
        onlooker: Onlooker,
        form: Form,
        fields: &Fields,
        begun: Result<Dialog, Problem>,
    ) -> Response {
        let problem = match begun {
            Ok(dialog) => return Redirect::to(&format!("/d/{}", dialog.dialog_id)).into_response(),
            Err(problem) => problem,
        };
        let step = if form == Form::Group { Step::Group } else { Step::Find };
        match self.people_page(&onlooker.visitor, fields, step).await {
            Ok(page) => {
                let refused = Refused::new(form, problem);
                let page = PeoplePage { fault: Some(refused.fault), ..page };
                self.show_refused(onlooker, Standing::People(page), refused).await
            }
            Err(problem) => self.show_without_people(onlooker, fields, form, problem).await,
        }
    }

    /// The page as these fields ask for it.
    async fn people_page(
        &self,
        visitor: &Visitor,
        fields: &Fields,
        step: Step,
    ) -> Result<PeoplePage, Problem> {
        let person = visitor.somebody()?;
        let mut chosen = chosen(fields);
        chosen.truncate(CHOSEN_MAX);
        let found = match step {
            Step::Find => self.0.hub.people_like(&person.id, fields.text("query")).await?,
            Step::Group => PeopleList { people: Vec::new(), has_more: false },
        };
        let chosen = self.0.hub.people_with(&chosen).await?;
        Ok(PeoplePage { found, chosen, ..empty(fields, step) })
    }

    /// The page when nobody can be found: the way in, or that the database does not answer.
    async fn show_without_people(
        &self,
        onlooker: Onlooker,
        fields: &Fields,
        form: Form,
        problem: Problem,
    ) -> Response {
        if onlooker.visitor.somebody().is_err() {
            return self.show_stranger(onlooker, problem, PATH).await;
        }
        let step = if form == Form::Group { Step::Group } else { Step::Find };
        let refused = Refused::new(form, problem);
        let page = PeoplePage { fault: Some(refused.fault), ..empty(fields, step) };
        self.show_refused(onlooker, Standing::People(page), refused).await
    }
}

/// The page with nobody on it.
fn empty(fields: &Fields, step: Step) -> PeoplePage {
    PeoplePage {
        query: fields.text("query").to_owned(),
        found: PeopleList { people: Vec::new(), has_more: false },
        chosen: Vec::new(),
        step,
        title: fields.text("title").to_owned(),
        fault: None,
    }
}
