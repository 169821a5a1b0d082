//! What few open dossiers have and a worklist asks for, so that an index may hold those few.

use super::Dossier;

/// Something of an open dossier that not many have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Mark {
    /// Its papers must still go to the deciding unit.
    NotHandedOver = 1,
    /// A leg goes on.
    OpenLeg = 2,
    /// A consultation waits for its answer.
    OpenConsultation = 4,
    /// A message of another system contradicts the known facts.
    InConflict = 8,
}

impl Mark {
    /// Every mark.
    pub const ALL: [Mark; 4] = [
        Mark::NotHandedOver,
        Mark::OpenLeg,
        Mark::OpenConsultation,
        Mark::InConflict,
    ];

    /// Its bit in [`Dossier::marks`].
    #[must_use]
    pub fn bit(self) -> u8 {
        self as u8
    }

    fn is_on(self, dossier: &Dossier) -> bool {
        match self {
            Mark::NotHandedOver => dossier.custody.hand_over_by.is_some(),
            Mark::OpenLeg => dossier.open_legs().next().is_some(),
            Mark::OpenConsultation => dossier.open_consultations().next().is_some(),
            Mark::InConflict => dossier.mirror.open().next().is_some(),
        }
    }
}

impl Dossier {
    /// Its marks, as a sum of bits; none once it has ended.
    #[must_use]
    pub fn marks(&self) -> u8 {
        let open = self.status().is_open();
        let marks = Mark::ALL
            .into_iter()
            .filter(|mark| open && mark.is_on(self));
        marks.map(Mark::bit).sum()
    }
}
