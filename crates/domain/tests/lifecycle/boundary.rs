//! Received regardless of boundary: two starts, one promise.

use domain::catalogue::{Catalogue, SourceFile};
use domain::deadline::{Language, explain_from};
use domain::dossier::Channel;
use domain::id::CaseId;
use domain::procedure::Reach;
use domain::role::Role;

use crate::desk;
use crate::story::{Deed, Story};

#[test]
fn the_date_on_the_receipt_allows_for_the_way() {
    // Monday before 15:00: the papers go by closing time, so Tuesday is the first day.
    let in_time = Story::told("1.004873", "10 Aug 10:00 received for H60.02212");
    assert_eq!(
        in_time.due_times(),
        "original Thu 13 Aug 17:00, effective Thu 13 Aug 17:00, promised Thu 13 Aug 17:00"
    );
    // After 15:00 they go when Tuesday opens, which is then the day of receipt.
    let late = Story::told("1.004873", "10 Aug 15:30 received for H60.02212");
    assert_eq!(
        late.due_times(),
        "original Fri 14 Aug 17:00, effective Fri 14 Aug 17:00, promised Fri 14 Aug 17:00"
    );
    // At the ward that decides, the hour changes nothing.
    let own = Story::told("1.004873", "10 Aug 15:30 received");
    assert!(own.due_times().starts_with("original Thu 13 Aug 17:00"));
    // What is electronic goes at once.
    let online = Story::told("1.004873", "10 Aug 15:30 received online for H60.02212");
    assert!(online.due_times().starts_with("original Thu 13 Aug 17:00"));
}

#[test]
fn the_limit_counts_from_the_arrival_and_the_promise_stays_if_that_is_early() {
    let mut story = Story::told("1.004873", "10 Aug 15:30 received for H60.02212");
    story.goes_on("10 Aug 16:30 arrived");
    assert_eq!(
        story.due_times(),
        "original Fri 14 Aug 17:00, effective Fri 14 Aug 17:00, promised Fri 14 Aug 17:00"
    );
    let transit = story.dossier().transit.expect("on its way");
    assert!(!transit.is_late(desk::at("20 Aug 08:00")));

    let mut late = Story::told("1.004873", "10 Aug 15:30 received for H60.02212");
    late.goes_on("12 Aug 09:00 arrived; 12 Aug 10:00 arrived [NOT_ON_ITS_WAY]");
    assert_eq!(
        late.due_times(),
        "original Fri 14 Aug 17:00, effective Mon 17 Aug 17:00, promised Mon 17 Aug 17:00"
    );
    assert!(
        late.dossier()
            .transit
            .expect("arrived")
            .is_late(desk::at("12 Aug 09:00"))
    );
}

#[test]
fn an_arrival_lies_between_reception_and_now() {
    let mut story = Story::told("1.004873", "10 Aug 10:00 received for H60.02212");
    story.goes_on(
        "10 Aug 14:00 arrived at 10 Aug 09:59 [ARRIVAL_IMPOSSIBLE]; \
         10 Aug 14:00 arrived at 10 Aug 14:01 [ARRIVAL_IMPOSSIBLE]; \
         11 Aug 14:00 arrived at 10 Aug 16:00",
    );
    let arrived = story.dossier().transit.and_then(|transit| transit.arrived);
    assert_eq!(arrived, Some(desk::at("10 Aug 16:00")));

    let mut own = Story::told("1.004873", "10 Aug 10:00 received");
    own.goes_on("10 Aug 11:00 arrived [NOT_ON_ITS_WAY]");
    let mut waits = Story::told("1.004873", "10 Aug 10:00 submitted");
    waits.goes_on("10 Aug 11:00 arrived [WRONG_STATE]");
}

