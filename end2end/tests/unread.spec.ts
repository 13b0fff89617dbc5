// More that is new than a page holds: where one begins, what counts as read, and the way to its end.

import { inFrontOrNot } from "./support/front";
import { expect, test } from "./support/story";
import type { Person, Tab } from "./support/person";

test.use({
  serverOptions: { environment: { CONFAB_LIMITS_PAGE_MESSAGES: "10", CONFAB_LIMITS_SENDS_BURST: "1000" } },
});

// Messages so tall that no screen holds ten of them.
const words = (n: number) => `message ${n}\n\n\n\nend of ${n}`;

async function says(person: Person, dialog: string, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n += 1) {
    await person.says(dialog, words(n));
  }
}

// A dialog in which Alice has read five messages of Bob's, and has forty more to read.
async function fortyUnread(alice: Person, bob: Person): Promise<string> {
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await bob.writesTo(alice);
  await says(bob, dialog, 1, 5);
  await alice.asks(`/api/dialogs/${dialog}/read`, { seq: 5 });
  await says(bob, dialog, 6, 45);
  return dialog;
}

async function unread(tab: Tab): Promise<number> {
  // Looked at in one go: the badge may go at any time.
  return tab.dialog("Bob").getByTestId("unread").evaluateAll((badges) => Number(badges[0]?.textContent ?? 0));
}

async function beginsAtTheFirstUnread(tab: Tab): Promise<void> {
  await expect(tab.page.getByTestId("new-divider")).toBeInViewport();
  await expect(tab.message(words(6))).toBeInViewport();
  await expect(tab.message(words(45))).toHaveCount(0);
  await expect.poll(() => unread(tab), "what is on the screen is read").toBeLessThan(40);
  expect(await unread(tab), "and no more").toBeGreaterThan(33);
  const link = tab.page.getByTestId("new-messages");
  const isTold = async () => (await link.allTextContents()).join() === `${await unread(tab)} new messages`;
  await expect.poll(isTold, "the link says what the list says").toBe(true);
}

for (const way of ["by its address", "from the list", "by a reload"]) {
  test(`a dialog with more new messages than a page, opened ${way}, begins at the first`, async ({ alice, bob }) => {
    const dialog = await fortyUnread(alice, bob);
    const tab = await alice.opens(way === "from the list" ? "/" : `/d/${dialog}`);
    if (way === "from the list") {
      await tab.opensDialog("Bob");
    }
    await tab.isConnected();
    await beginsAtTheFirstUnread(tab);
    if (way === "by a reload") {
      const before = await unread(tab);
      await tab.reloads();
      await tab.isConnected();
      await expect(tab.page.getByTestId("new-divider")).toBeInViewport();
      await expect.poll(() => unread(tab)).toBeLessThan(before);
      expect(await unread(tab)).toBeGreaterThan(26);
    }
  });
}

test("what is scrolled by is read, page after page, to the end", async ({ alice, bob }) => {
  const dialog = await fortyUnread(alice, bob);
  const tab = await alice.opens(`/d/${dialog}`);
  await tab.isConnected();
  await beginsAtTheFirstUnread(tab);
  for (const n of [10, 15, 20, 25, 30, 35, 40, 45]) {
    await tab.message(words(n)).scrollIntoViewIfNeeded();
    await expect(tab.message(words(n)).getByTestId("content")).toBeInViewport({ ratio: 1 });
    await expect.poll(() => unread(tab)).toBeLessThanOrEqual(45 - n);
  }
  await tab.seesUnread("Bob", 0);
  await expect(tab.page.getByTestId("new-messages")).toBeHidden();
  await bob.says(dialog, "one more");
  await expect(tab.message("one more")).toBeInViewport();
  await tab.seesUnread("Bob", 0);
});

