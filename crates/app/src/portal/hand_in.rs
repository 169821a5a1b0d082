//! What a portal's citizens do to dossiers that it handed in.

use domain::code::AnyCode;
use domain::dossier::{Command, Event};

use crate::RequestIdentity;
use crate::access::{self, Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::view::{DossierName, View};
use crate::writing::Work;

impl Engine {
    /// Does what a citizen did at the portal that handed the dossier in. It names no etag: what a
    /// citizen does holds however the dossier has moved since the portal last looked.
    ///
    /// A dossier that another system handed in, or a desk received, is answered like an unknown one.
    pub async fn portal_act(
        &self,
        caller: &Caller,
        identity: RequestIdentity,
        code: &AnyCode,
        command: Command,
    ) -> Result<View, Error> {
        access::check_role(caller, Method::Act(command.action()))?;
        let name = DossierName::Code(code.clone());
        let read = self.context.store.read().await?;
        let (province, id) = self.resolve(read.as_ref(), caller, &name).await?;
        let records = read.records(&(province, id)).await?;
        drop(read);
        let is_own = records.first().is_some_and(|first| {
            matches!(first.event, Event::Submitted(_)) && first.actor == caller.actor
        });
        if !is_own {
            return Err(Error::NotFound {
                what: "dossier",
                name: name.to_string(),
            });
        }
        let work = Work::Act {
            id,
            etag: None,
            command,
        };
        let done = self.write(caller, identity, work).await;
        done.map_err(|error| error.named(&name))
    }
}
