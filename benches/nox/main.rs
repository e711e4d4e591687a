//! The benchmark: what the server does beside what the machine allows, measured in the same run,
//! round by round.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it has a table to show")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

mod bare;
mod commits;
mod curve;
mod figures;
mod fill;
mod goals;
mod growth;
mod hashes;
mod http;
mod load;
mod memory;
mod plot;
mod report;
mod server;
mod stage;
mod start;
mod storm;
mod sweep;
mod turns;
mod wrk;

use std::process::ExitCode;
use std::rc::Rc;

use anyhow::{Result, ensure};
use clap::{Parser, Subcommand};

use figures::Figures;
use goals::{Met, ROWS, Row};
use stage::Stage;

const ROUNDS: usize = 5;
const QUICK_ROUNDS: usize = 2;

/// Measures the server beside the limits of this machine.
#[derive(Parser)]
struct Arguments {
    /// Print one JSON object instead of the table.
    #[arg(long)]
    json: bool,
    /// Measure two short rounds, to see whether something works.
    #[arg(long)]
    quick: bool,
    /// Measure only these lines of the table.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = ROWS.map(|row| row.name))]
    only: Vec<String>,
    /// What cargo says to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
    #[command(subcommand)]
    role: Option<Role>,
}

/// What it is in a process of its own.
#[derive(Subcommand)]
enum Role {
    #[command(hide = true)]
    Bare,
    #[command(hide = true)]
    Hash { seconds: u64 },
    #[command(hide = true)]
    HashFresh { seconds: u64 },
}

/// Something that is measured once a round.
trait Measure {
    /// Notes the figures that it finds and that are wanted.
    fn round(&mut self, figures: &mut Figures) -> Result<()>;
}

type Make = fn(&Rc<Stage>) -> Result<Box<dyn Measure>>;

/// Which figures are found by whom, in the order of a round.
const MEASURES: [(&[&str], Make); 9] = [
    (&["argon2", "argon2-fresh", "logins"], |stage| Ok(Box::new(hashes::Hashes::new(stage)))),
    (&["bare", "me", "me-many", "relays"], |stage| Ok(Box::new(stage::Requests::new(stage)?))),
    (&["storm-p99", "storm-me"], |stage| Ok(Box::new(storm::Checks::new(stage)))),
    (&["commits"], |stage| Ok(Box::new(commits::Commits::new(stage)?))),
    (&["idle", "storm-memory", "idle-after"], |stage| Ok(Box::new(memory::Memory::new(stage)?))),
    (&["start", "bytes-user", "bytes-session"], |stage| Ok(Box::new(start::Starts::new(stage)?))),
    (
        &["login-small", "login-large", "check-small", "check-large", "list-small", "list-large"],
        |stage| Ok(Box::new(growth::Growth::new(stage)?)),
    ),
    (&["sweep", "swept"], |stage| Ok(Box::new(sweep::Sweep::new(stage)?))),
    (&["load"], |stage| Ok(Box::new(curve::Curve::new(stage)))),
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
    let stage = Rc::new(Stage::new(arguments.quick)?);
    let mut measures = Vec::new();
    for (found, make) in MEASURES {
        if found.iter().any(|name| figures.wants(name)) {
            measures.push(make(&stage)?);
        }
    }
    for round in 1..=if arguments.quick { QUICK_ROUNDS } else { ROUNDS } {
        eprintln!("round {round}");
        measures.iter_mut().try_for_each(|measure| measure.round(&mut figures))?;
    }
    drop((measures, stage));

    let verdicts: Vec<_> =
        ROWS.iter().filter(is_asked).filter_map(|row| row.judge(&figures)).collect();
    ensure!(
        verdicts.len() == ROWS.iter().filter(is_asked).count(),
        "a line of the table was not measured"
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
