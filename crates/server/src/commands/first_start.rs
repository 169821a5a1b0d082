//! `motcua serve --init`: from an empty database to a server with one administrator.

use app::accounts::NewAccount;
use app::administration;
use app::ports::{AccountStore, Clock, Installation};
use domain::catalogue::Catalogue;
use domain::id::{ActorId, ProvinceCode};
use domain::role::Role;
use domain::unit::Unit;
use store::SeaStore;

use super::migrate;
use crate::Failure;
use crate::clock::{SystemClock, SystemIds};

/// The administrator's name for signing in.
const NAME: &str = "admin";

/// The administrator of a new installation.
pub struct FirstStart {
    province: String,
    password: String,
}

/// The province of a flag, as the catalogue has it.
pub fn province<'c>(catalogue: &'c Catalogue, code: &str) -> Result<&'c Unit, Failure> {
    let parsed = ProvinceCode::parse(code)
        .map_err(|wrong| Failure::Input(format!("--province: {wrong}")))?;
    catalogue.units.province(&parsed).ok_or_else(|| {
        Failure::Input(format!(
            "--province: the catalogue has no province {code}; expected a statistics code such as 08"
        ))
    })
}

/// Makes the schema of an empty database. One that is there already is left as it is.
pub async fn make_schema(database: &str) -> Result<(), Failure> {
    let cannot = |error| Failure::work(format!("cannot open {}", store::shown(database)), error);
    if store::scratch::is_empty(database).await.map_err(cannot)? {
        migrate::apply(database, false).await?;
    }
    Ok(())
}

/// Refuses a database that somebody uses: a second administrator would be one too many.
pub async fn must_be_unused(database: &str, store: &SeaStore) -> Result<(), Failure> {
    let cannot = |error| Failure::work("cannot tell whether the database is used", error);
    let accounts = store.accounts(None).await.map_err(cannot)?;
    let mark = store.key_mark().await.map_err(cannot)?;
    if accounts.is_empty() && !mark.is_used {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "--init: {} is used already; serve it without --init. `motcua user list` shows its accounts, \
         `motcua user password NAME` gives one a new password",
        store::shown(database)
    )))
}

/// Gives the province its one administrator.
pub async fn begin(store: &SeaStore, province: &Unit) -> Result<FirstStart, Failure> {
    let new = NewAccount {
        actor: ActorId::parse(NAME).expect("it is a name"),
        full_name: "Quản trị hệ thống".to_owned(),
        position: String::new(),
        role: Role::Admin,
        province: province.province.clone(),
        units: vec![province.code.clone()],
    };
    let made = administration::add_first(store, &SystemIds, SystemClock.now(), new).await;
    let made = made.map_err(|error| Failure::work("cannot make the administrator", error))?;
    let taken = || Failure::Input("--init: another process has made the administrator".to_owned());
    Ok(FirstStart {
        province: format!("{} ({})", province.name, province.province),
        password: made.ok_or_else(taken)?,
    })
}

impl FirstStart {
    /// Prints how to sign in. Nothing keeps the password.
    pub fn introduce(&self) {
        println!("FIRST START: {}", self.province);
        println!("name {NAME}");
        println!("password {}", self.password);
        println!("the password is shown only now, and must be changed at the first sign-in");
    }
}
