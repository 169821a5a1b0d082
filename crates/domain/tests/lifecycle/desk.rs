//! The shipped catalogue, the people at the desk, and moments in spoken form.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use chrono::NaiveDateTime;
use domain::catalogue::{Catalogue, SourceFile};
use domain::dossier::acts::{SupplementException, SupplementItem};
use domain::dossier::contents::{CircumstancesGiven, Contents};
use domain::dossier::private::{Person, Salt, Words};
use domain::dossier::{
    Acting, ElectronicFile, ElectronicResult, FileHash, Signature, SignatureFormat,
};
use domain::id::{
    ActorId, CertificateSerial, ComponentCode, DistinguishedName, DocumentNumber, LegId, MediaType,
    ProcedureCode, Reference, StepId, SystemName, UnitCode,
};
use domain::procedure::{LegUnit, Procedure};
use domain::role::Role;
use domain::time::{Instant, VIETNAM, local};

/// A ward of Tuyên Quang.
pub const WARD: &str = "H60.02215";

/// A commune of another province.
pub const ELSEWHERE: &str = "H41.16681";

/// The salt of every dossier told here.
pub fn salt() -> Salt {
    Salt::new(*b"muoi cua ho so 1")
}

/// The whole shipped catalogue, read once.
pub fn catalogue() -> &'static Catalogue {
    static SHIPPED: LazyLock<Catalogue> = LazyLock::new(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
        let mut files = Vec::new();
        for folder in ["units", "calendar", "procedures", "intake"] {
            for entry in fs::read_dir(root.join(folder)).expect("the catalogue is shipped") {
                let path = entry.expect("readable").path();
                let name = path.file_name().expect("a file").to_string_lossy();
                files.push(SourceFile {
                    path: format!("{folder}/{name}"),
                    text: fs::read_to_string(&path).expect("UTF-8"),
                });
            }
        }
        Catalogue::parse(&files).expect("the shipped catalogue is accepted")
    });
    &SHIPPED
}

/// A shipped procedure.
pub fn shipped(code: &str) -> Procedure {
    shipped_version(code, 1)
}

pub fn shipped_version(code: &str, version: u16) -> Procedure {
    let code = ProcedureCode::parse(code).expect("a procedure code");
    let version = catalogue().procedures.get(&code, version);
    Procedure::clone(version.expect("the procedure is shipped"))
}

/// A linked procedure with planned legs: two open at reception and two later.
pub fn linked() -> Procedure {
    let mut linked = shipped_version("3.000722", 2);
    let mut later = linked.legs[1].clone();
    later.id = LegId::parse("archive").expect("a leg id");
    later.after = Some(step("birth-sign"));
    later.unit = LegUnit::Receiving;
    later.limit = "1wd".parse().expect("a limit");
    linked.legs[2].after = Some(step("birth-sign"));
    linked.legs[2].limit = later.limit;
    linked.legs.push(later);
    linked
}

/// Every procedure that ships, by code.
pub fn all_shipped() -> Vec<Procedure> {
    let all = catalogue().procedures.iter();
    all.map(|procedure| Procedure::clone(procedure)).collect()
}

/// The papers without which a dossier is incomplete.
pub fn required(procedure: &Procedure) -> Vec<ComponentCode> {
    let components = procedure.components.iter().filter(|paper| paper.required);
    components.map(|paper| paper.code.clone()).collect()
}

/// The moment `3 Aug 10:00` in 2026, or `4 Jan 2027 10:00` with its own year.
pub fn at(text: &str) -> Instant {
    let words: Vec<_> = text.split_whitespace().collect();
    let full = match words.as_slice() {
        [day, month, time] => format!("{day} {month} 2026 {time}"),
        [day, month, year, time] => format!("{day} {month} {year} {time}"),
        _ => panic!("`{text}` is not a moment such as 3 Aug 10:00"),
    };
    let wall = NaiveDateTime::parse_from_str(&full, "%d %b %Y %H:%M")
        .or_else(|_| NaiveDateTime::parse_from_str(&full, "%d %b %Y %H:%M:%S%.f"))
        .unwrap_or_else(|error| panic!("`{text}` is not a moment: {error}"));
    let zoned = wall.and_local_timezone(VIETNAM).single();
    zoned.expect("one moment").into()
}

