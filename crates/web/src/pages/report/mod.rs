//! `/units/{unit}/report/{sheet}`: the statistical reports in print form, and the dossiers behind
//! each number.

mod behind;
mod period;

use std::sync::Arc;

use app::access::Method;
use app::report::{RateUnits, RatesQuery, UnitBasis};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use documents::sheet::{CellValue, FilledSheet, Layout, Layouts, Report, Rows};
use domain::catalogue::Catalogue;
use domain::id::UnitCode;
use domain::indicator::{I766, Ii06a, MEMO, Number, Value};
use domain::language::Language;
use domain::time;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use self::period::{Asked, Choice, Download};
use crate::Pages;
use crate::fault::Fault;
use crate::frame::{Frame, Section, html};
use crate::pages::list::export::csv_file;
use crate::visit::Staff;
use crate::words::Markup;

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route("/units/{unit}/report/{sheet}", get(show))
        .route("/units/{unit}/report/{sheet}/dossiers", get(behind::show))
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    frame: Frame,
    path: String,
    sheets: Vec<Choice>,
    months: Vec<Choice>,
    from: String,
    to: String,
    query: String,
    article: Markup,
    memo: Vec<Beside>,
}

/// A number beside the form.
struct Beside {
    title: String,
    count: String,
    definition: &'static str,
    href: Option<String>,
}

/// A report as the address asks for it.
struct Looked {
    layout: Layout,
    unit: UnitCode,
    name: String,
    query: RatesQuery,
}

impl Looked {
    fn of(
        pages: &Pages,
        staff: &Staff,
        unit: &str,
        sheet: &str,
        asked: &Asked,
    ) -> Result<Self, Fault> {
        let engine = &pages.engine;
        let code = UnitCode::parse(unit).map_err(|_not_a_unit| Fault::NoPage)?;
        let catalogue = engine.catalogue(&staff.caller().province);
        let named = catalogue.units.get(&code).ok_or(Fault::NoPage)?;
        let today = time::local_day(engine.now());
        let (from, to) = asked.days(today)?;
        let layouts = sheets(&catalogue)?;
        let layout = layouts.on(sheet, to).ok_or(Fault::NoPage)?.clone();
        Ok(Self {
            layout,
            name: named.name.clone(),
            query: RatesQuery {
                units: RateUnits::One(code.clone()),
                from,
                to,
                as_of: None,
                basis: UnitBasis::Recorded,
            },
            unit: code,
        })
    }

    /// The address of the dossiers behind a number; none for a number without them.
    fn behind(&self, unit: &str, number: &str, field: Option<&str>) -> Option<String> {
        self.addressed(unit, number, &[("field", field)])
    }

