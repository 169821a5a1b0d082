//! `/desk/{unit}`: a clerk takes a dossier in.

use std::sync::Arc;

use app::preview::{PreviewOf, PreviewQuery};
use app::{Error, RequestIdentity};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chrono::NaiveDate;
use domain::dossier::contents::{CircumstancesGiven, Contents};
use domain::dossier::private::{Person, Words as Text};
use domain::dossier::{Channel, Paper, PaperCopy, Reception, Refusal};
use domain::fold;
use domain::id::{ComponentCode, RequestId, UnitCode};
use domain::language::Language;
use domain::procedure::{Kind, Procedure, Unscanned};
use domain::time;
use http::StatusCode;

use super::dossier::content;
use super::list::day::Happened;
use crate::Pages;
use crate::fault::Fault;
use crate::fields::{Fields, LONGEST_LINE, LONGEST_TEXT};
use crate::frame::{Frame, Section, html};
use crate::visit::Staff;
use crate::words::{Markup, Words};

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route("/desk/{unit}", get(empty).post(sent))
        .route("/desk/{unit}/done/{dossier}", get(done))
}

/// How many procedures the search offers at once.
const OFFERED: usize = 8;

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    frame: Frame,
    unit: String,
    /// How many dossiers the desk took in today, and the list of them if there are any.
    received: (Markup, Option<String>),
    problem: Option<Markup>,
    wrong: Vec<(&'static str, Markup)>,
    /// Set if a duplicate exists: its code, or none if the clerk may not see that dossier.
    duplicate: Option<Option<String>>,
    query: String,
    offered: Vec<Offer>,
    /// Whether those that the desk receives most stand first.
    commonest_first: bool,
    chosen: bool,
    fields: Vec<Field>,
    /// The procedure whose papers are shown; empty without one.
    papers_of: String,
    components: Vec<Component>,
    template_list: bool,
    /// The reason for taking the dossier in although papers are missing.
    incomplete: String,
    post: bool,
    due: Option<String>,
    limit: String,
    arithmetic: Vec<String>,
    now: String,
    request_id: String,
}

struct Offer {
    code: String,
    name: String,
    more: String,
    chosen: bool,
}

impl DeskPage {
    fn wrong(&self, field: &str) -> Option<&Markup> {
        let mut wrong = self.wrong.iter();
        wrong.find(|(name, _)| *name == field).map(|(_, why)| why)
    }
}

struct Field {
    name: &'static str,
    label: Markup,
    hint: Markup,
    value: String,
    kind: &'static str,
    mode: &'static str,
    complete: &'static str,
    wrong: Option<Markup>,
}

struct Component {
    code: String,
    name: String,
    required: bool,
    came: bool,
    /// What the law says of the paper: that data replace it, or that it is not scanned.
    note: Option<Markup>,
}

async fn empty(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(unit): Path<String>,
) -> Result<Response, Fault> {
    let unit = unit_of(&pages, &staff, &unit)?;
    let typed = Fields::of(&staff.visit.uri);
    Ok(html(&draw(&pages, &staff, &unit, &typed).await?))
}

fn unit_of(pages: &Pages, staff: &Staff, unit: &str) -> Result<UnitCode, Fault> {
    let code = UnitCode::parse(unit).map_err(|_not_a_unit| Fault::NoPage)?;
    let catalogue = pages.engine.catalogue(&staff.caller().province);
    catalogue.units.get(&code).ok_or(Fault::NoPage)?;
    let method = app::access::Method::Act(domain::dossier::Action::Receive);
    app::access::check_unit(staff.caller(), method, &code)?;
    Ok(code)
}

