//! What the file with everything about an account says of itself.

use super::texts;

texts! {
    /// A sentence or two about the file, and about each of its parts.
    Exports {
        about,
        account,
        suspension,
        second_factors,
        passkeys,
        email_confirmations,
        password_link,
        invitations,
        sessions,
        devices,
        lockouts,
        pictures,
        audit,
    }
}
