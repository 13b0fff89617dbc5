// The focus never gets lost: what goes while it is there hands it on.

import type { Tab } from "./support/person";
import { expect, test } from "./support/story";

test("in the details of a group the focus stays with whoever works there", async ({ alice, bob, someone }) => {
  const [cem, dia] = [await someone(), await someone()];
  await alice.registers("Alice");
  await bob.registers("Bob");
  await cem.registers("Cem");
  await dia.registers("Dia");
  const tab = await alice.opens(`/d/${await alice.beginsGroup("Tea", [bob, cem, dia])}`);
  await tab.isConnected();
  const { keyboard } = tab.page;
  const row = (name: string) => tab.page.getByTestId("member").filter({ hasText: name });
  const search = tab.page.getByTestId("add-search");
  await tab.page.getByTestId("details-open").focus();
  await keyboard.press("Enter");
  await expect(tab.page.getByTestId("details-close")).toBeFocused();
  await tab.page.getByTestId("title").focus();
  await keyboard.press("Control+a");
  await keyboard.type("Coffee");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect(tab.page.getByTestId("details").getByRole("heading")).toHaveText("Coffee");
  await expect(tab.page.getByTestId("rename")).toBeFocused();
  // Whoever takes out one goes on at the next, and at the one before if there is none.
  await row("Bob").getByTestId("remove").focus();
  await keyboard.press("Enter");
  await expect(row("Cem")).toBeFocused();
  await row("Dia").getByTestId("remove").focus();
  await keyboard.press("Enter");
  await expect(row("Cem")).toBeFocused();
  // Whoever takes in one looks for another.
  await search.focus();
  await keyboard.type("Bob");
  await expect(tab.page.getByTestId("add")).toHaveCount(1);
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect(row("Bob")).toHaveCount(1);
  await expect(search).toBeFocused();
  // Whoever gives the group away keeps to what is left to be done there.
  await row("Bob").getByTestId("pass-on").focus();
  await keyboard.press("Enter");
  await expect(row("Bob").getByTestId("role")).toHaveText("owner");
  await expect(tab.page.getByRole("group", { name: "Coffee" })).toBeFocused();
  await keyboard.press("Tab");
  await expect(tab.page.getByTestId("mute")).toBeFocused();
  await keyboard.press("Escape");
  await expect(tab.page.getByTestId("details-open")).toBeFocused();
});

test("who is taken out of a group, or leaves it, finds the way back under the focus", async ({ alice, bob, someone }) => {
  const cem = await someone();
  await alice.registers("Alice");
  await bob.registers("Bob");
  await cem.registers("Cem");
  const group = await alice.beginsGroup("Tea", [bob, cem]);
  for (const person of [bob, cem]) {
    // What the page still asks for on its way out is refused.
    person.mayComplainOf(/status of 403/);
    const tab = await person.opens(`/d/${group}`);
    await tab.isConnected();
    await tab.page.getByTestId("details-open").focus();
    await tab.page.keyboard.press("Enter");
    await expect(tab.page.getByTestId("leave")).toBeVisible();
    if (person === bob) {
      await alice.asks(`/api/dialogs/${group}/members`, { members: [bob.id] }, "DELETE");
    } else {
      await tab.page.getByTestId("leave").focus();
      await tab.page.keyboard.press("Enter");
      await tab.page.keyboard.press("Enter");
    }
    await expect(tab.page.getByTestId("gone")).toBeVisible();
    await expect(tab.page.getByRole("link", { name: "Back to the dialogs" })).toBeFocused();
  }
});

test("windows and messages give the focus back", async ({ alice }) => {
  const tab = await alice.opens("/d/lobby");
  const { keyboard } = tab.page;
  await tab.isConnected();
  await tab.sends("to be taken back");
  await tab.seesStored("to be taken back");
  await keyboard.press("Control+k");
  await expect(tab.page.getByTestId("palette-field")).toBeFocused();
  await keyboard.press("Escape");
  await expect(tab.input).toBeFocused();
  await keyboard.press("ArrowUp");
  await expect(tab.page.getByTestId("composing")).toBeVisible();
  await tab.page.getByTestId("composing-cancel").focus();
  await keyboard.press("Enter");
  await expect(tab.input).toBeFocused();
  await tab.messages.focus();
  await keyboard.press("ArrowUp");
  await expect(tab.message("to be taken back").getByRole("article")).toBeFocused();
  await tab.page.getByTestId("delete").focus();
  await keyboard.press("Enter");
  await keyboard.press("Enter");
  await expect(tab.page.getByTestId("deleted")).toHaveCount(1);
  await expect(tab.messages).toBeFocused();
});

test("a connection that comes back by itself takes no focus away with its banner", async ({ alice, server }) => {
  alice.mayComplainOf(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/);
  const tab = await alice.opens("/");
  await tab.isConnected();
  await server.stop();
  const reconnect = tab.page.getByTestId("reconnecting").getByRole("button");
  await reconnect.focus();
  await server.start();
  await expect(tab.status).toHaveAttribute("data-state", "open", { timeout: 40_000 });
  await expect(reconnect).toHaveCount(0);
  await expect(tab.messages).toBeFocused();
});

test("on a narrow screen one comes back to the line one came from", async ({ someone, bob }) => {
  const alice = await someone({ viewport: { width: 390, height: 844 } });
  await alice.registers("Alice");
  await bob.registers("Bob");
  await alice.says(await alice.writesTo(bob), "hello");
  const tab: Tab = await alice.opens("/");
  // The lobby is what `/` shows elsewhere; here nothing but the list is to be seen.
  await expect(tab.dialog("Lobby")).toHaveAttribute("aria-current", "false");
  await tab.opensDialog("Bob");
  await expect(tab.input).toBeFocused();
  await tab.page.getByTestId("back").press("Enter");
  await expect(tab.dialog("Bob")).toBeFocused();
});

test("what is found later leaves the arrows where they are", async ({ alice, bob, someone }) => {
  const bobby = await someone();
  await alice.registers("Alice");
  await bob.registers("Bob");
  await bobby.registers("Bobby");
  for (const other of [bob, bobby]) {
    await alice.says(await alice.writesTo(other), `hello, says Alice`);
  }
  const tab = await alice.opens("/");
  await tab.isConnected();
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await tab.page.route("**/api/search?*", async (route) => {
    await held;
    await route.continue();
  });
  const { keyboard } = tab.page;
  const results = tab.page.getByTestId("result");
  await keyboard.press("Control+k");
  await keyboard.type("bob");
  await expect(results).toHaveText([/Bobby/, /Bob/]);
  await keyboard.press("ArrowDown");
  await keyboard.press("ArrowDown");
  await expect(results.nth(1)).toBeFocused();
  answer();
  await expect(tab.page.getByTestId("palette-told")).not.toHaveText("");
  await expect(results.filter({ hasText: /^.?Bob$/ }).first()).toBeFocused();
  await keyboard.press("Enter");
  await tab.isAt("Bob");
});
