//! Proposes a few days for the calendar in force, without anybody writing its text by hand.

use chrono::NaiveDate;
use domain::calendar::DayKind;
use domain::fold;

use super::Draft;
use crate::access::Caller;
use crate::engine::Engine;
use crate::error::{Error, FieldError};
use crate::ports::Document;

/// The path of the days.
const PATH: (&str, &str) = ("calendar", "national.csv");

/// Days that an official notice has announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDays {
    /// A working day that is off, and why.
    pub off: Option<(NaiveDate, DayKind)>,
    /// A weekend day that is worked.
    pub make_up: Option<NaiveDate>,
    /// The name of the day off.
    pub name: String,
    /// The notice.
    pub source: String,
}

impl Engine {
    /// Proposes the calendar in force with a few more days. A day that was only provisional becomes
    /// official.
    ///
    /// Errors: as of every proposal; the days must name their notice.
    pub async fn propose_days(
        &self,
        caller: &Caller,
        days: &NewDays,
        reason: &str,
    ) -> Result<Document, Error> {
        let mut wrong = Vec::new();
        if days.source.trim().is_empty() {
            wrong.push(FieldError::new("source", "must name the official notice"));
        }
        if days.off.is_some() && days.name.trim().is_empty() {
            wrong.push(FieldError::new("name", "must name the day off"));
        }
        if days.off.is_none() && days.make_up.is_none() {
            wrong.push(FieldError::new("off", "expected a day"));
        }
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        let base = self.catalogue(&caller.province);
        let text = base.text(PATH.0, PATH.1).unwrap_or_default();
        let draft = Draft {
            path: format!("{}/{}", PATH.0, PATH.1),
            text: with_days(text, days),
            reason: reason.to_owned(),
        };
        self.propose_document(caller, draft).await
    }
}

/// A calendar's text with these days, each in place of what the text said of the day before.
fn with_days(text: &str, days: &NewDays) -> String {
    let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
    let source = cell(&days.source);
    let off = days.off.map(|(day, kind)| {
        let kind = match kind {
            DayKind::Holiday => "holiday",
            DayKind::SwapOff => "swap_off",
            DayKind::Compensatory => "compensatory",
            DayKind::MakeUp => "make_up",
        };
        (day, kind, cell(&days.name))
    });
    let make_up = days.make_up.map(|day| {
        let name = match days.off {
            Some((off, _)) => format!("Làm bù cho {}", off.format("%d/%m/%Y")),
            None => "Làm bù".to_owned(),
        };
        (day, "make_up", name)
    });
    for (day, kind, name) in off.into_iter().chain(make_up) {
        let before = format!("{day},");
        lines.retain(|line| {
            let is_limit = line.contains(",first_day,") || line.contains(",last_day,");
            is_limit || !line.starts_with(&before)
        });
        lines.push(format!("{day},{kind},{name},{source},confirmed"));
    }
    lines.join("\n") + "\n"
}

/// One cell of a line: composed, on one line, quoted where it must be.
fn cell(text: &str) -> String {
    let text = fold::compose(text);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.contains([',', '"']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn an_official_day_takes_the_place_of_the_provisional_one() {
        let before = "date,kind,name,source,mark\n2027-12-31,last_day,x,y,confirmed\n\
                      2027-02-04,holiday,Tết,mùng 1,provisional\n";
        let days = NewDays {
            off: Some((day("2027-02-04"), DayKind::Holiday)),
            make_up: Some(day("2027-02-13")),
            name: "Tết Nguyên đán".to_owned(),
            source: "12/TB-BNV, ngày 01/12/2026".to_owned(),
        };
        assert_eq!(
            with_days(before, &days),
            "date,kind,name,source,mark\n2027-12-31,last_day,x,y,confirmed\n\
             2027-02-04,holiday,Tết Nguyên đán,\"12/TB-BNV, ngày 01/12/2026\",confirmed\n\
             2027-02-13,make_up,Làm bù cho 04/02/2027,\"12/TB-BNV, ngày 01/12/2026\",confirmed\n"
        );
    }
}
