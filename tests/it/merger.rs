//! Units that were merged on 1 July 2025: old Tuyên Quang and old Hà Giang, by the real table.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::merger::{Merged, Merger};
use app::ports::{Proposal, Scope, Store, Verdict, WriteCatalogue};
use app::report::{RateUnits, RatesQuery, UnitBasis};
use app::view::{DossierName, View};
use app::{Engine, Parts};
use chrono::NaiveDate;
use domain::catalogue::{Catalogue, SourceFile, Successors};
use domain::dossier::acts::{Resolve, ReturnResult};
use domain::dossier::contents::{CircumstancesGiven, Contents};
use domain::dossier::private::Person;
use domain::dossier::{Channel, Command, Dossier, Reception, Status};
use domain::id::{ActorId, UnitCode};
use domain::indicator::{Report, Row};
use domain::role::Role;
use futures::future::join_all;
use serde_json::json;
use tokio::sync::{Semaphore, mpsc};

use crate::backend::Backend;
use crate::calling::Json;
use crate::held_store::HeldStore;
use crate::port::soon;
use crate::world::{NumberedIds, PROVINCE, WARD, World, catalogue, procedure_code, unit, who};

/// Phường Tân Quang, now part of Phường Minh Xuân.
pub const TAN_QUANG: &str = "H60.02206";

/// An invented procedure from before the shipped ones: 3 working days, with the result at the desk.
pub const BEFORE: &str = "x-truoc-sap-xep";
pub const BEFORE_TEXT: &str = r#"code = "x-truoc-sap-xep"
[[version]]
number = 1
from = 2024-01-01
name = "Thủ tục trước sắp xếp"
field = "Thử"
clock = "no-stop"
clock_mark = "derived"
clock_source = "bịa để thử"
on_the_spot = true
source = "bịa để thử"
online = "unknown"
online_mark = "unknown"
[[version.case]]
id = "standard"
name = "Chung"
limit = "3wd"
limit_mark = "derived"
limit_source = "bịa để thử"
"#;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn change() -> NaiveDate {
    day("2025-07-01")
}

/// A world in June 2025, in which the invented procedure is published.
pub async fn june(on: Backend) -> World {
    let world = World::on(on, "2025-06-16 08:00").await;
    let province = who(Role::Admin, PROVINCE).province;
    let at = world.engine.now();
    let by = ActorId::parse("admin-1").unwrap();
    let proposal = Proposal {
        province: province.clone(),
        path: format!("procedures/{BEFORE}.toml"),
        text: BEFORE_TEXT.into(),
        reason: "bịa để thử".into(),
        author: by.clone(),
        at,
    };
    let number = world.store.propose(&proposal).await.unwrap().number;
    let verdict = Verdict {
        province,
        number,
        publish: true,
        by,
        at,
    };
    assert!(world.store.decide(&verdict).await.unwrap());
    world.engine.refresh_catalogue().await.unwrap();
    world
}

/// An invented applicant's contents for the invented procedure.
pub fn contents() -> Contents {
    Contents {
        case: None,
        applicant: Person {
            name: "Nguyễn Văn Mẫu".into(),
            ..Person::default()
        },
        assisted_by: None,
        components: Vec::new(),
        papers: Vec::new(),
        external_codes: Vec::new(),
        resolving: None,
        returning: None,
        duplicate_intended: false,
        circumstances: CircumstancesGiven::default(),
    }
}

pub async fn receive(world: &World, at: &UnitCode, resolving: Option<&UnitCode>) -> View {
    let mut content = contents();
    content.resolving = resolving.cloned();
    let reception = Reception {
        receiving: at.clone(),
        channel: Channel::Desk,
        content,
    };
    let clerk = who(Role::Receptionist, at.as_str());
    let code = procedure_code(BEFORE);
    let received = world
        .engine
        .receive(&clerk, world.identity(), &code, reception);
    received.await.unwrap()
}

async fn finish(world: &World, view: &View) -> View {
    let resolved = world
        .act(
            view,
            Role::Chairman,
            Command::Resolve(Resolve {
                results: Vec::new(),
            }),
        )
        .await;
    let back = Command::Return(ReturnResult {
        receiver: None,
        proxy: false,
        channel: Channel::Desk,
    });
    let resolved = resolved.unwrap();
    world
        .act(&resolved, Role::Receptionist, back)
        .await
        .unwrap()
}

