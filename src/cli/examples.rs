//! Examples of every command, as its help and its manual page show them.

/// The examples of a command, by the names that lead there, such as `nox user add`.
pub(super) fn of(path: &str) -> &'static [&'static str] {
    EXAMPLES.iter().find(|(command, _)| *command == path).map_or(&[], |(_, lines)| lines)
}

#[cfg(test)]
pub(super) fn paths() -> impl Iterator<Item = &'static str> {
    EXAMPLES.iter().map(|(path, _)| *path)
}

const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "nox",
        &[
            "nox user add ada --admin   # the first account",
            "nox serve                  # run the server",
            "nox doctor                 # examine everything",
        ],
    ),
    ("nox serve", &["nox serve --listen 127.0.0.1:53032", "nox serve --config /etc/nox/nox.toml"]),
    (
        "nox user add",
        &[
            "nox user add ada --email ada@example.org   # asks for the password",
            "nox user add ada --admin --generate        # prints a password",
        ],
    ),
    (
        "nox user list",
        &["nox user list --search example.org", "nox user list --json | jq -r .username"],
    ),
    ("nox user show", &["nox user show ada", "nox user show 17 --json"]),
    (
        "nox user passwd",
        &[
            "nox user passwd ada --link        # prints a link, by which ada sets the password",
            "nox user passwd ada --generate    # prints a password",
            "nox user passwd ada --password-file new.password",
        ],
    ),
    (
        "nox user set",
        &[
            "nox user set ada --email ada@example.org --verified true",
            "nox user set ada --display 'Ada' --language fr",
            "nox user set ada --admin true",
        ],
    ),
    ("nox user rename", &["nox user rename ada lovelace"]),
    ("nox user tag add", &["nox user tag add ada can_world_create sys:moderator"]),
    ("nox user tag remove", &["nox user tag remove ada can_world_create"]),
    ("nox user disable", &["nox user disable ada --reason spam --until 7d"]),
    ("nox user enable", &["nox user enable ada"]),
    ("nox user export", &["nox user export ada exports   # writes exports/ada.json"]),
    ("nox user remove", &["nox user remove ada", "nox user remove ada --yes   # for scripts"]),
    (
        "nox totp enroll",
        &[
            "nox totp enroll ada   # asks for a code",
            "nox totp enroll ada --no-confirm --svg ada.svg",
        ],
    ),
    ("nox totp status", &["nox totp status ada"]),
    ("nox totp reset", &["nox totp reset ada"]),
    ("nox totp recovery", &["nox totp recovery ada"]),
    ("nox totp code", &["nox totp code ada"]),
    ("nox passkey list", &["nox passkey list", "nox passkey list ada"]),
    (
        "nox passkey remove",
        &[
            "nox passkey remove ada 0197a3c6-13be-7c3e-9a57-3f9f2d4c8b1a",
            "nox passkey remove ada --all",
        ],
    ),
    ("nox session list", &["nox session list", "nox session list ada"]),
    (
        "nox session revoke",
        &[
            "nox session revoke 0b5e9c1e-5a0f-4d8e-9a57-3f9f2d4c8b1a",
            "nox session revoke --user ada",
        ],
    ),
    (
        "nox invite add",
        &[
            "nox invite add --uses 5 --expires 7d --tag can_world_create",
            "nox invite add --email bob@example.org --note Bob",
        ],
    ),
    ("nox invite list", &["nox invite list", "nox invite list --json | jq -r .url"]),
    ("nox invite remove", &["nox invite remove 3"]),
    ("nox relay add", &["nox relay add europe"]),
    ("nox relay list", &["nox relay list"]),
    ("nox relay remove", &["nox relay remove europe"]),
    ("nox throttle list", &["nox throttle list"]),
    (
        "nox throttle clear",
        &[
            "nox throttle clear ada",
            "nox throttle clear 192.0.2.0/24",
            "nox throttle clear   # all of them",
        ],
    ),
    (
        "nox import",
        &[
            "nox import node.sql --assets assets --dry-run",
            "nox import node.sql --assets assets --rename 1234=ada --check root",
            "zstd -dc node.sql.zst | nox import -",
        ],
    ),
    (
        "nox audit list",
        &[
            "nox audit list ada --since 24h",
            "nox audit list --event 'session.*' --limit 50",
            "nox audit list --event login.failed --limit 1 --follow",
        ],
    ),
    ("nox stats", &["nox stats", "nox stats --json | jq .logins_24h"]),
    (
        "nox backup create",
        &[
            "nox backup create before-upgrade.db --with-key",
            "nox backup create - --with-key | ssh backup.example 'cat > nox.db'",
        ],
    ),
    ("nox backup verify", &["nox backup verify before-upgrade.db"]),
    ("nox backup restore", &["systemctl stop nox; nox backup restore before-upgrade.db"]),
    ("nox backup list", &["nox backup list"]),
    (
        "nox key replace",
        &["systemctl stop nox; nox key replace --lose-second-factors; systemctl start nox"],
    ),
    ("nox key rotate", &["systemctl stop nox; nox key rotate; systemctl start nox"]),
    ("nox mail test", &["nox mail test you@example.org"]),
    ("nox config check", &["nox config check", "nox config check --config new.toml"]),
    ("nox config show", &["nox config show"]),
    (
        "nox doctor",
        &[
            "nox doctor",
            "nox doctor --strict > report || mail -s Nox root < report",
            "nox doctor --json | jq 'select(.state != \"ok\")'",
        ],
    ),
    ("nox health", &["nox health", "nox health --listen unix:/run/nox/nox.sock"]),
    ("nox openapi", &["nox openapi > openapi.json"]),
    (
        "nox completions",
        &[
            "nox completions bash > /etc/bash_completion.d/nox",
            "nox completions fish > ~/.config/fish/completions/nox.fish",
        ],
    ),
    ("nox man", &["nox man /usr/local/share/man/man1"]),
];
