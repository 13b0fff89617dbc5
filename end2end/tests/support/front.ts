// A page that is told by the story whether somebody looks at it.

import type { Page } from "@playwright/test";

import type { Person, Tab } from "./person";

export type Way = "blurred" | "hidden";

// A page that is told by the story whether it is in front: a browser without a screen always says so.
export async function inFrontOrNot(person: Person, path: string): Promise<{ tab: Tab; turns: (way: Way, on: boolean) => Promise<void> }> {
  const page: Page = await person.context.newPage();
  await page.addInitScript(() => {
    const away = { blurred: false, hidden: false };
    Object.assign(window, { away });
    document.hasFocus = () => !away.blurred && !away.hidden;
    Object.defineProperty(document, "visibilityState", { get: () => (away.hidden ? "hidden" : "visible") });
  });
  const turns = (way: Way, on: boolean) =>
    page.evaluate(
      ([way, on]) => {
        Object.assign((window as unknown as { away: object }).away, { [way]: on });
        document.dispatchEvent(new Event("visibilitychange"));
        window.dispatchEvent(new Event(on ? "blur" : "focus"));
      },
      [way, on] as const,
    );
  return { tab: await person.opensIn(page, path), turns };
}
