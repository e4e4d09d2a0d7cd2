//! What is written to whom.
//!
//! Whoever asks for a mail to an address that is not proved may be a stranger to it, so what they wrote is not in it. An
//! invitation has two names that others chose, since that is what it is about: each on one line, and cut where it would be
//! more than a name.

use aloftly_catalog::{Invitation, Link, OneTimeToken};

use super::letter::Letter;
use super::links::Links;

const NOT_YOU: &str = "If you did not ask for this, you need not do anything.";
/// How mail to an address that is not proved begins.
const TO_ANYBODY: &str = "Hello,";
/// How many characters of a name are written.
const LONGEST_NAME: usize = 100;

pub(super) fn sign_up(links: &Links, email: &str, token: &OneTimeToken) -> Letter {
    Letter {
        to: email.to_owned(),
        subject: "Confirm your address to begin with Aloftly".to_owned(),
        paragraphs: vec![
            TO_ANYBODY.to_owned(),
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
            TO_ANYBODY.to_owned(),
            "confirm that this address is yours. The link works once, within 24 hours.".to_owned(),
        ],
        link: ("Confirm", links.with_token("/verify-email", &link.token)),
        closing: NOT_YOU.to_owned(),
    }
}

pub(super) fn invitation(links: &Links, organization: &str, invitation: &Invitation, token: &OneTimeToken) -> Letter {
    let (organization, invited_by) = (on_one_line(organization), on_one_line(&invitation.invited_by));
    Letter {
        to: invitation.email.clone(),
        subject: format!("Join {organization} on Aloftly"),
        paragraphs: vec![
            format!("{invited_by} invites you to join {organization} on Aloftly as {}.", role(invitation)),
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

/// A name on one line, cut where it is too long, and without characters that are not seen and change how others are.
fn on_one_line(name: &str) -> String {
    let between = |c: char| c.is_whitespace() || c.is_control() || turns_text_around(c);
    let words: Vec<_> = name.split(between).filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    if line.chars().count() <= LONGEST_NAME {
        return line;
    }
    let beginning: String = line.chars().take(LONGEST_NAME - 1).collect();
    format!("{}…", beginning.trim_end())
}

/// Whether it has text run the other way until further notice: Unicode's embeddings, overrides and isolates.
fn turns_text_around(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_on_one_line_and_not_for_ever() {
        let (long, longer, spaced) = ("é".repeat(100), "é".repeat(101), format!("{} more", "a".repeat(98)));
        let cases = [
            ("New & Co", "New & Co".to_owned()),
            (" Acme\r\nBcc: all@x.test\u{2028}\tLtd\u{85}", "Acme Bcc: all@x.test Ltd".to_owned()),
            ("\u{7}\u{1b}[1mBold\u{0}", "[1mBold".to_owned()),
            ("\u{202E}moc.elpmaxe\u{2066}", "moc.elpmaxe".to_owned()),
            (long.as_str(), long.clone()),
            (longer.as_str(), format!("{}…", "é".repeat(99))),
            (spaced.as_str(), format!("{}…", "a".repeat(98))),
        ];
        for (name, expected) in cases {
            assert_eq!(on_one_line(name), expected, "{name:?}");
        }
    }
}
