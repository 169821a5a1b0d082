//! The forms of the one-stop shop: number, title and layout by day and by procedure. All three are
//! data of the catalogue, because regulations have changed them and will change them again.

use chrono::NaiveDate;
use domain::catalogue::{Catalogue, Fault, SourceFile};
use domain::id::ProcedureCode;
use minijinja::{Environment, UndefinedBehavior};
use serde::Deserialize;
use toml::Spanned;

use crate::codes::Invalid;
pub use crate::form::{Filled, Form, Kind, Mark};
use crate::samples;

/// Why a form could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum NotDrawn {
    /// A code has no picture.
    #[error(transparent)]
    Code(#[from] Invalid),
    /// The layout is missing or wrong.
    #[error("the layout of a form cannot be used")]
    Layout(#[from] minijinja::Error),
}

/// All versions of all forms, with their layouts.
#[derive(Debug, Clone)]
pub struct Forms {
    forms: Vec<Form>,
    layouts: Environment<'static>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    form: Vec<Spanned<Form>>,
}

/// The folder of the catalogue.
const FOLDER: &str = "forms";

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../catalogue/forms/", $name)))),*]
    };
}

/// The shipped files.
const SHIPPED: [(&str, &str); 14] = shipped![
    "forms.toml",
    "apology.html",
    "codes.html",
    "control.html",
    "hand_over.html",
    "head.html",
    "leader.html",
    "letterhead.html",
    "refusal.html",
    "register.html",
    "result.html",
    "slip.html",
    "stop.html",
    "supplement.html",
];

impl Forms {
    /// The forms of a catalogue: each file of its folder `forms`, and those of the shipped ones whose
    /// name no file there has.
    ///
    /// Errors: the first file that cannot be used, its line, and why.
    pub fn of(catalogue: &Catalogue) -> Result<Self, Fault> {
        let mut files: Vec<(String, SourceFile)> = Vec::new();
        for file in catalogue.files(FOLDER) {
            let name = file.path.rsplit(['/', '\\']).next();
            files.push((name.unwrap_or_default().to_owned(), file.clone()));
        }
        for (name, text) in SHIPPED {
            if !files.iter().any(|(own, _)| own == name) {
                let file = SourceFile {
                    path: format!("{FOLDER}/{name}"),
                    text: text.to_owned(),
                };
                files.push((name.to_owned(), file));
            }
        }
        let mut layouts = Environment::new();
        layouts.set_undefined_behavior(UndefinedBehavior::Strict);
        layouts.add_filter("begun_small", begun_small);
        let mut forms = Vec::new();
        for (name, file) in &files {
            if name.ends_with(".html") {
                let added = layouts.add_template_owned(name.clone(), file.text.clone());
                added.map_err(|error| of_layout(&files, name, &error))?;
            } else if name.ends_with(".toml") {
                listed(file, &mut forms)?;
            }
        }
        forms.sort_by_key(|form: &Form| form.from);
        let read = Self { forms, layouts };
        read.tried(&files)?;
        Ok(read)
    }

    /// The version in use on a day for a procedure: one that names the procedure goes before one for
    /// all; none before the first version.
    #[must_use]
    pub fn on(
        &self,
        kind: Kind,
        procedure: Option<&ProcedureCode>,
        day: NaiveDate,
    ) -> Option<&Form> {
        let known = || {
            let newest_first = self.forms.iter().rev();
            newest_first.filter(|form| form.kind == kind && form.from <= day)
        };
        let own = procedure.and_then(|code| known().find(|form| form.names(code)));
        own.or_else(|| known().find(|form| form.procedures.is_empty()))
    }

    /// Draws a form as one HTML article.
    pub fn drawn(&self, filled: &dyn Filled) -> Result<String, NotDrawn> {
        let layout = self.layouts.get_template(&filled.form().template())?;
        Ok(layout.render(filled.values()?)?)
    }

    /// Draws each version once with everything filled in and once with nothing that may be missing, so
    /// that a layout that names an unknown value is refused before anybody prints.
    fn tried(&self, files: &[(String, SourceFile)]) -> Result<(), Fault> {
        for form in &self.forms {
            let name = form.template();
            let layout = self.layouts.get_template(&name);
            let layout = layout.map_err(|error| of_layout(files, "forms.toml", &error))?;
            for sample in samples::of(form) {
                let drawn = layout.render(&sample);
                drawn.map_err(|error| of_layout(files, &name, &error))?;
            }
        }
        Ok(())
    }
}

