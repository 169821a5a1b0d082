//! The legal forms of a dossier and the lists of a desk, printed: one way for the pages and for the wire. Printing
//! does not change a dossier; each print of a form is counted, so that a repeated one says so.

mod desk_list;
mod letter;
mod names;
mod receipt;

pub use documents::forms::Kind;
use documents::forms::{Filled, Form, Forms};
use domain::id::{ProvinceCode, RequestId};
use domain::time;

use crate::access::{self, Caller, Method};
use crate::accounts::Directory;
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::{Print, PrintedForm};
use crate::view::{DossierName, View};
use letter::Letter;

pub use desk_list::{DeskList, ListSheet};
pub use names::{component_name, lower_first, tells};

/// Names are read of so many people at most.
const MOST_PEOPLE: u32 = 100_000;

/// A form of a dossier on paper.
#[derive(Debug, Clone)]
pub struct FormSheet {
    /// The dossier.
    pub view: View,
    /// The version of the form.
    pub form: Form,
    /// Which print it is.
    pub print: Print,
    /// The form as one HTML article.
    pub article: String,
}

impl FormSheet {
    /// The form as a whole HTML document, for software that prints without our pages.
    #[must_use]
    pub fn whole_page(&self) -> String {
        let title = format!("{} – {}", self.form.title, self.view.dossier.label());
        documents::whole_page(&title, &self.article)
    }
}

impl Engine {
    /// Prints a form of a dossier, once more or for the first time. `site` is the address of the pages that the
    /// codes on paper lead to.
    ///
    /// The same request is the same print. Errors: [`Error::NotFound`] when nothing has happened that the form
    /// tells; for a receipt those of [`Engine::print_receipt`].
    pub async fn print_form(
        &self,
        caller: &Caller,
        name: &DossierName,
        kind: Kind,
        site: &str,
        request_id: RequestId,
    ) -> Result<FormSheet, Error> {
        access::check_role(caller, Method::PrintForm)?;
        let site = site.trim_end_matches('/');
        if kind == Kind::Receipt {
            return self.print_slip(caller, name, site, request_id).await;
        }
        let nothing = || Error::NotFound {
            what: "form",
            name: format!("{} of {name}", kind.as_str()),
        };
        let view = self.dossier(caller, name).await?;
        let history = self.history(caller, name).await?;
        let directory = self.officials(&caller.province).await?;
        let catalogue = self.catalogue(&view.dossier.province);
        let letter = Letter::of(view, history, kind, directory, catalogue);
        let letter = letter.ok_or_else(nothing)?;
        let (forms, form) = self.form(kind, &letter.view, letter.record().event_time)?;
        let printed = PrintedForm {
            kind: kind.as_str(),
            version: letter.record().version,
        };
        let print = self
            .count_print(caller, &letter.view, printed, request_id)
            .await?;
        let filled = letter.filled(form.clone(), &print, site);
        let article = drawn(&forms, filled.ok_or_else(nothing)?.as_ref())?;
        Ok(FormSheet {
            view: letter.view,
            form,
            print,
            article,
        })
    }

    async fn print_slip(
        &self,
        caller: &Caller,
        name: &DossierName,
        site: &str,
        request_id: RequestId,
    ) -> Result<FormSheet, Error> {
        let sheet = self.print_receipt(caller, name, request_id).await?;
        let directory = self.officials(&caller.province).await?;
        let received = sheet.view.dossier.received.unwrap_or(sheet.print.at);
        let (forms, form) = self.form(Kind::Receipt, &sheet.view, received)?;
        let slip = receipt::filled(&sheet, form.clone(), &directory, site);
        let slip = slip.ok_or_else(|| Error::NotFound {
            what: "form",
            name: name.to_string(),
        })?;
        Ok(FormSheet {
            article: drawn(&forms, &slip)?,
            view: sheet.view,
            form,
            print: sheet.print,
        })
    }

    /// The version of a form for a dossier at a moment, among all forms of the catalogue in use. The server
    /// refuses to start with others.
    fn form(
        &self,
        kind: Kind,
        view: &View,
        at: domain::time::Instant,
    ) -> Result<(Forms, Form), Error> {
        let catalogue = self.catalogue(&view.dossier.province);
        let forms = Forms::of(&catalogue).map_err(|fault| Error::Internal(Box::new(fault)))?;
        let form = forms.on(kind, Some(&view.dossier.procedure), time::local_day(at));
        let form = form.cloned().ok_or_else(|| Error::NotFound {
            what: "form",
            name: kind.as_str().to_owned(),
        })?;
        Ok((forms, form))
    }

    /// What the officials of a province are called.
    async fn officials(&self, province: &ProvinceCode) -> Result<Directory, Error> {
        let read = self.context.store.read().await?;
        let accounts = read.users(province, None, MOST_PEOPLE).await?;
        Ok(Directory::of(&accounts))
    }
}

fn drawn(forms: &Forms, filled: &dyn Filled) -> Result<String, Error> {
    forms
        .drawn(filled)
        .map_err(|error| Error::Internal(Box::new(error)))
}
