//! Offline reception for callers in this process: the same requests and the same rules, without a
//! port between.

use app::{Caller, Engine, Error};

use crate::call::Calls;
use crate::convert::offline;
pub use crate::convert::time::timestamp;
use crate::proto::{ImportReceptionsRequest, ImportReceptionsResponse};

/// Enters the receptions of a desk; each gets its own answer.
pub async fn import(
    engine: &Engine,
    caller: &Caller,
    request: &ImportReceptionsRequest,
) -> Result<ImportReceptionsResponse, Error> {
    let asked = offline::import(request, &Calls::context(engine, caller))?;
    let numbers: Vec<u32> = asked.receptions.iter().map(|one| one.number).collect();
    let outcomes = engine
        .import_receptions(caller, &asked.unit, asked.day, asked.receptions)
        .await?;
    Ok(offline::outcomes(&numbers, outcomes))
}

/// Reports wrong fields and enters nothing.
pub fn check(
    engine: &Engine,
    caller: &Caller,
    request: &ImportReceptionsRequest,
) -> Result<(), Error> {
    let asked = offline::import(request, &Calls::context(engine, caller))?;
    engine.check_receptions(caller, &asked.unit, asked.day, &asked.receptions)
}
