//! Numbers that a portal brings along. Each belongs to one dossier, and none keeps a desk from
//! issuing its next number.

use app::ports::{Scope, Store as _};
use domain::dossier::Dossier;
use domain::role::Role;
use futures::future::join_all;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::bad_input::refused::handed_in;
use crate::calling::{Answer, Json, fresh_id};
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, who};

/// A ward's desk, its neighbour's desk, and the portal of the province.
struct Doors {
    wire: Json,
    desk: String,
    neighbour: String,
    portal: String,
}

impl Doors {
    async fn of(world: &World) -> Self {
        Self {
            wire: Json::over(world),
            desk: world.token(Role::Receptionist, WARD).await,
            neighbour: world.token(Role::Receptionist, OTHER_WARD).await,
            portal: world.token(Role::Portal, PROVINCE).await,
        }
    }

    async fn submit(&self, token: &str, ward: &str, code: &str) -> Answer {
        let mut body = handed_in(THREE_DAYS);
        body["portal_code"] = json!(code);
        body["receiving_unit"] = json!(ward);
        body["request_id"] = json!(fresh_id());
        self.wire.call(token, "SubmitDossier", &body).await
    }

    async fn receive(&self, external: &[&str]) -> Answer {
        self.receive_at(&self.desk, WARD, external).await
    }

    async fn receive_at(&self, token: &str, ward: &str, external: &[&str]) -> Answer {
        let mut body = handed_in(THREE_DAYS);
        body["receiving_unit"] = json!(ward);
        body["external_codes"] = json!(external);
        body["request_id"] = json!(fresh_id());
        self.wire.call(token, "ReceiveDossier", &body).await
    }

    async fn reserve(&self, day: &str, count: u32) -> Value {
        let body = json!({ "unit": WARD, "day": day, "count": count, "request_id": fresh_id() });
        let block = self.wire.call(&self.desk, "ReserveNumbers", &body).await;
        block.good()
    }

    async fn enter(&self, day: &str, number: u32) -> Answer {
        let mut request = handed_in(THREE_DAYS);
        request["number"] = json!(number);
        request["receive_time"] = json!(format!("{day}T08:00:00+07:00"));
        request["request_id"] = json!(fresh_id());
        let request = request.as_object_mut().unwrap();
        request.remove("receiving_unit");
        let body = json!({ "unit": WARD, "day": day, "requests": [request] });
        self.wire.call(&self.desk, "ImportReceptions", &body).await
    }
}

#[track_caller]
fn refused_field(answer: &Answer, field: &str) {
    assert_eq!(answer.refused().2, "INVALID_FIELDS", "{}", answer.json);
    let wrong = answer.wrong();
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert_eq!(wrong[0].0, field, "{wrong:?}");
}

fn code_of(answer: &Value) -> String {
    answer["code"].as_str().unwrap().to_owned()
}

on_every_database!(a_counter_skips_a_number_that_a_portal_has_brought);

async fn a_counter_skips_a_number_that_a_portal_has_brought(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let doors = Doors::of(&world).await;
    for number in ["0001", "0003", "0004"] {
        let code = format!("{WARD}-260803-{number}");
        let submitted = doors.submit(&doors.portal, WARD, &code).await.good();
        assert_eq!(submitted["code"], code.as_str());
    }
    let mut given = Vec::new();
    for _ in 0..3 {
        given.push(code_of(&doors.receive(&[]).await.good()));
    }
    let expected = ["0002", "0005", "0006"].map(|number| format!("{WARD}-260803-{number}"));
    assert_eq!(given, expected, "each number belongs to one dossier");
    let code = code_of(
        &doors
            .submit(&doors.portal, WARD, "H60.02215-260802-0001")
            .await
            .good(),
    );
    assert_eq!(
        code, "H60.02215-260802-0001",
        "a day that is over has numbers too"
    );
    // The online dossier is accepted under the number that it brought.
    let found = json!({ "query": format!("{WARD}-260803-0003") });
    let found = doors
        .wire
        .call(&doors.desk, "SearchDossiers", &found)
        .await
        .good();
    let online = &found["dossiers"][0];
    let accept = json!({
        "name": online["name"], "etag": online["etag"], "request_id": fresh_id(),
        "components": handed_in(THREE_DAYS)["components"],
    });
    let accepted = doors
        .wire
        .call(&doors.desk, "ReceiveDossier", &accept)
        .await
        .good();
    assert_eq!(accepted["code"], format!("{WARD}-260803-0003").as_str());
}

on_every_database!(
    desks_that_work_at_once_are_not_stopped_by_a_number_of_one_of_them,
    flavor = "multi_thread"
);

async fn desks_that_work_at_once_are_not_stopped_by_a_number_of_one_of_them(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let doors = Doors::of(&world).await;
    for number in [2, 3, 5, 17, 18, 40] {
        let code = format!("{WARD}-260803-{number:04}");
        doors.submit(&doors.portal, WARD, &code).await.good();
    }
    let here = (0..40).map(|_| doors.receive_at(&doors.desk, WARD, &[]));
    let there = (0..40).map(|_| doors.receive_at(&doors.neighbour, OTHER_WARD, &[]));
    let both = futures::future::join(join_all(here), join_all(there)).await;
    for (ward, received, first_free, last) in [(WARD, both.0, 1, 46), (OTHER_WARD, both.1, 1, 40)] {
        let mut numbers: Vec<u32> = received
            .into_iter()
            .map(|answer| code_of(&answer.good()))
            .map(|code| code.rsplit('-').next().unwrap().parse().unwrap())
            .collect();
        numbers.sort_unstable();
        assert_eq!((numbers[0], numbers[39]), (first_free, last), "{ward}");
    }
}