    fn addressed(&self, unit: &str, number: &str, more: &[(&str, Option<&str>)]) -> Option<String> {
        Number::named(number)?;
        let mut query = form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("number", number)
            .append_pair("from", &self.query.from.to_string())
            .append_pair("to", &self.query.to.to_string());
        for (name, value) in more {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        let sheet = &self.layout.id;
        Some(format!(
            "/units/{unit}/report/{sheet}/dossiers?{}",
            query.finish()
        ))
    }

    /// Links each number above 0 to its dossiers.
    fn link(&self, filled: &mut FilledSheet<'_>, form: &Ii06a) {
        let by_field = self.layout.rows == Rows::Fields && form.units.len() == 1;
        for (at, line) in filled.lines.iter_mut().enumerate() {
            let unit = match form.units.get(at) {
                Some(unit) if !by_field && !line.is_total => unit.unit.clone(),
                Some(_) | None => self.unit.to_string(),
            };
            let field = form
                .total
                .fields
                .get(at)
                .filter(|_| by_field && !line.is_total);
            let field = field.map(|field| field.field.as_str());
            let columns = self.layout.columns.iter();
            line.links = columns
                .zip(&line.cells)
                .map(|(column, cell)| match cell {
                    CellValue::Number(number) if *number > 0.0 => {
                        self.behind(&unit, &column.value, field)
                    }
                    _ => None,
                })
                .collect();
        }
    }

    /// Links both numbers of each item of the index.
    fn link_items(&self, filled: &mut FilledSheet<'_>, index: &I766) {
        for (line, item) in filled.lines.iter_mut().zip(&index.total.items) {
            let columns = self.layout.columns.iter();
            line.links = columns
                .zip(&line.cells)
                .map(|(column, cell)| {
                    let whole = match (column.value.as_str(), cell) {
                        ("num", CellValue::Number(number)) if *number > 0.0 => None,
                        ("den", CellValue::Number(number)) if *number > 0.0 => Some("1"),
                        _ => return None,
                    };
                    self.addressed(self.unit.as_str(), item.item, &[("whole", whole)])
                })
                .collect();
        }
    }
}

async fn show(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path((unit, sheet)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let asked = Asked::of(&staff.visit.uri);
    let looked = Looked::of(&pages, &staff, &unit, &sheet, &asked)?;
    let query = looked.query.clone();
    let method = match looked.layout.report {
        Report::Ii06a => Method::GetIi06a,
        Report::I766 => Method::GetI766,
    };
    let counted = pages
        .engine
        .statistics(staff.caller(), method, query)
        .await?;
    let form = counted.ii06a();
    let index = counted.i766();
    let filled = match looked.layout.report {
        Report::Ii06a => {
            let mut filled = FilledSheet::ii06a(&looked.layout, &form, &looked.name);
            if asked.download.is_none() {
                looked.link(&mut filled, &form);
            }
            filled
        }
        Report::I766 => {
            let mut filled = FilledSheet::i766(&looked.layout, &index, &looked.name);
            if asked.download.is_none() {
                looked.link_items(&mut filled, &index);
            }
            filled
        }
    };
    match asked.download {
        Some(Download::Workbook) => return workbook(&filled),
        Some(Download::List) => return Ok(csv_file(&filled.list(), &filled.layout.id)),
        None => {}
    }
    let words = staff.visit.words();
    let path = format!("/units/{unit}/report/{sheet}");
    let today = time::local_day(pages.engine.now());
    let (from, to) = (looked.query.from, looked.query.to);
    let sheets = sheets(&pages.engine.catalogue(&staff.caller().province))?;
    let sheets = sheets.on_day(to).map(|layout| Choice {
        href: format!("/units/{unit}/report/{}?from={from}&to={to}", layout.id),
        label: Markup::of(&layout.number),
        current: layout.id == sheet,
    });
    let memo = match looked.layout.report {
        Report::Ii06a => beside(&looked, &form, staff.visit.language),
        Report::I766 => Vec::new(),
    };
    let title = words.fill(
        "report.title",
        &[("number", looked.layout.number.as_str().into())],
    );
    Ok(html(&ReportPage {
        frame: Frame::staff(&pages, &staff, Section::Elsewhere, title),
        sheets: sheets.collect(),
        months: period::months(&path, today, from, to),
        query: format!("from={from}&to={to}"),
        from: from.to_string(),
        to: to.to_string(),
        article: Markup::made(filled.html()),
        memo,
        path,
    }))
}

/// The numbers beside the form, without those that are 0.
fn beside(looked: &Looked, form: &Ii06a, language: Language) -> Vec<Beside> {
    let columns = MEMO.iter().filter_map(|column| {
        let count = match (column.value)(&form.total.memo) {
            Value::Count(0) => return None,
            Value::Rate(rate) if rate.den == 0 => return None,
            Value::Count(count) => count.to_string(),
            Value::Rate(rate) => format!("{}/{}", rate.num, rate.den),
            Value::Text(_) | Value::Flag(_) | Value::Number(_) => return None,
        };
        Some(Beside {
            title: column.title(language).to_owned(),
            count,
            definition: column.definition(language),
            href: looked.behind(looked.unit.as_str(), column.name, None),
        })
    });
    columns.collect()
}

/// The sheets of a catalogue.
fn sheets(catalogue: &Catalogue) -> Result<Layouts, Fault> {
    Layouts::of(catalogue).map_err(|fault| Fault::App(app::Error::Internal(Box::new(fault))))
}

/// The workbook as a file to keep.
fn workbook(filled: &FilledSheet<'_>) -> Result<Response, Fault> {
    let book = filled.xlsx().map_err(|error| {
        tracing::error!(%error, "a workbook could not be made");
        Fault::App(app::Error::Internal(Box::new(error)))
    })?;
    let name = format!("attachment; filename=\"{}.xlsx\"", filled.layout.id);
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok((
        [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)],
        book,
    )
        .into_response())
}