/// The procedures in force, those that the desk receives most first.
async fn commonest_first(
    pages: &Pages,
    staff: &Staff,
    unit: &UnitCode,
    today: NaiveDate,
) -> Result<(Vec<Arc<Procedure>>, bool), Fault> {
    let catalogue = pages.engine.catalogue(&staff.caller().province);
    let mut all: Vec<_> = catalogue.procedures.iter_in_force(today).cloned().collect();
    let received = pages.engine.received_lately(staff.caller(), unit).await?;
    let place = |procedure: &Procedure| {
        let mut places = received.iter();
        places
            .position(|(code, _)| *code == procedure.code)
            .unwrap_or(usize::MAX)
    };
    all.sort_by_cached_key(|procedure| place(procedure));
    Ok((all, !received.is_empty()))
}

/// How many dossiers the desk took in on a day, and the list of them.
async fn received_on(
    pages: &Pages,
    staff: &Staff,
    unit: &UnitCode,
    day: NaiveDate,
) -> Result<(Markup, Option<String>), Fault> {
    let query = Happened::Received.query(unit, day);
    let received = pages.engine.count(staff.caller(), &query).await?;
    if received.number == 0 && !received.at_least {
        return Ok((staff.visit.words().t("desk.received_none"), None));
    }
    let said = match received.at_least {
        true => "desk.received_at_least",
        false => "desk.received",
    };
    let count = staff.visit.say().count(received.number);
    let said = staff.visit.words().fill(said, &[("count", count.into())]);
    Ok((said, Some(Happened::Received.address(unit, day))))
}

/// The procedures that a text may mean; accents and the order of words do not matter.
fn offered(all: &[Arc<Procedure>], query: &str) -> Vec<Arc<Procedure>> {
    let folded = fold::fold(query);
    let words: Vec<&str> = folded.split_whitespace().collect();
    let found = all.iter().filter(|procedure| {
        let name = fold::fold(&format!("{} {}", procedure.name, procedure.code));
        procedure.kind == Kind::Procedure && words.iter().all(|word| name.contains(word))
    });
    found.take(OFFERED).cloned().collect()
}

