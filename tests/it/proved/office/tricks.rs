//! Ways to look punctual, played on fresh dossiers, so that every number that counts one is above 0.

use super::*;

/// Each trick; what it leaves is in the report.
const TRICKS: [Trick; 16] = [
    Trick::PapersOnTheDueDay,
    Trick::PapersLate,
    Trick::HandedOnOverdue,
    Trick::Corrected,
    Trick::WithdrawnInTime,
    Trick::ApologisedLate,
    Trick::ExtendedInTime,
    Trick::LeftWithoutPapers,
    Trick::AnsweredLate,
    Trick::ArrivedLate,
    Trick::EndedLate,
    Trick::EndedAfterApology,
    Trick::PartlyOnline,
    Trick::OtherwiseOnline,
    Trick::PetitionEnded,
    Trick::Outage,
];

#[derive(Debug, Clone, Copy)]
enum Trick {
    PapersOnTheDueDay,
    PapersLate,
    HandedOnOverdue,
    Corrected,
    WithdrawnInTime,
    ApologisedLate,
    ExtendedInTime,
    LeftWithoutPapers,
    AnsweredLate,
    ArrivedLate,
    EndedLate,
    EndedAfterApology,
    PartlyOnline,
    OtherwiseOnline,
    PetitionEnded,
    Outage,
}

/// Tricks pass days, and the calendar does not reach far.
const MOST: u32 = 20;

impl Office {
    /// A trick at random.
    pub async fn plays_some_trick(&mut self) {
        let played = self
            .done
            .iter()
            .filter(|(what, _)| what.starts_with("trick"));
        if played.map(|(_, times)| times).sum::<u32>() >= MOST {
            return;
        }
        let trick = *self.random.pick(&TRICKS);
        self.plays(trick).await;
    }

    /// Every trick until it succeeds: chance may put a paper into a dossier that no desk may scan.
    pub async fn plays_every_trick(&mut self) {
        // Windows for papers end in the version of September.
        if self.now() < moment("2026-09-07 08:00") {
            self.world.set("2026-09-07 08:00");
        }
        for trick in TRICKS {
            // A desk receives by day, so that all deadlines of the trick lie as it needs them.
            let today = local_day(self.now()) + chrono::Days::new(1);
            self.world.set(&format!("{today} 09:00"));
            let mut played = None;
            for _ in 0..5 {
                if played.is_none() {
                    played = self.plays(trick).await;
                }
            }
            assert!(played.is_some(), "{trick:?}: {:?}", self.done);
        }
    }

    /// None when the office's life makes it impossible, such as an outage that moved the due time.
    async fn plays(&mut self, trick: Trick) -> Option<()> {
        let ward = *self.random.pick(&[WARD, OTHER_WARD]);
        let done = match trick {
            Trick::PapersOnTheDueDay => self.papers_on_the_due_day(ward).await,
            Trick::PapersLate => {
                let id = self.fresh(ward, "1.013225", None).await?;
                self.world.pass(TimeDelta::days(9));
                self.does(id, Role::Receptionist, ask_for_papers()).await
            }
            Trick::HandedOnOverdue => {
                let id = self.overdue(ward).await?;
                let others: Vec<_> = WARDS.into_iter().filter(|it| *it != ward).collect();
                let transfer = Transfer {
                    to: unit(self.random.pick::<&str>(&others)),
                    returning: None,
                    reason: words("đúng thẩm quyền"),
                };
                let transfer = Command::Transfer(transfer);
                self.does(id, Role::Receptionist, transfer).await
            }
            Trick::Corrected => self.corrects(ward).await,
            Trick::WithdrawnInTime => {
                let id = self.fresh(ward, THREE_DAYS, None).await?;
                let withdraw = Command::Withdraw(Withdraw {
                    reason: Words::default(),
                });
                self.does(id, Role::Receptionist, withdraw).await
            }
            Trick::ApologisedLate => {
                let id = self.overdue(ward).await?;
                self.apologises(id).await
            }
            Trick::ExtendedInTime => {
                let id = self.fresh(ward, THREE_DAYS, None).await?;
                self.apologises(id).await
            }
            Trick::LeftWithoutPapers => {
                let id = self.fresh(ward, "3.000722", None).await?;
                self.does(id, Role::Receptionist, ask_for_papers()).await?;
                self.world.pass(TimeDelta::days(16));
                let ended = self.world.engine.end_expired().await.unwrap();
                (ended > 0).then_some(())
            }
            Trick::AnsweredLate => self.received_online(ward, THREE_DAYS, 8).await,
            Trick::ArrivedLate => {
                let others: Vec<_> = WARDS.into_iter().filter(|it| *it != ward).collect();
                let to = *self.random.pick(&others);
                let id = self.fresh(ward, THREE_DAYS, Some(to)).await?;
                self.world.pass(TimeDelta::days(6));
                let arrive = Command::Arrive(Arrive { arrived: None });
                self.does(id, Role::Officer, arrive).await
            }
            Trick::EndedLate | Trick::EndedAfterApology => {
                let id = self.fresh(ward, ON_THE_SPOT, None).await?;
                self.world.pass(TimeDelta::days(6));
                if matches!(trick, Trick::EndedAfterApology) {
                    self.apologises(id).await?;
                    self.world.pass(TimeDelta::days(5));
                }
                let resolve = Command::Resolve(Resolve {
                    results: vec![self.result(1)],
                });
                self.does(id, Role::Chairman, resolve).await
            }
            Trick::PartlyOnline => self.received_online(ward, "1.013831", 0).await,
            Trick::OtherwiseOnline => self.received_online(ward, BEFORE, 0).await,
            Trick::PetitionEnded => {
                let id = self.fresh(ward, "x-phan-anh-hien-truong", None).await?;
                let withdraw = Command::Withdraw(Withdraw {
                    reason: Words::default(),
                });
                self.does(id, Role::Receptionist, withdraw).await
            }
            Trick::Outage => self.outage(ward).await,
        };
        if done.is_some() {
            self.note(&format!("trick {trick:?}"));
        }
        done
    }

