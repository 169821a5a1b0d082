//! Details of papers: kind of copy, digitised or not, brought or taken from a store.

use domain::dossier::acts::RecordSupplement;
use domain::dossier::{
    Channel, Command, Dossier, Event, Paper, PaperCopy, Record, Refusal, Reuse, Status,
};
use domain::id::Reference;
use domain::role::Role;

use crate::desk;
use crate::story::{Deed, Story};

const LAW: &str = "1.004873";

fn paper(component: &str, copy: PaperCopy) -> Paper {
    Paper {
        component: desk::component(component),
        copy,
        count: 1,
        file: None,
        reuse: None,
    }
}

fn digitised(component: &str) -> Paper {
    Paper {
        file: Some(desk::file("bản quét", 81_234)),
        ..paper(component, PaperCopy::Original)
    }
}

/// A reception with these details, and no other list of papers.
fn received(papers: Vec<Paper>) -> Result<Story, Refusal> {
    let mut story = Story::of(LAW);
    let mut reception = story.reception(Channel::Desk, Vec::new());
    reception.content.papers = papers;
    let receive = Deed::Receive(reception);
    story.tries(Role::Receptionist, desk::at("3 Aug 10:00"), None, &receive)?;
    Ok(story)
}

#[test]
fn a_paper_that_is_described_has_come() {
    let story = received(vec![digitised("to-khai")]).expect("received");
    let dossier = story.dossier();
    assert_eq!(dossier.components, [desk::component("to-khai")]);
    assert_eq!(dossier.papers, [digitised("to-khai")]);
    assert_eq!((dossier.digitised(), dossier.reused()), (1, 0));
    let unknown = received(vec![digitised("giay-la")]).err();
    let unknown = unknown.map(|refusal| refusal.reason());
    assert_eq!(unknown, Some("COMPONENTS_UNKNOWN"));
}

#[test]
fn only_what_came_on_paper_is_digitised() {
    for copy in PaperCopy::ALL {
        let mut came = paper("to-khai", copy);
        assert!(!came.is_digitised(), "{copy}: there is no file");
        came.file = Some(desk::file("tệp", 7));
        assert_eq!(came.is_digitised(), copy != PaperCopy::Electronic, "{copy}");
    }
}

#[test]
fn what_comes_later_is_added_and_what_was_said_twice_is_kept_once() {
    let mut story = received(vec![digitised("to-khai")]).expect("received");
    let ask = crate::story::command("papers requested").expect("known");
    story
        .tries(
            Role::Officer,
            desk::at("4 Aug 09:00"),
            None,
            &Deed::Act(ask),
        )
        .expect("asked");
    let reused = Paper {
        reuse: Some(Reuse::Database {
            database: Reference::parse("CSDLQGDC").expect("a reference"),
        }),
        ..paper("giay-to-ly-hon-hoac-khai-tu", PaperCopy::Electronic)
    };
    let came = Command::RecordSupplement(RecordSupplement {
        components: Vec::new(),
        papers: vec![digitised("to-khai"), reused.clone()],
    });
    story
        .tries(
            Role::Receptionist,
            desk::at("5 Aug 09:00"),
            None,
            &Deed::Act(came),
        )
        .expect("came");
    let dossier = story.dossier();
    assert_eq!(dossier.status(), Status::Received);
    assert_eq!(dossier.papers, [digitised("to-khai"), reused]);
    assert_eq!(dossier.components.len(), 2);
    assert_eq!((dossier.digitised(), dossier.reused()), (1, 1));
}

#[test]
fn an_event_that_says_nothing_of_papers_has_the_bytes_that_it_always_had() {
    let told = "3 Aug 10:00 submitted; 3 Aug 11:00 accepted; 4 Aug 09:00 papers requested; \
                5 Aug 09:00 papers complete";
    let story = Story::told(LAW, told);
    for record in &story.records {
        let bytes = String::from_utf8(record.to_bytes()).expect("JSON");
        assert!(!bytes.contains("\"papers\""), "{bytes}");
    }
    let row = serde_json::to_string(story.dossier()).expect("JSON");
    assert!(!row.contains("\"papers\""), "{row}");
}

#[test]
fn what_is_said_of_a_paper_is_in_the_event_and_reads_back() {
    let store = Paper {
        count: 2,
        reuse: Some(Reuse::PersonalStore { result: None }),
        ..paper("to-khai", PaperCopy::Electronic)
    };
    let story = received(vec![digitised("to-khai"), store]).expect("received");
    let record = &story.records[0];
    let bytes = record.to_bytes();
    let text = String::from_utf8(bytes.clone()).expect("JSON");
    let hash = desk::file("bản quét", 81_234).sha256;
    let original = format!(
        r#"{{"component":"to-khai","copy":"original","count":1,"file":{{"bytes":81234,"sha256":"{hash}"}}}}"#
    );
    assert!(text.contains(&original), "{text}");
    assert!(
        text.contains(r#""reuse":{"from":"personal_store","result":null}"#),
        "{text}"
    );
    let read = Record::from_bytes(&bytes).expect("it reads back");
    assert_eq!(&read, record);
    assert!(matches!(&read.event, Event::Received(facts) if facts.papers.len() == 2));
    assert_eq!(Dossier::fold([&read]).as_ref(), Some(story.dossier()));
}
