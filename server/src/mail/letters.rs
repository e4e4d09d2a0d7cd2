//! What is written to whom.

use aloftly_catalog::{Invitation, Link, OneTimeToken};

use super::letter::Letter;
use super::links::Links;

const NOT_YOU: &str = "If you did not ask for this, you need not do anything.";

pub(super) fn sign_up(links: &Links, email: &str, name: &str, token: &OneTimeToken) -> Letter {
    Letter {
        to: email.to_owned(),
        subject: "Confirm your address to begin with Aloftly".to_owned(),
        paragraphs: vec![
            format!("Hello {name},"),
            "your account is ready as soon as you confirm that this address is yours. The link works once, within 24 hours."
                .to_owned(),
        ],
        link: ("Confirm and begin", links.with_token("/sign-up/complete", token)),
        closing: NOT_YOU.to_owned(),
    }
}

pub(super) fn has_account(links: &Links, email: &str, name: &str) -> Letter {
    Letter {
        to: email.to_owned(),
        subject: "You have an Aloftly account already".to_owned(),
        paragraphs: vec![
            format!("Hello {name},"),
            "somebody asked for an account with this address, which has one. If it was you, sign in; should you have forgotten \
             your password, you can choose another there."
                .to_owned(),
        ],
        link: ("Sign in", links.page("/sign-in")),
        closing: NOT_YOU.to_owned(),
    }
}

pub(super) fn sign_in(links: &Links, link: &Link) -> Letter {
    Letter {
        to: link.email.clone(),
        subject: "Your link to sign in to Aloftly".to_owned(),
        paragraphs: vec![
            format!("Hello {},", link.name),
            "with this link you sign in without a password. It works once, within 15 minutes.".to_owned(),
        ],
        link: ("Sign in", links.with_token("/sign-in/link", &link.token)),
        closing: format!("{NOT_YOU} Do not pass the link on: whoever has it can sign in as you."),
    }
}

pub(super) fn password_reset(links: &Links, link: &Link) -> Letter {
    Letter {
        to: link.email.clone(),
        subject: "Choose another password for Aloftly".to_owned(),
        paragraphs: vec![
            format!("Hello {},", link.name),
            "with this link you choose another password. It works once, within an hour, and ends all your sessions."
                .to_owned(),
        ],
        link: ("Choose a password", links.with_token("/reset-password", &link.token)),
        closing: format!("{NOT_YOU} Your password stays what it is."),
    }
}

pub(super) fn verification(links: &Links, link: &Link) -> Letter {
    Letter {
        to: link.email.clone(),
        subject: "Confirm your address for Aloftly".to_owned(),
        paragraphs: vec![
            format!("Hello {},", link.name),
            "confirm that this address is yours. The link works once, within 24 hours.".to_owned(),
        ],
        link: ("Confirm", links.with_token("/verify-email", &link.token)),
        closing: NOT_YOU.to_owned(),
    }
}

pub(super) fn invitation(links: &Links, organization: &str, invitation: &Invitation, token: &OneTimeToken) -> Letter {
    Letter {
        to: invitation.email.clone(),
        subject: format!("Join {organization} on Aloftly"),
        paragraphs: vec![
            format!("{} invites you to join {organization} on Aloftly as {}.", invitation.invited_by, role(invitation)),
            "The link works once, within 7 days.".to_owned(),
        ],
        link: ("Join", links.with_token("/invite", token)),
        closing: "If you do not know who invites you, you need not do anything.".to_owned(),
    }
}

fn role(invitation: &Invitation) -> &'static str {
    match invitation.role.as_str() {
        "admin" => "an admin",
        "viewer" => "a viewer",
        _ => "a member",
    }
}
