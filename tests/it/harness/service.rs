//! A service that runs as a user of its own, on a machine where root runs commands, too.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::geteuid;

use super::{Instance, Ran, Server};

/// The user of the service, `nobody`, by number.
const USER: u32 = 65_534;

/// A folder that belongs to the user of a service, with a `nox.toml`.
///
/// Root and the other user are real where the tests run as root. Otherwise both are users of a
/// user namespace, which needs `newuidmap` (package `uidmap`) and a range in `/etc/subuid`.
pub struct Service {
    instance: Instance,
}

impl Service {
    pub fn new(settings: &str) -> Self {
        let instance = Instance::with(settings);
        // The folder that the build is in may be closed to other users.
        let binary = instance.path("bin-nox");
        fs::hard_link(env!("CARGO_BIN_EXE_nox"), &binary)
            .or_else(|_| fs::copy(env!("CARGO_BIN_EXE_nox"), &binary).map(drop))
            .unwrap();
        fs::set_permissions(instance.path(""), Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(instance.path("service")).unwrap();
        fs::rename(instance.path("nox.toml"), instance.path("service/nox.toml")).unwrap();
        let service = Self { instance };
        service.shell(&format!("chown -R {USER}:{USER} ."));
        service
    }

    /// A path in the folder of the service.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.instance.path("service").join(name)
    }

    /// A program that root runs in the folder of the service.
    fn of_root(&self, program: &str) -> Command {
        let mut command = if geteuid().is_root() {
            Command::new(program)
        } else {
            let mut command = Command::new("unshare");
            command.args(["--user", "--map-root-user", "--map-auto", program]);
            command
        };
        command.current_dir(self.path("")).stdin(Stdio::null());
        command
    }

    /// A command of `nox` that root runs.
    fn by_root(&self, args: &[&str]) -> Command {
        let mut command = self.of_root("env");
        command.arg(self.instance.path("bin-nox")).args(args);
        command
    }

    /// A command of `nox` that the user of the service runs.
    fn by_user(&self, args: &[&str]) -> Command {
        let mut command = self.of_root("setpriv");
        let user = [format!("--reuid={USER}"), format!("--regid={USER}")];
        command.args(user).arg("--clear-groups").arg(self.instance.path("bin-nox")).args(args);
        command
    }

    /// Runs a script as root, which must succeed, and returns its stdout.
    #[track_caller]
    pub fn shell(&self, script: &str) -> String {
        let ran = Ran::of(self.of_root("sh").args(["-euc", script]), "");
        assert_eq!(ran.status, 0, "{script}: {}", ran.stderr);
        ran.stdout
    }

    /// Runs a command of `nox` as root, with a password on stdin. The arguments are parted by
    /// blanks.
    pub fn root(&self, command: &str) -> Ran {
        Ran::of(&mut self.by_root(&command.split(' ').collect::<Vec<_>>()), "hunter22")
    }

    /// The same as the user of the service.
    pub fn user(&self, command: &str) -> Ran {
        Ran::of(&mut self.by_user(&command.split(' ').collect::<Vec<_>>()), "hunter22")
    }

    /// The same as root without the right to give files to other users.
    pub fn root_without_chown(&self, command: &str) -> Ran {
        let mut run = self.of_root("setpriv");
        run.arg("--bounding-set=-chown").arg(self.instance.path("bin-nox"));
        Ran::of(run.args(command.split(' ')), "hunter22")
    }

    pub fn serve_as_root(&self) -> Server {
        Server::start(self.by_root(&["serve"]).stdout(Stdio::piped()).stderr(Stdio::piped()))
    }

    pub fn serve_as_user(&self) -> Server {
        Server::start(self.by_user(&["serve"]).stdout(Stdio::piped()).stderr(Stdio::piped()))
    }

    /// What in the folder belongs to another user or group than the service's.
    pub fn foreign(&self) -> String {
        self.shell(&format!("find . ! -uid {USER} -o ! -gid {USER}"))
    }

    /// The user and the group of a file, as numbers.
    pub fn owner(&self, name: &str) -> String {
        self.shell(&format!("stat -c %u:%g {name}")).trim_end().into()
    }
}
