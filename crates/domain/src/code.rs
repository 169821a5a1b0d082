//! Dossier codes (*mã số hồ sơ*): generated strictly, parsed leniently.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::id::{Invalid, UnitCode};

/// A code of our own: `AGENCY-YYMMDD-NNNN`, the agency being the receiving unit.
///
/// The serial is per receiving unit and local day, starts at 1, is gapless and never
/// reused. Past 9999 it grows a digit; it never wraps.
///
/// Source: Decree 61/2018/NĐ-CP, Art. 26; Circular 01/2018/TT-VPCP, Art. 19;
/// identifiers by Decision 20/2020/QĐ-TTg, Art. 4.
///
/// ```
/// # use domain::{code::DossierCode, id::UnitCode};
/// let unit = UnitCode::parse("H60.02215").unwrap();
/// let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
/// assert_eq!(DossierCode::new(&unit, day, 7).to_string(), "H60.02215-261121-0007");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DossierCode {
    agency: UnitCode,
    day: NaiveDate,
    serial: u32,
}

impl DossierCode {
    /// The code of the `serial`-th dossier that a unit received on a local day.
    #[must_use]
    pub fn new(agency: &UnitCode, day: NaiveDate, serial: u32) -> Self {
        Self {
            agency: agency.clone(),
            day,
            serial,
        }
    }

    /// A code of a unit, read back; none for a code that the unit would not have given.
    #[must_use]
    pub fn of(code: &AnyCode, agency: &UnitCode) -> Option<Self> {
        let rest = code.as_str().strip_prefix(agency.as_str())?;
        let (day, serial) = rest.strip_prefix('-')?.split_once('-')?;
        let read = Self {
            agency: agency.clone(),
            day: NaiveDate::parse_from_str(&format!("20{day}"), "%Y%m%d").ok()?,
            serial: serial.parse().ok()?,
        };
        (read.to_string() == code.as_str()).then_some(read)
    }

    /// A code of any unit, read back; none for a shape that no counter gives.
    #[must_use]
    pub fn read(code: &AnyCode) -> Option<Self> {
        let (agency, _) = code.as_str().split_once('-')?;
        Self::of(code, &UnitCode::parse(agency).ok()?)
    }

    /// The unit that numbers so.
    #[must_use]
    pub fn agency(&self) -> &UnitCode {
        &self.agency
    }

    /// The local day of reception.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    /// The number within the day.
    #[must_use]
    pub fn serial(&self) -> u32 {
        self.serial
    }
}

impl fmt::Display for DossierCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}-{:02}{:02}{:02}-{:04}",
            self.agency,
            self.day.year() % 100,
            self.day.month(),
            self.day.day(),
            self.serial
        )
    }
}

/// Any shape of dossier code seen in the field, kept as it was written.
///
/// Shapes: `000.00.12.H62-201105-0004`, `G22.99.08-260921-896048` (portal),
/// `G22.99-251225-020175`, `G09.20-20260609-0092637` (eight-digit date, seven-digit
/// serial). Beyond the shape the code is opaque: its date and serial are not trusted.
///
/// A code of any other shape has its source behind an at sign, for nobody but its source says what
/// it is: `1897C359@LIEN-THONG`, `TN.2026.001@BO-TU-PHAP`.
///
/// Scanners and people add spaces and change case, and word processors turn hyphens into dashes; all of
/// it is forgiven. Two codes that differ only in those are the same code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AnyCode(Box<str>);

impl AnyCode {
    /// The longest code, without its source: an agency of 35 characters, a date of 8, a serial of 19.
    pub const MAX_LENGTH: usize = 64;

    /// The longest name of a source.
    const MAX_SOURCE: usize = 32;

