// What was seen is there at once, also without a server; what may be out of date says so; and what
// was missed is made up for.

import type { Page } from "@playwright/test";

import { Line, comesBack } from "./support/line";
import type { Tab } from "./support/person";
import { opensLate } from "./support/storage";
import { SOCKET_FAILED, expect, test } from "./support/story";

test.use({ serverOptions: { environment: { CONFAB_LIMITS_SENDS_BURST: "1000" } } });

const OFFLINE = /ERR_CONNECTION_REFUSED/;

// The names of what the browser keeps of dialogs.
function kept(page: Page): Promise<string[]> {
  return page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const request = indexedDB.open("confab-timelines");
        request.onsuccess = () => {
          const database = request.result;
          const names = database.transaction("timelines").objectStore("timelines").getAllKeys();
          names.onsuccess = () => {
            database.close();
            resolve(names.result as string[]);
          };
        };
      }),
  );
}

// The messages as they are kept of a dialog, and their position.
function keptOf(page: Page, dialog: string): Promise<{ ev: number; texts: string[] }> {
  return page.evaluate(
    (dialog) =>
      new Promise((resolve) => {
        const request = indexedDB.open("confab-timelines");
        request.onsuccess = () => {
          const database = request.result;
          const all = database.transaction("timelines").objectStore("timelines").getAll();
          all.onsuccess = () => {
            database.close();
            const texts = (all.result as string[]).filter((text) => text.startsWith("{")).map((text) => JSON.parse(text).page);
            const page = texts.find((page) => page.messages.some((message: { dialogId: string }) => message.dialogId === dialog));
            resolve({ ev: page?.ev ?? 0, texts: page?.messages.map((message: { content: string }) => message.content) ?? [] });
          };
        };
      }),
    dialog,
  );
}

// What the page fetches of the API from now on.
function fetchedBy(page: Page): string[] {
  const fetched: string[] = [];
  page.on("request", (request) => {
    const path = new URL(request.url()).pathname;
    if (path.startsWith("/api/")) fetched.push(path);
  });
  return fetched;
}

// What is on the screen, from its words to how far it is.
async function shown(tab: Tab): Promise<string[]> {
  const bubbles = tab.page.getByTestId("message");
  return bubbles.evaluateAll((all) => all.map((bubble) => (bubble as HTMLElement).innerText));
}

async function isAsIfOpenedAnew(tab: Tab, path: string): Promise<void> {
  const page = await tab.page.context().newPage();
  await page.goto(new URL(path, tab.page.url()).href);
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
  const anew = page.getByTestId("message");
  await expect(anew.first()).toBeVisible();
  const fresh = () => anew.evaluateAll((all) => all.map((bubble) => (bubble as HTMLElement).innerText));
  await expect.poll(async () => JSON.stringify(await shown(tab)) === JSON.stringify(await fresh())).toBe(true);
  await page.close();
}

test("a dialog that may be out of date says since when, and nobody is shown to be there", async ({ alice, bob }) => {
  const line = await Line.of(alice);
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await alice.writesTo(bob);
  const his = await bob.opens(`/d/${dialog}`);
  await his.isConnected();
  await bob.says(dialog, "here");
  const tab = await alice.opens(`/d/${dialog}`);
  const [stale, dot] = [tab.page.getByTestId("stale"), tab.dialog("Bob").getByTestId("presence")];
  await expect(dot).toHaveAttribute("data-state", "online");
  await expect(tab.page.getByTestId("dialog-status")).toHaveText("online");
  const before = await tab.message("here").boundingBox();
  await line.cuts();
  await expect(dot).toHaveCount(0);
  await expect(tab.page.getByTestId("dialog-status")).toHaveText("");
  await expect(stale).toHaveText(/^Last updated \d\d:\d\d, reconnecting…$/, { timeout: 20_000 });
  expect(await tab.message("here").boundingBox(), "nothing has moved").toEqual(before);
  for (const width of [390, 1440]) {
    await tab.page.setViewportSize({ width, height: 844 });
    await tab.fitsItsWidth();
  }
  line.mends();
  await comesBack(tab);
  await expect(stale).toHaveText("");
  await expect(dot).toHaveAttribute("data-state", "online");
});

test("a minute without a line, and then what was said, changed and taken back meanwhile", async ({ alice, bob }) => {
  const line = await Line.of(alice);
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await alice.writesTo(bob);
  for (const text of ["stays", "is changed", "is taken back", "is answered"]) await bob.says(dialog, text);
  const his = await bob.opens(`/d/${dialog}`);
  await his.isConnected();
  const page = await alice.context.newPage();
  await page.clock.install();
  const tab = await alice.opensIn(page, `/d/${dialog}`);
  await tab.isConnected();
  await tab.sends("of hers");
  await tab.seesState("of hers", "read");
  await line.cuts();
  await his.does("edit", "is changed");
  await his.input.fill("was changed");
  await his.input.press("Enter");
  await his.sees("was changed");
  await his.does("delete", "is taken back");
  await his.message("is taken back").getByTestId("delete").click();
  await his.doesNotSee("is taken back");
  await his.sends("said meanwhile");
  await his.seesStored("said meanwhile");
  await tab.sends("written meanwhile");
  await page.clock.fastForward("01:00");
  await expect(page.getByTestId("stale")).toHaveText(/^Last updated \d\d:\d\d, /);
  await tab.sees("is changed");
  await tab.doesNotSee("said meanwhile");
  line.mends();
  await comesBack(tab);
  await tab.sees("said meanwhile");
  await tab.sees("was changed");
  await tab.doesNotSee("is taken back");
  await tab.seesState("written meanwhile", "read");
  await expect(page.getByTestId("stale")).toHaveText("");
  expect(line.heard).not.toContain("dialog:reset");
  await isAsIfOpenedAnew(tab, `/d/${dialog}`);
});

