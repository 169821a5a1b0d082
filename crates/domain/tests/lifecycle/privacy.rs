//! No event contains a personal value, only commitments that can be verified.

use domain::dossier::acts::{
    Advance, Assign, CloseConsultation, CloseLeg, Correct, DecideCorrection, OpenConsultation,
    OpenLeg, PermitSupplement, RateDossier, RecordPayment, RecordSupplement, Refuse, Remind,
    RequestPayment, RequestSupplement, Resolve, ReturnResult, Stop, Transfer, Withdraw,
};
use domain::dossier::acts::{HandOver, SupplementException, SupplementItem};
use domain::dossier::correction::Corrected;
use domain::dossier::private::{Content, Person, Private, Words};
use domain::dossier::{Channel, Command, Event, Extension, RatingMethod, Record, Score, Term};
use domain::role::Role;
use serde_json::Value;

use crate::desk::{self, at};
use crate::story::{Deed, Story};

/// A text that occurs only in the personal field to which it was given.
fn canary(field: &str) -> String {
    format!("CHIM-HOANG-YEN-{field}")
}

fn words(field: &str) -> Words {
    Words::new(&canary(field))
}

fn person(field: &str) -> Person {
    Person {
        name: canary(&format!("{field}-ten")),
        id_number: canary(&format!("{field}-cccd")),
        phone: canary(&format!("{field}-dien-thoai")),
        address: canary(&format!("{field}-dia-chi")),
    }
}

fn papers_requested(field: &str) -> Command {
    Command::RequestSupplement(RequestSupplement {
        items: vec![
            SupplementItem {
                component: None,
                note: words(&format!("{field}-muc-1")),
                data_failure: None,
            },
            SupplementItem {
                component: Some(desk::component("to-khai")),
                note: words(&format!("{field}-muc-2")),
                data_failure: None,
            },
        ],
        reason: words(field),
        respond_by: None,
        exception: Some(SupplementException {
            reason: words(&format!("{field}-ngoai-le")),
            legal_basis: words(&format!("{field}-can-cu")),
        }),
    })
}

/// Corrections of an ended dossier, one approved and one rejected.
fn corrected(life: &mut Story) {
    let propose = |corrected, reason| {
        Command::Correct(Correct {
            corrected,
            reason: words(reason),
        })
    };
    let decide = |number, approve, note| {
        Command::DecideCorrection(DecideCorrection {
            number,
            approve,
            note: words(note),
        })
    };
    let other = Corrected::Applicant(person("chu-ho-so-dung"));
    let deeds = [
        (Role::Officer, propose(other, "dinh-chinh")),
        (Role::Leader, decide(1, true, "duyet")),
        (
            Role::Officer,
            propose(Corrected::Channel(Channel::Post), "dinh-chinh-kenh"),
        ),
        (Role::Leader, decide(2, false, "khong-duyet")),
    ];
    for (role, command) in deeds {
        life.tries(role, at("15 Sep 09:00"), None, &Deed::Act(command))
            .expect("corrected");
    }
}