/// The local time of a moment: `Mon 3 Aug 10:00`; with the year unless it is 2026.
pub fn wall(at: Instant) -> String {
    let local = local(at);
    let day = local.format("%a %-d %b").to_string();
    let year = local.format("%Y").to_string();
    let year = if year == "2026" {
        String::new()
    } else {
        format!(" {year}")
    };
    format!("{day}{year} {}", local.format("%H:%M"))
}

pub fn unit(code: &str) -> UnitCode {
    UnitCode::parse(code).expect("an agency identifier")
}

pub fn system(name: &str) -> SystemName {
    SystemName::parse(name).expect("the name of a system")
}

pub fn actor(name: &str) -> ActorId {
    ActorId::parse(name).expect("an actor id")
}

pub fn step(id: &str) -> StepId {
    StepId::parse(id).expect("a step id")
}

pub fn component(code: &str) -> ComponentCode {
    ComponentCode::parse(code).expect("a component code")
}

/// Somebody of a unit, in a role.
pub fn acting(role: Role, unit: &UnitCode) -> Acting {
    Acting {
        actor: actor(&format!("nv-{role}")),
        role,
        unit: unit.clone(),
    }
}

/// The record of a file with this content.
pub fn file(content: &str, bytes: u64) -> ElectronicFile {
    let hash = domain::digest::hex(&domain::digest::sha256(content.as_bytes()));
    ElectronicFile {
        sha256: FileHash::parse(&hash).expect("a hash"),
        bytes,
    }
}

/// A signed result; each number gives another file.
pub fn signed_result(number: u64) -> ElectronicResult {
    ElectronicResult {
        code: Some(Reference::parse("KQ.G07.000122").expect("a reference")),
        number: Some(DocumentNumber::parse(&format!("{number}/GXN-UBND")).expect("a number")),
        file: file(&format!("kết quả {number}"), 20_000 + number),
        media_type: MediaType::parse("application/pdf").expect("a media type"),
        signatures: vec![Signature {
            format: SignatureFormat::Pades,
            certificate: CertificateSerial::parse("54010b6f").expect("a serial number"),
            issuer: DistinguishedName::parse("CN=CA mẫu,O=Cơ quan mẫu,C=VN").expect("a name"),
            signed: at("3 Aug 07:00"),
            detached: None,
        }],
    }
}

/// An invented citizen.
pub fn a_citizen() -> Person {
    Person {
        name: "Mẫu Thị Hồ Sơ".into(),
        id_number: "000000000001".into(),
        phone: "0900000001".into(),
        address: "Thôn Mẫu".into(),
    }
}

/// The contents of a dossier whose story says nothing about them.
pub fn contents(components: Vec<ComponentCode>) -> Contents {
    Contents {
        case: None,
        applicant: a_citizen(),
        assisted_by: None,
        components,
        papers: Vec::new(),
        external_codes: Vec::new(),
        resolving: None,
        returning: None,
        duplicate_intended: false,
        circumstances: CircumstancesGiven::default(),
    }
}

/// One missing item, described in words alone.
pub fn a_missing_paper() -> Vec<SupplementItem> {
    vec![SupplementItem {
        component: None,
        note: Words::new("bản sao mờ, không đọc được"),
        data_failure: None,
    }]
}

/// The permission for one more request for papers.
pub fn an_exception() -> SupplementException {
    SupplementException {
        reason: Words::new("văn bản mới yêu cầu thêm giấy tờ"),
        legal_basis: Words::new("điều khoản mẫu"),
    }
}