/// The communes of the two old provinces on the last day of June.
fn communes(catalogue: &Catalogue) -> Vec<UnitCode> {
    let succession = catalogue.lineage.on(change()).unwrap();
    let province = who(Role::Admin, PROVINCE).province;
    let old = succession.iter().map(|(old, _)| old);
    old.filter(|old| catalogue.units.get(old).unwrap().province == province)
        .cloned()
        .collect()
}

fn shipped_table() -> SourceFile {
    let path = Successors::path(change());
    let mut files = server::catalogue::shipped_files().into_iter();
    files.find(|file| file.path.ends_with(&path)).unwrap()
}

pub fn merger(dry_run: bool, choices: &[(&str, &str)]) -> Merger {
    let choices = choices.iter();
    Merger {
        day: change(),
        table: shipped_table(),
        choices: choices
            .map(|(old, new)| ((*old).to_owned(), (*new).to_owned()))
            .collect(),
        reason: "Nghị quyết 1684/NQ-UBTVQH15".into(),
        dry_run,
    }
}

pub async fn merge(world: &World, merger: &Merger) -> Merged {
    let admin = who(Role::Admin, PROVINCE);
    let merged = world.engine.merge_units(&admin, merger, |_| {}).await;
    merged.unwrap()
}

async fn all(world: &World) -> BTreeMap<String, Dossier> {
    let scope = Scope::Province(who(Role::Admin, PROVINCE).province);
    let list = app::ports::List::all(scope, None, 100_000);
    let found = world.store.read().await.unwrap().list(&list).await.unwrap();
    let by_id = found.into_iter().map(|found| (found.id.to_string(), found));
    by_id.collect()
}

async fn rates(world: &World, units: RateUnits, days: [&str; 2], basis: UnitBasis) -> Report {
    let asked = async |as_of| {
        let query = RatesQuery {
            units: units.clone(),
            from: day(days[0]),
            to: day(days[1]),
            as_of,
            basis,
        };
        let caller = who(Role::Province, PROVINCE);
        world.engine.rates(&caller, query).await.unwrap()
    };
    let report = asked(None).await;
    let read_anew = asked(Some(world.engine.now())).await;
    assert_eq!(report, read_anew, "sums and histories say the same");
    report
}

const JUNE: [&str; 2] = ["2025-06-01", "2025-06-30"];
const JULY: [&str; 2] = ["2025-07-01", "2025-07-31"];
const BOTH: [&str; 2] = ["2025-06-01", "2025-07-31"];

/// The counts of a row, which can be added up over rows.
fn counts(row: &Row) -> [u32; 6] {
    [
        row.carried_over,
        row.received,
        row.resolved,
        row.in_time,
        row.pending_in_time,
        row.pending_late,
    ]
}

fn rows(report: &Report) -> BTreeMap<&str, [u32; 6]> {
    let rows = report.units.iter();
    rows.map(|row| (row.unit.as_str(), counts(row))).collect()
}

on_both!(two_old_provinces_pass_to_their_heirs_without_gap_or_double_count);