/// Lives that use every command, with a canary in every personal field.
pub fn full_lives() -> Vec<Story> {
    let mut lives = Vec::new();
    let mut begun = Story::of("1.004873");
    let mut submission = begun.submission(Channel::Online, desk::required(&begun.procedure));
    submission.content.applicant = person("chu-ho-so");
    let submit = Deed::Submit(submission);
    begun
        .tries(Role::Portal, at("3 Aug 08:00"), None, &submit)
        .expect("submitted");
    lives.push(told(
        begun,
        vec![(
            "3 Aug 09:00",
            Command::Refuse(Refuse {
                reason: words("tu-choi"),
                competent: Some(desk::unit("H60.00000")),
            }),
        )],
    ));
    for end in [
        vec![(
            "10 Sep 09:00",
            Command::Withdraw(Withdraw {
                reason: words("rut"),
            }),
        )],
        vec![(
            "10 Sep 09:00",
            Command::Stop(Stop {
                reason: words("dung"),
                legal_basis: words("dung-can-cu"),
            }),
        )],
        vec![
            (
                "10 Sep 09:00",
                Command::Resolve(Resolve {
                    results: Vec::new(),
                }),
            ),
            (
                "11 Sep 09:00",
                Command::Return(ReturnResult {
                    receiver: Some(person("nguoi-nhan")),
                    proxy: true,
                    channel: Channel::Post,
                }),
            ),
            (
                "12 Sep 09:00",
                Command::Rate(RateDossier {
                    score: Score::new(2).expect("a score"),
                    method: RatingMethod::Survey,
                    comment: words("danh-gia"),
                }),
            ),
        ],
    ] {
        let mut life = Story::of("1.004873");
        let mut reception = life.reception(Channel::Desk, desk::required(&life.procedure));
        reception.content.applicant = person("chu-ho-so");
        let receive = Deed::Receive(reception);
        life.tries(Role::Receptionist, at("3 Aug 08:00"), None, &receive)
            .expect("received");
        let mut deeds = vec![
            ("3 Aug 09:00", papers_requested("bo-sung")),
            (
                "4 Aug 08:00",
                Command::RecordSupplement(RecordSupplement {
                    components: Vec::new(),
                    papers: Vec::new(),
                }),
            ),
            ("4 Aug 09:00", advance("appraise")),
            (
                "4 Aug 09:30",
                Command::PermitSupplement(PermitSupplement {
                    reason: words("cho-phep"),
                }),
            ),
            (
                "4 Aug 10:00",
                Command::Assign(Assign {
                    assignee: desk::actor("nv-binh"),
                }),
            ),
            (
                "4 Aug 11:00",
                Command::Extend(Extension::Verification {
                    reason: words("xac-minh"),
                }),
            ),
            (
                "4 Aug 14:00",
                Command::Extend(Extension::Apology {
                    reason: words("xin-loi"),
                    due: at("3 Sep 17:00"),
                }),
            ),
            (
                "4 Aug 15:00",
                Command::HandOver(HandOver {
                    giver: Some(desk::actor("nv-receptionist")),
                    receiver: desk::actor("nv-binh"),
                    receiver_unit: None,
                    components: vec![desk::component("to-khai")],
                    originals: vec![desk::component("to-khai")],
                    on_paper: true,
                }),
            ),
            (
                "4 Aug 16:00",
                Command::Transfer(Transfer {
                    to: desk::unit("H60.02212"),
                    returning: Some(desk::unit("H60.00000")),
                    reason: words("chuyen-di"),
                }),
            ),
            (
                "5 Aug 08:00",
                Command::RequestPayment(RequestPayment {
                    amount_vnd: 8_000,
                    reason: words("le-phi"),
                }),
            ),
            (
                "5 Aug 09:00",
                Command::RecordPayment(RecordPayment {
                    amount_vnd: 8_000,
                    method: None,
                    reference: None,
                }),
            ),
            (
                "5 Aug 10:00",
                Command::Remind(Remind {
                    receiver: None,
                    words: words("don-doc"),
                }),
            ),
            (
                "4 Sep 08:00",
                Command::Extend(Extension::Apology {
                    reason: words("xin-loi-tre"),
                    due: at("9 Sep 17:00"),
                }),
            ),
            ("4 Sep 09:00", advance("sign")),
            (
                "4 Sep 10:00",
                Command::OpenLeg(OpenLeg {
                    unit: desk::unit("H60.02212"),
                    lead: false,
                    task: words("viec"),
                    term: Term::By(at("9 Sep 17:00")),
                }),
            ),
            (
                "4 Sep 10:10",
                Command::OpenConsultation(OpenConsultation {
                    unit: desk::unit("H60.02212"),
                    question: words("cau-hoi"),
                    term: Term::By(at("9 Sep 17:00")),
                }),
            ),
            (
                "4 Sep 11:00",
                Command::CloseLeg(CloseLeg {
                    number: 1,
                    result: words("ket-qua"),
                }),
            ),
            (
                "4 Sep 11:10",
                Command::CloseConsultation(CloseConsultation {
                    number: 1,
                    answer: words("tra-loi"),
                }),
            ),
        ];
        deeds.extend(end);
        lives.push(told(life, deeds));
    }
    corrected(lives.last_mut().expect("the last one was returned"));
    lives
}