    /// Submitted online, and received so many days later.
    async fn received_online(&mut self, ward: &str, code: &str, days: i64) -> Option<()> {
        let known = self.known.len();
        self.submits(ward, code).await;
        let id = *self.known.get(known)?;
        self.world.pass(TimeDelta::days(days));
        let accept = Command::Receive(Accept {
            components: Vec::new(),
            papers: Vec::new(),
            accept_incomplete: words("nhận trước"),
        });
        self.does_at(ward, id, Role::Receptionist, accept).await?;
        let on = dossier(&self.world, id).await;
        (on.channel == Channel::Online).then_some(())
    }

    /// An outage while a dossier is open, after all earlier ones.
    async fn outage(&mut self, ward: &str) -> Option<()> {
        let a_day = chrono::Days::new(1);
        let mut day = local_day(self.now()) + chrono::Days::new(12);
        while !self.is_worked(day) || !self.is_worked(day + a_day) {
            day = day + a_day;
        }
        let next = day + a_day;
        self.world.set(&format!("{day} 09:00"));
        self.fresh(ward, THREE_DAYS, None).await?;
        self.world.set(&format!("{next} 15:00"));
        let (from, until) = (format!("{day} 14:00"), format!("{next} 10:00"));
        self.announces_an_outage("", &from, &until).await;
        Some(())
    }

    /// A minute's stop on the due day.
    async fn papers_on_the_due_day(&mut self, ward: &str) -> Option<()> {
        let id = self.fresh(ward, THREE_DAYS, None).await?;
        let due = dossier(&self.world, id).await.due()?;
        let asked = due - TimeDelta::minutes(2);
        if asked <= self.now() {
            return None;
        }
        self.world.move_to(asked);
        self.does(id, Role::Receptionist, ask_for_papers()).await?;
        self.world.pass(TimeDelta::minutes(1));
        let came = Command::RecordSupplement(RecordSupplement {
            components: Vec::new(),
            papers: Vec::new(),
        });
        self.does(id, Role::Receptionist, came).await
    }

    async fn corrects(&mut self, ward: &str) -> Option<()> {
        let id = self.fresh(ward, THREE_DAYS, None).await?;
        let other = match dossier(&self.world, id).await.channel {
            Channel::Post => Channel::Desk,
            Channel::Desk | Channel::Online => Channel::Post,
        };
        let wrong = Command::Correct(Correct {
            corrected: Corrected::Channel(other),
            reason: words("nhập nhầm"),
        });
        self.does(id, Role::Receptionist, wrong).await?;
        let verdict = Command::DecideCorrection(DecideCorrection {
            number: 1,
            approve: true,
            note: Words::default(),
        });
        self.does(id, Role::Leader, verdict).await
    }

    /// A dossier whose three days are over.
    async fn overdue(&mut self, ward: &str) -> Option<DossierId> {
        let id = self.fresh(ward, THREE_DAYS, None).await?;
        let due = dossier(&self.world, id).await.due()?;
        let after = due + self.random.minutes(24 * 60) + TimeDelta::hours(8);
        self.world.move_to(after.max(self.now()));
        Some(id)
    }

    async fn apologises(&mut self, id: DossierId) -> Option<()> {
        let due = dossier(&self.world, id).await.due()?;
        let apology = Command::Extend(Extension::Apology {
            reason: words("phải xác minh thêm"),
            due: due.max(self.now()) + TimeDelta::days(4),
        });
        self.does(id, Role::Leader, apology).await
    }

    /// A dossier received at a desk now.
    async fn fresh(&mut self, ward: &str, code: &str, to: Option<&str>) -> Option<DossierId> {
        let procedure = self.procedure(code);
        let mut content = self.contents(&procedure);
        content.resolving = to.map(unit);
        let reception = Reception {
            receiving: unit(ward),
            channel: Channel::Desk,
            content,
        };
        let clerk = who(Role::Receptionist, ward);
        let (engine, code) = (&self.world.engine, procedure_code(code));
        let identity = self.world.identity();
        let began = engine.receive(&clerk, identity, &code, reception).await;
        let id = began.as_ref().ok().map(|view| view.dossier.id);
        self.began(began, "received");
        id
    }

    /// Somebody of the deciding unit does something; none if that was refused.
    async fn does(&mut self, id: DossierId, role: Role, command: Command) -> Option<()> {
        let ward = dossier(&self.world, id).await.resolving;
        self.does_at(ward.as_str(), id, role, command).await
    }

    async fn does_at(
        &mut self,
        ward: &str,
        id: DossierId,
        role: Role,
        command: Command,
    ) -> Option<()> {
        let on = dossier(&self.world, id).await;
        let name = app::view::DossierName::Id(id);
        let (caller, identity) = (who(role, ward), self.world.identity());
        let (engine, etag) = (&self.world.engine, on.etag());
        let done = engine.command(&caller, identity, &name, &etag, command);
        done.await.ok().map(|_| ())
    }
}
