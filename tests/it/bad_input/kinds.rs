//! What can be wrong with a field, by the kind of its value.

use serde_json::{Value, json};

/// The kind of a field's value, which decides what it refuses.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A UUID, required.
    RequestId,
    /// A dossier by id or code, required.
    DossierName,
    /// The name of a dossier that may be left out.
    OptionalDossierName,
    /// The version last read, required.
    Etag,
    /// A unit that must be given.
    Unit,
    /// A unit that may be left out.
    OptionalUnit,
    /// A procedure, required.
    Procedure,
    /// A dossier code of any system, required.
    Code,
    /// A dossier code of any system that may be left out.
    OptionalCode,
    /// Codes of other systems.
    Codes,
    /// Codes of papers.
    Components,
    /// A short name that may be left out. The text is what the error calls it.
    OptionalId(&'static str),
    /// A required short name. The text is what the error calls it.
    Id(&'static str),
    /// A required text, with its greatest length.
    Text(usize),
    /// An optional text, with its greatest length.
    OptionalText(usize),
    /// A person's name, required.
    Name,
    /// An identity number.
    IdNumber,
    /// A telephone number.
    Phone,
    /// A past moment inside the calendar.
    Past,
    /// The same where today is that day.
    PastOf(&'static str),
    /// A moment to come, inside the calendar; whether it must be given.
    Future { required: bool },
    /// A past moment inside the calendar, required.
    Fact,
    /// Any moment inside the calendar.
    Moment,
    /// A state, required.
    State,
    /// The name of another system, required.
    System,
    /// A name that another system uses, required.
    Reference,
    /// A channel; the list holds the accepted ones.
    Channel(&'static [&'static str]),
    /// One of a few words; may be left out.
    Choice,
    /// A queue ticket; may be left out.
    Ticket,
    /// Yes or no.
    Flag,
    /// An amount of money, required.
    Amount,
    /// A time limit, one of two alternative ways to give a due time.
    Limit,
    /// The number of a part of the dossier, required.
    Number,
    /// A mark from 1 to 5, required.
    Score,
    /// Details of papers.
    Papers,
    /// A number of copies.
    Copies,
    /// The hash of a file, required.
    Hash,
    /// The size of a file, required.
    FileSize,
    /// The hash of a file; may be left out.
    OptionalHash,
    /// The files of a result.
    Results,
    /// The signatures of a file.
    Signatures,
    /// The number of a document; may be left out.
    OptionalDocumentNumber,
    /// What kind of file it is, required.
    MediaType,
    /// The number of a certificate, required.
    Serial,
    /// Who issued a certificate, required.
    Issuer,
    /// A name that another system uses; may be left out.
    OptionalReference,
    /// One of several names, required.
    OneOf,
    /// A list of things, required.
    List,
    /// Something with fields of its own.
    Message,
    /// A document of the caller's province, required.
    DocumentName,
    /// A place in the catalogue at which something can be published, required.
    DocumentPath,
    /// A text of the catalogue, required.
    DocumentText,
    /// The number of a version, required.
    Version,
    /// A mapping of old steps to new ones.
    StepMoves,
    /// A day.
    Day,
    /// How many numbers a desk reserves.
    Count,
    /// Reserved numbers that a desk voids.
    Numbers,
    /// Why the desk voids a number.
    VoidReason,
    /// Roles, one at least.
    Roles,
    /// Roles; may be left out.
    OptionalRoles,
    /// Units, one at least.
    Units,
    /// Units; may be left out.
    OptionalUnits,
    /// A citizen's address on a channel; may be left out.
    NoticeAddress,
    /// Kinds of events; may be left out.
    EventKinds,
    /// A number that may be left out, with the greatest that is taken.
    AtMost(u32),
}

/// A wrong value, and the words for what was expected. Null means that the field is left out.
pub type Wrong = (Value, &'static str);

const EMPTY: &str = "must not be empty";

impl Kind {
    /// Values that must be refused while the clock stands at 2026-08-03 10:00 Vietnamese time.
    pub fn wrong(self) -> Vec<Wrong> {
        let mut wrong = match self {
            Kind::RequestId => vec![
                (Value::Null, "expected a request id: a UUID"),
                (json!(""), EMPTY),
                (json!("1"), "expected a request id: a UUID"),
                (
                    json!("00000000-0000-4000-9000-00000000000g"),
                    "expected a request id: a UUID",
                ),
                (
                    json!("00000000-0000-4000-9000-0000000000001"),
                    "expected a request id: a UUID",
                ),
            ],
            Kind::DossierName => {
                let missing = vec![(Value::Null, EMPTY), (json!("  "), EMPTY)];
                [missing, Kind::OptionalDossierName.wrong()].concat()
            }
            Kind::OptionalDossierName => {
                let expected = "expected a dossier name";
                vec![
                    (json!("dossiers/"), expected),
                    (json!("units/H60.02215"), expected),
                    (json!("hồ sơ 1"), expected),
                    (json!("H60.02215-260803"), expected),
                    (json!("9".repeat(26)), expected),
                    (
                        json!("H60.02215-260803-".to_owned() + &"1".repeat(60)),
                        expected,
                    ),
                ]
            }
            Kind::Etag => vec![
                (Value::Null, EMPTY),
                (json!(""), EMPTY),
                (json!(" \t"), EMPTY),
            ],
            Kind::Unit => [required(), Kind::OptionalUnit.wrong()].concat(),
            Kind::OptionalUnit => vec![
                (json!("H60.99999"), "expected a unit of the catalogue"),
                (
                    json!("procedures/1.004873"),
                    "expected a unit of the catalogue",
                ),
                (
                    json!("Phường Minh Xuân"),
                    "expected a unit of the catalogue",
                ),
                (json!("H".repeat(5_000)), "expected a unit of the catalogue"),
            ],
            Kind::Procedure => [
                required(),
                vec![
                    (json!("9.999999"), "expected a procedure of the catalogue"),
                    (
                        json!("units/H60.02215"),
                        "expected a procedure of the catalogue",
                    ),
                    (json!("Kết hôn"), "expected a procedure of the catalogue"),
                ],
            ]
            .concat(),
            Kind::Code => [required(), Kind::OptionalCode.wrong()].concat(),
            Kind::OptionalCode => [
                "G22.99",
                "G22.99-2608-1",
                "G22/99-260803-0001",
                "g22.99-260803-ABCD",
            ]
            .map(|bad| (json!(bad), "expected a dossier code"))
            .to_vec(),
            Kind::Codes => vec![
                (json!(["không phải mã"]), "expected a dossier code"),
                (json!([""]), EMPTY),
                (
                    json!(vec!["G22.99-260803-0001"; 101]),
                    "at most 100 items, not 101",
                ),
                (json!("G22.99-260803-0001"), "expected a list"),
            ],
            Kind::Components => vec![
                (json!(["tờ khai"]), "expected a component code"),
                (json!(["to-khai", ""]), EMPTY),
                (json!(["x".repeat(61)]), "expected a component code"),
                (json!(vec!["to-khai"; 101]), "at most 100 items, not 101"),
                (json!([["to-khai"]]), "expected a text"),
                (json!("to-khai"), "expected a list"),
            ],
            Kind::OptionalId(expected) => vec![
                (json!("có dấu"), expected),
                (json!("two words"), expected),
                (json!("a/b"), expected),
                (json!("x".repeat(61)), expected),
            ],
            Kind::Id(expected) => [required(), Kind::OptionalId(expected).wrong()].concat(),
            Kind::Text(longest) => [required(), Kind::OptionalText(longest).wrong()].concat(),
            Kind::OptionalText(longest) => vec![
                (json!("ế".repeat(longest + 1)), "characters, not"),
                (json!("dòng\u{0}cắt"), "control characters"),
                (json!("\u{1b}[31m"), "control characters"),
            ],
            Kind::Name => [
                Kind::Text(200).wrong(),
                vec![(json!("12 34"), "one letter")],
            ]
            .concat(),
            Kind::IdNumber => ["12345678", "1234567890123", "B-123456", "chưa có", "B12"]
                .map(|bad| (json!(bad), "expected 9 to 12 digits"))
                .to_vec(),
            Kind::Phone => [
                "0912",
                "0912345678901234",
                "gọi nhà bên",
                "0912345678 ext 3",
            ]
            .map(|bad| (json!(bad), "expected a telephone number"))
            .to_vec(),
            Kind::Past => Kind::PastOf("2026-08-03").wrong(),
            Kind::PastOf(today) => [
                vec![
                    (
                        json!(format!("{today}T10:00:00.000001+07:00")),
                        "must not be in the future",
                    ),
                    (json!("9999-12-31T23:59:59Z"), "must not be in the future"),
                    (
                        json!("2023-12-31T23:59:59+07:00"),
                        "must lie in the published calendar",
                    ),
                ],
                times(),
            ]
            .concat(),
            Kind::Fact => [Kind::Past.wrong(), vec![(Value::Null, "must be given")]].concat(),
            Kind::Moment => [
                vec![
                    (
                        json!("2023-12-31T23:59:59+07:00"),
                        "must lie in the published calendar",
                    ),
                    (
                        json!("2028-01-01T00:00:00+07:00"),
                        "must lie in the published calendar",
                    ),
                ],
                times(),
            ]
            .concat(),
            Kind::State => vec![
                (Value::Null, "expected one of"),
                (json!("STATE_UNSPECIFIED"), "expected one of"),
                (json!("STATE_OVERDUE"), "expected one of"),
                (json!(11), "expected one of"),
            ],
            Kind::System => {
                let expected = "expected the name of a system";
                let mut wrong = required();
                wrong.extend([
                    (json!("x"), expected),
                    (json!("ông A, 0912345678"), expected),
                    (json!("hệ thống; DROP"), expected),
                    (json!("a".repeat(121)), expected),
                ]);
                wrong
            }
            Kind::Reference => {
                let mut wrong = required();
                let bad = ["hai từ", "a b", "mã số", &"9".repeat(101)];
                wrong.extend(bad.map(|bad| (json!(bad), "expected a reference")));
                wrong
            }
            Kind::Future {
                required: is_required,
            } => {
                let mut wrong = vec![
                    (json!("2026-08-03T10:00:00+07:00"), "must be in the future"),
                    (
                        json!("2023-12-31T23:59:59+07:00"),
                        "must lie in the published calendar",
                    ),
                    (
                        json!("2028-01-01T00:00:00+07:00"),
                        "must lie in the published calendar",
                    ),
                ];
                wrong.extend(times());
                if is_required {
                    wrong.push((Value::Null, "must be given"));
                }
                wrong
            }
            Kind::Channel(accepted) => {
                let mut wrong = vec![
                    (json!("CHANNEL_FAX"), "expected one of"),
                    (json!(99), "expected one of"),
                ];
                for channel in ["CHANNEL_DESK", "CHANNEL_ONLINE", "CHANNEL_POST"] {
                    if !accepted.contains(&channel) {
                        wrong.push((json!(channel), "expected one of"));
                    }
                }
                wrong
            }
            Kind::Choice => vec![
                (json!("OTHERWISE"), "expected one of"),
                (json!(99), "expected one of"),
            ],
            Kind::Ticket => vec![
                (json!("số 17"), "expected a queue ticket"),
                (json!("A".repeat(17)), "expected a queue ticket"),
            ],
            Kind::Flag => vec![
                (json!("yes"), "expected true or false"),
                (json!("true"), "expected true or false"),
            ],
            Kind::Day => vec![
                (Value::Null, EMPTY),
                (json!("3/8/2026"), "expected a day"),
                (json!("2026-08-32"), "expected a day"),
            ],
            Kind::Count => {
                let expected = "must be from 1 to 500";
                vec![
                    (Value::Null, expected),
                    (json!(0), expected),
                    (json!(-1), expected),
                    (json!(501), expected),
                    (json!(1.5), "expected a whole number"),
                ]
            }
            Kind::Numbers => vec![
                (json!([]), "must have 1 to 500 items"),
                (json!(vec![1; 501]), "must have 1 to 500 items"),
                (json!([0]), "must be 1 or more"),
                (json!([-1]), "must be 1 or more"),
            ],
            Kind::VoidReason => {
                let expected = "expected one of REASON_UNUSED, REASON_SPOILT, REASON_LOST";
                vec![
                    (Value::Null, expected),
                    (json!("REASON_UNSPECIFIED"), expected),
                    (json!(9), expected),
                    (json!("REASON_FIRE"), "expected one of"),
                ]
            }
            Kind::Roles => {
                let none = vec![(Value::Null, EMPTY), (json!([]), EMPTY)];
                [none, Kind::OptionalRoles.wrong()].concat()
            }
            Kind::OptionalRoles => vec![
                (json!(["king"]), "expected a role"),
                (json!(["citizen"]), "expected a role"),
                (json!("officer"), "expected a list"),
            ],
            Kind::Units => {
                let none = vec![(Value::Null, EMPTY), (json!([]), EMPTY)];
                [none, Kind::OptionalUnits.wrong()].concat()
            }
            Kind::OptionalUnits => vec![
                (json!(["H60.99999"]), "expected a unit of the catalogue"),
                (
                    json!(["Phường Minh Xuân"]),
                    "expected a unit of the catalogue",
                ),
                (json!(vec!["H60.02215"; 101]), "at most 100 items, not 101"),
            ],
            Kind::NoticeAddress => [
                vec![
                    (json!("mau@example.vn"), "expected a telephone number"),
                    (json!("0912"), "expected a telephone number"),
                ],
                Kind::OptionalText(200).wrong(),
            ]
            .concat(),
            Kind::EventKinds => vec![
                (json!(["deleted"]), "expected the kind of an event"),
                (json!(["received", ""]), EMPTY),
                (json!("received"), "expected a list"),
            ],
            Kind::AtMost(most) => vec![
                (json!(most + 1), "must be at most"),
                (json!(-1), "expected a whole number"),
                (json!(0.5), "expected a whole number"),
            ],
            Kind::Amount => {
                let expected = "expected an amount in đồng from 1 to";
                vec![
                    (Value::Null, expected),
                    (json!(0), expected),
                    (json!(-1), expected),
                    (json!("1000000000001"), expected),
                    (json!("9223372036854775808"), "expected a whole number"),
                    (json!(0.5), "expected a whole number"),
                    (json!("năm nghìn"), "expected a whole number"),
                ]
            }
            Kind::Limit => ["", "3", "0wd", "3 wd", "3ngày", "65536d", "-1d", "same day"]
                .map(|bad| {
                    (
                        json!(bad),
                        "expected a whole number from 1 to 65535 and a unit",
                    )
                })
                .to_vec(),
            Kind::Number => vec![
                (Value::Null, "expected a number from 1 to 65535"),
                (json!(0), "expected a number from 1 to 65535"),
                (json!(65_536), "expected a number from 1 to 65535"),
                (json!(-1), "expected a whole number"),
                (json!(4_294_967_296_u64), "expected a whole number"),
                (json!(1.5), "expected a whole number"),
            ],
            Kind::Papers => {
                let paper = |copy: &str| json!({ "component": "to-khai", "copy": copy });
                let original = paper("PAPER_COPY_ORIGINAL");
                let with = |mut paper: Value, field: &str, value: Value| {
                    paper[field] = value;
                    json!([paper])
                };
                let file = json!({ "sha256": "0a".repeat(32), "size_bytes": 1 });
                vec![
                    (
                        json!(vec![original.clone(); 101]),
                        "at most 100 items, not 101",
                    ),
                    (
                        json!([original.clone(), original.clone()]),
                        "must be described once",
                    ),
                    (json!(["to-khai"]), "expected an object"),
                    (json!(original.clone()), "expected a list"),
                    (
                        with(original.clone(), "file", file.clone()),
                        "must be left out unless the paper was digitised",
                    ),
                    (
                        with(original.clone(), "digitised", json!(true)),
                        "must be given when the paper was digitised",
                    ),
                    (
                        json!([{
                            "component": "to-khai", "copy": "PAPER_COPY_ELECTRONIC",
                            "digitised": true, "file": file,
                        }]),
                        "must be false of what did not come on paper",
                    ),
                    (
                        with(original, "reuse", json!({ "source": "SOURCE_DATABASE" })),
                        EMPTY,
                    ),
                ]
            }
            Kind::Copies => vec![
                (json!(1_001), "must be at most 1000"),
                (json!(-1), "expected a whole number"),
                (json!(65_537), "must be at most 1000"),
                (json!(1.5), "expected a whole number"),
            ],
            Kind::Results => {
                let file = json!({ "sha256": "0a".repeat(32), "size_bytes": 1 });
                let pdf = json!({ "file": file, "media_type": "application/pdf" });
                vec![
                    (json!(vec![pdf.clone(); 101]), "at most 100 items, not 101"),
                    (json!([pdf.clone(), pdf.clone()]), "must be given once"),
                    (
                        json!([{ "media_type": "application/pdf" }]),
                        "expected hash and size of the file",
                    ),
                    (json!(["a.pdf"]), "expected an object"),
                    (pdf, "expected a list"),
                ]
            }
            Kind::Signatures => vec![
                (json!(vec![json!({}); 101]), "at most 100 items, not 101"),
                (json!([{}]), "expected one of SIGNATURE_FORMAT_PADES"),
                (json!({}), "expected a list"),
            ],
            Kind::OptionalDocumentNumber => ["QĐ-UBND", "số 12", "079081000123", "1,2"]
                .map(|bad| (json!(bad), "expected a document number"))
                .to_vec(),
            Kind::MediaType => {
                let mut wrong = required();
                let bad = ["pdf", "application/PDF", "application/", "a/b; charset=x"];
                wrong.extend(bad.map(|bad| (json!(bad), "expected a media type")));
                wrong
            }
            Kind::Serial => {
                let mut wrong = required();
                let bad = ["54:01", "0x54", "số 54", &"5".repeat(41)];
                let expected = "expected the serial number of a certificate";
                wrong.extend(bad.map(|bad| (json!(bad), expected)));
                wrong
            }
            Kind::Issuer => {
                let mut wrong = required();
                let bad = ["Ban Cơ yếu", "CN=", "CN=A;C=VN", "UID=1"];
                wrong.extend(bad.map(|bad| (json!(bad), "expected a distinguished name")));
                wrong
            }
            Kind::OptionalHash => [&"0a".repeat(31), &"0a".repeat(33), &"0g".repeat(32)]
                .map(|bad| (json!(bad), "expected a SHA-256: 64 hexadecimal digits"))
                .to_vec(),
            Kind::Hash => {
                let expected = "expected a SHA-256: 64 hexadecimal digits";
                let mut wrong = required();
                let bad = [
                    &"0a".repeat(31),
                    &"0a".repeat(33),
                    &"0g".repeat(32),
                    "sha256:0a",
                ];
                wrong.extend(bad.map(|bad| (json!(bad), expected)));
                wrong
            }
            Kind::FileSize => {
                let expected = "expected a size in bytes from 1 to";
                vec![
                    (Value::Null, expected),
                    (json!(0), expected),
                    (json!(-1), expected),
                    (json!("1000000000001"), expected),
                    (json!("9223372036854775808"), "expected a whole number"),
                    (json!("lớn"), "expected a whole number"),
                ]
            }
            Kind::OptionalReference => {
                let bad = ["hai từ", "mã số", &"9".repeat(101)];
                bad.map(|bad| (json!(bad), "expected a reference")).to_vec()
            }
            Kind::Score => vec![
                (Value::Null, "expected a score from 1 to 5"),
                (json!(0), "expected a score from 1 to 5"),
                (json!(6), "expected a score from 1 to 5"),
                (json!(261), "expected a score from 1 to 5"),
                (json!(-1), "expected a whole number"),
                (json!(4.5), "expected a whole number"),
                (json!("năm sao"), "expected a whole number"),
            ],
            Kind::OneOf => vec![
                (Value::Null, "expected one of"),
                (json!(0), "expected one of"),
                (json!(99), "expected one of"),
                (json!("NO_SUCH_NAME"), "expected one of"),
            ],
            Kind::List => vec![
                (Value::Null, EMPTY),
                (json!([]), EMPTY),
                (
                    json!(vec![json!({ "note": "x" }); 101]),
                    "at most 100 items, not 101",
                ),
                (json!([{}]), "expected a component, a note, or both"),
                (json!(["x"]), "expected an object"),
                (json!({ "note": "x" }), "expected a list"),
            ],
            Kind::DocumentName => {
                let expected = "expected a document, such as documents/3";
                let bad = ["documents/", "documents/-1", "jobs/1", "văn bản 1", "1.5"];
                let mut wrong = required();
                wrong.extend(bad.map(|bad| (json!(bad), expected)));
                wrong
            }
            Kind::DocumentPath => {
                let bad = [
                    "calendar/2027.csv",
                    "units/communes.csv",
                    "../x.toml",
                    "procedures/a b.toml",
                ];
                let mut wrong = required();
                wrong.extend(bad.map(|bad| (json!(bad), "expected calendar/national.csv")));
                wrong
            }
            Kind::DocumentText => {
                let mut wrong = required();
                wrong.push((json!("x".repeat(500_001)), "characters, not 500001"));
                wrong.push((json!("code = \"x\u{0}\""), "control characters"));
                wrong.push((json!("không phải TOML"), "line 1: "));
                wrong
            }
            Kind::Version => {
                let expected = "expected a version number";
                vec![
                    (Value::Null, expected),
                    (json!(0), expected),
                    (json!(65_536), expected),
                    (json!(9), "expected a version of"),
                    (json!(-1), "expected a whole number"),
                    (json!(1.5), "expected a whole number"),
                ]
            }
            Kind::StepMoves => vec![
                (json!(["x"]), "expected an object"),
                (json!({ "new_step": "sign" }), "expected a list"),
                (
                    json!(vec![json!({ "new_step": "sign" }); 101]),
                    "at most 100 items, not 101",
                ),
                (
                    json!([{ "new_step": "sign" }, { "new_step": "sign" }]),
                    "must be named once",
                ),
                (json!([{ "new_step": "khong-co" }]), "has no step khong-co"),
                (
                    json!([{ "old_step": "khong-co", "new_step": "sign" }]),
                    "has no step khong-co",
                ),
            ],
            Kind::Message => vec![
                (json!([]), "expected an object"),
                (json!({ "no_such_field": 1 }), "is no field here"),
            ],
        };
        wrong.push(self.other_kind());
        wrong
    }

    /// A value of another kind of JSON.
    fn other_kind(self) -> Wrong {
        match self {
            Kind::Flag => (json!(1), "expected true or false, not this number"),
            Kind::State => (json!([]), "expected one of"),
            Kind::Past | Kind::PastOf(_) | Kind::Fact | Kind::Moment | Kind::Future { .. } => {
                (json!(1_786_000_000), "expected a time in RFC 3339")
            }
            Kind::Channel(_) | Kind::Choice | Kind::OneOf => (json!([]), "expected one of"),
            Kind::Amount
            | Kind::Number
            | Kind::Score
            | Kind::Copies
            | Kind::FileSize
            | Kind::Version
            | Kind::AtMost(_)
            | Kind::Count => (json!(true), "expected a whole number"),
            Kind::Codes
            | Kind::Components
            | Kind::Papers
            | Kind::Results
            | Kind::Signatures
            | Kind::List
            | Kind::Roles
            | Kind::OptionalRoles
            | Kind::Units
            | Kind::OptionalUnits
            | Kind::EventKinds
            | Kind::StepMoves => (json!(7), "expected a list"),
            Kind::Numbers => (json!(7), "expected a list"),
            Kind::VoidReason => (json!(true), "expected"),
            Kind::Message => (json!("text"), "expected an object, not this text"),
            _ => (json!(7), "expected a text, not this number"),
        }
    }
}

fn required() -> Vec<Wrong> {
    vec![
        (Value::Null, EMPTY),
        (json!(""), EMPTY),
        (json!(" \n"), EMPTY),
    ]
}

fn times() -> Vec<Wrong> {
    let expected = "expected a time in RFC 3339";
    [
        "",
        "2026-08-03",
        "2026-08-03T10:00:00",
        "03/08/2026 10:00",
        "2026-02-30T10:00:00Z",
        "hôm nay",
    ]
    .map(|bad| (json!(bad), expected))
    .to_vec()
}
