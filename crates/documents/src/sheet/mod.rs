//! Sheets of reports. A layout, which is data, is filled with the numbers of a report, and becomes
//! a workbook or HTML that prints on A4 landscape.

mod bars;
mod fill;
mod heads;
mod html;
mod layout;
mod xlsx;

pub use fill::{CellValue, FilledSheet, SheetRow};
pub use layout::{InvalidLayout, Layout, LayoutColumn, Layouts, Report, Rows, Sourced};
