//! A small disk in memory, which can be filled to the last byte.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::PathBuf,
    process::Stdio,
};

use tokio::process::Command;

use crate::server::Recipe;

/// How much it holds: room enough for a database that is written to for a minute.
const SIZE: &str = "64m";

/// A disk where the data folder was. It is unmounted when it is dropped, whatever lies on it.
pub struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// Mounts one for a server's data, if we may and can.
    pub async fn mounted(recipe: &Recipe) -> Option<Self> {
        // Who runs it as nobody is root, and nobody else may mount.
        let user = recipe.user?;
        let options = format!("size={SIZE},uid={user},gid={user},mode=755");
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &options, "confab-chaos"]).arg(&recipe.data);
        let is_mounted = command.stderr(Stdio::null()).status().await.is_ok_and(|it| it.success());
        is_mounted.then(|| Self { folder: recipe.data.clone() })
    }

    /// Not one byte more fits.
    ///
    /// # Errors
    ///
    /// When something other than its end stops us.
    pub fn fills(&self) -> io::Result<()> {
        let mut file = File::create(self.filler())?;
        for size in [1 << 20, 1] {
            let bytes = vec![0; size];
            loop {
                match file.write_all(&bytes) {
                    Ok(()) => {}
                    Err(why) if why.kind() == io::ErrorKind::StorageFull => break,
                    Err(why) => return Err(why),
                }
            }
        }
        Ok(())
    }

    /// There is room again.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn is_emptied(&self) -> io::Result<()> {
        fs::remove_file(self.filler())
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // At once, even if a process that is being killed still has a file open.
        let unmounted =
            std::process::Command::new("umount").arg("--lazy").arg(&self.folder).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("chaos: {} is still mounted", self.folder.display());
        }
    }
}
