// Dialogs of two and of some: how they begin, what the list shows, how one leaves.

import { expect, test } from "./support/story";

test("the first message of a new dialog reaches someone who has only the list open", async ({ alice, bob }) => {
  await alice.registers("Alice");
  await bob.registers("Bob");
  const his = await bob.opens("/");
  await his.isConnected();
  await expect(his.page.getByTestId("dialog")).toHaveCount(1);
  const hers = await alice.opens(`/d/${await alice.writesTo(bob)}`);
  await hers.isAt("Bob");
  await hers.isConnected();
  await expect(his.page.getByTestId("dialog"), "nothing is said yet").toHaveCount(1);
  await hers.sends("Are you there?");
  await expect(his.dialog("Alice").getByTestId("preview")).toHaveText("Are you there?");
  await his.seesUnread("Alice", 1);
  await expect(his.page, "seen without looking").toHaveTitle(/^\(1\) /);
  await his.opensDialog("Alice");
  await his.sees("Are you there?");
  await his.seesUnread("Alice", 0);
});

test("two who write to each other at the same moment have one dialog", async ({ alice, bob }) => {
  await alice.registers("Alice");
  await bob.registers("Bob");
  const opens = async (person: typeof alice) => {
    const tab = await person.opens("/people");
    // The browser complains of a socket that is left while it opens.
    await tab.isConnected();
    return tab.page;
  };
  const pages = await Promise.all([alice, bob].map(opens));
  await Promise.all(pages.map((page) => page.getByTestId("person").getByTestId("write").click()));
  const urls = await Promise.all(
    pages.map(async (page) => {
      await page.waitForURL(/\/d\//);
      return page.url();
    }),
  );
  expect(urls[0]).toBe(urls[1]);
  await expect(pages[0]!.getByTestId("dialog-name").filter({ hasText: "Bob" })).toHaveCount(1);
  for (const page of pages) {
    await expect(page.getByTestId("status")).toHaveAttribute("data-state", "open");
  }
});

test("unread counts and the divider agree across two devices of one person", async ({ alice, bob, someone }) => {
  await alice.registers("Alice");
  await bob.registers("Bob");
  const phone = await someone();
  await phone.signsIn("Bob");
  const dialog = await alice.writesTo(bob);
  await alice.says(dialog, "one");
  const desk = await bob.opens("/");
  const pocket = await phone.opens("/");
  await desk.isConnected();
  await pocket.isConnected();
  await desk.seesUnread("Alice", 1);
  await alice.says(dialog, "two");
  await desk.seesUnread("Alice", 2);
  await pocket.seesUnread("Alice", 2);
  await desk.opensDialog("Alice");
  await desk.seesInOrder(["one", "two"]);
  await expect(desk.page.getByTestId("new-divider")).toHaveCount(1);
  await desk.seesUnread("Alice", 0);
  await pocket.seesUnread("Alice", 0);
  await pocket.opensDialog("Alice");
  await expect(pocket.page.getByTestId("new-divider"), "read elsewhere").toHaveCount(0);
});

test("who is removed from a group while looking at it sees nothing more", async ({ alice, bob }) => {
  await alice.registers("Alice");
  await bob.registers("Bob");
  const group = await alice.beginsGroup("Tea at four", [bob]);
  await alice.says(group, "Welcome");
  const his = await bob.opens(`/d/${group}`);
  await his.isConnected();
  await his.sees("Welcome");
  await his.input.focus();
  // What the page still asks for on its way out is refused.
  bob.mayComplainOf(/status of 403/);
  await alice.asks(`/api/dialogs/${group}/members`, { members: [bob.id] }, "DELETE");
  await expect(his.page.getByTestId("gone")).toBeVisible();
  await expect(his.page.getByRole("link", { name: "Back to the dialogs" })).toBeFocused();
  await expect(his.dialog("Tea at four")).toHaveCount(0);
  await expect(his.input).toBeHidden();
  await his.doesNotSee("Welcome");
});

test("a group is begun on a page, renamed, grown and left", async ({ alice, bob, someone }) => {
  const cem = await someone();
  await alice.registers("Alice");
  await bob.registers("Bob");
  await cem.registers("Cem");
  const his = await bob.opens("/");
  const tab = await alice.opens("/people");
  await tab.isConnected();
  await tab.page.getByRole("checkbox", { name: "Bob" }).check();
  await tab.page.getByTestId("new-group").click();
  await tab.page.locator("form[action='/groups']").getByRole("textbox").fill("Tea");
  await tab.page.getByTestId("begin-group").click();
  await tab.isAt("Tea");
  await expect(his.dialog("Tea")).toHaveCount(1);
  await tab.page.getByTestId("details-open").click();
  await tab.page.getByTestId("title").fill("Tea at four");
  await tab.page.getByTestId("rename").click();
  await tab.isAt("Tea at four");
  await expect(his.dialog("Tea at four")).toHaveCount(1);
  await tab.page.getByTestId("add-search").fill("Cem");
  await tab.page.getByTestId("add").filter({ hasText: "Cem" }).click();
  await expect(tab.page.getByTestId("member")).toHaveCount(3);
  const third = await cem.opens("/");
  await third.opensDialog("Tea at four");
  await third.page.getByTestId("details-open").click();
  await third.page.getByTestId("leave").click();
  await third.page.getByTestId("leave").click();
  await expect(third.dialog("Tea at four")).toHaveCount(0);
  await expect(tab.page.getByTestId("member")).toHaveCount(2);
});

test("the list is ordered by what happened last, with drafts, and leads back and forth", async ({ alice, bob, someone }) => {
  const cem = await someone();
  await alice.registers("Alice");
  await bob.registers("Bob");
  await cem.registers("Cem");
  const [first, second] = [await alice.writesTo(bob), await alice.writesTo(cem)];
  await alice.says(first, "to Bob");
  await alice.says(second, "to Cem");
  const tab = await alice.opens("/");
  await tab.isConnected();
  const names = tab.page.getByTestId("dialog-name");
  await expect(names).toHaveText(["Cem", "Bob", "Lobby"]);
  await bob.says(first, "from Bob");
  await expect(names).toHaveText(["Bob", "Cem", "Lobby"]);
  await tab.opensDialog("Cem");
  await tab.types("not yet finished");
  await tab.opensDialog("Bob");
  await expect(tab.dialog("Cem").getByTestId("preview")).toContainText("not yet finished");
  await tab.page.goBack();
  await tab.isAt("Cem");
  await expect(tab.input).toHaveValue("not yet finished");
  await tab.reloads();
  await tab.isAt("Cem");
  await expect(tab.input).toHaveValue("not yet finished");
});

test("the list shows who is there and what is muted, the head when someone was last seen", async ({ alice, bob }) => {
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await alice.writesTo(bob);
  await alice.says(dialog, "hello");
  const his = await bob.opens(`/d/${dialog}`);
  await his.isConnected();
  const line = his.dialog("Alice");
  const dot = line.getByTestId("presence");
  await expect(dot).toBeHidden();
  const hers = await alice.opens("/");
  await hers.isConnected();
  await expect(dot).toBeVisible();
  await expect(dot).toHaveAccessibleName("online");
  await hers.page.close();
  await expect(his.page.getByTestId("dialog-status")).toHaveText(/^last seen \d\d:\d\d$/);
  await expect(dot).toBeHidden();
  await expect(line.getByTestId("muted")).toHaveCount(0);
  await his.page.getByTestId("details-open").click();
  await his.page.getByTestId("mute").click();
  await expect(his.page.getByTestId("mute")).toHaveAttribute("aria-pressed", "true");
  await expect(line.getByTestId("muted")).toHaveAccessibleName("Muted");
  await expect(line.locator("time")).toHaveAttribute("datetime", /^\d{4}-\d\d-\d\dT/);
});

test("what could not be found or added is said", async ({ alice, bob }) => {
  alice.mayComplainOf(/ERR_FAILED/);
  await alice.registers("Alice");
  await bob.registers("Bob");
  const tab = await alice.opens(`/d/${await alice.beginsGroup("Tea", [bob])}`);
  await tab.page.keyboard.press("Control+k");
  const told = tab.page.getByTestId("palette-told");
  const field = tab.page.getByTestId("palette-field");
  await field.fill("Bob");
  await expect(told, "how many, and nothing else").toHaveText("1 result");
  await expect(told).toHaveRole("status");
  await field.fill("nobody of this name");
  await expect(told).toHaveText("Nothing found.");
  await tab.page.route(/\/api\/(search|dialogs|people)/, (route) => route.abort());
  await field.fill("Bobby");
  await expect(told).toHaveText("The server does not answer. Try again.");
  await field.fill("");
  await expect(told).toHaveText("");
  await tab.page.keyboard.press("Escape");
  await tab.page.getByTestId("details-open").click();
  await tab.page.getByTestId("add-search").fill("Cem");
  await expect(tab.page.getByTestId("details-failed")).toHaveText("The server does not answer. Try again.");
  await tab.page.unroute(/\/api\/(search|dialogs|people)/);
  await tab.page.getByTestId("add-search").fill("Ce");
  await expect(tab.page.getByTestId("details-failed")).toHaveText("");
});
