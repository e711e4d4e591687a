//! The benchmark: compares the server with the limits of the machine, both measured in the same
//! rounds.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the benchmark prints a table")]
#![expect(clippy::disallowed_methods, reason = "the benchmark measures time")]

mod bare;
mod commits;
mod curve;
mod figures;
mod fill;
mod fixture;
mod goals;
mod growth;
mod hashes;
mod http;
mod interleave;
mod load;
mod memory;
mod passkeys;
mod plot;
mod report;
mod server;
mod start;
mod storm;
mod sweep;
mod wrk;

use std::process::ExitCode;
use std::rc::Rc;

use anyhow::{Result, ensure};
use clap::{Parser, Subcommand};

use figures::Figures;
use fixture::Fixture;
use goals::{Met, ROWS, Row};

const ROUNDS: usize = 5;
const QUICK_ROUNDS: usize = 2;

/// Measures the server and the limits of this machine.
#[derive(Parser)]
struct Arguments {
    /// Print one JSON object instead of the table.
    #[arg(long)]
    json: bool,
    /// Measure only two short rounds, as a test of the benchmark.
    #[arg(long)]
    quick: bool,
    /// Measure only these rows of the table.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    #[arg(value_parser = ROWS.map(|row| row.name))]
    only: Vec<String>,
    /// A flag that cargo passes to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
    #[command(subcommand)]
    role: Option<Role>,
}

/// What a child process of the benchmark does.
#[derive(Subcommand)]
enum Role {
    #[command(hide = true)]
    Bare,
    #[command(hide = true)]
    Hash { seconds: u64 },
    #[command(hide = true)]
    HashFresh { seconds: u64 },
}

/// A measurement that is made once in each round.
trait Measure {
    /// Measures the wanted figures and records them.
    fn round(&mut self, figures: &mut Figures) -> Result<()>;
}

type Make = fn(&Rc<Fixture>) -> Result<Box<dyn Measure>>;

/// The measurements in the order of a round, each with the figures that it records.
const MEASURES: [(&[&str], Make); 10] = [
    (&["argon2", "argon2-fresh", "logins"], |fixture| Ok(Box::new(hashes::Hashes::new(fixture)))),
    (&["bare", "me", "me-many", "relays"], |fixture| {
        Ok(Box::new(fixture::Requests::new(fixture)?))
    }),
    (&["storm-p99", "storm-me"], |fixture| Ok(Box::new(storm::Checks::new(fixture)))),
    (&["passkeys"], |fixture| Ok(Box::new(passkeys::Passkeys::new(fixture)))),
    (&["commits"], |fixture| Ok(Box::new(commits::Commits::new(fixture)?))),
    (&["idle", "idle-file", "storm-memory", "idle-after", "idle-after-file"], |fixture| {
        Ok(Box::new(memory::Memory::new(fixture)?))
    }),
    (&["start", "bytes-user", "bytes-session"], |fixture| {
        Ok(Box::new(start::Starts::new(fixture)?))
    }),
    (
        &["login-small", "login-large", "check-small", "check-large", "list-small", "list-large"],
        |fixture| Ok(Box::new(growth::Growth::new(fixture)?)),
    ),
    (&["sweep", "swept"], |fixture| Ok(Box::new(sweep::Sweep::new(fixture)?))),
    (&["load"], |fixture| Ok(Box::new(curve::Curve::new(fixture)))),
];

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    match arguments.role {
        Some(Role::Bare) => bare::serve().map(|()| ExitCode::SUCCESS),
        Some(Role::Hash { seconds }) => hashes::run(seconds, false).map(|()| ExitCode::SUCCESS),
        Some(Role::HashFresh { seconds }) => hashes::run(seconds, true).map(|()| ExitCode::SUCCESS),
        None => measure(&arguments),
    }
}

fn measure(arguments: &Arguments) -> Result<ExitCode> {
    let is_asked = |row: &&Row| {
        arguments.only.is_empty() || arguments.only.iter().any(|name| name == row.name)
    };
    let mut figures = Figures::of(ROWS.iter().filter(is_asked).flat_map(Row::needs).collect());
    let fixture = Rc::new(Fixture::new(arguments.quick)?);
    let mut measures = Vec::new();
    for (names, make) in MEASURES {
        if names.iter().any(|name| figures.wants(name)) {
            measures.push(make(&fixture)?);
        }
    }
    for round in 1..=if arguments.quick { QUICK_ROUNDS } else { ROUNDS } {
        eprintln!("round {round}");
        measures.iter_mut().try_for_each(|measure| measure.round(&mut figures))?;
    }
    drop((measures, fixture));

    let verdicts: Vec<_> =
        ROWS.iter().filter(is_asked).filter_map(|row| row.judge(&figures)).collect();
    ensure!(
        verdicts.len() == ROWS.iter().filter(is_asked).count(),
        "a row of the table was not measured"
    );
    if arguments.json {
        println!("{}", report::json(&verdicts, &figures)?);
    } else {
        println!("{}", report::table(&verdicts));
    }
    if !arguments.quick {
        report::write(&verdicts, &figures)?;
    }
    let is_missed = verdicts.iter().any(|verdict| verdict.met == Met::No);
    Ok(if is_missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