test("a dialog in which nothing more is said is kept also where the storage is slow to open", async ({ alice, bob }) => {
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await alice.writesTo(bob);
  await bob.says(dialog, "all there is");
  await opensLate(alice, 3000);
  const tab = await alice.opens(`/d/${dialog}`);
  await expect.poll(() => keptOf(tab.page, dialog)).toMatchObject({ texts: ["all there is"] });
});

test("a dialog that was open before is there before the network answers, and only what is missing comes", async ({ alice, bob }) => {
  const line = await Line.of(alice);
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await alice.writesTo(bob);
  for (const text of ["first", "second"]) await bob.says(dialog, text);
  const tab = await alice.opens(`/d/${dialog}`);
  await expect.poll(() => keptOf(tab.page, dialog)).toMatchObject({ texts: ["first", "second"] });
  const fetched = fetchedBy(tab.page);
  const ofMessages = () => fetched.filter((path) => path.startsWith("/api/messages/"));

  await tab.opens("/d/lobby");
  await tab.isConnected();
  // Nothing is missing, and nothing answers.
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await tab.page.route("**/api/**", async (route) => {
    await held;
    await route.continue();
  });
  line.holds();
  await tab.opensDialog("Bob");
  await tab.seesInOrder(["first", "second"]);
  await expect(tab.page.getByTestId("stale"), "it was never believed").toHaveText(/^Last updated \d\d:\d\d, updating…$/, { timeout: 20_000 });
  line.letsGo();
  letGo();
  await expect(tab.page.getByTestId("stale")).toHaveText("");
  await tab.seesInOrder(["first", "second"]);
  expect(ofMessages()).toEqual([]);

  // Something is missing.
  await tab.opens("/d/lobby");
  await tab.isConnected();
  await bob.says(dialog, "third");
  await tab.opensDialog("Bob");
  await tab.seesInOrder(["first", "second", "third"]);
  expect(ofMessages()).toEqual([]);
  await tab.sends("fourth");
  await tab.seesStored("fourth");
  await expect.poll(() => keptOf(tab.page, dialog)).toEqual({ ev: 4, texts: ["first", "second", "third", "fourth"] });
  await isAsIfOpenedAnew(tab, `/d/${dialog}`);
});

test("without a server what was seen is read, and what is written waits", async ({ alice, bob, server }) => {
  for (const person of [alice, bob]) person.mayComplainOf(SOCKET_FAILED);
  alice.mayComplainOf(OFFLINE);
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await alice.writesTo(bob);
  await bob.says(dialog, "seen before");
  const tab = await alice.opens(`/d/${dialog}`);
  await expect.poll(() => keptOf(tab.page, dialog)).toMatchObject({ texts: ["seen before"] });
  await tab.opens("/d/lobby");
  await tab.isConnected();
  await server.stop();
  await expect(tab.status).not.toHaveAttribute("data-state", "open");
  // Behind the page's own opening of its storage, for which it does not wait for long.
  await keptOf(tab.page, dialog);
  await tab.opensDialog("Bob");
  await tab.seesInOrder(["seen before"]);
  await expect(tab.page.getByTestId("messages-state")).toHaveText("");
  await tab.sends("written without");
  await tab.seesState("written without", "queued");
  await expect(tab.page.getByTestId("stale")).toHaveText(/^Last updated/, { timeout: 20_000 });
  await server.start();
  await comesBack(tab);
  await tab.seesStored("written without");
  await tab.seesInOrder(["seen before", "written without"]);
  await isAsIfOpenedAnew(tab, `/d/${dialog}`);
});

