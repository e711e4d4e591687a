//! A PostgreSQL of the tests' own: one for the whole run, and a database in it for each test.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::process::geteuid;

use super::shapes::Shape;
use crate::harness::Ran;

/// What the documentation tells operators to dump.
pub const DUMPED: [&str; 7] =
    ["\"User\"", "users", "passkeys", "\"Badger\"", "badgers", "relay_tokens", "relays"];

/// The user `nobody` and its group, by number.
const NOBODY: u32 = 65_534;

/// Starts the server in the folder `$1` with the programs of `$2`, and ends it when stdin does:
/// when the tests have ended, in whatever way. It refuses to run as root; `$3` makes another user
/// of it.
const KEEPER: &str = r#"
trap : INT TERM
cd "$1"
run() { program=$1; shift; $AS "$BIN/$program" "$@"; }
BIN=$2 AS=$3
run initdb -D data -U postgres -A trust -E UTF8 --no-locale --no-sync >log 2>&1
run pg_ctl -D data -l data/log -w -t 60 -o "-k '$1' -c listen_addresses='' -c fsync=off \
    -c full_page_writes=off -c shared_buffers=32MB -c max_connections=50" start >>log 2>&1
echo $?
cat >/dev/null
run pg_ctl -D data -m immediate stop >>log 2>&1
cd / && rm -rf "$1"
"#;

/// The server, which listens on a socket in its folder and nowhere else.
struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    /// The process that waits for the end of its stdin.
    _keeper: Child,
}

impl Postgres {
    /// The server of this run.
    fn running() -> &'static Self {
        static SERVER: OnceLock<Postgres> = OnceLock::new();
        SERVER.get_or_init(Self::start)
    }

    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap().keep();
        let programs = newest_programs();
        let user = if geteuid().is_root() {
            chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
            format!("setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups")
        } else {
            String::new()
        };
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "sh"])
            .args([folder.as_os_str(), programs.as_os_str()])
            .arg(user)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let log = || fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert_eq!(first, "0\n", "PostgreSQL did not start: {}", log());
        Self { folder, programs, _keeper: keeper }
    }

    /// A program that connects to this database.
    fn program(&self, name: &str, database: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.arg("-h").arg(&self.folder).args(["-U", "postgres", "-d", database]);
        // Files of the user who runs the tests must not change what they see.
        command.env("PSQLRC", "/dev/null").env("PGOPTIONS", "-c client_min_messages=warning");
        command
    }

    fn run(&self, database: &str, script: &str) {
        let mut command = self.program("psql", database);
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1"]);
        let ran = Ran::of(&mut command, script);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
    }
}

/// The folder with the programs of the newest version, as Debian installs it.
fn newest_programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is not installed");
    let version = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let paths = versions.map(|entry| entry.unwrap().path());
    let newest = paths.max_by_key(|path| version(path)).expect("PostgreSQL is not installed");
    newest.join("bin")
}

/// A database of a Node.js server, in one of its shapes.
pub struct Database {
    name: String,
    shape: &'static Shape,
}

impl Database {
    /// An empty one. The order of the columns follows from the seed: it differs between instances.
    pub fn new(shape: &'static Shape, seed: usize) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("test{}", NUMBER.fetch_add(1, Ordering::SeqCst));
        let server = Postgres::running();
        server.run("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0"));
        let database = Self { name, shape };
        database.sql(&shape.definition(seed));
        database
    }

    /// Runs statements, which must succeed.
    pub fn sql(&self, script: &str) {
        Postgres::running().run(&self.name, script);
    }

    /// Inserts rows into the table of users.
    pub fn add(&self, rows: &[Row]) {
        let table = self.shape.users;
        let script: String = rows.iter().map(|row| row.insertion(table)).collect();
        self.sql(&script);
    }

    /// Inserts a row into another table.
    pub fn add_to(&self, table: &str, row: &Row) {
        self.sql(&row.insertion(table));
    }

    /// What the command in the documentation writes.
    pub fn dump(&self) -> Vec<u8> {
        self.dump_with(&[])
    }

    /// The same with more options.
    pub fn dump_with(&self, options: &[&str]) -> Vec<u8> {
        let tables = DUMPED.iter().flat_map(|table| ["-t", table]);
        let rest = ["--data-only", "--no-owner", "--encoding=UTF8"].into_iter().chain(tables);
        self.pg_dump(rest.chain(options.iter().copied()))
    }

    /// What `pg_dump` writes with these options.
    pub fn pg_dump<'a>(&self, options: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
        let mut command = Postgres::running().program("pg_dump", &self.name);
        let output = command.args(options).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

/// A row to insert: values as PostgreSQL reads them.
#[derive(Clone, Default)]
pub struct Row(Vec<(String, String)>);

impl Row {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(mut self, column: &str, value: impl Into<String>) -> Self {
        self.0.push((column.into(), value.into()));
        self
    }

    /// What a column holds.
    pub fn value(&self, column: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == column).map(|(_, value)| &**value)
    }

    fn insertion(&self, table: &str) -> String {
        let columns: Vec<_> = self.0.iter().map(|(column, _)| column.as_str()).collect();
        let mut values = String::new();
        for (_, value) in &self.0 {
            write!(values, ", '{}'", value.replace('\'', "''")).unwrap();
        }
        format!("INSERT INTO {table} ({}) VALUES ({});\n", columns.join(", "), &values[2..])
    }
}