async fn draw(
    pages: &Pages,
    staff: &Staff,
    unit: &UnitCode,
    typed: &Fields,
) -> Result<DeskPage, Fault> {
    let (words, say, engine) = (staff.visit.words(), staff.visit.say(), &pages.engine);
    let now = engine.now();
    let today = time::local_day(now);
    let catalogue = engine.catalogue(&staff.caller().province);
    let (all, commonest_first) = commonest_first(pages, staff, unit, today).await?;
    let received = received_on(pages, staff, unit, today).await?;
    let query = typed.get("find").to_owned();
    let mut shown = offered(&all, &query);
    let picked = typed.get("procedure");
    let chosen = all
        .iter()
        .find(|procedure| procedure.code.as_str() == picked);
    // The chosen procedure stays in view while it matches the search. Otherwise the search chooses
    // its first result.
    let chosen = match chosen {
        Some(chosen) if query.is_empty() || shown.iter().any(|it| it.code == chosen.code) => {
            if !shown.iter().any(|it| it.code == chosen.code) {
                shown.insert(0, Arc::clone(chosen));
            }
            Some(Arc::clone(chosen))
        }
        Some(_) | None if !query.is_empty() => shown.first().cloned(),
        Some(_) | None => None,
    };
    let channel = channel(typed);
    let preview = match &chosen {
        Some(procedure) => Some(engine.preview(
            staff.caller(),
            &PreviewQuery {
                unit: Some(unit.clone()),
                receiving: None,
                received: now,
                what: PreviewOf::Procedure {
                    procedure: procedure.code.clone(),
                    case: None,
                    channel,
                },
            },
        )?),
        None => None,
    };
    let offers = shown.iter().map(|procedure| {
        let limit = procedure.default_case().limit_for(channel);
        let limit = limit.map_or_else(String::new, |limit| format!(" · {}", limit.words(say.0)));
        Offer {
            code: procedure.code.to_string(),
            name: procedure.name.clone(),
            more: format!("{} · {}{limit}", procedure.code, procedure.field),
            chosen: chosen.as_ref().is_some_and(|it| it.code == procedure.code),
        }
    });
    let came: Vec<&str> = typed.all("paper").collect();
    let components = chosen
        .iter()
        .flat_map(|procedure| procedure.components.iter().map(|it| (&procedure.code, it)));
    // Papers that the clerk has not seen yet are drawn with all required ones ticked.
    let papers_of = chosen
        .as_ref()
        .map_or_else(String::new, |it| it.code.to_string());
    let first_look = match typed.has("papers_of") {
        true => typed.get("papers_of") != papers_of,
        false => !typed.has("name"),
    };
    Ok(DeskPage {
        unit: unit.to_string(),
        received,
        commonest_first,
        problem: None,
        wrong: Vec::new(),
        duplicate: None,
        offered: offers.collect(),
        fields: person_fields(words, typed),
        components: components
            .map(|(procedure, component)| {
                let (code, rules) = (&component.code, &catalogue.papers);
                let replaced = rules.replaced_by(procedure, code, today);
                let kept = rules.not_scanned(procedure, code, today);
                let required = component.required && replaced.is_none();
                Component {
                    code: code.to_string(),
                    name: component.name.clone(),
                    required,
                    came: came.contains(&code.as_str()) || (first_look && required),
                    note: match (replaced, kept) {
                        (Some(database), _) => {
                            let database = database.to_string();
                            Some(words.fill("desk.replaced", &[("database", (&database).into())]))
                        }
                        (None, Some(why)) => Some(words.t(match why {
                            Unscanned::Shown => "desk.shown",
                            Unscanned::Verification => "desk.verification",
                            Unscanned::Secret => "desk.secret",
                        })),
                        (None, None) => None,
                    },
                }
            })
            .collect(),
        papers_of,
        incomplete: typed.get("incomplete").to_owned(),
        template_list: chosen.as_ref().is_some_and(|it| it.is_outline()),
        post: channel == Channel::Post,
        due: preview
            .as_ref()
            .and_then(|preview| preview.due)
            .map(|due| say.full_moment(due.at)),
        limit: preview
            .as_ref()
            .and_then(|preview| preview.limit)
            .map_or_else(String::new, |limit| limit.words(say.0)),
        arithmetic: preview
            .and_then(|preview| preview.explanation)
            .map_or_else(Vec::new, |explained| {
                explained.lines(say.0).into_iter().skip(1).collect()
            }),
        now: say.clock(now),
        request_id: match typed.some("request_id") {
            Some(known) if RequestId::parse(known).is_ok() => known.to_owned(),
            Some(_) | None => engine.request_id().to_string(),
        },
        frame: Frame::staff(pages, staff, Section::Desk, words.t("desk.title")),
        chosen: chosen.is_some(),
        query,
    })
}

fn channel(typed: &Fields) -> Channel {
    match typed.get("channel") {
        "post" => Channel::Post,
        _ => Channel::Desk,
    }
}

fn person_fields(words: &Words, typed: &Fields) -> Vec<Field> {
    let field = |name, label: &str, hint: &str, kind, mode, complete| Field {
        name,
        label: words.t(label),
        hint: words.t(hint),
        value: typed.raw(name).to_owned(),
        kind,
        mode,
        complete,
        wrong: None,
    };
    vec![
        field("name", "desk.name", "desk.name_hint", "text", "text", "off"),
        field(
            "id_number",
            "desk.id",
            "desk.id_hint",
            "text",
            "numeric",
            "off",
        ),
        field(
            "phone",
            "desk.phone",
            "desk.phone_hint",
            "tel",
            "tel",
            "off",
        ),
        field(
            "address",
            "desk.address",
            "desk.address_hint",
            "text",
            "text",
            "off",
        ),
    ]
}

