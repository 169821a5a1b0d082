//! Reads a TOML file: turns spans into lines and collects faults.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use toml::Spanned;

use super::{Fault, SourceFile, fault};

/// A file with the faults found in it so far.
pub(crate) struct Reading<'a> {
    pub file: &'a SourceFile,
    faults: &'a mut Vec<Fault>,
    /// Where each line starts.
    starts: Vec<usize>,
}

impl<'a> Reading<'a> {
    pub fn new(file: &'a SourceFile, faults: &'a mut Vec<Fault>) -> Self {
        let after_breaks = file.text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            file,
            faults,
            starts: std::iter::once(0).chain(after_breaks).collect(),
        }
    }

    /// The line a span begins on.
    pub fn line(&self, span: &Range<usize>) -> usize {
        self.starts.partition_point(|start| *start <= span.start)
    }

    pub fn fault(&mut self, span: &Range<usize>, reason: impl fmt::Display) {
        let line = self.line(span);
        self.faults.push(fault(self.file, line, reason));
    }

    pub fn parse<T>(&mut self, key: &str, text: &Spanned<String>) -> Option<T>
    where
        T: FromStr<Err: fmt::Display>,
    {
        match text.get_ref().parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(&text.span(), format!("{key}: {error}"));
                None
            }
        }
    }

    /// Like [`Self::parse`]; an absent key is no fault.
    pub fn parse_if_given<T>(&mut self, key: &str, text: Option<&Spanned<String>>) -> Option<T>
    where
        T: FromStr<Err: fmt::Display>,
    {
        text.and_then(|text| self.parse(key, text))
    }

    /// The text, which may not be blank.
    pub fn text(&mut self, key: &str, text: &Spanned<String>) -> String {
        if text.get_ref().trim().is_empty() {
            self.fault(&text.span(), format!("{key} is empty"));
        }
        text.get_ref().trim().to_owned()
    }
}