async fn two_old_provinces_pass_to_their_heirs_without_gap_or_double_count(on: Backend) {
    let world = june(on).await;
    let known = catalogue();
    let communes = communes(&known);
    assert_eq!(communes.len(), 137 + 193);
    // Two dossiers at each commune. The next commune decides the second; every third is finished.
    let received = communes.iter().enumerate().map(async |(at, here)| {
        let next = &communes[(at + 1) % communes.len()];
        let plain = receive(&world, here, None).await;
        receive(&world, here, Some(next)).await;
        if at % 3 == 0 {
            finish(&world, &plain).await;
        }
    });
    join_all(received).await;
    world.set("2025-07-01 08:00");
    receive(&world, &unit(WARD), None).await;
    let before = all(&world).await;
    assert_eq!(before.len(), 330 * 2 + 1);
    let in_june = rates(&world, province(), JUNE, UnitBasis::Recorded).await;

    let foreseen = merge(&world, &merger(true, &[])).await;
    assert_eq!(all(&world).await, before, "a dry run changes nothing");
    let done = merge(&world, &merger(false, &[])).await;
    assert_eq!((foreseen.seen, foreseen.moved), (done.seen, done.moved));
    assert_eq!(foreseen.handovers, done.handovers);
    assert_eq!(done.seen, 330 + 220 + 1, "what has ended is not looked at");

    let after = all(&world).await;
    assert_eq!(after.len(), before.len(), "as many dossiers as before");
    let mut moved = 0;
    for (id, was) in &before {
        let is = &after[id];
        if was.status() == Status::Returned {
            assert_eq!(is, was, "what has ended stays where it ended");
            continue;
        }
        assert_eq!((&is.code, is.due()), (&was.code, was.due()));
        for (was, is) in [
            (&was.receiving, &is.receiving),
            (&was.resolving, &is.resolving),
            (&was.returning, &is.returning),
        ] {
            let heir = known.lineage.working(was, change());
            assert_eq!(is, heir);
            assert!(known.units.get(is).unwrap().exists_on(change()));
        }
        let passed = *was != *is;
        assert_eq!(is.version, was.version + u32::from(passed), "one event");
        moved += u64::from(passed);
    }
    assert_eq!(moved, done.moved);

    let again = merge(&world, &merger(false, &[])).await;
    assert_eq!((again.moved, again.job), (0, done.job));
    assert_eq!(all(&world).await, after, "a second run adds nothing");

    three_ways(&world, &in_june).await;
}

fn province() -> RateUnits {
    RateUnits::Province(who(Role::Admin, PROVINCE).province)
}

/// Every report works by the old units, by the new units, and across the change.
async fn three_ways(world: &World, in_june: &Report) {
    let known = catalogue();
    let recorded = rates(world, province(), JUNE, UnitBasis::Recorded).await;
    assert_eq!(
        recorded.units, in_june.units,
        "June reads by the old units as it did in June"
    );
    assert_eq!(recorded.units.len(), 330, "the old communes");
    world.set("2025-07-03 09:00");
    let minh_xuan = all(world)
        .await
        .into_values()
        .find(|dossier| dossier.resolving == unit(WARD) && dossier.status() == Status::Received);
    let name = DossierName::Id(minh_xuan.unwrap().id);
    let caller = who(Role::Chairman, WARD);
    let view = world.engine.dossier(&caller, &name).await.unwrap();
    finish(world, &view).await;

    for days in [JUNE, JULY, BOTH] {
        let old = rates(world, province(), days, UnitBasis::Recorded).await;
        let new = rates(world, province(), days, UnitBasis::Current).await;
        assert_eq!(counts(&old.total), counts(&new.total), "{days:?}");
        let mut rolled: BTreeMap<&str, [u32; 6]> = BTreeMap::new();
        for row in &old.units {
            let code = unit(&row.unit);
            let heir = known.lineage.working(&code, change());
            let heir = known.units.get(heir).unwrap().code.as_str();
            let sum = rolled.entry(heir).or_default();
            for (sum, count) in sum.iter_mut().zip(counts(row)) {
                *sum += count;
            }
        }
        let mut by_new = rows(&new);
        by_new.retain(|_, counts| *counts != [0; 6]);
        rolled.retain(|_, counts| *counts != [0; 6]);
        assert!(rolled == by_new, "{days:?}: {rolled:?} is not {by_new:?}");
        assert_eq!(new.units.len(), 124 + 1);
        for report in [&old, &new] {
            let total = counts(&report.total);
            let [carried, received, resolved, _, in_time, late] = total;
            assert_eq!(carried + received, resolved + in_time + late, "{days:?}");
        }
    }
    let across = rates(world, province(), BOTH, UnitBasis::Current).await;
    assert_eq!(across.total.received, 330 * 2 + 1, "each dossier once");
    let july = rates(world, province(), JULY, UnitBasis::Recorded).await;
    assert_eq!(july.total.carried_over, 330 + 220);

    // A unit's own report equals its row among all units.
    for (code, basis) in [
        (TAN_QUANG, UnitBasis::Recorded),
        (WARD, UnitBasis::Recorded),
        (WARD, UnitBasis::Current),
    ] {
        for days in [JUNE, JULY, BOTH] {
            let among = rates(world, province(), days, basis).await;
            let alone = rates(world, RateUnits::One(unit(code)), days, basis).await;
            let nothing = [0; 6];
            let among = rows(&among).get(code).copied().unwrap_or(nothing);
            assert_eq!(counts(&alone.total), among, "{code} {basis:?} {days:?}");
        }
    }
    let june = rates(
        world,
        RateUnits::One(unit(TAN_QUANG)),
        JUNE,
        UnitBasis::Recorded,
    )
    .await;
    assert_eq!(june.units[0].name, "Phường Tân Quang");
    assert_eq!(june.total.received, 2);
}