#[test]
fn the_first_step_and_a_hand_over_to_the_competent_unit_prove_the_arrival() {
    let mut story = Story::told("1.004873", "10 Aug 10:00 received for H60.02212");
    story.goes_on("12 Aug 09:00 goes to appraise");
    let kinds: Vec<_> = story.records.iter().map(|it| it.event.kind()).collect();
    assert_eq!(kinds, ["received", "arrived", "advanced"]);
    assert!(story.due_times().contains("effective Mon 17 Aug 17:00"));

    let mut handed = Story::told("1.004873", "10 Aug 10:00 received for H60.02212");
    handed.goes_on("10 Aug 16:00 nv-chairman gives papers to nv-an of H60.02212");
    let kinds: Vec<_> = handed.records.iter().map(|it| it.event.kind()).collect();
    assert_eq!(kinds, ["received", "handed_over", "arrived"]);
}

#[test]
fn overdue_stays_overdue_however_late_it_arrives() {
    let mut story = Story::told("1.004873", "10 Aug 10:00 received for H60.02212");
    story.goes_on("14 Aug 08:00 arrived");
    assert!(story.is_overdue("14 Aug 08:00"));
    // Nor does anybody make it punctual who says later that it came before.
    let mut said_later = Story::told("1.004873", "10 Aug 10:00 received for H60.02212");
    said_later.goes_on("14 Aug 08:00 arrived at 13 Aug 16:00");
    assert!(said_later.is_overdue("14 Aug 08:00"));
}

#[test]
fn dossiers_received_before_the_decree_count_from_their_reception() {
    let mut story = Story::told("1.004873", "4 Aug 15:30 received for H60.02212");
    assert!(story.due_times().starts_with("original Fri 7 Aug 17:00"));
    story.goes_on("6 Aug 09:00 arrived [NOT_ON_ITS_WAY]; 6 Aug 10:00 goes to appraise");
    assert!(story.due_times().contains("effective Fri 7 Aug 17:00"));

    let first_day = Story::told("1.004873", "5 Aug 15:30 received for H60.02212");
    assert!(
        first_day
            .due_times()
            .starts_with("original Tue 11 Aug 17:00")
    );
}

#[test]
fn both_starts_are_told_in_both_languages() {
    let mut story = Story::told(
        "1.004873 until 15:00",
        "10 Aug 15:30 received for H60.02212; 11 Aug 16:00 arrived",
    );
    let start = story.dossier().start().expect("received");
    let limit = story.dossier().clock.as_ref().and_then(|clock| clock.limit);
    let explained = explain_from(&start, limit.expect("three days"), story.calendar());
    let explained = explained.expect("a due time");
    assert_eq!(
        explained.lines(Language::English)[1],
        "Received at 15:30 on Monday 10 August 2026. The competent agency has it by 07:30 on Tuesday \
         11 August 2026 at the latest; the limit counts from then. The day of receipt is not counted."
    );
    assert_eq!(
        explained.lines(Language::Vietnamese)[1],
        "Nhận lúc 15:30 thứ Hai 10/08/2026. Cơ quan có thẩm quyền nhận hồ sơ chậm nhất lúc 07:30 \
         thứ Ba 11/08/2026; thời hạn tính từ lúc đó. Ngày nhận không tính."
    );
    // It came after 15:00 of Tuesday, so it counts as received on Wednesday.
    assert!(story.due_times().contains("effective Mon 17 Aug 17:00"));
    story.goes_on("12 Aug 08:00 goes to appraise");
}

