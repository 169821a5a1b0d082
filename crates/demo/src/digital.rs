//! What is electronic about a made-up dossier: papers that the desk digitised, data that nobody had
//! to bring again, results with signatures, and taxes paid on the portal.
//!
//! All of it is drawn beside the life of the dossier, so that it changes nothing of that life.

use chrono::{NaiveDate, TimeDelta};
use domain::dossier::{
    Channel, Dossier, ElectronicFile, ElectronicResult, FileHash, Paper, PaperCopy, PaymentMethod,
    Reuse, Signature, SignatureFormat,
};
use domain::id::{CertificateSerial, DistinguishedName, DocumentNumber, MediaType, Reference};
use domain::procedure::{PaperRules, Procedure};
use domain::role::Role;
use domain::time::{self, Instant};

use crate::chance::Chance;

/// The population database (*Cơ sở dữ liệu quốc gia về dân cư*), as the demo names it.
const POPULATION: &str = "CSDLQG.DANCU";

/// The papers of a complete dossier. A desk digitises most of what comes on paper; what is handed in
/// online comes as files. Some papers are taken from where the State has them already.
pub fn papers(
    (procedure, rules, day): (&Procedure, &PaperRules, NaiveDate),
    channel: Channel,
    number: u64,
) -> Vec<Paper> {
    let mut chance = Chance::new(number);
    let digitises = chance.happens(0.82);
    let reuses = chance.happens(0.46);
    let own_store = chance.happens(0.3);
    let required = procedure.components.iter().filter(|part| part.required);
    let paper = |(place, component): (usize, &domain::procedure::Component)| {
        let reuse = (place == 0 && reuses).then(|| {
            if own_store {
                Reuse::PersonalStore { result: None }
            } else {
                Reuse::Database {
                    database: reference(POPULATION),
                }
            }
        });
        let copy = match (channel, &reuse) {
            (Channel::Online, _) | (_, Some(_)) => PaperCopy::Electronic,
            (Channel::Desk | Channel::Post, None) => match chance.weighted(&[5.0, 3.0, 2.0]) {
                0 => PaperCopy::Original,
                1 => PaperCopy::Certified,
                _ => PaperCopy::Plain,
            },
        };
        let scans = digitises
            && rules
                .not_scanned(&procedure.code, &component.code, day)
                .is_none();
        let has_file = reuse.is_none() && (copy == PaperCopy::Electronic || scans);
        Paper {
            component: component.code.clone(),
            copy,
            count: 1,
            file: has_file.then(|| file(&mut chance)),
            reuse,
        }
    };
    required.enumerate().map(paper).collect()
}

/// The result as a file, signed by the leader, for most dossiers; on paper alone for the others.
pub fn results(dossier: &Dossier, now: Instant) -> Vec<ElectronicResult> {
    let mut chance = Chance::new(seed(dossier));
    if !chance.happens(0.88) {
        return Vec::new();
    }
    let number = 100 + chance.below(900);
    let signed = chance.happens(0.93);
    let signature = signed.then(|| Signature {
        format: SignatureFormat::Pades,
        certificate: CertificateSerial::parse("540110CAFE2026").expect("hexadecimal digits"),
        issuer: DistinguishedName::parse("CN=CA Mau,O=Don vi mau,C=VN").expect("a plain name"),
        signed: now - TimeDelta::minutes(5),
        detached: None,
    });
    let year = time::local_day(now).format("%Y").to_string();
    vec![ElectronicResult {
        code: None,
        number: DocumentNumber::parse(&format!("{number}/{year}/TTHC")).ok(),
        file: file(&mut chance),
        media_type: MediaType::parse("application/pdf").expect("it is one"),
        signatures: signature.into_iter().collect(),
    }]
}

/// Who brings the payment of a tax notice, and how it is paid: on the portal by most who handed in
/// online, else by a QR code.
pub fn pays_tax(dossier: &Dossier) -> (Role, PaymentMethod) {
    let online = dossier.channel == Channel::Online;
    if online && Chance::new(seed(dossier) ^ 1).happens(0.8) {
        (Role::Portal, PaymentMethod::Portal)
    } else {
        (Role::Receptionist, PaymentMethod::Qr)
    }
}

fn file(chance: &mut Chance) -> ElectronicFile {
    let digits: String = (0..4)
        .map(|_| format!("{:016x}", chance.below(usize::MAX)))
        .collect();
    ElectronicFile {
        sha256: FileHash::parse(&digits).expect("64 digits"),
        bytes: 40_000 + chance.below(900_000) as u64,
    }
}

fn seed(dossier: &Dossier) -> u64 {
    let [.., a, b, c, d, e, f, g, h] = *dossier.id.as_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

fn reference(text: &str) -> Reference {
    Reference::parse(text).expect("letters and dots")
}