fn advance(id: &str) -> Command {
    Command::Advance(Advance {
        step: Some(desk::step(id)),
        assignee: Some(desk::actor("nv-an")),
    })
}

fn told(mut life: Story, deeds: Vec<(&str, Command)>) -> Story {
    for (moment, command) in deeds {
        let action = command.action();
        life.tries(Role::Chairman, at(moment), None, &Deed::Act(command))
            .unwrap_or_else(|refusal| panic!("{moment} {action}: {refusal:?}"));
    }
    life
}

#[test]
fn no_personal_value_is_in_the_bytes_of_any_event() {
    let mut kinds = std::collections::BTreeSet::new();
    let mut kept = String::new();
    for life in full_lives() {
        for record in &life.records {
            kinds.insert(record.event.kind());
            let text = String::from_utf8(record.to_bytes()).expect("UTF-8");
            assert!(!text.contains("CHIM"), "{}: {text}", record.event.kind());
            assert!(
                !format!("{record:?}").contains("CHIM"),
                "{}",
                record.event.kind()
            );
        }
        assert!(
            !format!("{:?}", life.dossier()).contains("CHIM"),
            "the row holds none either"
        );
        assert!(
            !serde_json::to_string(life.dossier())
                .expect("JSON")
                .contains("CHIM")
        );
        assert!(
            !format!("{:?}", life.private).contains("CHIM"),
            "nor does debug output"
        );
        for Private { content, .. } in &life.private {
            match content {
                Content::Words(words) => kept.push_str(words.as_str()),
                Content::Person(person) => {
                    kept.push_str(&String::from_utf8_lossy(&person.to_bytes()));
                }
            }
        }
    }
    // Every canary arrived, and is stored apart.
    for field in [
        "chu-ho-so-ten",
        "chu-ho-so-cccd",
        "chu-ho-so-dien-thoai",
        "chu-ho-so-dia-chi",
        "nguoi-nhan-ten",
        "nguoi-nhan-cccd",
        "nguoi-nhan-dien-thoai",
        "nguoi-nhan-dia-chi",
        "tu-choi",
        "bo-sung",
        "bo-sung-muc-1",
        "bo-sung-muc-2",
        "bo-sung-ngoai-le",
        "bo-sung-can-cu",
        "xac-minh",
        "chuyen-di",
        "xin-loi",
        "xin-loi-tre",
        "don-doc",
        "rut",
        "dung",
        "dung-can-cu",
        "viec",
        "ket-qua",
        "cau-hoi",
        "tra-loi",
        "danh-gia",
        "chu-ho-so-dung-ten",
        "chu-ho-so-dung-cccd",
        "dinh-chinh",
        "duyet",
        "dinh-chinh-kenh",
        "khong-duyet",
    ] {
        assert!(kept.contains(&canary(field)), "{field} was lost");
    }
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        [
            "advanced",
            "apologised",
            "assigned",
            "consultation_closed",
            "consultation_opened",
            "correction_approved",
            "correction_proposed",
            "correction_rejected",
            "extended",
            "handed_over",
            "leg_closed",
            "leg_opened",
            "payment_recorded",
            "payment_requested",
            "rated",
            "received",
            "refused",
            "reminded",
            "resolved",
            "returned",
            "stopped",
            "submitted",
            "supplement_permitted",
            "supplement_recorded",
            "supplement_requested",
            "transferred",
            "verification_begun",
            "withdrawn",
        ],
        "the lives meet every kind of event"
    );
}

