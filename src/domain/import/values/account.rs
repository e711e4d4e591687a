//! What becomes of one row of the old table of users.

use zeroize::Zeroizing;

use super::loss::Loss;
use crate::domain::password::Pbkdf2Hash;
use crate::domain::pictures::PictureKind;
use crate::storage::users::User;

/// An account as it is to be stored.
pub(crate) struct Account {
    /// Every column of `users`. Its `password_hash` is the one to store, unless `to_wrap` holds
    /// one.
    pub user: User,
    /// A hash of the first generation, which [`crate::domain::password::Hasher::wrap`] makes into
    /// the one to store.
    pub to_wrap: Option<Pbkdf2Hash>,
    /// The form of the hash, for the count in the report.
    pub hash_form: String,
    /// The secret of the authenticator app, not sealed yet.
    pub totp_secret: Option<Zeroizing<Vec<u8>>>,
    /// Pictures to store in the table `pictures`.
    pub pictures: Vec<AssetPicture>,
    /// Whether codes by mail were the only second factor in this row, and cannot be mailed here.
    /// Passkeys are in other rows: without one of them, this is [`super::Reason::OnlyMail`].
    pub lacks_mail: bool,
    pub losses: Vec<Loss>,
}

/// A picture in the folder of assets. It was read and found to be good; it is read again when it is
/// stored, so that pictures are in memory one at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AssetPicture {
    pub kind: PictureKind,
    /// The name of its file.
    pub name: String,
}
