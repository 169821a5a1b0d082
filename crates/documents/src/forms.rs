//! The number and title of a form on a day. They are data of the catalogue, because regulations
//! have changed both and will change them again.

use chrono::NaiveDate;
use serde::Deserialize;

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The receipt with the promised date (*giấy tiếp nhận và hẹn trả*).
    #[serde(rename = "slip")]
    Receipt,
    /// The request for papers (*phiếu yêu cầu bổ sung*).
    Supplement,
    /// The apology with a new date (*văn bản xin lỗi và đề nghị gia hạn*).
    Apology,
}

impl Kind {
    /// The name of the kind in data and in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Receipt => "slip",
            Kind::Supplement => "supplement",
            Kind::Apology => "apology",
        }
    }
}

/// One version of a form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The kind of form.
    pub kind: Kind,
    /// The first day of its use.
    pub from: NaiveDate,
    /// The regulation that the form belongs to.
    pub set: String,
    /// The number of the form in that regulation.
    pub number: String,
    /// The title of the form.
    pub title: String,
    /// The source of set, number and title.
    pub source: String,
    /// How much of the form has a source.
    pub mark: Mark,
}

/// How much of a form has a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Number and title. The order of the fields follows forms in use.
    Titles,
    /// The whole form, compared with the regulation's annex.
    Whole,
}

/// Why a list of forms cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidForms {
    /// The text is not TOML of the expected shape.
    #[error("the list of forms cannot be read")]
    Text(#[from] toml::de::Error),
    /// Two versions of a form begin on the same day.
    #[error("two versions of {} begin on {from}", .kind.as_str())]
    Twice {
        /// The form.
        kind: Kind,
        /// The day.
        from: NaiveDate,
    },
}

/// All versions of all forms.
#[derive(Debug, Clone)]
pub struct Forms(Vec<Form>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    form: Vec<Form>,
}

impl Forms {
    /// Reads a list of forms in the format of `catalogue/forms/forms.toml`.
    pub fn read(text: &str) -> Result<Self, InvalidForms> {
        let mut forms = toml::from_str::<File>(text)?.form;
        forms.sort_by_key(|form| form.from);
        for (at, form) in forms.iter().enumerate() {
            let (kind, from) = (form.kind, form.from);
            let same = |it: &&Form| it.kind == kind && it.from == from;
            if forms[..at].iter().any(|it| same(&it)) {
                return Err(InvalidForms::Twice { kind, from });
            }
        }
        Ok(Self(forms))
    }

    /// The forms that the product ships.
    #[must_use]
    pub fn shipped() -> Self {
        Self::read(include_str!("../../../catalogue/forms/forms.toml"))
            .expect("a test reads the shipped list")
    }

    /// The version in use on a day; none before the first version.
    #[must_use]
    pub fn on(&self, kind: Kind, day: NaiveDate) -> Option<&Form> {
        let known = self.0.iter().rev();
        known
            .filter(|form| form.kind == kind)
            .find(|form| form.from <= day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn an_apology_bears_the_title_of_the_set_in_force_that_day() {
        let forms = Forms::shipped();
        let title = |on| forms.on(Kind::Apology, day(on)).map(|it| it.title.as_str());
        assert_eq!(title("2018-12-10"), None);
        assert_eq!(
            title("2025-09-14"),
            Some("Phiếu xin lỗi và hẹn lại ngày trả kết quả")
        );
        assert_eq!(
            title("2025-09-15"),
            Some("Xin lỗi và đề nghị gia hạn thời gian giải quyết hồ sơ")
        );
    }

    #[test]
    fn every_kind_is_read_by_the_name_that_addresses_have() {
        for kind in [Kind::Receipt, Kind::Supplement, Kind::Apology] {
            let name = toml::Value::String(kind.as_str().to_owned());
            assert_eq!(name.try_into::<Kind>().unwrap(), kind);
            assert!(Forms::shipped().on(kind, day("2026-11-30")).is_some());
        }
    }

    #[test]
    fn two_versions_of_one_day_are_refused() {
        let one = "[[form]]\nkind = \"slip\"\nfrom = \"2026-01-01\"\nset = \"a\"\nnumber = \"01\"\ntitle = \"b\"\nsource = \"c\"\nmark = \"titles\"\n";
        assert!(Forms::read(one).is_ok());
        assert!(matches!(
            Forms::read(&format!("{one}{one}")),
            Err(InvalidForms::Twice { .. })
        ));
        assert!(Forms::read(&one.replace("mark", "marks")).is_err());
    }
}