test("a database that is restored takes back what came after it, also from open pages, and what is unsent goes out", async ({ alice, bob, server }) => {
  for (const person of [alice, bob]) {
    person.mayComplainOf(SOCKET_FAILED);
    person.mayComplainOf(OFFLINE);
  }
  const line = await Line.of(alice);
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await alice.writesTo(bob);
  await bob.says(dialog, "one");
  await bob.says(dialog, "two");
  const hers = await alice.opens(`/d/${dialog}`);
  const his = await bob.opens(`/d/${dialog}`);
  await hers.isConnected();
  await his.isConnected();
  const copy = await server.backsUp();
  await hers.sends("a phantom of hers");
  await hers.seesState("a phantom of hers", "read");
  await his.does("edit", "two");
  await his.input.fill("two, changed");
  await his.input.press("Enter");
  await hers.sees("two, changed");
  await his.sees("a phantom of hers");
  await expect.poll(() => keptOf(hers.page, dialog)).toMatchObject({ texts: ["one", "two, changed", "a phantom of hers"] });
  await server.stop();
  await expect(hers.status).not.toHaveAttribute("data-state", "open");
  await hers.sends("unsent");
  await hers.seesState("unsent", "queued");
  await line.cuts();
  await server.restores(copy);
  await server.start();
  // What he sees is of the other life for as long as its page is on the way, and the list of this one:
  // that he has read it says nothing.
  await his.page.route("**/api/messages/**", async (route) => {
    await expect(his.dialog("Alice").getByTestId("preview")).toHaveText("You: two");
    await route.continue();
  });
  await comesBack(his);
  await his.seesInOrder(["one", "two"]);
  line.mends();
  await comesBack(hers);
  for (const tab of [hers, his]) await tab.seesInOrder(["one", "two", "unsent"]);
  await hers.seesState("unsent", "read");
  await expect.poll(() => keptOf(hers.page, dialog)).toMatchObject({ texts: ["one", "two", "unsent"] });
  await isAsIfOpenedAnew(hers, `/d/${dialog}`);
});

test("who reads back stays where they are when too much was missed to be told", async ({ alice, bob }) => {
  test.slow();
  const line = await Line.of(alice);
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await alice.writesTo(bob);
  for (let number = 1; number <= 80; number++) await bob.says(dialog, `said ${number}`);
  const tab = await alice.opens(`/d/${dialog}`);
  await tab.isConnected();
  await tab.page.getByTestId("new-messages").click();
  await tab.sees("said 80");
  await tab.message("said 60").scrollIntoViewIfNeeded();
  // The first message whose beginning is on the screen, and where.
  const place = () =>
    tab.messages.evaluate((list) => {
      const rows = [...list.querySelectorAll("[data-testid=message]")];
      const first = rows.find((row) => row.getBoundingClientRect().top >= list.getBoundingClientRect().top)!;
      return `${first.querySelector("[data-testid=content]")!.textContent} at ${Math.round(first.getBoundingClientRect().top)}`;
    });
  // The strip that counts down takes room from the top of the list, so places are compared under it.
  await line.cuts();
  await expect(tab.page.getByTestId("reconnecting")).toBeVisible();
  for (let number = 81; number <= 390; number++) await bob.says(dialog, `said ${number}`);
  const before = await place();
  expect(before).toMatch(/^said \d+ at/);
  line.mends();
  await comesBack(tab);
  await expect(tab.page.getByTestId("reconnecting")).toHaveCount(0);
  await expect(tab.page.getByTestId("stale")).toHaveText("");
  await expect.poll(() => line.heard).toContain("dialog:reset");
  // It has read afresh: it knows how many have come.
  await expect(tab.page.getByTestId("new-messages")).toContainText("310");
  expect(await place()).toBe(before);
  await tab.page.getByTestId("new-messages").click();
  await tab.sees("said 390");
  await bob.says(dialog, "said 391");
  await tab.sees("said 391");
});

test("who signs out leaves no timeline behind, nor does who comes after see one", async ({ alice, bob }) => {
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await alice.writesTo(bob);
  await bob.says(dialog, "between us");
  const tab = await alice.opens(`/d/${dialog}`);
  const other = await alice.opens("/d/lobby");
  await other.isConnected();
  await expect.poll(() => keptOf(tab.page, dialog)).toMatchObject({ texts: ["between us"] });
  await other.page.goto(new URL("/settings", other.page.url()).href);
  await other.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(other.page).toHaveURL(/\/login/);
  await expect(tab.page.getByTestId("sign-in")).toBeVisible();
  await expect.poll(() => kept(other.page)).toEqual([]);
  // The page that is still open keeps nothing more.
  await tab.page.evaluate(() => window.dispatchEvent(new Event("pagehide")));
  expect(await kept(other.page)).toEqual([]);
});

test("fifty dialogs are kept, and the one that was not looked at for the longest time goes", async ({ alice, bob }) => {
  await alice.registers("Alice");
  await bob.registers("Bob");
  const groups: string[] = [];
  for (let number = 0; number < 52; number++) groups.push(await alice.beginsGroup(`Group ${number}`, [bob]));
  const tab = await alice.opens(`/d/${groups[0]}`);
  const isKept = async (number: number) => (await kept(tab.page)).some((name) => name.endsWith(`/page/${groups[number]}/`));
  for (let number = 0; number < 52; number++) {
    if (number > 0) await tab.opensDialog(`Group ${number}`);
    // The first ones at moments of their own.
    if (number < 3) await expect.poll(() => isKept(number)).toBe(true);
  }
  await expect.poll(() => isKept(51)).toBe(true);
  await expect.poll(async () => (await kept(tab.page)).length).toBe(100);
  expect([await isKept(0), await isKept(1), await isKept(2)]).toEqual([false, false, true]);
});
