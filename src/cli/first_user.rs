//! The first administrator, whom `nox serve` creates.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::output::Output;
use super::password;
use super::user::with_user;
use crate::crypto::generate_password;
use crate::domain::App;
use crate::domain::accounts::fields::Username;
use crate::domain::accounts::new_password::NewPassword;
use crate::domain::accounts::registration::{NewAccount, has_users, register_first};
use crate::normalization::{fold, trim};
use crate::time::Timestamp;

#[derive(Args)]
pub(super) struct FirstUser {
    /// If there is no user yet, create this administrator and print a generated password
    #[arg(long = "first-user", value_name = "NAME")]
    name: Option<String>,
    /// Read the password of the first user from the first line of a file, and print none; the file
    /// is not read where there is a user
    #[arg(long = "first-user-password-file", value_name = "FILE", requires = "name")]
    password_file: Option<PathBuf>,
}

impl FirstUser {
    /// Checks the name before anything is opened.
    pub(super) fn check(&self) -> Result<()> {
        self.username().map(drop)
    }

    fn username(&self) -> Result<Option<Username>> {
        let read = |name: &String| {
            Username::parse(fold(trim(name))).map_err(|error| with_user(error, name))
        };
        self.name.as_ref().map(read).transpose()
    }

    /// Creates the administrator whose password is in a file, before the server listens.
    pub(super) fn create_silently(&self, app: &App) -> Result<()> {
        let (Some(username), Some(file)) = (self.username()?, &self.password_file) else {
            return Ok(());
        };
        if has_users(app)? {
            return Ok(());
        }
        let password = password::from_file(file)?;
        let new = NewPassword::parse(password.to_string().into(), &app.config);
        let name = self.name.as_deref().unwrap_or_default();
        let account = administrator(username, new.map_err(|error| with_user(error, name))?);
        let created = register_first(app, account, Timestamp::now(), |user| {
            tracing::info!(username = user.public.username, "created the first user");
            Ok::<_, anyhow::Error>(())
        });
        created.map_err(|error| with_user(error, name))
    }

    /// Creates the administrator and prints the generated password on stdout. Does nothing if there
    /// is already a user. Without a user after all, the log says so.
    pub(super) fn create(self, app: &App, output: Output) -> Result<()> {
        if let Some(username) = self.username()? {
            let password = generate_password(app.config.password.min_length.get() as usize)?;
            let new = NewPassword::parse(password.to_string().into(), &app.config)?;
            register_first(app, administrator(username, new), Timestamp::now(), |user| {
                output.secret(format_args!(
                    "first user: {}, password: {}",
                    user.public.username,
                    password.as_str()
                ))
            })?;
        }
        if !has_users(app)? {
            tracing::warn!(
                "there is no user, so that no login succeeds: nox user add NAME --admin makes one"
            );
        }
        Ok(())
    }
}

fn administrator(username: Username, password: NewPassword) -> NewAccount {
    NewAccount { username, password, email: None, display: None, is_admin: true }
}