/// Reads the applicant, and names the fields that are wrong.
fn person(typed: &Fields) -> (Person, Vec<(&'static str, &'static str)>) {
    let mut wrong = Vec::new();
    let name = fold::compose(typed.get("name"));
    if !name.chars().any(char::is_alphabetic) {
        wrong.push(("name", "desk.name_wrong"));
    }
    if name.chars().count() > Person::LONGEST_NAME {
        wrong.push(("name", "desk.name_long"));
    }
    let id = Person::read_id_number(typed.get("id_number"));
    if id.is_none() {
        wrong.push(("id_number", "desk.id_wrong"));
    }
    let phone = Person::read_phone(typed.get("phone"));
    if phone.is_none() {
        wrong.push(("phone", "desk.phone_wrong"));
    }
    let address = fold::compose(typed.get("address"));
    if address.chars().count() > Person::LONGEST_ADDRESS {
        wrong.push(("address", "desk.address_long"));
    }
    let person = Person {
        name: name.split_whitespace().collect::<Vec<_>>().join(" "),
        id_number: id.unwrap_or_default(),
        phone: phone.unwrap_or_default(),
        address,
    };
    (person, wrong)
}

async fn sent(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(unit): Path<String>,
    typed: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&typed)?;
    let unit = unit_of(&pages, &staff, &unit)?;
    let words = staff.visit.words();
    let mut page = draw(&pages, &staff, &unit, &typed).await?;
    // Every other button only redraws the page and keeps all that was typed.
    if !typed.has("accept") {
        return Ok(html(&page));
    }
    let (person, mut wrong) = person(&typed);
    let chosen = page.offered.iter().find(|offer| offer.chosen);
    let chosen = chosen.map(|offer| offer.code.clone());
    let limits = [("find", LONGEST_LINE), ("incomplete", LONGEST_TEXT)];
    let long = staff.visit.too_long(&typed, &limits);
    if chosen.is_none() && long.iter().all(|(name, _)| *name != "find") {
        wrong.insert(0, ("find", "desk.procedure_wrong"));
    }
    if let (true, Some(code)) = (wrong.is_empty() && long.is_empty(), chosen) {
        match receive(&pages, &staff, &unit, &typed, person, &code).await {
            Ok(to) => return Ok(Redirect::to(&to).into_response()),
            Err(Error::Refused {
                refusal: Refusal::PossibleDuplicate { existing },
                ..
            }) => {
                page.frame.title = words.t("desk.duplicate_title");
                page.duplicate = Some(existing);
                return Ok(answered(&page, StatusCode::CONFLICT));
            }
            Err(Error::RequestReused { .. }) => {
                // The form was gone back to, and filled in for somebody else.
                page.request_id = pages.engine.request_id().to_string();
                page.problem = Some(words.t("form.reused"));
                page.frame.title = words.t("desk.error_title");
                return Ok(answered(&page, StatusCode::CONFLICT));
            }
            Err(error @ (Error::Refused { .. } | Error::Invalid(_))) => {
                page.problem = Some(Markup::of(&match staff.visit.language {
                    Language::Vietnamese => error.vietnamese(),
                    Language::English => error.to_string(),
                }));
            }
            Err(other) => return Err(other.into()),
        }
    }
    for field in &mut page.fields {
        let found = wrong.iter().find(|(name, _)| *name == field.name);
        field.wrong = found.map(|(_, key)| words.t(key));
    }
    page.wrong = wrong
        .iter()
        .map(|(name, key)| (*name, words.t(key)))
        .chain(long)
        .collect();
    page.frame.title = words.t("desk.error_title");
    Ok(answered(&page, StatusCode::UNPROCESSABLE_ENTITY))
}

fn answered(page: &DeskPage, status: StatusCode) -> Response {
    let mut answer = html(page);
    *answer.status_mut() = status;
    answer
}

