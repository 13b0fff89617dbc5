// Two people in two browsers, who write to each other while the server is killed again and again and
// their lines have faults. `bin/chaos` gives each a way to the server, says when it is over, and reads
// how much they wrote; at the end the log holds all of it, once and in each one's order, and each page
// shows the end of the log.

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Browser, expect, test } from "@playwright/test";

import { Person, type Tab } from "../../tests/support/person";

const [FIRST, SECOND] = (process.env.CHAOS_URLS ?? "").split(",");
const SERVER = process.env.CHAOS_SERVER ?? "";
const FOLDER = process.env.CHAOS_FOLDER ?? "";
// How often each of them writes.
const PACE = 700;
// How long a page may take to show all of it once nothing happens any more.
const PATIENCE = 60_000;

const someone = async (browser: Browser, url: string | undefined): Promise<Person> =>
  // Of a server, a person needs to know where it is, and no more.
  new Person(await browser.newContext({ locale: "en-GB" }), { url } as never);

// Writes until it is over, whatever the connection does, as people do; says how often.
async function writes(tab: Tab, name: string): Promise<number> {
  let count = 0;
  while (!existsSync(join(FOLDER, "over"))) {
    count += 1;
    await tab.sends(`${name} ${count}`);
    await tab.page.waitForTimeout(PACE);
    const again = tab.page.getByRole("button", { name: "Reconnect" });
    if ((await tab.status.getAttribute("data-state")) === "closed" && (await again.isVisible())) {
      await again.click();
    }
  }
  return count;
}

type Message = { seq: number; content: string };

// All that the log holds, as the server tells who belongs to the dialog.
async function whole(person: Person, dialog: string): Promise<string[]> {
  const all: Message[] = [];
  for (let hasMore = true; hasMore; ) {
    const before = all.length > 0 ? `&before=${all[0]!.seq}` : "";
    const answer = await person.context.request.get(`${SERVER}/api/messages/dialog/${dialog}?limit=200${before}`);
    const { data } = await answer.json();
    all.unshift(...data.messages);
    hasMore = data.hasMore;
  }
  return all.map(({ content }) => content);
}

// What they have written, in their order.
const numbers = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name} ${index + 1}`);

test("two browsers see the kills, lose and double nothing, and show what the log holds", async ({ browser }) => {
  const [alice, bob] = [await someone(browser, FIRST), await someone(browser, SECOND)];
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await alice.writesTo(bob);
  const tabs = [await alice.opens(`/d/${dialog}`), await bob.opens(`/d/${dialog}`)] as const;
  for (const tab of tabs) {
    await tab.isConnected();
  }
  writeFileSync(join(FOLDER, "there"), "");

  const counts = await Promise.all([writes(tabs[0], "alice"), writes(tabs[1], "bob")]);
  const all = counts[0] + counts[1];
  writeFileSync(join(FOLDER, "wrote"), String(all));

  for (const { page } of tabs) {
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
  }
  await expect.poll(async () => (await whole(alice, dialog)).length, { timeout: PATIENCE }).toBe(all);
  const log = await whole(alice, dialog);
  for (const [name, count] of [["alice", counts[0]], ["bob", counts[1]]] as const) {
    expect(log.filter((text) => text.startsWith(`${name} `))).toEqual(numbers(name, count));
  }
  for (const tab of tabs) {
    const shown = async () => {
      const texts = await tab.page.getByTestId("content").allTextContents();
      // A page keeps as much as it has read; what it shows is the end of the log.
      return texts.slice(-Math.min(texts.length, log.length));
    };
    await expect.poll(async () => (await shown()).at(-1), { timeout: PATIENCE }).toBe(log.at(-1));
    const texts = await shown();
    expect(texts.length).toBeGreaterThanOrEqual(Math.min(log.length, 20));
    expect(texts).toEqual(log.slice(-texts.length));
    await expect(tab.page.locator('[data-testid="delivery"][data-state="queued"], [data-testid="delivery"][data-state="failed"]')).toHaveCount(0);
  }
});