on_both!(only_the_portal_brings_a_number_of_ours_and_only_for_the_ward_and_a_day_that_has_come);

async fn only_the_portal_brings_a_number_of_ours_and_only_for_the_ward_and_a_day_that_has_come(
    on: Backend,
) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let doors = Doors::of(&world).await;
    let portal = &doors.portal;
    // From the ward's own desk, from another desk, and for a future day.
    let todays = "H60.02215-260803-0001";
    for answer in [
        doors.receive(&[todays]).await,
        doors
            .receive_at(&doors.neighbour, OTHER_WARD, &[todays])
            .await,
        doors.receive(&["h60.02212 - 261224 - 0009"]).await,
    ] {
        refused_field(&answer, "external_codes[0]");
        let told = answer.wrong()[0].1;
        assert!(told.contains("only the portal may bring one"), "{told}");
    }
    for answer in [
        doors.submit(&doors.desk, WARD, todays).await,
        doors.submit(portal, OTHER_WARD, todays).await,
        doors.submit(portal, WARD, "H60.02215-260804-0001").await,
    ] {
        refused_field(&answer, "portal_code");
    }
    // Another province's ward has its own numbering, so its code is a code like any other.
    let received = doors.receive(&["H26.00004-260803-0001"]).await.good();
    assert_eq!(code_of(&received), todays);

    let officer = world.token(Role::Officer, WARD).await;
    let correct = |new: &str| {
        json!({
            "name": received["name"], "etag": received["etag"], "request_id": fresh_id(),
            "reason": "nhập nhầm", "external_code": { "new_code": new },
        })
    };
    let planted = correct("H60.02212-260803-0001");
    let planted = doors.wire.call(&officer, "CorrectDossier", &planted).await;
    refused_field(&planted, "external_code.new_code");
    let fine = correct("G22.99-260803-000001");
    doors
        .wire
        .call(&officer, "CorrectDossier", &fine)
        .await
        .good();
}

on_every_database!(numbers_taken_along_are_nobody_elses_and_can_be_entered);

async fn numbers_taken_along_are_nobody_elses_and_can_be_entered(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let doors = Doors::of(&world).await;
    for number in ["0001", "0003"] {
        let code = format!("{WARD}-260803-{number}");
        doors.submit(&doors.portal, WARD, &code).await.good();
    }
    let block = doors.reserve("2026-08-03", 3).await;
    assert_eq!(block["open_numbers"], json!([2, 4, 5]), "{block}");
    assert_eq!((&block["first"], &block["last"]), (&json!(2), &json!(5)));
    // A portal may not bring a number of a reserved block, used or not.
    let late = doors
        .submit(&doors.portal, WARD, "H60.02215-260803-0004")
        .await;
    refused_field(&late, "portal_code");
    for number in [2, 4, 5] {
        let entered = doors.enter("2026-08-03", number).await.good();
        let dossier = &entered["outcomes"][0]["dossier"];
        let code = format!("{WARD}-260803-{number:04}");
        assert_eq!(dossier["code"], code.as_str(), "{entered}");
    }
    let used = doors
        .submit(&doors.portal, WARD, "H60.02215-260803-0004")
        .await;
    assert_eq!(used.refused().2, "CODE_TAKEN");
    assert_eq!(
        code_of(&doors.receive(&[]).await.good()),
        "H60.02215-260803-0006"
    );
    // A repeated request gets the same block, whatever the portal has brought since.
    let day = "2026-08-04";
    let body = json!({ "unit": WARD, "day": day, "count": 2, "request_id": fresh_id() });
    let first = doors
        .wire
        .call(&doors.desk, "ReserveNumbers", &body)
        .await
        .good();
    let again = doors
        .wire
        .call(&doors.desk, "ReserveNumbers", &body)
        .await
        .good();
    assert_eq!(first, again);
}

on_every_database!(
    what_the_database_never_takes_spoils_nobody_elses,
    flavor = "multi_thread"
);

/// A row that a table always refuses stands for any failure that we have not thought of.
async fn what_the_database_never_takes_spoils_nobody_elses(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let doors = Doors::of(&world).await;
    let poison = "G22.99-260803-666666";
    let db = Database::connect(&world.url).await.unwrap();
    let refuse = if on.is_postgres() {
        format!("ALTER TABLE code ADD CONSTRAINT poison CHECK (code <> '{poison}')")
    } else {
        format!(
            "CREATE TRIGGER poison BEFORE INSERT ON code WHEN NEW.code = '{poison}' \
             BEGIN SELECT RAISE(ABORT, 'poison'); END"
        )
    };
    db.execute_unprepared(&refuse).await.unwrap();
    let poisoned = [poison];
    let many = (0..60).map(|turn| {
        let external: &[&str] = if turn % 10 == 3 { &poisoned } else { &[] };
        doors.receive_at(&doors.desk, WARD, external)
    });
    let mut refused = 0;
    for (turn, answer) in join_all(many).await.into_iter().enumerate() {
        if turn % 10 == 3 {
            assert_eq!(answer.refused().2, "INTERNAL", "it will not go away");
            refused += 1;
        } else {
            answer.good();
        }
    }
    assert_eq!(refused, 6);
    let scope = Scope::Province(who(Role::Portal, PROVINCE).province);
    let list = app::ports::List::all(scope, None, 100);
    let read = world.store.read().await.unwrap();
    let mut codes: Vec<String> = read
        .list(&list)
        .await
        .unwrap()
        .iter()
        .map(Dossier::label)
        .collect();
    codes.sort();
    let gapless: Vec<String> = (1..=54)
        .map(|number| format!("{WARD}-260803-{number:04}"))
        .collect();
    assert_eq!(codes, gapless);
}
