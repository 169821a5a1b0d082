//! Sheets of reports: a layout, which is data, filled with the numbers of a report, as a workbook and as
//! HTML that prints on A4 across.

mod bars;
mod fill;
mod heads;
mod html;
mod layout;
mod xlsx;

pub use fill::{Filled, Line, Shown};
pub use layout::{InvalidLayout, Layout, LayoutColumn, Layouts, Report, Rows, Sourced};
