//! Properties of an account that follow from its row.

use crate::storage::pictures::PictureKind;
use crate::storage::users::{PictureRef, User};
use crate::time::Timestamp;

impl User {
    /// Whether a login needs a second factor.
    #[must_use]
    pub(crate) const fn has_second_factor(&self) -> bool {
        self.has_totp || self.has_email_factor || self.has_passkey_factor
    }

    /// Whether the same second factors are on as in an earlier copy of this row.
    pub(crate) const fn has_same_factors(&self, earlier: &Self) -> bool {
        self.has_totp == earlier.has_totp
            && self.has_email_factor == earlier.has_email_factor
            && self.has_passkey_factor == earlier.has_passkey_factor
    }

    /// Whether an operator has suspended the account and the suspension has not ended yet.
    #[must_use]
    pub(crate) fn is_suspended(&self, now: Timestamp) -> bool {
        self.suspended_at.is_some() && self.suspended_until.is_none_or(|until| now < until)
    }

    /// The picture of a kind that the profile shows.
    pub(crate) const fn picture(&self, kind: PictureKind) -> Option<&PictureRef> {
        match kind {
            PictureKind::Thumbnail => self.thumbnail.as_ref(),
            PictureKind::Banner => self.banner.as_ref(),
        }
    }

    /// Whether the picture of a kind is an uploaded file in the table `pictures`.
    pub(crate) fn has_uploaded(&self, kind: PictureKind) -> bool {
        matches!(self.picture(kind), Some(PictureRef::Uploaded(_)))
    }
}
