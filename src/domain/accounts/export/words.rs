//! What the document says of itself and of its parts.

/// A sentence or two for each part.
pub(super) struct Words {
    pub about: &'static str,
    pub account: &'static str,
    pub suspension: &'static str,
    pub second_factors: &'static str,
    pub email_confirmations: &'static str,
    pub invitations: &'static str,
    pub sessions: &'static str,
    pub devices: &'static str,
    pub lockouts: &'static str,
    pub pictures: &'static str,
    pub audit: &'static str,
}

pub(super) const ENGLISH: Words = Words {
    about: "Everything that this Nox instance keeps about one account. Times are milliseconds \
        since 1970-01-01T00:00:00Z; null means that there is no value. Passwords, keys, codes and \
        their hashes are secret, and not in this file. Backups of the instance may keep older \
        states until they are deleted.",
    account: "The profile as its owner sees it: names, address, links, tags, rank.",
    suspension: "Whether an operator has suspended the account: until when, and why; null if not.",
    second_factors: "Which second factors a login asks for. Their secrets are not exported.",
    email_confirmations: "Addresses to which a link was mailed that is still to be opened.",
    invitations: "The invitation by which the account was created, and those for its address.",
    sessions: "Open sessions: when each began, was used last and ends, with the network address \
        and the program that opened it.",
    devices: "When the account was last logged in to by each browser, program and network that is \
        recognized. They are kept as hashes, which do not tell which ones they are.",
    lockouts: "What is refused for a while after too many attempts, and from where.",
    pictures: "Uploaded pictures, and where each one is shown.",
    audit: "The events of the account, the oldest first: what happened, by whom, from which \
        address, with old and new values. Failed logins may come from other people.",
};