/// Takes the dossier in and returns the address of its page.
async fn receive(
    pages: &Pages,
    staff: &Staff,
    unit: &UnitCode,
    typed: &Fields,
    applicant: Person,
    procedure: &str,
) -> Result<String, Error> {
    let procedure = domain::id::ProcedureCode::parse(procedure)
        .map_err(|wrong| Error::invalid("procedure", wrong.expected))?;
    let papers = typed
        .all("paper")
        .filter_map(|code| ComponentCode::parse(code).ok());
    let papers = papers.map(|component| Paper {
        component,
        copy: PaperCopy::Original,
        count: 1,
        file: None,
        reuse: None,
    });
    let papers: Vec<Paper> = papers.collect();
    let reception = Reception {
        receiving: unit.clone(),
        channel: channel(typed),
        content: Contents {
            case: None,
            applicant,
            assisted_by: None,
            components: papers.iter().map(|paper| paper.component.clone()).collect(),
            papers,
            external_codes: Vec::new(),
            resolving: None,
            returning: None,
            duplicate_intended: typed.get("duplicate") == "second",
            circumstances: CircumstancesGiven {
                accept_incomplete: Text::new(typed.get("incomplete")),
                ..CircumstancesGiven::default()
            },
        },
    };
    let request_id = RequestId::parse(typed.get("request_id"))
        .map_err(|wrong| Error::invalid("request_id", wrong.expected))?;
    let identity = RequestIdentity {
        request_id,
        content: content("receive", typed),
    };
    let view = pages
        .engine
        .receive(staff.caller(), identity, &procedure, reception)
        .await?;
    Ok(format!("/desk/{unit}/done/{}", view.dossier.id))
}

#[derive(Template)]
#[template(path = "desk_done.html")]
struct DonePage {
    frame: Frame,
    unit: String,
    dossier: String,
    code: String,
    due: Option<String>,
    applicant: String,
    procedure: String,
    pin: String,
    phone: String,
    arithmetic: Vec<String>,
}

/// The page after reception: what to tell the citizen, and what the desk does next. It has its own
/// address, so that reloading it takes nothing in a second time.
async fn done(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path((unit, dossier)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let unit = unit_of(&pages, &staff, &unit)?;
    let name = app::view::DossierName::parse(&dossier).map_err(|_not_a_name| Fault::NoPage)?;
    let view = pages.engine.dossier(staff.caller(), &name).await?;
    let receipt = pages.engine.receipt_again(staff.caller(), &view)?;
    let say = staff.visit.say();
    let code = view.dossier.label();
    let title = staff
        .visit
        .words()
        .fill("desk.done_title", &[("code", (&code).into())]);
    let person = view.applicant.clone().unwrap_or_default();
    Ok(html(&DonePage {
        frame: Frame::staff(&pages, &staff, Section::Desk, title),
        unit: unit.to_string(),
        dossier: view.dossier.id.to_string(),
        due: view.dossier.due().map(|due| say.full_moment(due)),
        applicant: person.name,
        phone: person.phone,
        procedure: view.procedure.name.clone(),
        pin: receipt.pin,
        arithmetic: receipt.explanation.map_or_else(Vec::new, |explained| {
            explained.lines(say.0).into_iter().skip(1).collect()
        }),
        code,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(uri: &str) -> Fields {
        Fields::of(&uri.parse().unwrap())
    }

    #[test]
    fn what_is_typed_at_the_desk_is_judged_field_by_field() {
        let (_, wrong) = person(&typed("/?name=&id_number=0000412&phone=0900"));
        let names: Vec<_> = wrong.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["name", "id_number", "phone"]);
        let (person, wrong) = person(&typed(
            "/?name=N%C3%B4ng++Th%E1%BB%8B+H%C6%B0%C6%A1ng&id_number=000000+000412&phone=0900+000+412",
        ));
        assert!(wrong.is_empty());
        assert_eq!(person.name, "Nông Thị Hương");
        assert_eq!(person.id_number, "000000000412");
    }
}