/// Reads a list in the format of `catalogue/forms/forms.toml`.
fn listed(file: &SourceFile, forms: &mut Vec<Form>) -> Result<(), Fault> {
    let list: List = toml::from_str(&file.text).map_err(|error| Fault::toml(file, &error))?;
    for spanned in list.form {
        let before = file.text.get(..spanned.span().start).unwrap_or_default();
        let form = spanned.into_inner();
        let same = |it: &Form| {
            let shared = it.procedures.iter().any(|code| form.names(code));
            let alike = shared || (it.procedures.is_empty() && form.procedures.is_empty());
            it.kind == form.kind && it.from == form.from && alike
        };
        if forms.iter().any(same) {
            return Err(Fault {
                file: file.path.clone(),
                line: before.matches('\n').count() + 1,
                reason: format!(
                    "two versions of {} begin on {}; expected one a day",
                    form.kind.as_str(),
                    form.from
                ),
            });
        }
        forms.push(form);
    }
    Ok(())
}

/// A fault of the file in which the layout engine found it.
fn of_layout(files: &[(String, SourceFile)], drawn: &str, error: &minijinja::Error) -> Fault {
    // The innermost error is in the included file.
    let mut inner = error;
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(cause) = cause.downcast_ref::<minijinja::Error>() {
            inner = cause;
        }
        source = cause.source();
    }
    let name = inner.name().unwrap_or(drawn);
    let file = files.iter().find(|(own, _)| own == name);
    let detail = inner
        .detail()
        .map_or_else(String::new, |it| format!(": {it}"));
    Fault {
        file: file.map_or_else(|| name.to_owned(), |(_, file)| file.path.clone()),
        line: inner.line().unwrap_or(1),
        reason: format!("{}{detail}", inner.kind()),
    }
}

