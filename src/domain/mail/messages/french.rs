//! The messages in French.

use crate::domain::mail::messages::{Draft, Message, Notice, Part, Sender, agent, minute, text};

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
        Message::Invitation(url) => invitation(sender, hello, url),
        Message::Notice { notice, device, at } => Draft {
            subject: format!("{title}\u{a0}: {}", happened(*notice)),
            parts: vec![
                hello,
                text(format!("{}, le {} ({address}).", happened(*notice), minute(*at))),
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

fn invitation<'a>(sender: &Sender<'_>, hello: Part<'a>, url: &'a str) -> Draft<'a> {
    let Sender { title, address } = sender;
    Draft {
        subject: format!("Une invitation à rejoindre {title}"),
        parts: vec![
            hello,
            text(format!("Vous pouvez créer un compte sur {title} ({address})\u{a0}:")),
            Part::Link { label: "Créer votre compte", url },
            text(
                "Ce lien est réservé à cette adresse. Si vous ne l’attendiez pas, ne faites \
                 rien.",
            ),
        ],
    }
}

const fn happened(notice: Notice) -> &'static str {
    match notice {
        Notice::AccountDeleted => "Votre compte a été effacé",
        Notice::AccountRenamed => "Votre nom d’utilisateur a été changé",
        Notice::PasswordChanged => "Votre mot de passe a été changé",
        Notice::EmailChanged => "Votre adresse e-mail a été changée",
        Notice::SessionOpenedElsewhere => "Connexion à votre compte depuis un nouvel appareil",
        Notice::TotpEnabled => "Une application d’authentification a été activée",
        Notice::TotpDisabled => "L’application d’authentification a été désactivée",
        Notice::EmailFactorEnabled => "Les codes par e-mail ont été activés",
        Notice::EmailFactorDisabled => "Les codes par e-mail ont été désactivés",
        Notice::RecoveryCodeUsed => "Un code de secours a été utilisé",
        Notice::RecoveryCodesRenewed => "De nouveaux codes de secours ont été créés",
    }
}