#[test]
fn a_list_says_where_a_procedure_may_be_received_by_day() {
    let text = "procedure,case,receiving_unit,reach,from,until,mark,source\n\
                1.004873,,,unit,2026-08-05,2026-08-31,statute,văn bản mẫu\n\
                1.004873,,,nation,2026-09-01,,statute,văn bản mẫu\n\
                1.004873,,H60.00000,province,2026-08-05,2026-08-31,statute,văn bản mẫu\n";
    let catalogue = with_list(text).expect("a sound list");
    let reach = |unit: &str, day: &str| {
        let code = desk::shipped("1.004873").code;
        let day = domain::time::local_day(desk::at(&format!("{day} 12:00")));
        let case = CaseId::parse("standard").expect("a case");
        catalogue
            .boundaries
            .reach((&code, &case), &desk::unit(unit), day)
    };
    assert_eq!(reach(desk::WARD, "4 Aug"), Reach::Province, "as by default");
    assert_eq!(reach(desk::WARD, "5 Aug"), Reach::Unit);
    assert_eq!(reach("H60.00000", "5 Aug"), Reach::Province, "the centre");
    assert_eq!(reach(desk::WARD, "1 Sep"), Reach::Nation);

    let mut story = Story::of("1.004873").ruled_by(catalogue.clone());
    story.goes_on("10 Aug 10:00 received for H60.02212 [BEYOND_REACH]");
    let mut abroad = Story::of("1.004873").ruled_by(catalogue);
    abroad.goes_on("10 Aug 10:00 received for H41.16681 [BEYOND_REACH]");
    abroad.goes_on("7 Sep 10:00 received for H41.16681; 8 Sep 09:00 arrived");
    let dossier = abroad.dossier();
    assert!(dossier.transit.expect("on its way").outside);
    let deciding = domain::dossier::Standing::Resolving.units(dossier);
    assert_eq!(
        deciding,
        [&dossier.receiving],
        "the desk records what it hears"
    );
    assert_eq!(dossier.resolving, desk::unit(desk::ELSEWHERE));
}

#[test]
fn transactions_about_land_are_taken_by_the_commune_of_the_land_alone() {
    let taken = |case: &str, resolving: &str| {
        let mut story = Story::new(desk::shipped_version("2.001035", 2));
        let papers = desk::required(&story.procedure);
        let mut reception = story.reception(Channel::Desk, papers);
        reception.content.case = Some(CaseId::parse(case).expect("a case"));
        reception.content.resolving = Some(desk::unit(resolving));
        let receive = Deed::Receive(reception);
        let taken = story.tries(Role::Receptionist, desk::at("7 Dec 10:00"), None, &receive);
        taken.map_err(|refusal| refusal.reason())
    };
    assert_eq!(taken("dat-dai", "H60.02212"), Err("BEYOND_REACH"));
    assert_eq!(taken("dat-dai", desk::WARD), Ok(()));
    assert_eq!(taken("standard", "H60.02212"), Ok(()));
}

#[test]
fn a_list_of_unknown_units_or_without_source_is_refused_by_line() {
    let head = "procedure,case,receiving_unit,reach,from,until,mark,source\n";
    for (line, reason) in [
        (
            "1.004873,,H99.00001,nation,2026-09-01,,statute,văn bản",
            "receiving_unit: H99.00001 is not listed",
        ),
        (
            "9.999999,,,nation,2026-09-01,,statute,văn bản",
            "procedure: 9.999999 is no procedure of the catalogue",
        ),
        (
            "1.004873,gia-dinh,,unit,2026-09-01,,statute,văn bản",
            "case: no version of 1.004873 has a case gia-dinh",
        ),
        (
            "1.004873,,,world,2026-09-01,,statute,văn bản",
            "reach: `world` is unknown; expected one of unit, province, nation",
        ),
        (
            "1.004873,,,nation,2026-09-01,2026-08-01,statute,văn bản",
            "until: expected a day not before 2026-09-01",
        ),
        (
            "1.004873,,,nation,2026-09-01,,statute,",
            "source: expected the document that says so",
        ),
    ] {
        let faults = with_list(&format!("{head}{line}\n")).expect_err(line);
        let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(told, [format!("intake/boundary.csv:2: {reason}")]);
    }
    let twice = "1.004873,,,nation,2026-09-01,,statute,văn bản\n";
    let faults = with_list(&format!("{head}{twice}{twice}")).expect_err("twice");
    assert_eq!(faults[0].line, 3, "{faults:?}");
}

fn with_list(text: &str) -> Result<Catalogue, Vec<domain::catalogue::Fault>> {
    desk::catalogue().with(&[SourceFile {
        path: "intake/boundary.csv".into(),
        text: text.into(),
    }])
}
