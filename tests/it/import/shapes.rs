//! The three shapes of the databases of the Node.js servers, as they matter here.

use std::fmt::Write;

/// A column: its name and its definition.
type Column = (&'static str, &'static str);

/// The tables of a generation.
pub struct Shape {
    /// The name of the table of users, as SQL writes it.
    pub users: &'static str,
    types: &'static str,
    tables: &'static [(&'static str, &'static [Column])],
}

/// The first generation.
pub static FIRST: Shape = Shape {
    users: "\"User\"",
    types: FIRST_PRESENCE,
    tables: &[
        ("\"User\"", FIRST_USERS),
        ("\"Session\"", FIRST_SESSIONS),
        ("\"Badger\"", TOKENS),
        ("\"Relay\"", TIMES),
    ],
};

/// The first generation after its tables were renamed; the sequence keeps its old name.
pub static RENAMED: Shape = Shape {
    users: "users",
    types: FIRST_PRESENCE,
    tables: &[
        ("\"User\"", FIRST_USERS),
        ("sessions", FIRST_SESSIONS),
        ("badgers", TOKENS),
        ("relays", TIMES),
    ],
};

/// The second generation, with its passkeys.
pub static SECOND: Shape = Shape {
    users: "users",
    types: "CREATE TYPE presence_status AS ENUM
                ('ONLINE', 'IDLE', 'DO_NOT_DISTURB', 'OFFLINE', 'STREAMING');",
    tables: &[
        ("users", SECOND_USERS),
        ("sessions", FIRST_SESSIONS),
        ("passkeys", PASSKEYS),
        ("relays", SECOND_RELAYS),
        ("relay_tokens", TOKENS),
        ("configs", CONFIGS),
    ],
};

pub static SHAPES: [&Shape; 3] = [&FIRST, &RENAMED, &SECOND];

const FIRST_PRESENCE: &str = "CREATE TYPE \"PresenceStatus\" AS ENUM
    ('ONLINE', 'IDLE', 'DO_NOT_DISTURB', 'OFFLINE', 'STREAMING');";

const NOW: &str = "timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP";

const FIRST_USERS: &[Column] = &[
    ("id", "serial PRIMARY KEY"),
    ("username", "text NOT NULL UNIQUE"),
    ("display", "text NOT NULL DEFAULT 'Player'"),
    ("links", "jsonb NOT NULL DEFAULT '[]'"),
    ("thumbnail", "text"),
    ("bio", "text"),
    ("banner", "text"),
    ("email", "text UNIQUE"),
    ("email_verified", "boolean NOT NULL DEFAULT false"),
    ("password", "text"),
    ("rank", "double precision NOT NULL DEFAULT 0"),
    ("blacklisted", "jsonb DEFAULT '{\"value\": false}'"),
    ("home_ref", "text"),
    ("avatar_ref", "text"),
    ("pronoun", "text"),
    ("tags", "text[]"),
    ("twofa_enabled", "boolean NOT NULL DEFAULT false"),
    ("twofa_secret", "text"),
    ("presence", "\"PresenceStatus\" NOT NULL DEFAULT 'OFFLINE'"),
    ("presence_status", "text"),
    ("created_at", NOW),
    ("updated_at", NOW),
    ("cert_blob", "bytea DEFAULT '\\x0a095c2e0a'"),
    ("key_blob", "bytea DEFAULT '\\x6b65792d626c6f62'"),
    ("cert_expires", "timestamp(3) DEFAULT 'infinity'"),
];

