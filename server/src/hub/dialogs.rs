//! Which dialogs there are for someone, who belongs to one, and how that changes.

use confab_protocol::{
    DialogTitle, Person, UserId,
    rest::{DialogDetails, DialogList},
};

use super::Hub;
use crate::store::{Begun, DialogError, Member, ReadError, Unavailable};

impl Hub {
    /// Someone's dialogs, by last activity.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when the database does not answer.
    pub async fn dialogs(&self, user: &UserId) -> Result<DialogList, Unavailable> {
        let mut list = self.0.store.dialogs(user).await?;
        list.dialogs.iter_mut().for_each(|dialog| self.notice_presence(dialog));
        Ok(list)
    }

    /// One dialog, and who belongs to it.
    ///
    /// # Errors
    ///
    /// [`ReadError`]: they belong to it no more, or the database does not answer.
    pub async fn dialog(&self, member: &Member) -> Result<DialogDetails, ReadError> {
        let mut details = self.0.store.dialog(member).await?;
        self.notice_presence(&mut details.dialog);
        Ok(details)
    }

    /// The dialog of two people, begun now if there is none. There is one for each pair, whoever
    /// begins it.
    ///
    /// # Errors
    ///
    /// [`DialogError`].
    pub async fn begin_direct(&self, person: Person, other: UserId) -> Result<Begun, DialogError> {
        let mut begun = self.0.store.begin_direct(person, other).await?;
        self.notice_presence(&mut begun.dialog);
        Ok(begun)
    }

    /// A new group; whoever begins it owns it.
    ///
    /// # Errors
    ///
    /// [`DialogError`].
    pub async fn begin_group(
        &self,
        person: Person,
        title: DialogTitle,
        others: Vec<UserId>,
    ) -> Result<Begun, DialogError> {
        self.0.store.begin_group(person, title, others).await
    }

    /// Takes people into a group. For its owner.
    ///
    /// # Errors
    ///
    /// [`DialogError`].
    pub async fn add_members(&self, owner: Member, others: Vec<UserId>) -> Result<(), DialogError> {
        self.0.store.add_members(owner, others).await.map(drop)
    }

    /// Takes people out of a group: others, for its owner; oneself, for anyone. They hear nothing of
    /// it from then on.
    ///
    /// # Errors
    ///
    /// [`DialogError`].
    pub async fn remove_members(
        &self,
        member: Member,
        gone: Vec<UserId>,
    ) -> Result<(), DialogError> {
        self.0.store.remove_members(member, gone).await.map(drop)
    }

    /// Gives a group another title. For its owner.
    ///
    /// # Errors
    ///
    /// [`DialogError`].
    pub async fn rename_dialog(
        &self,
        owner: Member,
        title: DialogTitle,
    ) -> Result<(), DialogError> {
        self.0.store.rename(owner, title).await.map(drop)
    }

    /// Makes another member the owner of a group.
    ///
    /// # Errors
    ///
    /// [`DialogError`].
    pub async fn pass_ownership(&self, owner: Member, to: UserId) -> Result<(), DialogError> {
        self.0.store.pass_ownership(owner, to).await.map(drop)
    }

    /// Ends a group for everyone. For its owner.
    ///
    /// # Errors
    ///
    /// [`DialogError`].
    pub async fn dissolve(&self, owner: Member) -> Result<(), DialogError> {
        self.0.store.dissolve(owner).await
    }

    /// Makes a dialog quiet for someone.
    ///
    /// # Errors
    ///
    /// [`DialogError`].
    pub async fn mute(&self, member: Member) -> Result<(), DialogError> {
        self.0.store.mute(member).await.map(drop)
    }

    /// Lets someone hear a dialog again.
    ///
    /// # Errors
    ///
    /// [`DialogError`].
    pub async fn unmute(&self, member: Member) -> Result<(), DialogError> {
        self.0.store.unmute(member).await.map(drop)
    }
}
