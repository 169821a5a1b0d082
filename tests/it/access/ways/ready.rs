//! A dossier in the state that each method needs.

use app::publication::procedure::Migration;
use app::view::View;
use domain::dossier::acts::{
    OpenConsultation, OpenLeg, RecordPayment, RecordSupplement, RequestPayment, RequestSupplement,
    Resolve, SupplementItem, Withdraw,
};
use domain::dossier::change::migration::StepMap;
use domain::dossier::private::Words;
use domain::dossier::{Command, Status, Term};
use domain::id::RequestId;
use domain::limit::Limit;
use domain::role::Role;

use super::{
    A_JOB, DOCUMENTS, ON_THE_SPOT, THREE_DAYS_PATH, Units, a_procedure, a_user_with_a_token, claim,
    flagged, has_a_webhook, is_parked, mirrored, processing, proposed, received, submitted,
    two_versions, webhook_of,
};
use crate::publication::{of_the_province, propose, publish};
use crate::world::{PROVINCE, THREE_DAYS, World, ask_for_papers, procedure_code, unit, who};

/// Makes a dossier in a state in which the method succeeds.
pub async fn ready_for(world: &World, method: &str, units: Units<'_>) -> View {
    match method {
        "RefuseDossier" | "ReceiveDossier" => submitted(world, units).await,
        "RecordSupplement" => {
            let received = received(world, THREE_DAYS, units).await;
            let item = SupplementItem {
                component: None,
                note: Words::new("bản gốc"),
                data_failure: None,
            };
            let command = Command::RequestSupplement(RequestSupplement {
                items: vec![item],
                reason: Words::new("thiếu bản gốc"),
                respond_by: None,
                exception: None,
            });
            world.act(&received, Role::Chairman, command).await.unwrap()
        }
        "PermitSupplement" => {
            let received = received(world, THREE_DAYS, units).await;
            let asked = world.act(&received, Role::Chairman, ask_for_papers()).await;
            let came = Command::RecordSupplement(RecordSupplement {
                components: Vec::new(),
                papers: Vec::new(),
            });
            let asked = asked.unwrap();
            world.act(&asked, Role::Chairman, came).await.unwrap()
        }
        "ArriveDossier" => {
            // From August 2026 on, and only between two units.
            let (province, _) = units.resolving.split_once('.').unwrap();
            let centre = format!("{province}.00000");
            let receiving = if units.receiving == units.resolving {
                &centre
            } else {
                units.receiving
            };
            world.set("2026-08-10 10:00");
            let apart = Units { receiving, ..units };
            received(world, THREE_DAYS, apart).await
        }
        "RequestPayment" => processing(world, units).await,
        "RefundPayment" => {
            let received = received(world, THREE_DAYS, units).await;
            let command = Command::RecordPayment(RecordPayment {
                amount_vnd: 8_000,
                method: None,
                reference: None,
            });
            let clerk = Role::Chairman;
            world.act(&received, clerk, command).await.unwrap()
        }
        "RecordPayment" => {
            let processing = processing(world, units).await;
            let command = Command::RequestPayment(RequestPayment {
                amount_vnd: 8_000,
                reason: Words::new("lệ phí"),
            });
            world
                .act(&processing, Role::Chairman, command)
                .await
                .unwrap()
        }
        "CloseLeg" => {
            let received = received(world, THREE_DAYS, units).await;
            let command = Command::OpenLeg(OpenLeg {
                unit: unit(units.resolving),
                lead: false,
                task: Words::new("cấp thẻ"),
                term: Term::Within(Limit::WorkingDays(2)),
            });
            world.act(&received, Role::Chairman, command).await.unwrap()
        }
        "CloseConsultation" => {
            let received = received(world, THREE_DAYS, units).await;
            let command = Command::OpenConsultation(OpenConsultation {
                unit: unit(units.resolving),
                question: Words::new("có cư trú không"),
                term: Term::Within(Limit::WorkingDays(2)),
            });
            world.act(&received, Role::Chairman, command).await.unwrap()
        }
        "ListFlags" | "WatchFlags" => {
            let received = received(world, THREE_DAYS, units).await;
            flagged(world, &received).await;
            received
        }
        "RecordMirroredStatus" => mirrored(world, units).await,
        "SettleConflict" => {
            let received = received(world, THREE_DAYS, units).await;
            let said = Command::RecordMirrored(claim(world, Status::Resolved));
            world.act(&received, Role::Portal, said).await.unwrap()
        }
        "ResolveDossier" => received(world, ON_THE_SPOT, units).await,
        "DecideCorrection" => {
            let received = received(world, THREE_DAYS, units).await;
            proposed(world, &received).await
        }
        "ReturnResult" => {
            let received = received(world, ON_THE_SPOT, units).await;
            world
                .act(
                    &received,
                    Role::Chairman,
                    Command::Resolve(Resolve {
                        results: Vec::new(),
                    }),
                )
                .await
                .unwrap()
        }
        "RateDossier" | "SubmitRating" => {
            let received = received(world, THREE_DAYS, units).await;
            let command = Command::Withdraw(Withdraw {
                reason: Words::default(),
            });
            world.act(&received, Role::Chairman, command).await.unwrap()
        }
        "ApproveDocument" | "RejectDocument" | "GetDocument" => {
            let ready = received(world, THREE_DAYS, units).await;
            let document = {
                let (path, text) = a_procedure();
                propose(world, &path, text).await
            };
            DOCUMENTS.with_borrow_mut(|all| all.insert(ready.dossier.id, document.number));
            ready
        }
        "MigrateDossiers" | "GetJob" => {
            let ready = received(world, THREE_DAYS, units).await;
            // A world can publish this only once.
            let known = world.engine.catalogue(&who(Role::Admin, PROVINCE).province);
            if known
                .procedures
                .get(&procedure_code(THREE_DAYS), 2)
                .is_none()
            {
                publish(world, THREE_DAYS_PATH, two_versions()).await;
                let migration = Migration {
                    procedure: procedure_code(THREE_DAYS),
                    from: 1,
                    to: 2,
                    map: StepMap::new(),
                };
                let id = RequestId::parse(A_JOB).unwrap();
                let lan = of_the_province("lan");
                let job = world.engine.migrate_dossiers(&lan, &id, &migration).await;
                job.unwrap();
            }
            ready
        }
        "VoidNumbers" | "ImportReceptions" | "ListNumberBlocks" => {
            let view = received(world, THREE_DAYS, units).await;
            let clerk = who(Role::Receptionist, units.receiving);
            let day = view.dossier.received.map(domain::time::local_day).unwrap();
            let unit = unit(units.receiving);
            let block = world
                .engine
                .reserve_numbers(&clerk, world.identity(), &unit, day, 1);
            block.await.unwrap();
            view
        }
        "RotateWebhookSecret" | "RemoveWebhook" | "ReplayWebhook" => {
            has_a_webhook(world, &webhook_of(method)).await;
            received(world, THREE_DAYS, units).await
        }
        "UpdateUser" | "ResetPassword" | "DisableUser" | "IssueToken" | "RotateToken"
        | "RevokeToken" => {
            a_user_with_a_token(world).await;
            received(world, THREE_DAYS, units).await
        }
        "ListParcels" | "ListExchangeSheets" | "RetryParcels" | "ReconcileRemote" => {
            let ready = received(world, THREE_DAYS, units).await;
            is_parked(world, ready.dossier.id).await;
            ready
        }
        _ => received(world, THREE_DAYS, units).await,
    }
}
