//! A served instance with its users.

use serde_json::json;

use super::{Answer, Browser, Client, Instance, MailServer, Mode, PASSWORD, Server, User, texts};

/// A served instance with the account `ada`.
pub struct TestApp {
    // The server first, which is dropped first: it may have mails to send.
    pub server: Server,
    mails: Option<MailServer>,
    pub instance: Instance,
    pub ada: User,
}

/// What a stopped [`TestApp`] left.
pub struct Stopped {
    pub log: String,
    /// The subjects of the mails that the test has not looked at.
    pub subjects: Vec<String>,
}

/// What a [`TestApp`] has beyond the account `ada`.
#[derive(Default)]
pub struct Builder {
    settings: String,
    mail: Option<Mode>,
    is_empty: bool,
    users: Vec<&'static str>,
    commands: Vec<String>,
    has_session: bool,
    has_address: bool,
    factor: Option<Factor>,
}

/// The second factor of `ada`.
enum Factor {
    /// An authenticator app that the operator has enrolled.
    Enrolled,
    /// An authenticator app that she has enabled herself.
    Totp,
    /// Codes by mail.
    Email,
}

impl TestApp {
    /// `ada` has no session.
    pub fn new() -> Self {
        Self::builder().serve()
    }

    /// `ada` has a session.
    pub fn logged_in() -> Self {
        Self::builder().session().serve()
    }

    pub fn builder() -> Builder {
        Builder::default()
    }

    /// With these lines in `nox.toml`; where there is a mail server, the first may belong to
    /// `[mail]`.
    pub fn with(settings: &str) -> Builder {
        Builder { settings: settings.into(), ..Builder::default() }
    }

    /// A program without a session.
    pub fn client(&self) -> Client {
        self.server.client()
    }

    pub fn browser(&self) -> Browser {
        Browser::new(&self.server)
    }

    /// The mail server.
    pub fn mails(&self) -> &MailServer {
        self.mails.as_ref().expect("the app sends no mail: see Builder::mail")
    }

    /// Ends the mail server while the app runs on.
    pub fn end_mail_server(&mut self) {
        self.mails = None;
    }

    /// Runs a command of the operator: see [`Instance::nox`].
    pub fn nox(&self, command: &str) -> String {
        self.instance.nox(command)
    }

    /// Opens a session of this user.
    #[track_caller]
    pub fn log_in(&self, name: &str) -> User {
        self.server.log_in(name)
    }

    /// Opens a session of `ada` by this code.
    #[track_caller]
    pub fn log_in_by(&self, code: &str) -> User {
        User { token: self.try_code(code).token(), ..self.ada.clone() }
    }

    /// The answer to a login of `ada` by her password.
    pub fn try_password(&self) -> Answer {
        self.client().log_in("ada", PASSWORD)
    }

    /// The answer to a login of `ada` by her password and this code.
    pub fn try_code(&self, code: &str) -> Answer {
        self.client().log_in_with_code("ada", PASSWORD, code)
    }

    /// Lets a user with a session ask for a code by mail, and resets the rate limits.
    pub fn mailed_code(&self, user: &User) -> String {
        user.post_nothing("/api/auth/email/send").data();
        let code = self.mails().next_mail().code();
        self.instance.reset_limits();
        code
    }

    /// Switches codes by mail on for `ada`, and takes the notice of it from the mail server.
    pub fn enable_email_factor(&mut self) {
        let code = json!({ "token": self.mailed_code(&self.ada) });
        let enabled = self.ada.post("/api/auth/methods/email/enable", &code).data();
        self.ada.recovery_codes = texts(&enabled["backup_codes"]);
        assert_eq!(self.mails().next_mail().subject(), "Nox: Codes by mail were turned on");
        self.instance.reset_limits();
    }

    /// Stops the server and starts another in its place.
    pub fn restart(self) -> Self {
        let Self { server, mails, instance, ada } = self;
        drop(server);
        let server = instance.serve();
        let ada = User { client: server.client(), ..ada };
        Self { server, mails, instance, ada }
    }

    /// Stops the server, which must end well, and returns its log.
    #[track_caller]
    pub fn log(self) -> String {
        self.stop().log
    }

    /// Stops the server, which sends what is left, and returns the subjects of the mails that the
    /// test has not looked at.
    #[track_caller]
    pub fn rest(self) -> Vec<String> {
        self.stop().subjects
    }

    #[track_caller]
    pub fn stop(self) -> Stopped {
        let ended = self.server.stop();
        assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
        let subjects = self.mails.map(MailServer::rest).unwrap_or_default();
        Stopped { log: ended.log, subjects }
    }
}

impl Builder {
    /// There are no users, not even `ada`.
    pub fn empty(self) -> Self {
        Self { is_empty: true, ..self }
    }

    /// One more user.
    pub fn user(mut self, name: &'static str) -> Self {
        self.users.push(name);
        self
    }

    /// Runs a command before the server starts, when all users are there: see [`Instance::nox`].
    pub fn nox(mut self, command: &str) -> Self {
        self.commands.push(command.into());
        self
    }

    /// `ada` has a session.
    pub fn session(self) -> Self {
        Self { has_session: true, ..self }
    }

    /// The operator has given `ada` an authenticator app; she has no session.
    pub fn enrolled(self) -> Self {
        Self { factor: Some(Factor::Enrolled), ..self }
    }

    /// `ada` has a session, and has enabled an authenticator app in it.
    pub fn totp(self) -> Self {
        Self { has_session: true, factor: Some(Factor::Totp), ..self }
    }

    /// There is a mail server that behaves like this.
    pub fn mail_server(self, mode: Mode) -> Self {
        Self { mail: Some(mode), ..self }
    }

    /// `ada` has a session and the confirmed address `ada@b.example`.
    pub fn confirmed(self) -> Self {
        Self { has_session: true, has_address: true, ..self }
    }

    /// There is a mail server, and `ada` has a session and a confirmed address.
    pub fn mail(self) -> Self {
        self.mail_server(Mode::Plain).confirmed()
    }

    /// `ada` has a confirmed address, and has switched codes by mail on.
    pub fn email_factor(self) -> Self {
        let mode = self.mail.unwrap_or(Mode::Plain);
        Self { factor: Some(Factor::Email), ..self.mail_server(mode).confirmed() }
    }

    pub fn serve(self) -> TestApp {
        let mails = self.mail.map(MailServer::start);
        let mail_settings = mails.as_ref().map(MailServer::settings).unwrap_or_default();
        let instance = Instance::with(&format!("{mail_settings}{}", self.settings));
        let ada = (!self.is_empty).then_some("ada");
        for name in ada.into_iter().chain(self.users) {
            instance.add_user(name, PASSWORD);
        }
        for command in self.commands {
            instance.nox(&command);
        }
        let enrolled = matches!(self.factor, Some(Factor::Enrolled));
        let secret = if enrolled { instance.enroll("ada") } else { String::new() };
        let server = instance.serve();
        let ada = User { secret, ..User::new(server.client(), String::new()) };
        let mut app = TestApp { server, mails, instance, ada };
        if self.has_session {
            app.ada.token = app.try_password().token();
        }
        if self.has_address {
            app.nox("user set ada --email ada@b.example --verified true");
        }
        match self.factor {
            Some(Factor::Totp) => app.ada.enable_app(),
            Some(Factor::Email) => app.enable_email_factor(),
            Some(Factor::Enrolled) | None => {}
        }
        app
    }
}