    /// Reads a code of any of the shapes.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let code: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !is_invisible(*c))
            .map(|c| {
                if is_dash(c) {
                    '-'
                } else {
                    c.to_ascii_uppercase()
                }
            })
            .collect();
        if Self::has_the_shape(&code) || Self::has_a_source(&code) {
            Ok(Self(code.into()))
        } else {
            Err(Invalid {
                text: text.chars().take(64).collect(),
                expected: "a dossier code: AGENCY-YYMMDD-NNNN or a portal's code, such as H60.02215-261121-0007; one of another shape with its source, such as 1897C359@LIEN-THONG",
            })
        }
    }

    /// Reads a code that a portal gives a dossier as its own: one of the shapes, with a day that the
    /// calendar has.
    pub fn of_a_portal(text: &str) -> Result<Self, Invalid> {
        let code = Self::parse(text)?;
        if code.source().is_none() && code.day().is_some() {
            return Ok(code);
        }
        Err(Invalid {
            text: text.chars().take(64).collect(),
            expected: "a dossier code of a portal with a day of the calendar, such as G22.99.08-260921-896048",
        })
    }

    /// The day in a code of one of the shapes; none if no calendar has it.
    fn day(&self) -> Option<NaiveDate> {
        let day = self.0.split('-').nth(1)?;
        let whole = if day.len() == 6 {
            format!("20{day}")
        } else {
            day.to_owned()
        };
        NaiveDate::parse_from_str(&whole, "%Y%m%d").ok()
    }

    /// Where a code of another shape comes from; none for a code of one of the shapes.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.0.split_once('@').map(|(_, source)| source)
    }

    /// The code in capitals without spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn has_a_source(code: &str) -> bool {
        let plain = |part: &str, most: usize, marks: &[u8]| {
            let fits = |b: u8| b.is_ascii_alphanumeric() || marks.contains(&b);
            let letters = part.bytes().any(|b| b.is_ascii_alphanumeric());
            letters && part.len() <= most && part.bytes().all(fits)
        };
        code.split_once('@').is_some_and(|(code, source)| {
            plain(code, Self::MAX_LENGTH, b".-_/") && plain(source, Self::MAX_SOURCE, b".-")
        })
    }

    fn has_the_shape(code: &str) -> bool {
        let mut parts = code.split('-');
        let (Some(agency), Some(date), Some(serial), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        UnitCode::parse(agency).is_ok()
            && (date.len() == 6 || date.len() == 8)
            && digits(date)
            && (4..=19).contains(&serial.len())
            && digits(serial)
    }
}

/// Whether a character looks like a hyphen: what a word processor or a page makes of one.
fn is_dash(c: char) -> bool {
    matches!(
        c,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
    )
}

/// Whether a character shows nothing: where a line may break, and how letters join.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}'
    )
}

impl fmt::Display for AnyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for AnyCode {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<AnyCode> for String {
    fn from(code: AnyCode) -> String {
        code.0.into()
    }
}

impl From<&DossierCode> for AnyCode {
    fn from(code: &DossierCode) -> Self {
        Self(code.to_string().into())
    }
}

/// A code that a central system gave: `AGENCY-YYMMDD-AAXXXX`. The agency is the one that resolves, so
/// it may be a unit of ours; `AA` names the owner of the system, and `XXXX` is the owner's number of the
/// day, of at least four digits.
///
/// Source: Circular 03/2025/TT-VPCP, Art. 13(3), in force from 25 January 2026.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CentralCode {
    /// The agency that resolves.
    pub agency: UnitCode,
    /// The day.
    pub day: NaiveDate,
    /// The two digits of the system's owner.
    pub owner: String,
    /// The number of the day.
    pub serial: u64,
}

/// Which shapes codes have, by day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeRules {
    /// From this day on central systems give codes of their own; never without a day.
    pub central_from: Option<NaiveDate>,
}