const SECOND_USERS: &[Column] = &[
    ("id", "serial PRIMARY KEY"),
    ("username", "text NOT NULL UNIQUE"),
    ("display", "text NOT NULL DEFAULT 'Player'"),
    ("bio", "text"),
    ("pronoun", "text"),
    ("email", "text UNIQUE"),
    ("email_verified", "boolean NOT NULL DEFAULT false"),
    ("password", "text"),
    ("rank", "double precision NOT NULL DEFAULT 0"),
    ("tags", "text[] DEFAULT '{}'"),
    ("thumbnail", "text"),
    ("banner", "text"),
    ("links", "jsonb NOT NULL DEFAULT '[]'"),
    ("blacklisted", "jsonb"),
    ("home_ref", "text"),
    ("avatar_ref", "text"),
    ("twofa_enabled", "boolean NOT NULL DEFAULT false"),
    ("twofa_secret", "text"),
    ("presence", "presence_status NOT NULL DEFAULT 'OFFLINE'"),
    ("presence_status", "text"),
    ("public", "bytea NOT NULL DEFAULT '\\x302a3005'"),
    ("private", "bytea NOT NULL DEFAULT '\\x707269766174652d6b6579'"),
    ("expires_keys", "timestamp(3) DEFAULT 'infinity'"),
    ("created_at", NOW),
    ("updated_at", NOW),
];

const FIRST_SESSIONS: &[Column] = &[
    ("id", "text PRIMARY KEY"),
    ("token", "text NOT NULL"),
    ("user_id", "integer NOT NULL"),
    ("public_key", "bytea"),
    ("fingerprint", "text"),
    ("expires", NOW),
    ("created_at", NOW),
    ("updated_at", NOW),
];

const TOKENS: &[Column] = &[
    ("id", "text PRIMARY KEY"),
    ("token", "text NOT NULL UNIQUE"),
    ("relay_id", "text NOT NULL UNIQUE"),
    ("created_at", NOW),
    ("updated_at", NOW),
];

const TIMES: &[Column] = &[("id", "text PRIMARY KEY"), ("created_at", NOW), ("updated_at", NOW)];

const SECOND_RELAYS: &[Column] = &[
    ("id", "text PRIMARY KEY"),
    ("created_at", NOW),
    ("updated_at", NOW),
    ("label", "text"),
    ("provider", "text NOT NULL DEFAULT 'local'"),
    ("provider_id", "text"),
    ("tags", "text[] DEFAULT '{}'"),
    ("max_link", "integer NOT NULL DEFAULT 1"),
];

const PASSKEYS: &[Column] = &[
    ("id", "text PRIMARY KEY"),
    ("user_id", "integer NOT NULL"),
    ("credential_id", "text NOT NULL UNIQUE"),
    ("public_key", "text NOT NULL"),
    ("counter", "bigint NOT NULL DEFAULT 0"),
    ("transports", "text[] DEFAULT '{}'"),
    ("discoverable", "boolean NOT NULL DEFAULT true"),
    ("device_type", "text NOT NULL DEFAULT 'singleDevice'"),
    ("backed_up", "boolean NOT NULL DEFAULT false"),
    ("aaguid", "text"),
    ("name", "text"),
    ("created_at", NOW),
    ("last_used_at", "timestamp(3)"),
];

const CONFIGS: &[Column] = &[("key", "text PRIMARY KEY"), ("value", "jsonb"), ("updated_at", NOW)];

impl Shape {
    /// The statements that create its tables, with the columns in an order of this seed.
    pub fn definition(&self, seed: usize) -> String {
        let mut script = self.types.to_owned();
        for (table, columns) in self.tables {
            let columns: Vec<_> = shuffled(columns, seed)
                .into_iter()
                .map(|(name, definition)| format!("{name} {definition}"))
                .collect();
            write!(script, "CREATE TABLE {table} ({});", columns.join(", ")).unwrap();
        }
        if self.users == "users" && self.tables[0].0 != "users" {
            script += "ALTER TABLE \"User\" RENAME TO users;";
        }
        script
    }
}

/// These in another order for each seed; seed 0 leaves them as they are.
fn shuffled<T: Copy>(items: &[T], seed: usize) -> Vec<T> {
    let mut items = items.to_vec();
    let mut state = seed;
    for last in (1..items.len()).rev().filter(|_| seed > 0) {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(last, (state >> 33) % (last + 1));
    }
    items
}
