//! What the receipt of a dossier is good for: its code and PIN take the place of a token.

use std::net::IpAddr;

use domain::code::AnyCode;
use domain::dossier::acts::RateDossier;
use domain::dossier::private::Words;
use domain::dossier::{Action, Command, Dossier, Rating, RatingMethod, Score};
use domain::id::ActorId;
use domain::role::Role;

use crate::access::{self, Caller, Method};
use crate::engine::{Engine, RequestIdentity};
use crate::error::Error;
use crate::keys;
use crate::pin_attempts::Presenter;
use crate::ports::ReadTx;
use crate::view::{Receipt, View};
use crate::writing::Work;

/// What opens a dossier to whoever has no token: something from its receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof<'a> {
    /// The PIN, typed.
    Pin(&'a str),
    /// The signature that the QR code carries.
    Token(&'a str),
}

impl<'a> Proof<'a> {
    /// What was given; none when both are blank.
    #[must_use]
    pub fn given(pin: &'a str, token: &'a str) -> Option<Self> {
        match (pin.trim(), token.trim()) {
            ("", "") => None,
            ("", token) => Some(Self::Token(token)),
            (pin, _) => Some(Self::Pin(pin)),
        }
    }
}

/// What a citizen thinks of how a dossier was dealt with.
#[derive(Debug, Clone)]
pub struct Opinion {
    /// The mark.
    pub score: Score,
    /// What is said beside it; may be empty.
    pub comment: Words,
}

impl Engine {
    /// PIN and explanation again, for who may take dossiers in at its unit, on the screen after
    /// reception. Whoever prints them asks for [`Engine::print_receipt`].
    pub fn receipt_again(&self, caller: &Caller, view: &View) -> Result<Receipt, Error> {
        let method = Method::Act(Action::Receive);
        access::check_unit(caller, method, &view.dossier.receiving)?;
        self.receipt(view)
    }

    /// A citizen says what they think of a dossier, once, after its end.
    ///
    /// Nobody knows who holds a receipt, so all of them are one actor. No etag is asked for: what
    /// the citizen thinks does not depend on what else was noted of the dossier.
    pub async fn rate_by_receipt(
        &self,
        identity: RequestIdentity,
        code: &AnyCode,
        pin: &str,
        peer: IpAddr,
        opinion: Opinion,
    ) -> Result<Rating, Error> {
        let pin = Some(Proof::Pin(pin));
        let (_, dossier) = self.presented(code, pin, peer).await?;
        let Opinion { score, comment } = opinion;
        let command = Command::Rate(RateDossier {
            score,
            method: RatingMethod::Receipt,
            comment,
        });
        let work = Work::Act {
            id: dossier.id,
            etag: None,
            command,
        };
        let view = self.write(&holder(&dossier), identity, work).await?;
        let rating = view.dossier.rating;
        rating.ok_or_else(|| Error::Internal("a rating was written and is not there".into()))
    }

    /// The dossier whose code somebody presents, with what its receipt proves if they have it, and the
    /// view that it was read from.
    ///
    /// Errors: [`Error::NotFound`] for an unknown code and for a wrong proof; [`Error::TooMany`]
    /// when the peer has to wait before the next try.
    pub(crate) async fn presented(
        &self,
        code: &AnyCode,
        proof: Option<Proof<'_>>,
        peer: IpAddr,
    ) -> Result<(Box<dyn ReadTx>, Dossier), Error> {
        let now = self.now();
        let store = self.context.store.as_ref();
        self.lookups
            .look(store, &self.context.keys, peer, now)
            .await?;
        let read = self.context.store.read().await?;
        let unknown = || Error::NotFound {
            what: "dossier",
            name: code.to_string(),
        };
        let mut holders = Vec::new();
        for key in read.holders(code).await? {
            holders.extend(read.dossier(&key).await?.map(|held| held.dossier));
        }
        // Whose own code it is goes first: others have only noted it.
        holders.sort_by_key(|dossier| dossier.code.as_ref() != Some(code));
        let first = holders.first().ok_or_else(unknown)?;
        let first = (first.province.clone(), first.id);
        let Some(proof) = proof else {
            return Ok((read, holders.swap_remove(0)));
        };
        let presenter = Presenter::new(&self.context.keys, first.clone(), peer);
        let counted = read.wrong_pins(&first, presenter.peer()).await?;
        self.pin_attempts.check(&presenter, counted, now)?;
        for dossier in holders {
            if self.proves(read.as_ref(), &dossier, proof).await? {
                self.pin_attempts.right(store, &presenter, counted).await;
                return Ok((read, dossier));
            }
        }
        // Whoever guesses waits for the count, and keeps no reader from others meanwhile.
        drop(read);
        self.pin_attempts.wrong(store, &presenter, now).await;
        Err(unknown())
    }

    /// Whether something from a receipt is of this dossier's.
    async fn proves(
        &self,
        read: &dyn ReadTx,
        dossier: &Dossier,
        proof: Proof<'_>,
    ) -> Result<bool, Error> {
        let keys = &self.context.keys;
        let key = (dossier.province.clone(), dossier.id);
        let kept = read.pin_hash(&key).await?.unwrap_or_default();
        Ok(match proof {
            Proof::Pin(pin) => keys::same(&kept, &keys.pin_hash(dossier.id, pin)),
            Proof::Token(token) => {
                let token = token.to_ascii_uppercase();
                // Without a PIN nobody here has given a receipt out.
                !kept.is_empty() && keys::same(&token, &keys.lookup_token(dossier.id))
            }
        })
    }
}

/// Whoever holds the receipt of a dossier, and nothing of any other.
fn holder(dossier: &Dossier) -> Caller {
    Caller {
        token: "receipt".to_owned(),
        actor: ActorId::parse("receipt").expect("a word is an actor id"),
        role: Role::Citizen,
        also: Vec::new(),
        province: dossier.province.clone(),
        units: vec![dossier.returning.clone()],
        former: Vec::new(),
    }
}