on_both!(a_merger_that_is_killed_between_two_commits_is_finished_by_the_next_run);

async fn a_merger_that_is_killed_between_two_commits_is_finished_by_the_next_run(on: Backend) {
    let world = june(on).await;
    for _ in 0..300 {
        receive(&world, &unit(TAN_QUANG), None).await;
    }
    world.set("2025-07-01 08:00");
    let in_june = rates(&world, province(), JUNE, UnitBasis::Recorded).await;

    // The process completes one commit and then hangs before the next.
    let (arrived, mut arrivals) = mpsc::unbounded_channel();
    let held = HeldStore {
        store: world.store.clone(),
        arrived,
        open: Arc::new(Semaphore::new(1)),
    };
    let doomed = Engine::start(Parts {
        store: Arc::new(held),
        catalogue: catalogue(),
        clock: world.clock.clone(),
        ids: Arc::new(NumberedIds::default()),
        secret: b"a secret of the tests".to_vec(),
        queue: 1_024,
    });
    doomed.refresh_catalogue().await.unwrap();
    let working = doomed.clone();
    let working = tokio::spawn(async move {
        let admin = who(Role::Admin, PROVINCE);
        working
            .merge_units(&admin, &merger(false, &[]), |_| {})
            .await
    });
    soon("the first commit", arrivals.recv()).await.unwrap();
    soon("the second commit", arrivals.recv()).await.unwrap();
    working.abort();
    drop(doomed);

    let passed = |dossiers: &BTreeMap<String, Dossier>| {
        let passed = dossiers.values();
        passed.filter(|one| one.resolving == unit(WARD)).count()
    };
    let cut = passed(&all(&world).await);
    assert!((1..300).contains(&cut), "{cut} have passed when it is cut");
    let done = merge(&world, &merger(false, &[])).await;
    assert_eq!((done.seen, done.moved), (300, 300));
    let after = all(&world).await;
    assert_eq!((after.len(), passed(&after)), (300, 300));
    assert!(
        after.values().all(|dossier| dossier.version == 2),
        "one event each, no more"
    );
    let june = rates(&world, province(), JUNE, UnitBasis::Recorded).await;
    assert_eq!(
        june,
        Report {
            as_of: june.as_of.clone(),
            ..in_june
        }
    );
    let july = rates(&world, province(), JULY, UnitBasis::Current).await;
    assert_eq!(july.total.carried_over, 300);
}

on_both!(tan_quang_ends_in_minh_xuan_and_its_people_go_on_working);

