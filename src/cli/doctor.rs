//! `nox doctor`.

use anyhow::Result;
use clap::Args;

use super::output::{Output, Stop};
use crate::config::Loaded;
use crate::domain::doctor::{Finding, State, examine};
use crate::time::Timestamp;

#[derive(Args)]
pub(super) struct Doctor {
    /// Exit with status 1 where there is a warning, for monitors and cron
    #[arg(long)]
    strict: bool,
}

impl Doctor {
    /// Prints what was examined; the exit status tells what kind of fault was found.
    pub(super) fn run(self, loaded: Loaded, output: Output) -> Result<()> {
        let mut findings = examine(&loaded.config, Timestamp::now());
        findings.extend(loaded.warnings.into_iter().map(Finding::of_configuration));
        if output.json {
            findings.iter().try_for_each(|finding| output.json(finding))?;
        } else {
            let rows = findings
                .iter()
                .map(|found| [word(found.state).into(), found.about.into(), found.text.clone()]);
            output.table(["STATE", "WHAT", "FOUND"], rows)?;
        }
        let mut faults = findings.iter().filter(|finding| finding.state == State::Fault);
        match faults.next() {
            None => self.judge_warnings(&findings),
            Some(first) if first.about == "database" => {
                Err(Stop::damaged("the database cannot be used").into())
            }
            Some(first) => {
                Err(Stop::environment(format!("there is a fault: {}", first.about)).into())
            }
        }
    }

    fn judge_warnings(self, findings: &[Finding]) -> Result<()> {
        let warnings = findings.iter().filter(|finding| finding.state == State::Warning);
        match warnings.count() {
            count @ 1.. if self.strict => {
                Err(Stop::failed(format!("there are {count} warning(s)")).into())
            }
            _ => Ok(()),
        }
    }
}

const fn word(state: State) -> &'static str {
    match state {
        State::Ok => "ok",
        State::Warning => "warning",
        State::Fault => "fault",
    }
}
