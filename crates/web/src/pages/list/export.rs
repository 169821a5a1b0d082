//! A list as a file: exactly the rows of its address, in their order, all pages.

use std::sync::Arc;

use app::worklist::Whose;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use documents::list::ListSheet;
use domain::time;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::{Filter, ListContext, heading, unit_of};
use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::rows::Rows;
use crate::visit::Staff;

/// The most rows of a file. Nobody reads a longer list; `motcua export` writes everything.
const MOST_ROWS: usize = 10_000;

pub async fn csv(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(unit): Path<String>,
) -> Result<Response, Fault> {
    let (name, sheet) = sheet(&pages, &staff, &unit).await?;
    Ok(csv_file(&sheet, &name))
}

/// The sheet as a CSV file.
pub fn csv_file(sheet: &ListSheet, name: &str) -> Response {
    file(sheet.csv(), "text/csv; charset=utf-8", name, "csv")
}

pub async fn xlsx(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(unit): Path<String>,
) -> Result<Response, Fault> {
    let (name, sheet) = sheet(&pages, &staff, &unit).await?;
    xlsx_file(&sheet, &name)
}

/// The sheet as a workbook.
pub fn xlsx_file(sheet: &ListSheet, name: &str) -> Result<Response, Fault> {
    let book = sheet
        .xlsx()
        .map_err(|error| Fault::App(app::Error::Internal(Box::new(error))))?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file(book, kind, name, "xlsx"))
}

fn file(bytes: Vec<u8>, kind: &'static str, name: &str, ending: &str) -> Response {
    let saved = format!("attachment; filename=\"{name}.{ending}\"");
    (
        [
            (CONTENT_TYPE, kind.to_owned()),
            (CONTENT_DISPOSITION, saved),
        ],
        bytes,
    )
        .into_response()
}

async fn sheet(pages: &Pages, staff: &Staff, unit: &str) -> Result<(String, ListSheet), Fault> {
    let (engine, caller) = (&pages.engine, staff.caller());
    let catalogue = engine.catalogue(&caller.province);
    let (unit, unit_name) = unit_of(&catalogue, unit)?;
    let filter = Filter::read(&Fields::of(&staff.visit.uri));
    let whose = Whose {
        unit: Some(unit.clone()),
        ..Whose::default()
    };
    let directory = pages.accounts.directory(&caller.province).await?;
    let (words, say, now) = (staff.visit.words(), staff.visit.say(), engine.now());
    let ground = ListContext {
        engine,
        directory: &directory,
        catalogue: &catalogue,
        words,
    };
    let rows = Rows {
        engine,
        caller,
        directory: &directory,
        words,
        say,
        now,
    };
    let mut query = filter.whole(whose);
    let mut lines = Vec::new();
    loop {
        let page = engine.worklist(caller, query.clone()).await?;
        lines.extend(page.items.iter().map(|view| rows.plain(view)));
        if page.next.is_empty() || lines.len() >= MOST_ROWS {
            break;
        }
        query.page.token = page.next;
    }
    let said = filter.parts();
    let said: Vec<_> = said.iter().map(|part| ground.part(part, None)).collect();
    let as_of = format!("{}, {}", say.clock(now), say.date(time::local_day(now)));
    let about = words.fill(
        "list.only_print",
        &[
            ("unit", (&unit_name).into()),
            ("what", (&heading(words, &said)).into()),
            ("time", as_of.into()),
        ],
    );
    let titles = Rows::PLAIN.map(|key| words.t(key).plain());
    let day = time::local_day(now).format("%Y%m%d");
    let sheet = ListSheet {
        title: words.t("list.sheet").plain(),
        about: about.plain(),
        columns: titles.to_vec(),
        rows: lines,
    };
    Ok((format!("ho-so-{unit}-{day}"), sheet))
}
