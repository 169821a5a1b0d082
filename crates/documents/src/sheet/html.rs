//! A sheet as one HTML article that prints on A4 landscape.

use askama::Template;

use super::fill::{CellValue, FilledSheet, SheetRow};
use super::heads::{self, Head};
use super::layout::Layout;

#[derive(Template)]
#[template(path = "sheet.html")]
struct Article<'a> {
    sheet: &'a FilledSheet<'a>,
    heads: Vec<Vec<Head>>,
    marked: bool,
}

#[derive(Template)]
#[template(path = "sheet_page.html")]
struct Page<'a> {
    title: String,
    article: &'a str,
    style: &'static str,
}

impl FilledSheet<'_> {
    /// Renders the article.
    #[must_use]
    pub fn html(&self) -> String {
        let columns = &self.layout.columns;
        let mut rows: Vec<Vec<Head>> = vec![Vec::new(); heads::depth(columns).into()];
        for head in heads::merged(columns) {
            rows[usize::from(head.row)].push(head);
        }
        let article = Article {
            sheet: self,
            heads: rows,
            marked: columns.iter().any(|column| !column.mark.is_empty()),
        };
        article.render().expect("writing to memory does not fail")
    }

    /// Renders a whole page, with everything that printing needs.
    #[must_use]
    pub fn page(&self) -> String {
        let page = Page {
            title: format!("{} – {} – {}", self.layout.number, self.whose, self.period),
            article: &self.html(),
            style: include_str!("../../templates/sheet.css"),
        };
        page.render().expect("writing to memory does not fail")
    }
}

/// A cell as the template draws it.
pub(super) struct Drawn<'l> {
    class: &'static str,
    words: String,
    link: Option<&'l str>,
}

impl SheetRow {
    /// The cells, each with its address.
    fn linked(&self, layout: &Layout) -> Vec<Drawn<'_>> {
        let links = self.links.iter().map(Option::as_deref);
        let links = links.chain(std::iter::repeat(None));
        let cells = self.cells.iter().zip(&layout.columns).zip(links);
        cells
            .map(|((cell, column), link)| Drawn {
                class: match (cell, column.value.as_str()) {
                    (CellValue::Text(_), "ordinal" | "item") => "mid",
                    (CellValue::Text(_), _) => "txt",
                    _ => "n",
                },
                words: cell.words(),
                link,
            })
            .collect()
    }
}
