//! Tells a life: makes one call after the other and records the answers.

use domain::role::Role;
use grpc::proto;
use serde_json::{Value, json};

use super::speaker::{Heard, Speaker};
use crate::world::{PROVINCE, WARD, World};

/// One life, told over one wire.
pub struct Tale<'a> {
    pub world: &'a World,
    pub speaker: Speaker<'a>,
    /// Every called method with its answer.
    pub told: Vec<(String, Heard)>,
    requests: u32,
}

impl<'a> Tale<'a> {
    pub fn of(world: &'a World, speaker: Speaker<'a>) -> Self {
        Self {
            world,
            speaker,
            told: Vec::new(),
            requests: 0,
        }
    }

    /// Calls as somebody of the ward; the portal and the admin belong to the province.
    pub async fn ask(&mut self, role: Role, method: &str, body: Value) -> Heard {
        let of_province = [Role::Portal, Role::Admin].contains(&role);
        let unit = if of_province { PROVINCE } else { WARD };
        self.ask_at(role, unit, method, body).await
    }

    async fn ask_at(&mut self, role: Role, unit: &str, method: &str, body: Value) -> Heard {
        let token = self.world.token(role, unit).await;
        let heard = self.speaker.ask(&token, method, &body).await;
        self.told.push((method.to_owned(), heard.clone()));
        heard
    }

    /// Somebody of the ward acts on the dossier at a local time.
    pub async fn then(
        &mut self,
        at: &str,
        role: Role,
        method: &str,
        more: Value,
    ) -> proto::Dossier {
        let unit = if role == Role::Portal { PROVINCE } else { WARD };
        self.then_at(at, role, unit, method, more).await
    }

    /// Somebody of a given unit acts on the dossier.
    pub async fn then_at(
        &mut self,
        at: &str,
        role: Role,
        unit: &str,
        method: &str,
        more: Value,
    ) -> proto::Dossier {
        self.world.set(at);
        self.requests += 1;
        let mut body = more;
        body["request_id"] = json!(format!("00000000-0000-4000-a000-{:012}", self.requests));
        if method != "SubmitDossier" {
            let (_, last) = self
                .told
                .iter()
                .rev()
                .find(|(_, heard)| is_dossier(heard))
                .unwrap();
            let last = dossier(last);
            body["name"] = json!(last.name);
            body["etag"] = json!(last.etag);
        }
        let heard = self.ask_at(role, unit, method, body.clone()).await;
        assert!(heard.is_ok(), "{method} at {at}: {heard:?} to {body}");
        dossier(&heard)
    }
}

fn is_dossier(heard: &Heard) -> bool {
    heard.as_ref().is_ok_and(|message| {
        use prost_reflect::ReflectMessage;
        message.descriptor().full_name() == "motcua.v1.Dossier"
    })
}

fn dossier(heard: &Heard) -> proto::Dossier {
    heard.as_ref().unwrap().transcode_to().unwrap()
}