test("the link to the latest message leads there, and all is read", async ({ alice, bob }) => {
  const dialog = await fortyUnread(alice, bob);
  const tab = await alice.opens(`/d/${dialog}`);
  await tab.isConnected();
  await beginsAtTheFirstUnread(tab);
  await tab.page.getByTestId("new-messages").click();
  await expect(tab.message(words(45))).toBeInViewport();
  await tab.seesUnread("Bob", 0);
  // The screen knows at once, the server within a second.
  const known = async () => (await alice.asks(`/api/dialogs/${dialog}`, undefined, "GET")).dialog.unread;
  await expect.poll(known).toBe(0);
  const again = await alice.opens(`/d/${dialog}`);
  await expect(again.message(words(45))).toBeInViewport();
  await expect(again.page.getByTestId("new-divider")).toHaveCount(0);
});

// A row under the mouse stands above its neighbours, and must not stand above the link.
test("the link to the latest message can be pressed by a mouse that comes over the messages", async ({ alice, bob }) => {
  const dialog = await fortyUnread(alice, bob);
  const tab = await alice.opens(`/d/${dialog}`);
  await tab.isConnected();
  await beginsAtTheFirstUnread(tab);
  const link = (await tab.page.getByTestId("new-messages").boundingBox())!;
  const [x, y] = [link.x + link.width / 2, link.y + link.height / 2];
  await tab.page.mouse.move(link.x - 20, y);
  await tab.page.mouse.move(x, y, { steps: 10 });
  await tab.page.mouse.down();
  await tab.page.mouse.up();
  await expect(tab.message(words(45))).toBeInViewport();
});

test("who is led to a later message has not read what lies before it", async ({ alice, bob }) => {
  const dialog = await fortyUnread(alice, bob);
  const tab = await alice.opens(`/d/${dialog}?at=40`);
  await tab.isConnected();
  await expect(tab.message(words(40))).toBeInViewport();
  await bob.says(dialog, "the last");
  await tab.seesUnread("Bob", 41);
});

test("what is kept of an earlier visit does not make read what nobody has seen", async ({ alice, bob }) => {
  const dialog = await fortyUnread(alice, bob);
  const tab = await alice.opens(`/d/${dialog}?at=44`);
  await tab.isConnected();
  await expect(tab.message(words(44))).toBeInViewport();
  await tab.opensDialog("Lobby");
  await tab.opensDialog("Bob");
  await beginsAtTheFirstUnread(tab);
});

test("the link to the latest leads there also from a page before it", async ({ alice, bob }) => {
  const dialog = await fortyUnread(alice, bob);
  await alice.asks(`/api/dialogs/${dialog}/read`, { seq: 33 });
  const tab = await alice.opens(`/d/${dialog}`);
  await tab.isConnected();
  await expect(tab.page.getByTestId("new-divider")).toBeInViewport();
  await tab.page.getByTestId("new-messages").click();
  await expect(tab.message(words(45))).toBeInViewport();
  await tab.seesUnread("Bob", 0);
  await expect(tab.page.getByTestId("new-messages")).toBeHidden();
});

test("what comes while nobody looks stays where it begins", async ({ alice, bob }) => {
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await bob.writesTo(alice);
  await says(bob, dialog, 1, 1);
  const { tab, turns } = await inFrontOrNot(alice, `/d/${dialog}`);
  await tab.isConnected();
  await tab.seesUnread("Bob", 0);
  await turns("blurred", true);
  await says(bob, dialog, 2, 31);
  await tab.seesUnread("Bob", 30);
  await turns("blurred", false);
  await expect(tab.message(words(2))).toBeInViewport();
  await expect.poll(() => unread(tab)).toBeLessThan(30);
  expect(await unread(tab)).toBeGreaterThan(20);
});

test("without scripts the page begins at the first unread, with a link to the latest", async ({ someone, server, bob }) => {
  const alice = await someone({ javaScriptEnabled: false });
  alice.mayComplainOf(/was preloaded using link preload but not used/);
  const dialog = await fortyUnread(alice, bob);
  const page = await alice.context.newPage();
  await page.goto(`${server.url}/d/${dialog}`);
  await expect(page.getByTestId("content").filter({ hasText: "message 6" })).toHaveCount(1);
  await page.getByTestId("new-messages").click();
  await expect(page.getByTestId("content").filter({ hasText: "message 45" })).toHaveCount(1);
});