/// Every commitment in a tree. Only commitments are texts of 64 hexadecimal digits.
fn commitments(tree: &Value, found: &mut Vec<String>) {
    match tree {
        Value::String(text)
            if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
        {
            found.push(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| commitments(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| commitments(field, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_commitment_is_to_exactly_one_kept_value_and_verifies_with_the_salt_alone() {
    for life in full_lives() {
        let mut found = Vec::new();
        for record in &life.records {
            let tree = serde_json::from_slice(&record.to_bytes()).expect("JSON");
            commitments(&tree, &mut found);
        }
        let mut expected: Vec<_> = life
            .private
            .iter()
            .map(|Private { item, content }| {
                let value = match content {
                    Content::Words(words) => words.as_str().as_bytes().to_vec(),
                    Content::Person(person) => person.to_bytes(),
                };
                desk::salt().commit(item, &value).as_str().to_owned()
            })
            .collect();
        // A verdict repeats the commitments of the correction.
        found.sort();
        found.dedup();
        expected.sort();
        assert_eq!(found, expected);
        expected.dedup();
        assert_eq!(
            expected.len(),
            life.private.len(),
            "no two values share a commitment"
        );
    }
}

#[test]
fn kept_values_are_named_by_version_and_field_so_that_none_hides_another() {
    for life in full_lives() {
        let mut names: Vec<_> = life
            .private
            .iter()
            .map(|private| private.item.clone())
            .collect();
        names.sort();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all, "{names:?}");
    }
    let life = &full_lives()[3];
    let names: Vec<_> = life
        .private
        .iter()
        .map(|private| private.item.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "applicant",
            "2.items.0.note",
            "2.items.1.note",
            "2.reason",
            "2.exception.reason",
            "2.exception.legal_basis",
            "5.reason",
            "7.reason",
            "8.reason",
            "10.reason",
            "11.reason",
            "13.words",
            "14.reason",
            "16.task",
            "17.question",
            "18.result",
            "19.answer",
            "receiver",
            "22.comment",
            "23.applicant",
            "23.reason",
            "24.note",
            "25.reason",
            "26.note",
        ]
    );
}

/// Asserts that a record has actor, role and time, and a written reason if the law requires one.
pub fn reason_is_given(story: &Story, record: &Record) {
    assert!(!record.actor.as_str().is_empty());
    assert_eq!(record.actor.as_str(), format!("nv-{}", record.role));
    let fields: &[&str] = match &record.event {
        Event::Refused { .. }
        | Event::Extended { .. }
        | Event::Apologised { .. }
        | Event::Transferred(_)
        | Event::VerificationBegun { .. } => &["reason"],
        Event::SupplementRequested(asked) if asked.exception.is_some() => {
            &["reason", "exception.reason", "exception.legal_basis"]
        }
        Event::SupplementRequested(_) | Event::SupplementPermitted(_) => &["reason"],
        Event::CorrectionProposed(_) => &["reason"],
        Event::Stopped { .. } => &["reason", "legal_basis"],
        Event::LegOpened(_) => &["task"],
        Event::ConsultationOpened(_) => &["question"],
        Event::ConsultationClosed { .. } => &["answer"],
        _ => &[],
    };
    let text = String::from_utf8(record.to_bytes()).expect("UTF-8");
    for field in fields {
        let item = format!("{}.{field}", record.version);
        let kept = story.private.iter().find(|private| private.item == item);
        let Some(Content::Words(words)) = kept.map(|private| &private.content) else {
            panic!("{item} of {} is not kept", record.event.kind());
        };
        assert!(!words.is_empty());
        let commitment = desk::salt().commit(&item, words.as_str().as_bytes());
        assert!(text.contains(commitment.as_str()), "{item} is committed to");
    }
}
