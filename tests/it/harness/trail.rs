//! What a change leaves in the audit log.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Instance;

/// The lines of the audit log before a change.
pub struct Trail(BTreeSet<String>);

impl Trail {
    pub fn before(instance: &Instance) -> Self {
        Self(lines(instance).into_iter().collect())
    }

    /// The lines that were written or counted since, each as its event, who acted, and the fields
    /// that changed: `email.changed by user: email`.
    pub fn since(&self, instance: &Instance) -> Vec<String> {
        let new = lines(instance).into_iter().filter(|line| !self.0.contains(line));
        new.map(|line| summary(&serde_json::from_str(&line).unwrap())).collect()
    }
}

fn lines(instance: &Instance) -> Vec<String> {
    instance.nox("audit list --json").lines().map(str::to_owned).collect()
}

fn summary(line: &Value) -> String {
    let by = line["by"].as_str().unwrap();
    // Of a user who leaves, nothing is kept.
    let has_client = ["user", "client"].contains(&by) && line["event"] != "account.deleted";
    assert_eq!(has_client, line["ip"].is_string(), "{line}");
    // Which system user acts is another question.
    let by = by.split(':').next().unwrap();
    let changes = line["changes"].as_object().unwrap();
    assert!(changes.values().all(|both| both[0] != both[1]), "{line}");
    let fields: Vec<&str> = changes.keys().map(String::as_str).collect();
    let fields = if fields.is_empty() { String::new() } else { format!(": {}", fields.join(", ")) };
    format!("{} by {by}{fields}", line["event"].as_str().unwrap())
}
