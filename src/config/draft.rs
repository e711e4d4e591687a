//! A configuration while it is put together from the file and the environment.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Table;

use super::environment::{self, key_of};
use super::mistakes::{self, Mistake};
use super::origin::Origins;
use super::{Config, ConfigError, Loaded, Needs, invalid, names, plain, visible};

/// The keys that are set so far, where they are set, and the mistakes that do not matter.
#[derive(Default)]
pub(super) struct Draft {
    table: Table,
    origins: Origins,
    /// The variable that has set each key, by `section.key`.
    variables: BTreeMap<String, String>,
    ignored: Vec<Mistake>,
    /// The variables that are not read, though their names are nearly those of keys.
    misnamed: Vec<String>,
}

impl Draft {
    /// Reads the text of a file.
    pub(super) fn read(path: &Path, text: &str, needs: &Needs) -> Result<Self, ConfigError> {
        if *needs == Needs::Everything {
            // Its error names the line within a value, too.
            Config::parse(text).map_err(|error| invalid(path, text, &error))?;
        }
        let table: Table = text.parse().map_err(|error| invalid(path, text, &error))?;
        let found = mistakes::find(&table);
        let mut draft = Self { table, origins: Origins::of_file(path, text), ..Self::default() };
        found.into_iter().try_for_each(|mistake| draft.ignore(mistake, needs))?;
        Ok(draft)
    }

    /// Sets the key that an environment variable names, if it names one.
    pub(super) fn set(
        &mut self,
        variable: &str,
        text: &str,
        needs: &Needs,
    ) -> Result<(), ConfigError> {
        let Some((section, key)) = key_of(variable) else {
            self.misnamed.extend(names::warning(variable, text));
            return Ok(());
        };
        let read = environment::read(variable, text);
        let read = read.and_then(|(key, value)| {
            self.claim(&section, &key, variable)?;
            Ok((key, value))
        });
        match read {
            Ok((key, value)) => {
                self.origins.set(&section, &key, visible(variable));
                let section = self.table.entry(section).or_insert_with(|| Table::new().into());
                section.as_table_mut().and_then(|keys| keys.insert(key, value));
                Ok(())
            }
            Err(message) => {
                self.origins.set(&section, &key, visible(variable));
                self.ignore(Mistake { section, key: Some(key), message }, needs)
            }
        }
    }

    /// Records which variable sets a key.
    ///
    /// # Errors
    /// Another one has set it: nothing says which of them is meant.
    fn claim(&mut self, section: &str, key: &str, variable: &str) -> Result<(), String> {
        match self.variables.insert(format!("{section}.{key}"), variable.into()) {
            None => Ok(()),
            Some(other) => {
                Err(format!("{} sets the same key: remove one of them", visible(&other)))
            }
        }
    }

    /// Takes a key that is not valid out of the draft, unless the command needs it.
    fn ignore(&mut self, mistake: Mistake, needs: &Needs) -> Result<(), ConfigError> {
        let Mistake { section, key, .. } = &mistake;
        if needs.includes(section, key.as_deref()) {
            return Err(self.error(&mistake));
        }
        let keys = key.as_ref().and_then(|key| Some((self.table.get_mut(section)?, key)));
        match keys {
            Some((keys, key)) => drop(keys.as_table_mut().and_then(|keys| keys.remove(key))),
            None => drop(self.table.remove(section)),
        }
        self.ignored.push(mistake);
        Ok(())
    }

    fn error(&self, mistake: &Mistake) -> ConfigError {
        let Mistake { section, key, message } = mistake;
        let name = key.as_ref().map_or(section.clone(), |key| format!("{section}.{key}"));
        let location = self.origins.find(&name).unwrap_or(&name).to_owned();
        ConfigError::Invalid { location, message: message.clone() }
    }

    pub(super) fn finish(mut self, needs: &Needs) -> Result<Loaded, ConfigError> {
        // Mail is sent as it is configured, or not at all.
        if self.ignored.iter().any(is_of_mail) {
            self.table.remove("mail");
        }
        let without = |mistake| {
            let without = if is_of_mail(mistake) { "sends no mail" } else { "does without it" };
            format!("{}; this command {without}", self.error(mistake))
        };
        let mut warnings: Vec<String> = self.ignored.iter().map(without).collect();
        warnings.extend(self.misnamed);
        // The file and each variable have been checked one by one, so no error is expected here.
        let mut config: Config =
            self.table.try_into().map_err(|error: toml::de::Error| ConfigError::Invalid {
                location: "the environment over the configuration file".into(),
                message: plain(&error),
            })?;
        config.origins = self.origins;
        // A command that uses only some keys may have lost the others.
        if *needs == Needs::Everything {
            config.check_together()?;
        }
        Ok(Loaded { config, warnings })
    }
}

/// Whether a mistake is in a key that decides how mail is sent, or what is in it.
fn is_of_mail(mistake: &Mistake) -> bool {
    ["mail", "instance"].contains(&mistake.section.as_str())
        || matches!(mistake.key.as_deref(), Some("public_url" | "address"))
}
