//! The frame of every page: title, navigation bar and foot.

use app::access::Method;
use askama::Template;
use axum::response::{IntoResponse, Response};
use domain::dossier::Action;
use domain::id::UnitCode;
use domain::role::Role;
use http::StatusCode;
use http::header::CONTENT_TYPE;

use crate::Pages;
use crate::assets::Asset;
use crate::visit::{CHOOSE_UNIT, Staff, Visit};
use crate::words::{Markup, Words};

/// The section of the product that a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The pending dossiers of a unit.
    Overview,
    /// The desk.
    Desk,
    /// The whole province.
    Province,
    /// Procedures and calendars.
    Catalogue,
    /// Units, people and imports.
    Setup,
    /// The other systems.
    Portal,
    /// No section of the bar.
    Elsewhere,
}

/// The frame of a page.
pub struct Frame {
    /// The texts.
    pub w: &'static Words,
    /// The title of the browser tab, with the state first.
    pub title: Markup,
    /// The name in the bar: the caller's unit; empty on public pages.
    pub brand: String,
    /// The address that the name in the bar leads to.
    pub home: String,
    /// The links of the bar; empty for a visitor who is not signed in.
    pub nav: Vec<Link>,
    /// The units of a person who works for several; empty for all others.
    pub units: Vec<Link>,
    /// The name of the person who is signed in; empty if nobody is.
    pub who: String,
    /// The token that forms send back, against forged forms.
    pub csrf: String,
    /// The address of the same page in the other language.
    pub other_language: String,
    /// The address of this page itself.
    pub here: String,
    /// Whether all data is made up.
    pub demo: bool,
    /// Whether the bar has a field for searching.
    pub finds: bool,
    /// Its text.
    pub searched: String,
}

/// A link of the bar.
pub struct Link {
    /// The address.
    pub href: String,
    /// The text.
    pub label: Markup,
    /// Whether the link leads to the present section.
    pub current: bool,
}

impl Frame {
    /// The frame of a public page.
    #[must_use]
    pub fn public(pages: &Pages, visit: &Visit, title: Markup) -> Self {
        Self {
            w: visit.words(),
            title,
            brand: String::new(),
            home: "/lookup".to_owned(),
            nav: Vec::new(),
            units: Vec::new(),
            who: String::new(),
            csrf: visit.csrf(),
            other_language: visit.in_other_language(),
            here: visit
                .uri
                .path_and_query()
                .map_or_else(String::new, ToString::to_string),
            demo: !pages.settings.demo.is_empty(),
            finds: false,
            searched: String::new(),
        }
    }

    /// The frame of a page for a signed-in person.
    #[must_use]
    pub fn staff(pages: &Pages, staff: &Staff, place: Section, title: Markup) -> Self {
        let caller = staff.caller();
        let catalogue = pages.engine.catalogue(&caller.province);
        let unit = caller.units.first();
        let name = |unit: &UnitCode| catalogue.units.get(unit).map(|unit| unit.name.clone());
        Self {
            brand: unit.and_then(name).unwrap_or_default(),
            home: home(staff),
            nav: nav(staff, place),
            units: units(&caller.units, |unit| name(unit).unwrap_or_default()),
            who: staff.signed_in.official.full_name.clone(),
            finds: caller.may(Method::SearchDossiers),
            ..Self::public(pages, &staff.visit, title)
        }
    }

    /// The address of the style sheet.
    #[must_use]
    pub fn sheet(&self) -> &'static str {
        Asset::Sheet.path()
    }

    /// The address of our script.
    #[must_use]
    pub fn keys(&self) -> &'static str {
        Asset::Keys.path()
    }

    /// The address of the icon.
    #[must_use]
    pub fn icon(&self) -> &'static str {
        Asset::Icon.path()
    }

    /// The language tag of the page.
    #[must_use]
    pub fn lang(&self) -> &'static str {
        match self.w.language {
            domain::language::Language::Vietnamese => "vi",
            domain::language::Language::English => "en",
        }
    }

    /// The language tag of the other language.
    #[must_use]
    pub fn other_lang(&self) -> &'static str {
        match self.w.language {
            domain::language::Language::Vietnamese => "en",
            domain::language::Language::English => "vi",
        }
    }
}

/// The first page of a signed-in person.
#[must_use]
pub fn home(staff: &Staff) -> String {
    let caller = staff.caller();
    match caller.units.first() {
        Some(unit) if caller.roles().any(|role| role == Role::Receptionist) => {
            format!("/desk/{unit}")
        }
        Some(_) if caller.roles().any(|role| role == Role::Province) => "/province".to_owned(),
        Some(_) if caller.roles().any(|role| role == Role::Admin) => "/setup".to_owned(),
        Some(unit) if caller.may(Method::ListWorklist) => format!("/units/{unit}"),
        Some(_) | None => "/lookup".to_owned(),
    }
}

/// The units to choose from, by name.
fn units(own: &[UnitCode], name: impl Fn(&UnitCode) -> String) -> Vec<Link> {
    if own.len() < 2 {
        return Vec::new();
    }
    let mut named: Vec<(String, &UnitCode)> = own.iter().map(|unit| (name(unit), unit)).collect();
    named.sort_by_key(|(name, _)| domain::fold::fold(name));
    let links = named.into_iter().map(|(name, unit)| Link {
        href: format!("/unit/{unit}"),
        label: Markup::of(&name),
        current: own.first() == Some(unit),
    });
    links.collect()
}

/// Where a person comes first: whoever works for several units and has chosen none, to the choice.
#[must_use]
pub fn entrance(staff: &Staff, has_chosen: bool) -> String {
    if staff.caller().units.len() > 1 && !has_chosen {
        return CHOOSE_UNIT.to_owned();
    }
    home(staff)
}

/// The sections that the access table opens to the caller's role.
fn nav(staff: &Staff, place: Section) -> Vec<Link> {
    let caller = staff.caller();
    let words = staff.visit.words();
    let mut links = Vec::new();
    let mut add = |is_open: bool, href: String, label: Markup, of: Section| {
        if is_open {
            links.push(Link {
                href,
                label,
                current: of == place,
            });
        }
    };
    let sees = caller.may(Method::ListWorklist);
    let overview = caller.units.first().map(|unit| format!("/units/{unit}"));
    add(
        sees,
        overview.unwrap_or_default(),
        words.t("nav.overview"),
        Section::Overview,
    );
    let desk = caller
        .units
        .first()
        .filter(|unit| unit.as_str() != unit.level_one());
    if let Some(unit) = desk {
        let receives = caller.may(Method::Act(Action::Receive));
        add(
            receives,
            format!("/desk/{unit}"),
            words.t("nav.desk"),
            Section::Desk,
        );
    }
    let whole = caller.reaches_province() && caller.may(Method::GetRates);
    let label = words.t("nav.province");
    add(whole, "/province".to_owned(), label, Section::Province);
    let reads = caller.may(Method::ReadCatalogue);
    let label = words.t("nav.catalogue");
    add(reads, "/procedures".to_owned(), label, Section::Catalogue);
    let looks_after = caller.role == Role::Admin && caller.reaches_province();
    let label = words.t("nav.setup");
    add(looks_after, "/setup".to_owned(), label, Section::Setup);
    let looks_after = caller.reaches_province() && caller.may(Method::ListParcels);
    let label = words.t("nav.portal");
    add(looks_after, "/portal".to_owned(), label, Section::Portal);
    links
}

/// A rendered page as an answer.
pub fn html(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => ([(CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "a template could not be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
