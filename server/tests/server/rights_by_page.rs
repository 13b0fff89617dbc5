//! Who may do what by plain pages and forms: one table, every address for people, every standing that
//! a person can have towards a group (as in [`rights`](crate::rights), where REST's table is). A page or
//! a form without a row fails.

use std::{collections::BTreeSet, path::Path};

use hyper::Request;

use crate::{
    harness::{Answer, server},
    rights::{Scene, Standing},
};

/// What is answered: a status, and where the browser is sent; `in` is to sign in and then come back.
type Answered = &'static str;

/// Method, address and what a form sends; the answer in each column.
type Row = (&'static str, [Answered; 7]);

fn table() -> Vec<Row> {
    let all = |answered| [answered; 7];
    // All but those whose session has ended: they are not to go on as somebody else.
    let all_in = |a| [a, a, a, a, a, "in", a];
    let somebody = |a| [a, a, a, a, a, "in", "in"];
    let account = |a| [a, a, a, a, "403", "in", "in"];
    let members = |a| [a, a, "403", "403", "403", "in", "in"];
    vec![
        ("GET /", all_in("200")),
        ("POST / message=x", all_in("303 /#latest")),
        ("GET /d/lobby", all_in("200")),
        ("POST /d/lobby message=x", all_in("303 /d/lobby#latest")),
        ("GET /d/{id}", members("200")),
        ("POST /d/{id} message=x", members("303 /d/{id}#latest")),
        ("GET /lab", all_in("200")),
        ("GET /language/uk", all("303 /")),
        ("GET /login", all("200")),
        ("POST /login login=$new&password=tea", all("401")),
        ("GET /register", all("303 /login")),
        ("POST /register login=$new&name=$new&password=tea+at+eleven", all("303 /")),
        ("GET /guest", all("303 /login")),
        ("POST /guest", all("303 /")),
        ("GET /logout", all("303 /settings")),
        ("POST /logout", all("303 /login")),
        ("GET /settings", somebody("200")),
        ("GET /settings/name", all("303 /settings")),
        ("POST /settings/name name=$new", somebody("303 /settings?done=name")),
        ("GET /settings/password", all("303 /settings")),
        (
            "POST /settings/password old=tea+at+eleven&new=coffee+at+nine",
            account("303 /settings?done=password"),
        ),
        ("GET /settings/tokens", all("303 /settings")),
        ("POST /settings/tokens name=x", account("303 /settings?done=token")),
        ("GET /settings/tokens/remove", all("303 /settings")),
        ("POST /settings/tokens/remove id=none", account("303 /settings?done=token-removed")),
        ("GET /settings/delete", all("303 /settings")),
        ("POST /settings/delete password=tea+at+eleven&sure=yes", somebody("303 /login")),
        ("GET /people", somebody("200")),
        ("POST /people to=$eve", somebody("303 /d/new")),
        ("GET /groups", all("303 /people")),
        ("POST /groups title=x&with=$eve", somebody("303 /d/new")),
        ("GET /search?query=hidden", somebody("200")),
        ("GET /healthz", all("200")),
        ("GET /readyz", all("200")),
    ]
}

/// Asks as a row of the table says.
async fn asks(scene: &mut Scene<'_>, row: &str) -> Answer {
    let filled = scene.filled(row);
    let (method, rest) = filled.split_once(' ').unwrap();
    let (path, body) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut request = Request::builder().method(method).uri(path);
    if method == "POST" {
        request = request.header("content-type", "application/x-www-form-urlencoded");
    }
    scene.person.sends(request, body.to_owned()).await
}

/// The answer as the table has it.
fn answered(scene: &Scene<'_>, answer: &Answer) -> String {
    let Some(location) = answer.head.headers.get("location") else {
        return answer.status().to_string();
    };
    let to = location.to_str().unwrap().replace(&scene.group, "{id}");
    match to.strip_prefix("/d/") {
        _ if to.starts_with("/login?to=%2F") => "in".to_owned(),
        Some(dialog) if !dialog.starts_with("{id}") && !dialog.starts_with("lobby") => {
            format!("{} /d/new", answer.status())
        }
        _ => format!("{} {to}", answer.status()),
    }
}

/// Goes through one column of the table.
async fn every_page_answers(standing: Standing) {
    let server = server().unhurried().start().await;
    for (row, statuses) in table() {
        let mut scene = Scene::of(&server, standing).await;
        let answer = asks(&mut scene, row).await;
        assert_eq!(answered(&scene, &answer), statuses[standing as usize], "{standing:?}: {row}");
        let is_told = answer.body.contains("hidden words")
            || answer.body.contains(&scene.group) && !row.contains("{id}");
        let is_inside = matches!(standing, Standing::Owner | Standing::Member);
        assert!(!is_told || is_inside, "{standing:?} sees the group: {row}");
        let shows = ["GET /", "GET /d/{id}", "GET /search?query=hidden"].contains(&row);
        assert!(!is_inside || !shows || is_told, "{standing:?} does not see the group: {row}");
    }
    server.end().await;
}

macro_rules! columns {
    ($($name:ident: $standing:ident;)*) => {$(
        #[tokio::test]
        async fn $name() {
            every_page_answers(Standing::$standing).await;
        }
    )*};
}

columns! {
    what_pages_show_an_owner: Owner;
    what_pages_show_a_member: Member;
    what_pages_show_someone_removed: Removed;
    what_pages_show_a_stranger: Stranger;
    what_pages_show_a_guest: Guest;
    what_pages_show_someone_signed_out: SignedOut;
    what_pages_show_nobody: Nobody;
}

/// Addresses that the server's sources name, but for the API's: those are described.
fn addresses() -> BTreeSet<String> {
    let mut files = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut addresses = BTreeSet::new();
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let quoted = text.split(".route(").skip(1).filter_map(|rest| {
            let rest = rest.trim_start().strip_prefix('"')?;
            rest.split('"').next().map(str::to_owned)
        });
        addresses.extend(quoted.filter(|address| !address.starts_with("/api")));
    }
    addresses
}

#[tokio::test]
async fn every_page_and_every_form_has_a_row() {
    let server = server().start().await;
    let mut routes = BTreeSet::new();
    for address in addresses() {
        let path = address.replace("{dialog}", "lobby").replace("{language}", "uk");
        assert!(!path.contains('{'), "{address} has a part that this test does not know");
        let request = Request::builder().method("PROPFIND").uri(&path).body(String::new());
        let answer = server.http(request.unwrap()).await;
        assert_eq!(answer.status(), 405, "{path}");
        let methods = answer.header("allow").split(',').filter(|method| *method != "HEAD");
        routes.extend(methods.map(|method| format!("{method} {path}")));
    }
    let row = |(row, _): Row| {
        let mut words = row.split([' ', '?']);
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        format!("{method} {}", path.replace("{id}", "lobby"))
    };
    assert_eq!(table().into_iter().map(row).collect::<BTreeSet<_>>(), routes);
    assert!(routes.len() > 30, "{routes:?}");
    server.end().await;
}