impl CodeRules {
    /// The parts of a code that a central system gave; none for other codes, and for days before the
    /// rule.
    ///
    /// Six digits tell it apart: a unit's own number has as many only after 99,999 dossiers of one day.
    #[must_use]
    pub fn central(&self, code: &AnyCode) -> Option<CentralCode> {
        let (agency, rest) = code.as_str().split_once('-')?;
        let (day, serial) = rest.split_once('-')?;
        if day.len() != 6 || serial.len() < 6 {
            return None;
        }
        let day = NaiveDate::parse_from_str(&format!("20{day}"), "%Y%m%d").ok()?;
        let (owner, number) = serial.split_at_checked(2)?;
        let read = CentralCode {
            agency: UnitCode::parse(agency).ok()?,
            day,
            owner: owner.to_owned(),
            serial: number.parse().ok()?,
        };
        self.central_from
            .is_some_and(|from| from <= day)
            .then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn the_serial_is_four_digits_and_widens_instead_of_wrapping() {
        let unit = UnitCode::parse("H60.02215").unwrap();
        let code = |serial| DossierCode::new(&unit, day(2026, 1, 2), serial).to_string();
        assert_eq!(code(1), "H60.02215-260102-0001");
        assert_eq!(code(9_999), "H60.02215-260102-9999");
        assert_eq!(code(10_000), "H60.02215-260102-10000");
    }

    #[test]
    fn whatever_a_word_processor_makes_of_a_hyphen_is_a_hyphen() {
        let plain = AnyCode::parse("H60.02215-260102-0001").unwrap();
        for dash in "\u{2010}\u{2011}\u{2012}–—\u{2212}\u{FF0D}".chars() {
            let typed = format!(" h60.02215{dash}260102\u{200B}{dash}0001\u{A0}");
            assert_eq!(AnyCode::parse(&typed).unwrap(), plain, "{dash:?}");
        }
        assert!(AnyCode::parse("H60.02215~260102~0001").is_err());
    }

    #[test]
    fn a_central_code_names_the_owner_of_its_system_from_the_day_of_the_rule() {
        let rules = CodeRules {
            central_from: Some(day(2026, 1, 25)),
        };
        let read = |text: &str| rules.central(&AnyCode::parse(text).unwrap());
        let central = read("G22.99.08-260921-896048").unwrap();
        assert_eq!((central.owner.as_str(), central.serial), ("89", 6_048));
        assert_eq!(central.day, day(2026, 9, 21));
        let wide = read("H60.02215-260125-89100001").unwrap();
        assert_eq!((wide.owner.as_str(), wide.serial), ("89", 100_001));
        assert_eq!(wide.agency.as_str(), "H60.02215");
        for other in [
            "G22.99.08-260124-896048",
            "H60.02215-261121-0007",
            "H60.02215-261121-10000",
            "G09.20-20260609-0092637",
            "1897C359@LIEN-THONG",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
        let code = AnyCode::parse("G22.99.08-260921-896048").unwrap();
        assert_eq!(CodeRules::default().central(&code), None);
    }

    #[test]
    fn a_code_of_another_shape_has_a_source() {
        let code = AnyCode::parse(" 1897c359 @ lien-thong").unwrap();
        assert_eq!(code.as_str(), "1897C359@LIEN-THONG");
        assert_eq!(code.source(), Some("LIEN-THONG"));
        assert!(AnyCode::parse("TN.2026.001@BO-TU-PHAP").is_ok());
        assert!(AnyCode::of_a_portal("TN.2026.001@BO-TU-PHAP").is_err());
        assert!(AnyCode::of_a_portal("G09.20-20260609-0092637").is_ok());
        for no_day in ["G22.98-269901-000001", "G09.20-20260230-0092637"] {
            assert!(AnyCode::of_a_portal(no_day).is_err(), "{no_day}");
            assert!(AnyCode::parse(no_day).is_ok(), "older systems wrote it");
        }
        assert!(AnyCode::parse(&format!("{}@X", "9".repeat(64))).is_ok());
        let long = format!("{}@X", "9".repeat(65));
        for wrong in [
            "1897C359",
            "1897C359@",
            "@LIEN-THONG",
            "a@b@c",
            "mã@x",
            "-@x",
            &long,
        ] {
            assert!(AnyCode::parse(wrong).is_err(), "{wrong}");
        }
        let ours = AnyCode::parse("H60.02215-261121-0007").unwrap();
        assert_eq!(ours.source(), None);
    }

    #[test]
    fn every_shape_seen_in_the_field_is_read() {
        for code in [
            "H60.12.34-261121-0001",
            "000.00.12.H62-201105-0004",
            "G22.99.08-260921-896048",
            "G22.99-251225-020175",
            "G09.20-20260609-0092637",
        ] {
            assert_eq!(AnyCode::parse(code).unwrap().as_str(), code);
        }
    }

    #[test]
    fn spaces_and_case_from_scanners_are_forgiven() {
        assert_eq!(
            AnyCode::parse(" h60.02215 -261121-0007\n")
                .unwrap()
                .as_str(),
            "H60.02215-261121-0007"
        );
    }

    #[test]
    fn what_is_not_a_code_is_refused() {
        for text in [
            "",
            "H60",
            "H60-261121",
            "H60-2611-0001",
            "H60-261121-001",
            "H60-261121-0001-2",
            "đ-261121-0001",
        ] {
            assert!(AnyCode::parse(text).is_err(), "{text}");
        }
    }
}
