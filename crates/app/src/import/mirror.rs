//! Takes over what another system says now, as often as it is asked.
//!
//! An answer is an import like a file, with one difference: nobody can bring the same answer again. So an import
//! that was cut is not continued. What it wrote becomes visible, and the next answer brings the rest.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::{Archive, Begun, End, NewImport, Origin, Outcome, Plan, Stopped, run};
use crate::engine::Engine;
use crate::ports::{Ids, StoreError};

/// How many names are looked up at once.
const AT_ONCE: usize = 1_000;

impl Engine {
    /// Writes what is new in a plan. Whoever has the plan's actor writes no other import of the source.
    ///
    /// A plan that brings nothing new leaves no trace, so that asking often costs nothing.
    pub async fn take_over(&self, archive: &dyn Archive, plan: Plan) -> Result<Outcome, Stopped> {
        let began = self.now();
        let elapsed = || -> Duration { (self.now() - began).to_std().unwrap_or_default() };
        let outcome = take_over(archive, plan, self.shared_ids(), &elapsed).await?;
        self.tell();
        Ok(outcome)
    }
}

async fn take_over(
    archive: &dyn Archive,
    mut plan: Plan,
    ids: Arc<dyn Ids>,
    elapsed: &(dyn Fn() -> Duration + Sync),
) -> Result<Outcome, Stopped> {
    let known = leave_out_known(archive, &mut plan).await?;
    if plan.cases.is_empty() {
        return Ok(Outcome {
            known,
            is_update: true,
            ..Outcome::default()
        });
    }
    end_what_was_cut(archive, &plan).await?;
    let mut outcome = run(archive, plan, ids, elapsed, &mut |_progress| {}).await?;
    outcome.known += known;
    Ok(outcome)
}

/// Leaves out the dossiers of which the other system says what it said before. Returns how many.
async fn leave_out_known(archive: &dyn Archive, plan: &mut Plan) -> Result<u64, StoreError> {
    let mut there: HashMap<Box<str>, Origin> = HashMap::new();
    let (province, source) = (&plan.map.province, &plan.map.source);
    for cases in plan.cases.chunks(AT_ONCE) {
        let names: Vec<&str> = cases.iter().map(|case| case.name.as_ref()).collect();
        there.extend(archive.origins(province, source, &names).await?);
    }
    let before = plan.cases.len();
    plan.cases.retain(|case| {
        let origin = there.get(&case.name);
        origin.is_none_or(|origin| origin.digest != case.digest)
    });
    Ok((before - plan.cases.len()) as u64)
}

async fn end_what_was_cut(archive: &dyn Archive, plan: &Plan) -> Result<(), StoreError> {
    let new = NewImport {
        province: plan.map.province.clone(),
        source: plan.map.source.clone(),
        files: plan.files.clone(),
        actor: plan.actor.clone(),
        at: plan.now,
    };
    match archive.begin_import(&new).await? {
        Begun::Unfinished(import) if import.actor == plan.actor => {
            let end = End {
                import,
                at: plan.now,
                creates: Vec::new(),
            };
            archive.finish_import(&end).await?;
        }
        // Somebody else's is theirs to continue; the import itself says so.
        Begun::Ready(_) | Begun::Finished(_) | Begun::Unfinished(_) => {}
    }
    Ok(())
}
