//! Calendars and procedure versions that change while dossiers run.

mod calendars;
mod decided;
mod interrupted;
mod versions;

use app::Caller;
use app::ports::{Document, Store};
use app::publication::Draft;
use app::publication::carrying::Followed;
use domain::dossier::acts::SupplementItem;
use domain::dossier::acts::{RecordSupplement, RequestSupplement};
use domain::dossier::private::Words;
use domain::dossier::{Command, Dossier, Extension};
use domain::id::{ActorId, DossierId};
use domain::role::Role;

use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, who};

/// 10 working days and a stop for the payment; the steps appraise, tax, register, sign.
pub const TEN_DAYS: &str = "1.013831";

/// A person of the province, by name.
pub fn of_the_province(name: &str) -> Caller {
    Caller {
        actor: ActorId::parse(name).unwrap(),
        ..who(Role::Province, PROVINCE)
    }
}

/// A file of the shipped catalogue.
pub fn shipped(path: &str) -> String {
    let files = server::catalogue::shipped_files();
    let found = files.iter().find(|file| file.path.ends_with(path));
    found
        .unwrap_or_else(|| panic!("{path} is shipped"))
        .text
        .clone()
}

/// The shipped calendar with more rows.
pub fn calendar_with(rows: &[&str]) -> String {
    let shipped = shipped("calendar/national.csv");
    format!("{}\n{}\n", shipped.trim_end(), rows.join("\n"))
}

/// A day off in August 2026.
pub const OFF_6_AUGUST: &str = "2026-08-06,swap_off,Nghỉ hoán đổi,CV 1/2026,confirmed";
/// A Saturday worked in August 2026.
pub const WORKED_8_AUGUST: &str = "2026-08-08,make_up,Làm bù,CV 1/2026,confirmed";

pub async fn propose(world: &World, path: &str, text: String) -> Document {
    let draft = Draft {
        path: path.into(),
        text,
        reason: "công văn 1/2026".into(),
    };
    let lan = of_the_province("lan");
    world.engine.propose_document(&lan, draft).await.unwrap()
}

/// Lan proposes a text, and Mai approves it.
pub async fn publish(world: &World, path: &str, text: String) -> Document {
    let document = propose(world, path, text).await;
    let mai = of_the_province("mai");
    let number = document.number;
    world.engine.approve_document(&mai, number).await.unwrap()
}

/// Runs all ordered jobs to their end.
pub async fn carried_out(world: &World) {
    let now = world.engine.now();
    let mut followed = Followed::default();
    world
        .engine
        .carry_out_jobs(&mut followed, now)
        .await
        .unwrap();
}

pub async fn dossier(world: &World, id: DossierId) -> Dossier {
    let read = world.store.read().await.unwrap();
    let key = (who(Role::Province, PROVINCE).province, id);
    read.dossier(&key).await.unwrap().unwrap().dossier
}

/// A province with dossiers in every state that a due time can have.
pub async fn lived_in(world: &World) -> Vec<DossierId> {
    let mut all = Vec::new();
    for (day, ward) in [
        ("2026-07-20 09:00", WARD),
        ("2026-07-27 10:30", OTHER_WARD),
        ("2026-07-31 15:20", WARD),
        ("2026-08-03 08:00", OTHER_WARD),
    ] {
        world.set(day);
        let (mut wait, mut extend) = (Vec::new(), Vec::new());
        for procedure in [THREE_DAYS, TEN_DAYS, "1.013225", "1.001193"] {
            let received = world.receive(ward, procedure).await;
            let waiting = world.receive(ward, procedure).await;
            let extended = world.receive(ward, procedure).await;
            for view in [&received, &waiting, &extended] {
                all.push(view.dossier.id);
            }
            wait.push(world.act(&waiting, Role::Officer, papers()).await.unwrap());
            extend.push(extended);
        }
        let gone = world.receive(ward, THREE_DAYS).await;
        all.push(world.finish(gone).await.dossier.id);
        // Some citizens have brought their papers since.
        if ward == WARD {
            world.pass(chrono::TimeDelta::hours(30));
            for view in wait {
                let complete = Command::RecordSupplement(RecordSupplement {
                    components: Vec::new(),
                    papers: Vec::new(),
                });
                world
                    .act(&view, Role::Receptionist, complete)
                    .await
                    .unwrap();
            }
        }
        for extended in extend {
            let Some(due) = extended.dossier.due() else {
                continue;
            };
            let later = Command::Extend(Extension::Apology {
                reason: Words::new("chờ xác minh"),
                due: due + chrono::TimeDelta::days(3),
            });
            // A same-day due time can no longer move, so the apology is only noted.
            world.act(&extended, Role::Leader, later).await.unwrap();
        }
        let submitted = format!(
            "G22.99.08-{}-{:06}",
            &day[2..10].replace('-', ""),
            all.len()
        );
        all.push(world.submit(ward, THREE_DAYS, &submitted).await.dossier.id);
    }
    world.set("2026-08-04 09:00");
    all
}

fn papers() -> Command {
    Command::RequestSupplement(RequestSupplement {
        items: vec![SupplementItem {
            component: None,
            note: Words::new("bản gốc"),
            data_failure: None,
        }],
        reason: Words::new("thiếu bản gốc"),
        respond_by: None,
        exception: None,
    })
}
