// A browser whose storage is slow to open, as on a busy machine.

import type { Person } from "./person";

// By so long, in the pages that the person opens from now on.
export async function opensLate(person: Person, byMs: number): Promise<void> {
  await person.context.addInitScript((byMs) => {
    const open = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (name, version) {
      const request = open.call(this, name, version);
      // A story's own look into it names no version.
      if (version !== undefined) {
        Object.defineProperty(request, "onsuccess", {
          set: (opened) => request.addEventListener("success", (event) => setTimeout(() => opened.call(request, event), byMs)),
        });
      }
      return request;
    };
  }, byMs);
}
