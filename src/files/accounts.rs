//! The users of the machine, as `/etc/passwd` and `/etc/group` name them. Users of other sources,
//! such as a directory, are called by their numbers.

use std::collections::BTreeSet;
use std::fs;

use rustix::fs::Stat;

const PASSWD: &str = "/etc/passwd";
const GROUP: &str = "/etc/group";

/// The lines of such a file, each split into its fields.
fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().map(|line| line.split(':').collect())
}

/// The name of a user, or `uid 1234`.
pub(crate) fn user_name(user: u32) -> String {
    name(PASSWD, user).unwrap_or_else(|| format!("uid {user}"))
}

/// The name of a group, or its number, as `chown` takes them.
pub(super) fn group_name(group: u32) -> String {
    name(GROUP, group).unwrap_or_else(|| group.to_string())
}

/// The name of a user, or the number, as `chown` takes them.
pub(crate) fn user_argument(user: u32) -> String {
    name(PASSWD, user).unwrap_or_else(|| user.to_string())
}

fn name(file: &str, id: u32) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let id = id.to_string();
    lines(&text)
        .find(|fields| fields.get(2) == Some(&id.as_str()))?
        .first()
        .map(|&name| name.into())
}

/// A user, with the groups that decide what the user may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) user: u32,
    groups: BTreeSet<u32>,
}

impl Account {
    /// A user with the groups that the machine's files name, and `group`, in which a file of the
    /// user is.
    pub(crate) fn new(user: u32, group: u32) -> Self {
        let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
        Self::read(user, group, &read(PASSWD), &read(GROUP))
    }

    fn read(user: u32, group: u32, passwd: &str, groups: &str) -> Self {
        let id = user.to_string();
        let own = lines(passwd).find(|fields| fields.get(2) == Some(&id.as_str()));
        let name = own.as_ref().and_then(|fields| fields.first().copied());
        let primary = own.as_ref().and_then(|fields| fields.get(3)?.parse().ok());
        let is_member = |fields: &Vec<&str>| {
            fields.get(3).is_some_and(|members| members.split(',').any(|one| Some(one) == name))
        };
        let of_member =
            lines(groups).filter(is_member).filter_map(|fields| fields.get(2)?.parse().ok());
        Self { user, groups: of_member.chain(primary).chain([group]).collect() }
    }

    /// Whether the mode of a file lets the user do all of this, as bits of `rwx`.
    pub(super) fn may(&self, wanted: u32, stat: &Stat) -> bool {
        let granted = match stat {
            _ if self.user == 0 => 0o7,
            stat if stat.st_uid == self.user => stat.st_mode >> 6,
            stat if self.groups.contains(&stat.st_gid) => stat.st_mode >> 3,
            stat => stat.st_mode,
        };
        granted & wanted == wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_is_in_its_primary_group_and_in_those_that_list_it() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\nnox:x:998:997::/var/lib/nox:/bin/false\n";
        let groups = "root:x:0:\nssl:x:110:www-data,nox\nmail:x:8:noxious\nnox:x:997:\n";
        let account = Account::read(998, 5, passwd, groups);
        assert_eq!(account.groups, BTreeSet::from([5, 110, 997]));
        let unknown = Account::read(4321, 7, passwd, groups);
        assert_eq!(unknown.groups, BTreeSet::from([7]));
        assert_eq!(
            (user_name(0), user_argument(4_000_000_000)),
            ("root".into(), "4000000000".into())
        );
        assert_eq!(user_name(4_000_000_000), "uid 4000000000");
    }
}
