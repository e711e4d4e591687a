//! The messages in English.

use crate::domain::mail::messages::{Draft, Message, Notice, Part, Sender, agent, minute, text};

pub(crate) fn write<'a>(
    sender: &Sender<'_>,
    name: Option<&str>,
    message: &Message<'a>,
) -> Draft<'a> {
    let Sender { title, address } = sender;
    let hello = text(name.map_or_else(|| "Hello,".into(), |name| format!("Hello {name},")));
    match message {
        Message::Code(code) => Draft {
            subject: format!("Your code for {title}"),
            parts: vec![
                hello,
                text(format!("Enter this code where {title} asks for one:")),
                Part::Code(code),
                text("It works once, within ten minutes."),
                text(
                    "If it was not you who asked, change your password and end all other sessions.",
                ),
            ],
        },
        Message::Confirmation(url) => Draft {
            subject: format!("Confirm your address for {title}"),
            parts: vec![
                hello,
                text(format!(
                    "This address was given for your account at {address}. If that was you, \
                        confirm it:"
                )),
                Part::Link { label: "Confirm this address", url },
                text("The link works once, within 24 hours. If it was not you, do nothing."),
            ],
        },
        Message::Invitation(url) => invitation(sender, hello, url),
        Message::Notice { notice, device, at } => Draft {
            subject: format!("{title}: {}", happened(*notice)),
            parts: vec![
                hello,
                text(format!("{}, on {} ({address}).", happened(*notice), minute(*at))),
                text(device.map_or_else(
                    || "The operator of the server did it.".into(),
                    |device| format!("From {}, with {}.", device.ip, agent(device)),
                )),
                text(
                    "If it was you, all is well. If not, change your password now and end all \
                     other sessions, or ask the operator of the server to help.",
                ),
            ],
        },
        Message::Test => Draft {
            subject: format!("{title} can send mail"),
            parts: vec![text(format!(
                "This is a test of the mail settings of {title} ({address}). It has arrived."
            ))],
        },
    }
}

fn invitation<'a>(sender: &Sender<'_>, hello: Part<'a>, url: &'a str) -> Draft<'a> {
    let Sender { title, address } = sender;
    Draft {
        subject: format!("An invitation to {title}"),
        parts: vec![
            hello,
            text(format!("You may create an account at {title} ({address}):")),
            Part::Link { label: "Create your account", url },
            text("The link is for this address. If you do not expect it, do nothing."),
        ],
    }
}

const fn happened(notice: Notice) -> &'static str {
    match notice {
        Notice::AccountDeleted => "Your account was deleted",
        Notice::AccountRenamed => "Your username was changed",
        Notice::PasswordChanged => "Your password was changed",
        Notice::EmailChanged => "Your email address was changed",
        Notice::SessionOpenedElsewhere => "Your account was entered from a new device",
        Notice::TotpEnabled => "An authenticator app was switched on",
        Notice::TotpDisabled => "The authenticator app was switched off",
        Notice::EmailFactorEnabled => "Codes by mail were switched on",
        Notice::EmailFactorDisabled => "Codes by mail were switched off",
        Notice::RecoveryCodeUsed => "A recovery code was used",
        Notice::RecoveryCodesRenewed => "New recovery codes were made",
    }
}
