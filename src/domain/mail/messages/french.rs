//! The messages in French.

use crate::domain::event::Event;
use crate::domain::mail::messages::{Draft, Message, Part, Sender, agent, minute, text};

const IF_NOT_ASKED: &str = "Si ce n’est pas vous qui l’avez demandé, changez votre mot de passe \
    et fermez toutes les autres sessions.";
const LINK_IS_GOOD: &str = "Le lien est valable une seule fois, pendant 24 heures. Si ce n’était \
    pas vous, ne faites rien.";
const IF_NOT_YOU: &str = "Si c’était vous, tout va bien. Sinon, changez votre mot de passe sans \
    attendre et fermez toutes les autres sessions, ou demandez de l’aide à l’administrateur du \
    serveur.";

pub(crate) fn write<'a>(
    sender: &Sender<'_>,
    name: Option<&str>,
    message: &Message<'a>,
) -> Draft<'a> {
    let Sender { title, address } = sender;
    let hello = text(name.map_or_else(|| "Bonjour,".into(), |name| format!("Bonjour {name},")));
    match message {
        Message::Code(code) => Draft {
            subject: format!("Votre code pour {title}"),
            parts: vec![
                hello,
                text(format!("Saisissez ce code là où {title} vous en demande un\u{a0}:")),
                Part::Code(code),
                text("Il est valable une seule fois, pendant dix minutes."),
                text(IF_NOT_ASKED),
            ],
        },
        Message::Confirmation(url) => Draft {
            subject: format!("Confirmez votre adresse pour {title}"),
            parts: vec![
                hello,
                text(format!(
                    "Cette adresse a été indiquée pour votre compte sur {address}. Si c’était \
                     vous, confirmez-la\u{a0}:"
                )),
                Part::Link { label: "Confirmer cette adresse", url },
                text(LINK_IS_GOOD),
            ],
        },
        Message::Notice { event, device, at } => Draft {
            subject: format!("{title}\u{a0}: {}", happened(*event)),
            parts: vec![
                hello,
                text(format!("{}, le {} ({address}).", happened(*event), minute(*at))),
                text(device.map_or_else(
                    || "C’est l’administrateur du serveur qui l’a fait.".into(),
                    |device| format!("Depuis {}, avec {}.", device.ip, agent(device)),
                )),
                text(IF_NOT_YOU),
            ],
        },
        Message::Test => Draft {
            subject: format!("{title} peut envoyer des e-mails"),
            parts: vec![text(format!(
                "Ceci est un essai des réglages d’e-mail de {title} ({address}). Il est bien \
                 arrivé."
            ))],
        },
    }
}

const fn happened(event: Event) -> &'static str {
    match event {
        Event::AccountCreated => "Votre compte a été créé",
        Event::AccountRenamed => "Votre nom d’utilisateur a été changé",
        Event::AccountDisabled => "Votre compte a été désactivé",
        Event::AccountEnabled => "Votre compte a été réactivé",
        Event::AccountDeleted => "Votre compte a été effacé",
        Event::AccountRemoved => "Votre compte a été supprimé",
        Event::PasswordChanged => "Votre mot de passe a été changé",
        Event::EmailChanged => "Votre adresse e-mail a été changée",
        Event::EmailConfirmed => "Votre adresse e-mail a été confirmée",
        Event::SessionOpened => "Vous vous êtes connecté",
        Event::SessionOpenedElsewhere => "Connexion à votre compte depuis un nouvel appareil",
        Event::SessionEnded | Event::SessionsEnded => "Vous avez été déconnecté",
        Event::TotpEnabled => "Une application d’authentification a été activée",
        Event::TotpDisabled => "L’application d’authentification a été désactivée",
        Event::EmailFactorEnabled => "Les codes par e-mail ont été activés",
        Event::EmailFactorDisabled => "Les codes par e-mail ont été désactivés",
        Event::RecoveryCodeUsed => "Un code de secours a été utilisé",
        Event::RecoveryCodesRenewed => "De nouveaux codes de secours ont été créés",
        Event::CodeIssued => "Un code a été créé pour vous",
        Event::KeyRotated => "Tout le monde a été déconnecté",
    }
}