async fn tan_quang_ends_in_minh_xuan_and_its_people_go_on_working(on: Backend) {
    let world = june(on).await;
    let token = world.token(Role::Chairman, TAN_QUANG).await;
    let closed = receive(&world, &unit(TAN_QUANG), None).await;
    let closed = finish(&world, &closed).await;
    let open = receive(&world, &unit(TAN_QUANG), None).await;
    let code = open.dossier.code.clone().unwrap().to_string();
    assert_eq!(code, "H60.02206-250616-0002");
    world.set("2025-07-01 08:00");
    let admin = Json::over(&world);
    let of_province = world.token(Role::Admin, PROVINCE).await;
    let merged = admin
        .call(
            &of_province,
            "MergeUnits",
            &json!({ "day": "2025-07-01", "table": shipped_table().text, "reason": "NQ 1684" }),
        )
        .await;
    let merged = merged.good();
    assert_eq!(merged["moved_count"], 1, "{merged}");
    assert_eq!(merged["handovers"][0]["old_unit"], "units/H60.02206");
    assert_eq!(merged["handovers"][0]["new_unit"], "units/H60.02215");

    let json = Json::over(&world);
    let of_minh_xuan = world.token(Role::Chairman, WARD).await;
    for token in [&token, &of_minh_xuan] {
        let answer = json
            .call(token, "GetDossier", &json!({ "name": code }))
            .await;
        let dossier = answer.good();
        assert_eq!(dossier["resolving_unit"], "units/H60.02215", "{dossier}");
        assert_eq!(dossier["code"], code);
        let listed = json.call(token, "ListWorklist", &json!({})).await;
        assert_eq!(listed.good()["dossiers"].as_array().unwrap().len(), 1);
        let name = closed.dossier.code.as_ref().unwrap().as_str();
        let answer = json
            .call(token, "GetDossier", &json!({ "name": name }))
            .await;
        let before = answer.good();
        assert_eq!(before["resolving_unit"], "units/H60.02206");
        let found = json
            .call(token, "SearchDossiers", &json!({ "query": name }))
            .await;
        assert_eq!(found.good()["dossiers"].as_array().unwrap().len(), 1);
        let resolve = json!({
            "name": code, "etag": dossier["etag"], "request_id": crate::calling::fresh_id(),
        });
        if token == &of_minh_xuan {
            let events = json
                .call(token, "ListDossierEvents", &json!({ "name": code }))
                .await;
            let last = &events.good()["events"][1];
            assert_eq!(last["kind"], "succeeded", "{last}");
            assert_eq!(last["details"]["new_units"], "units/H60.02215", "{last}");
            json.call(token, "ResolveDossier", &resolve).await.good();
        }
    }
    // A unit that has ended receives no dossier.
    let mut late = crate::access::ways::reception(TAN_QUANG);
    late["procedure"] = BEFORE.into();
    late["components"] = json!([]);
    let clerk = world.token(Role::Receptionist, TAN_QUANG).await;
    let refused = json.call(&clerk, "ReceiveDossier", &late).await;
    let told = refused.json.to_string();
    assert!(told.contains("H60.02215 has taken over"), "{told}");
}

on_both!(a_divided_commune_goes_where_the_table_says_or_where_somebody_chose);

async fn a_divided_commune_goes_where_the_table_says_or_where_somebody_chose(on: Backend) {
    let world = june(on).await;
    let known = catalogue();
    let succession = known.lineage.on(change()).unwrap();
    let (old, heirs) = succession
        .iter()
        .find(|(old, heirs)| old.level_one() == "H22" && heirs.is_divided() && heirs.main() != *old)
        .unwrap();
    let main = heirs.main().clone();
    let (other, _) = heirs.iter().find(|(heir, _)| *heir != main).unwrap();
    let view = receive(&world, old, None).await;
    world.set("2025-07-01 08:00");

    let chosen = merger(false, &[(old.as_str(), other.as_str())]);
    let foreseen = merge(&world, &merger(true, &[])).await;
    assert_eq!(foreseen.handovers[0].new, main);
    let done = merge(&world, &chosen).await;
    assert_eq!(done.handovers[0].new, *other);
    assert_eq!(
        all(&world).await[&view.dossier.id.to_string()].resolving,
        *other
    );
    // Reports use the chosen successors too.
    let june = rates(
        &world,
        RateUnits::One(other.clone()),
        JUNE,
        UnitBasis::Current,
    )
    .await;
    assert_eq!(june.total.received, 1);
    assert_eq!(merge(&world, &chosen).await.moved, 0);

    let admin = who(Role::Admin, PROVINCE);
    let wrong = merger(false, &[(old.as_str(), WARD), ("99999", WARD)]);
    let error = world.engine.merge_units(&admin, &wrong, |_| {}).await;
    let app::Error::Invalid(fields) = error.unwrap_err() else {
        panic!("expected wrong fields")
    };
    assert_eq!(fields[0].field, "choices[1]", "{fields:?}");
}
