//! What was refused, in words for whoever did it.

use confab_protocol::ErrorCode;

use super::{Language, Words, fill};

impl Words {
    /// Why the server refused what a person did, for that person. The pages of forms have words of their
    /// own for what only they ask for.
    pub fn refusal(&self, language: Language, code: ErrorCode, limit: u64) -> String {
        let text = match code {
            ErrorCode::MessageEmpty => self.refused_empty(),
            ErrorCode::MessageTooLong => return language.count(&self.refused_long(), limit),
            ErrorCode::MessageControlCharacter => self.refused_control(),
            ErrorCode::MessageCombiningMarks => self.refused_marks(),
            ErrorCode::TooManySends | ErrorCode::TooManyTries => self.refused_too_many(),
            ErrorCode::StorageUnavailable => self.refused_storage(),
            ErrorCode::UnknownDialog => self.dialog_gone(),
            ErrorCode::UnknownMessage | ErrorCode::MessageDeleted => self.refused_gone(),
            ErrorCode::NotYourMessage => self.refused_not_yours(),
            ErrorCode::ClientIdConflict => self.refused_sent_before(),
            ErrorCode::UnknownPerson => self.refused_person(),
            ErrorCode::TitleInvalid => self.refused_title(),
            ErrorCode::NotTheOwner => self.refused_owner(),
            ErrorCode::MembersInvalid => self.refused_members(),
            ErrorCode::NotAGroup => self.refused_no_group(),
            ErrorCode::SignInRequired => self.signed_out(),
            ErrorCode::AccountRequired => self.refused_guest(),
            ErrorCode::OriginNotAllowed => self.refused_page(),
            ErrorCode::ShuttingDown => self.refused_stopping(),
            ErrorCode::Internal => self.refused_internal(),
            other => return fill(self.refused_other(), &[other.as_str()]),
        };
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        pages::standing::{Fault, Form, form::Desk},
        words::digits,
    };

    /// To whom a code is answered.
    #[derive(Debug, PartialEq)]
    enum Reader {
        /// Somebody in the chat.
        Chat,
        /// Somebody at a form of a page of its own.
        Form,
        /// A program: no page of ours does what is refused so.
        Program,
    }

    /// Without a wildcard: whoever adds a code says here who reads it.
    fn reader(code: ErrorCode) -> Reader {
        use ErrorCode::*;
        match code {
            AccountRequired
            | ClientIdConflict
            | Internal
            | MembersInvalid
            | MessageCombiningMarks
            | MessageControlCharacter
            | MessageDeleted
            | MessageEmpty
            | MessageTooLong
            | NotAGroup
            | NotTheOwner
            | NotYourMessage
            | OriginNotAllowed
            | ShuttingDown
            | SignInRequired
            | StorageUnavailable
            | TitleInvalid
            | TooManySends
            | TooManyTries
            | UnknownDialog
            | UnknownMessage
            | UnknownPerson => Reader::Chat,
            BadRequest | LoginInvalid | LoginTaken | NameInvalid | NameTaken | PasswordInvalid
            | WrongCredentials => Reader::Form,
            BadCloseAfter | BadHandshake | LimitInvalid | NotFound | NotJson | Unknown
            | UnknownTopic | UnknownType | WrongShape => Reader::Program,
        }
    }

    fn codes() -> impl Iterator<Item = ErrorCode> {
        ErrorCode::TABLE.iter().map(|(word, _)| {
            confab_protocol::json::read(&["\"", word, "\""].concat())
                .expect("a code reads as it is written")
        })
    }

    #[test]
    fn whatever_a_person_is_refused_has_a_sentence_in_every_language() {
        for language in Language::ALL {
            let words = language.words();
            let chat = |code| words.refusal(language, code, 20);
            let form = |code| {
                let fault = Fault { form: Form::Register, code, after: None };
                Desk::new(language, words, Some(fault)).why(fault)
            };
            let unnamed = chat(ErrorCode::Unknown).replace("unknown", "");
            for code in codes() {
                let said = match reader(code) {
                    Reader::Chat => vec![chat(code), form(code)],
                    Reader::Form => vec![form(code)],
                    Reader::Program => continue,
                };
                for said in said {
                    let is_sentence =
                        said.ends_with(['.', '+', '@']) && !said.contains(code.as_str());
                    assert!(is_sentence, "{code} in {}: {said}", language.name());
                    assert_ne!(said.replace(code.as_str(), ""), unnamed);
                }
            }
            assert!(chat(ErrorCode::MessageTooLong).contains(&digits(20_u64)));
        }
    }
}
