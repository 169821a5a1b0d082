//! Form II.06a, the numbers beside it, and the index, over the wire. They equal the engine's
//! numbers, each opens exactly the dossiers that it counts, and each trick shows in its number.

mod behind;
mod bridge;
pub mod everything;
mod rates;
mod tricks;
mod wire;
mod wrong;

use app::report::{RateUnits, RatesQuery, UnitBasis};
use domain::id::ProvinceCode;
use domain::role::Role;
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{OTHER_WARD, PROVINCE, WARD, World};

/// The people of an office and its province, on one wire.
pub struct Office {
    pub world: World,
    pub json: Json,
}

impl Office {
    pub async fn on(backend: Backend, local: &str) -> Self {
        let world = World::on(backend, local).await;
        let json = Json::over(&world);
        Self { world, json }
    }

    /// Makes a call as somebody of a unit.
    pub async fn asks(&self, role: Role, unit: &str, method: &str, body: &Value) -> Value {
        let token = self.world.token(role, unit).await;
        self.json.call(&token, method, body).await.good()
    }

    /// Acts on a dossier in its present version, as somebody of the ward.
    pub async fn acts(&self, role: Role, method: &str, on: &Value, more: Value) -> Value {
        self.acts_at(WARD, role, method, on, more).await
    }

    /// Acts as somebody of a given unit.
    pub async fn acts_at(
        &self,
        unit: &str,
        role: Role,
        method: &str,
        on: &Value,
        more: Value,
    ) -> Value {
        let mut body = more;
        body["name"] = on["name"].clone();
        body["etag"] = on["etag"].clone();
        body["request_id"] = fresh_id().into();
        self.asks(role, unit, method, &body).await
    }

    /// Form II.06a of all units, over the wire.
    pub async fn form(&self, from: &str, to: &str) -> Value {
        self.asks(Role::Province, PROVINCE, "GetIi06a", &province(from, to))
            .await
    }

    /// The codes of the dossiers behind a unit's number, each as often as it counts.
    pub async fn behind(&self, unit: &str, number: &str, from: &str, to: &str) -> Vec<String> {
        let mut asked = json!({
            "unit": unit, "from": from, "to": to, "number": number, "page_size": 2,
        });
        let mut found = Vec::new();
        loop {
            let page = self
                .asks(Role::Province, PROVINCE, "ListReportDossiers", &asked)
                .await;
            for dossier in page["dossiers"].as_array().into_iter().flatten() {
                let count = dossier["count"].as_u64().unwrap();
                let name = dossier["name"].as_str().unwrap().to_owned();
                found.extend(std::iter::repeat_n(name, count.try_into().unwrap()));
            }
            let next = page["next_page_token"].as_str().unwrap_or_default();
            if next.is_empty() {
                return found;
            }
            asked["page_token"] = next.into();
        }
    }
}

/// The request for all units of the province over a period.
pub fn province(from: &str, to: &str) -> Value {
    json!({ "province": "08", "from": from, "to": to })
}

/// The same as a query to the engine.
pub fn query(from: &str, to: &str) -> RatesQuery {
    RatesQuery {
        units: RateUnits::Province(ProvinceCode::parse("08").unwrap()),
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        as_of: None,
        basis: UnitBasis::Recorded,
    }
}

/// A number of a unit in a form; 0 if the form lacks the unit.
pub fn number(form: &Value, unit: &str, name: &str) -> u64 {
    let units = form["units"].as_array().into_iter().flatten();
    let mut found = units.filter(|told| told["unit"] == unit);
    let Some(told) = found.next() else { return 0 };
    let parts = [&told["row"], &told["bridge"], &told["memo"]];
    let value = parts.into_iter().find_map(|part| part.get(name));
    match value {
        Some(Value::Number(count)) => count.as_u64().unwrap(),
        Some(rate) => rate["num"].as_u64().unwrap_or_default(),
        None => panic!("{name} is not told of {unit}"),
    }
}

/// A small month: one ward with dossiers on time, late and pending, and one that got a transfer.
pub async fn a_month(office: &Office) {
    use crate::world::THREE_DAYS;
    let world = &office.world;
    let one = world.receive(WARD, THREE_DAYS).await;
    let two = world.receive(WARD, THREE_DAYS).await;
    world.receive(WARD, "1.013225").await;
    let other = world.receive(OTHER_WARD, THREE_DAYS).await;
    world.submit(WARD, THREE_DAYS, "G22.99-260803-000001").await;
    world.set("2026-08-05 09:00");
    world.finish(one).await;
    world.set("2026-08-10 09:00");
    world.finish(two).await;
    let transfer = domain::dossier::acts::Transfer {
        to: crate::world::unit(WARD),
        returning: None,
        reason: domain::dossier::private::Words::new("đúng thẩm quyền"),
    };
    let transfer = domain::dossier::Command::Transfer(transfer);
    world.act(&other, Role::Leader, transfer).await.unwrap();
    world.set("2026-09-10 09:00");
}
