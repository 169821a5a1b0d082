//! Reads the fields of an item: what is wrong is told by its path, all of it at once.

use domain::dossier::{ElectronicFile, FileHash, Paper, PaperCopy, Reuse};
use domain::fold;
use domain::id::{ComponentCode, Reference};
use serde_json::{Map, Value};

use super::problem::Problem;

/// The most items of a list: items of a call, papers of a dossier.
pub(super) const MOST_ITEMS: usize = 100;

/// The fields of an item, and what is wrong with them.
pub(super) struct Reader<'a> {
    pub fields: &'a Map<String, Value>,
    pub problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    /// Reads an item, which is an object.
    pub fn of(value: &'a Value) -> Result<Self, Vec<Problem>> {
        match value {
            Value::Object(fields) => Ok(Reader {
                fields,
                problems: Vec::new(),
            }),
            _ => Err(vec![Problem::not_a(
                "",
                "một nhóm trường (đối tượng JSON)",
                "an object",
            )]),
        }
    }

    /// The fields that came and are none of these.
    pub fn besides(&self, taken: &[&str]) -> Vec<String> {
        let others = self.fields.keys();
        let others = others.filter(|field| !taken.contains(&field.as_str()));
        others.cloned().collect()
    }

    /// `1`, or `0`, which is also meant where nothing came.
    pub fn flag(&mut self, path: &str, fields: &Map<String, Value>, field: &str) -> bool {
        match self.text(path, fields, field).as_str() {
            "" | "0" => false,
            "1" => true,
            _ => {
                self.wrong(Problem::not_a(path, "0 hoặc 1", "0 or 1"));
                false
            }
        }
    }

    /// Notes what is wrong.
    pub fn wrong(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Text; empty if it is not there. Numbers are no text here: all values are strings.
    pub fn text(&mut self, path: &str, fields: &Map<String, Value>, field: &str) -> String {
        match fields.get(field) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) if text.chars().any(char::is_control) => {
                self.wrong(Problem::new(
                    path,
                    "INVALID_FIELDS",
                    "không được có ký tự điều khiển".to_owned(),
                    "must not hold control characters".to_owned(),
                ));
                String::new()
            }
            Some(Value::String(text)) => fold::compose(text),
            Some(_) => {
                self.wrong(Problem::not_a(path, "chuỗi ký tự", "a string"));
                String::new()
            }
        }
    }

    /// Text of the item itself.
    pub fn own(&mut self, field: &str) -> String {
        let fields = self.fields;
        self.text(field, fields, field)
    }

    /// Text that must be there.
    pub fn required(&mut self, field: &str) -> String {
        let before = self.problems.len();
        let text = self.own(field);
        if text.is_empty() && self.problems.len() == before {
            self.wrong(Problem::missing(field));
        }
        text
    }

    /// Text in a form of its own; none if it is empty.
    pub fn parsed<T>(
        &mut self,
        path: &str,
        text: &str,
        parse: impl Fn(&str) -> Result<T, domain::id::Invalid>,
        what: &str,
    ) -> Option<T> {
        if text.is_empty() {
            return None;
        }
        match parse(text) {
            Ok(value) => Some(value),
            Err(invalid) => {
                self.wrong(Problem::not_a(path, what, invalid.expected));
                None
            }
        }
    }

    /// Text of at most so many characters.
    pub fn bounded(&mut self, field: &str, text: String, most: usize) -> String {
        if text.chars().count() > most {
            self.wrong(Problem::new(
                field,
                "INVALID_FIELDS",
                format!("dài quá {most} ký tự"),
                format!("must have at most {most} characters"),
            ));
        }
        text
    }

    /// The papers under `TaiLieuNop`.
    pub fn papers(&mut self) -> Vec<Paper> {
        let mut papers = Vec::new();
        for (path, fields) in self.rows("TaiLieuNop") {
            let component = self.text(
                &format!("{path}.MaThanhPhanHoSo"),
                fields,
                "MaThanhPhanHoSo",
            );
            if component.is_empty() {
                self.wrong(Problem::missing(format!("{path}.MaThanhPhanHoSo")));
            }
            let component = self.parsed(
                &format!("{path}.MaThanhPhanHoSo"),
                &component,
                ComponentCode::parse,
                "mã thành phần hồ sơ",
            );
            let file = self.file(&path, fields);
            let reuse = self.reuse(&path, fields);
            if let Some(component) = component {
                papers.push(Paper {
                    component,
                    copy: PaperCopy::Electronic,
                    count: 1,
                    file,
                    reuse,
                });
            }
        }
        papers
    }

    /// A file is a reference: its hash and its size say which one.
    fn file(&mut self, path: &str, fields: &Map<String, Value>) -> Option<ElectronicFile> {
        let hash = self.text(&format!("{path}.HashTepTin"), fields, "HashTepTin");
        let size = self.text(&format!("{path}.KichThuoc"), fields, "KichThuoc");
        if hash.is_empty() && size.is_empty() {
            return None;
        }
        let sha256 = self.parsed(
            &format!("{path}.HashTepTin"),
            &hash,
            FileHash::parse,
            "SHA-256 gồm 64 chữ số thập lục phân",
        );
        if hash.is_empty() {
            self.wrong(Problem::missing(format!("{path}.HashTepTin")));
        }
        let bytes = size.parse::<u64>().ok().filter(|bytes| *bytes > 0);
        if bytes.is_none() {
            let field = format!("{path}.KichThuoc");
            self.wrong(Problem::not_a(
                field,
                "số byte của tệp",
                "the file's size in bytes",
            ));
        }
        Some(ElectronicFile {
            sha256: sha256?,
            bytes: bytes?,
        })
    }

    fn reuse(&mut self, path: &str, fields: &Map<String, Value>) -> Option<Reuse> {
        let field = format!("{path}.DuocLayTuKhoDMQG");
        let from_store = self.flag(&field, fields, "DuocLayTuKhoDMQG");
        let field = format!("{path}.MaKetQuaThayThe");
        let result = self.text(&field, fields, "MaKetQuaThayThe");
        let result = self.parsed(&field, &result, Reference::parse, "mã kết quả");
        from_store.then_some(Reuse::PersonalStore { result })
    }

    /// The items of a list, each with its path; what is no list of objects is told.
    pub fn rows(&mut self, field: &str) -> Vec<(String, &'a Map<String, Value>)> {
        let fields = self.fields;
        let items = match fields.get(field) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(items)) if items.len() <= MOST_ITEMS => items,
            Some(_) => {
                let most = MOST_ITEMS;
                let (vi, en) = (
                    format!("danh sách có nhiều nhất {most} mục"),
                    format!("a list of at most {most} items"),
                );
                self.wrong(Problem::not_a(field, &vi, &en));
                return Vec::new();
            }
        };
        let mut rows = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let path = format!("{field}[{at}]");
            match item {
                Value::Object(fields) => rows.push((path, fields)),
                _ => self.wrong(Problem::not_a(path, "một nhóm trường", "an object")),
            }
        }
        rows
    }
}