/// The text with a small first letter, as inside a sentence.
fn begun_small(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn shipped() -> Forms {
        of(&[]).unwrap()
    }

    /// The forms of a catalogue whose folder has these files.
    fn of(files: &[(&str, &str)]) -> Result<Forms, Fault> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
        let mut sources: Vec<SourceFile> = ["calendar/national.csv", "calendar/hours.csv"]
            .into_iter()
            .chain(["units/provinces.csv", "units/communes.csv"])
            .map(|path| SourceFile {
                path: path.to_owned(),
                text: std::fs::read_to_string(root.join(path)).unwrap(),
            })
            .collect();
        sources.extend(files.iter().map(|(name, text)| SourceFile {
            path: format!("forms/{name}"),
            text: (*text).to_owned(),
        }));
        let catalogue = Catalogue::parse(&sources).expect("units and days");
        Forms::of(&catalogue)
    }

    #[test]
    fn an_apology_bears_the_title_of_the_set_in_force_that_day() {
        let forms = shipped();
        let title = |on| {
            let form = forms.on(Kind::Apology, None, day(on));
            form.map(|it| it.title.as_str())
        };
        assert_eq!(title("2018-12-10"), None);
        let old = "Phiếu xin lỗi và hẹn lại ngày trả kết quả";
        assert_eq!(title("2025-09-14"), Some(old));
        assert_eq!(
            title("2025-09-15"),
            Some("Xin lỗi và đề nghị gia hạn thời gian giải quyết hồ sơ")
        );
        // The texts of civil status kept the old one.
        let marriage = ProcedureCode::parse("1.000894").unwrap();
        let form = forms.on(Kind::Apology, Some(&marriage), day("2026-08-03"));
        assert_eq!(form.map(|it| it.title.as_str()), Some(old));
    }

    #[test]
    fn a_procedure_whose_own_text_names_a_slip_gets_it() {
        let forms = shipped();
        let number = |code: &str| {
            let code = ProcedureCode::parse(code).unwrap();
            let form = forms.on(Kind::Receipt, Some(&code), day("2026-08-03"));
            form.map(|it| it.number.clone())
        };
        assert_eq!(number("1.004222").as_deref(), Some("CT04"));
        assert_eq!(number("1.001193").as_deref(), Some("01"));
    }

    #[test]
    fn the_number_of_the_control_slip_and_the_register_moved_when_the_stop_got_a_form() {
        let forms = shipped();
        let number = |kind, on: &str| {
            let form = forms.on(kind, None, day(on));
            form.map(|it| it.number.clone())
        };
        let of = |on: &str| [Kind::Stop, Kind::Control, Kind::Register].map(|it| number(it, on));
        let told = |number: &str| Some(number.to_owned());
        assert_eq!(of("2025-09-14"), [None, told("05"), told("06")]);
        assert_eq!(of("2025-09-15"), [told("05"), told("06"), told("07")]);
    }

    #[test]
    fn every_kind_of_form_is_shipped_and_drawn_full_and_empty() {
        let forms = shipped();
        for kind in Kind::ALL {
            let form = forms.on(kind, None, day("2026-11-30")).unwrap();
            let name = toml::Value::String(kind.as_str().to_owned());
            assert_eq!(
                name.try_into::<Kind>().unwrap(),
                kind,
                "as addresses name it"
            );
            for full in [true, false] {
                let sample = samples::example(form, full);
                let drawn = forms.drawn(sample.as_ref()).unwrap();
                assert!(drawn.contains("class=\"p-title\""), "{kind:?}: {drawn}");
                // The bar code says `preserveAspectRatio="none"`; no value may.
                let words = drawn.replace("\"none\"", "");
                assert!(!words.contains("none"), "{kind:?}: {drawn}");
                assert_eq!(drawn.contains("In lại lần 2"), full, "{kind:?}");
            }
        }
    }

    #[test]
    fn a_wrong_list_or_layout_is_refused_by_file_and_line() {
        let version = "[[form]]\nkind = \"slip\"\nfrom = \"2026-01-01\"\nset = \"a\"\nnumber = \"01\"\ntitle = \"b\"\nsource = \"c\"\nmark = \"titles\"\n";
        let refused = |name: &str, text: &str| {
            let fault = of(&[(name, text)]).unwrap_err();
            (fault.file, fault.line, fault.reason)
        };
        assert!(of(&[("forms.toml", version)]).is_ok());
        let (file, line, reason) = refused("forms.toml", &format!("{version}{version}"));
        assert_eq!((file.as_str(), line), ("forms/forms.toml", 9), "{reason}");
        let (_, line, _) = refused("forms.toml", &version.replace("mark =", "marks ="));
        assert_eq!(line, 8);
        let (_, line, _) = refused("forms.toml", &version.replace("\"slip\"", "\"ship\""));
        assert_eq!(line, 2);
        let (_, line, reason) = refused(
            "forms.toml",
            &format!("{version}template = \"mine.html\"\n"),
        );
        assert_eq!(line, 1, "{reason}");
        assert!(reason.contains("mine.html"), "{reason}");

        let (file, line, reason) = refused("slip.html", "<p>\n{{ applicant }}\n{{ aplicant }}\n");
        assert_eq!((file.as_str(), line), ("forms/slip.html", 3), "{reason}");
        let (file, line, _) = refused("slip.html", "<p>\n{% if due %}\n");
        assert_eq!((file.as_str(), line >= 2), ("forms/slip.html", true));
        let (file, line, _) = refused("head.html", "<p>\n\n{{ head.numbr }}\n");
        assert_eq!((file.as_str(), line), ("forms/head.html", 3));
    }

    #[test]
    fn what_a_person_typed_stays_text_in_every_layout() {
        let forms = shipped();
        let form = forms.on(Kind::Refusal, None, day("2026-11-30")).unwrap();
        let mut sample = crate::refusal::RefusalNotice {
            applicant: "<script>alert(1)</script>".to_owned(),
            ..samples::a_refusal(form)
        };
        sample.reason = "a < b & \"c\"".to_owned();
        let drawn = forms.drawn(&sample).unwrap();
        assert!(!drawn.contains("<script>"), "{drawn}");
        assert!(drawn.contains("a &lt; b &amp;"), "{drawn}");
    }
}
