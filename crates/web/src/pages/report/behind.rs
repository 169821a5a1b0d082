//! `/units/{unit}/report/{sheet}/dossiers`: exactly the dossiers behind a number.

use std::sync::Arc;

use app::page::PageQuery;
use app::statistics::BehindQuery;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::indicator::{BRIDGE, Column, II06A, ITEMS, MEMO, Number, find};
use domain::language::Language;
use domain::time::Instant;

use super::Looked;
use super::period::Asked;
use crate::Pages;
use crate::fault::Fault;
use crate::frame::{Frame, Section, html};
use crate::visit::Staff;
use crate::words::Markup;

#[derive(Template)]
#[template(path = "report_dossiers.html")]
struct BehindPage {
    frame: Frame,
    back: String,
    heading: String,
    definition: String,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Row {
    href: String,
    code: String,
    procedure: String,
    received: String,
    due: String,
    ended: String,
    count: Markup,
}

pub(super) async fn show(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path((unit, sheet)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let wanted = Asked::of(&staff.visit.uri);
    let looked = Looked::of(&pages, &staff, &unit, &sheet, &wanted)?;
    let number = Number::named(&wanted.number).ok_or(Fault::NoPage)?;
    let report = looked.query.clone();
    let (from, to) = (report.from, report.to);
    let query = BehindQuery {
        report,
        number,
        field: wanted.field.clone(),
        whole: wanted.whole,
        page: PageQuery {
            size: 0,
            token: wanted.page.clone(),
        },
    };
    let (engine, caller) = (&pages.engine, staff.caller());
    let page = engine.behind(caller, query).await?;
    let catalogue = engine.catalogue(&caller.province);
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let now = engine.now();
    let moment = |at: Option<Instant>| at.map(|at| say.moment(at, now)).unwrap_or_default();
    let rows = page.items.iter().map(|behind| {
        let dossier = &behind.dossier;
        let version = dossier.procedure_version;
        let procedure = catalogue.procedures.get(&dossier.procedure, version);
        let code = dossier.code.as_ref().map(ToString::to_string);
        Row {
            href: format!("/dossiers/{}", dossier.id),
            code: code.unwrap_or_else(|| dossier.id.to_string()),
            procedure: procedure.map_or_else(String::new, |procedure| procedure.name.clone()),
            received: moment(dossier.received),
            due: moment(dossier.due()),
            ended: moment(dossier.ended),
            count: if behind.count > 1 {
                words.fill(
                    "report.times",
                    &[("count", behind.count.to_string().into())],
                )
            } else {
                Markup::default()
            },
        }
    });
    let (title, definition) = said(&wanted.number, staff.visit.language);
    let heading = match &wanted.field {
        Some(field) => format!("{title} · {field}"),
        None => title,
    };
    let more = |token: &str| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("number", &wanted.number)
            .append_pair("from", &from.to_string())
            .append_pair("to", &to.to_string())
            .append_pair("page", token);
        if wanted.whole {
            query.append_pair("whole", "1");
        }
        if let Some(field) = &wanted.field {
            query.append_pair("field", field);
        }
        format!("?{}", query.finish())
    };
    let title = words.fill("report.behind", &[("number", heading.as_str().into())]);
    Ok(html(&BehindPage {
        frame: Frame::staff(&pages, &staff, Section::Elsewhere, title),
        back: format!("/units/{unit}/report/{sheet}?from={from}&to={to}"),
        heading,
        definition,
        rows: rows.collect(),
        next: (!page.next.is_empty()).then(|| more(&page.next)),
    }))
}

/// The title and the definition of a number.
fn said(number: &str, language: Language) -> (String, String) {
    fn of<T>(columns: &[Column<T>], name: &str, language: Language) -> Option<(String, String)> {
        let column = find(columns, name)?;
        let (title, definition) = (column.title(language), column.definition(language));
        Some((title.to_owned(), definition.to_owned()))
    }
    of(&II06A, number, language)
        .or_else(|| of(&BRIDGE, number, language))
        .or_else(|| of(&MEMO, number, language))
        .or_else(|| item(number))
        .unwrap_or_else(|| (number.to_owned(), String::new()))
}

/// The code and name of an item of the index, and its formula. They have no English.
fn item(number: &str) -> Option<(String, String)> {
    let (code, name, _, _, formula) = ITEMS.iter().find(|(code, ..)| *code == number)?;
    Some((format!("{code} {name}"), (*formula).to_owned()))
}
