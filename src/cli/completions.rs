//! `nox completions`.

use anyhow::Result;
use clap::Args;
use clap_complete::{Shell, generate};
use serde_json::json;

use super::output::Output;
use super::tree;

#[derive(Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, output: Output) -> Result<()> {
        let mut script = Vec::new();
        generate(self.shell, &mut tree::command(), "nox", &mut script);
        let script = String::from_utf8(script)?;
        if output.json {
            return output.json(&json!({ "shell": self.shell.to_string(), "script": script }));
        }
        output.document(script.trim_end())
    }
}
