//! What few open dossiers have and a worklist asks for, so that an index may hold those few.

use super::Dossier;

/// Something of an open dossier that not many have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum OpenMark {
    /// Its papers must still go to the deciding unit.
    NotHandedOver = 1,
    /// A leg goes on.
    OpenLeg = 2,
    /// A consultation waits for its answer.
    OpenConsultation = 4,
    /// A message of another system contradicts the known facts.
    InConflict = 8,
}

impl OpenMark {
    /// Every mark.
    pub const ALL: [OpenMark; 4] = [
        OpenMark::NotHandedOver,
        OpenMark::OpenLeg,
        OpenMark::OpenConsultation,
        OpenMark::InConflict,
    ];

    /// Its bit in [`Dossier::marks`].
    #[must_use]
    pub fn bit(self) -> u8 {
        self as u8
    }

    fn is_on(self, dossier: &Dossier) -> bool {
        match self {
            OpenMark::NotHandedOver => dossier.custody.hand_over_by.is_some(),
            OpenMark::OpenLeg => dossier.open_legs().next().is_some(),
            OpenMark::OpenConsultation => dossier.open_consultations().next().is_some(),
            OpenMark::InConflict => dossier.mirror.open().next().is_some(),
        }
    }
}

impl Dossier {
    /// Its marks, as a sum of bits; none once it has ended.
    #[must_use]
    pub fn marks(&self) -> u8 {
        let open = self.status().is_open();
        let marks = OpenMark::ALL
            .into_iter()
            .filter(|mark| open && mark.is_on(self));
        marks.map(OpenMark::bit).sum()
    }
}
