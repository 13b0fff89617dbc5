// Delivered, read, and by whom.

import { inFrontOrNot } from "./support/front";
import { expect, test } from "./support/story";

// A beat tells that time has passed in which a receipt would have come.
test.use({ serverOptions: { environment: { CONFAB_HUB_HEARTBEAT_INTERVAL: "1s" } } });

for (const way of ["blurred", "hidden"] as const) {
  test(`what comes while the page is ${way} is delivered, and read once it is in front`, async ({ alice, bob }) => {
    await alice.registers("Alice");
    await bob.registers("Bob");
    const dialog = await alice.writesTo(bob);
    const hers = await alice.opens(`/d/${dialog}`);
    const { tab: his, turns } = await inFrontOrNot(bob, `/d/${dialog}`);
    await hers.isConnected();
    await his.isConnected();
    await hers.sends("in front");
    await hers.seesState("in front", "read");
    await turns(way, true);
    await hers.sends("out of sight");
    await his.sees("out of sight");
    await hers.seesState("out of sight", "delivered");
    const beat = await hers.page.getByTestId("pulse").textContent();
    await expect(hers.page.getByTestId("pulse")).not.toHaveText(beat ?? "");
    await hers.seesState("out of sight", "delivered");
    await his.seesUnread("Alice", 1);
    const colour = (text: string) =>
      hers.message(text).getByTestId("delivery").evaluate((mark) => getComputedStyle(mark).color);
    expect(await colour("out of sight"), "told apart by the eye").not.toBe(await colour("in front"));
    await turns(way, false);
    await hers.seesState("out of sight", "read");
    await his.seesUnread("Alice", 0);
  });
}

for (const end of ["closed", "hidden"] as const) {
  test(`what was read is told although the page is ${end} at once`, async ({ alice, bob }) => {
    await alice.registers("Alice");
    await bob.registers("Bob");
    const dialog = await alice.writesTo(bob);
    const hers = await alice.opens(`/d/${dialog}`);
    // His page lives within one second, so that what is read after the first message waits for the next one.
    await bob.context.addInitScript(() => Object.assign(performance, { now: () => 1_000 }));
    const { tab: his, turns } = await inFrontOrNot(bob, `/d/${dialog}`);
    await hers.isConnected();
    await his.isConnected();
    await hers.sends("first");
    await hers.seesState("first", "read");
    await turns("blurred", true);
    await hers.sends("second");
    await his.seesUnread("Alice", 1);
    await turns("blurred", false);
    await his.seesUnread("Alice", 0);
    await (end === "closed" ? his.page.close() : turns("hidden", true));
    await hers.seesState("second", "read");
  });
}

test("in a group one sees by touch and by keys who has read", async ({ someone, bob }) => {
  const alice = await someone({ hasTouch: true });
  const [cem, dia] = [await someone(), await someone()];
  for (const [person, name] of [[alice, "Alice"], [bob, "Bob"], [cem, "Cem"], [dia, "Dia"]] as const) {
    await person.registers(name);
  }
  const group = await alice.beginsGroup("Tea", [bob, cem, dia]);
  const tab = await alice.opens(`/d/${group}`);
  await tab.isConnected();
  await tab.sends("who is here?");
  // Before that there is nothing to be done with it, and no bar.
  await tab.seesStored("who is here?");
  const readers = tab.message("who is here?").getByTestId("readers");
  await tab.message("who is here?").getByRole("article").tap();
  await expect(readers, "nobody yet").toBeHidden();
  await (await bob.opens(`/d/${group}`)).isConnected();
  await expect(readers).toHaveText("Read by 1 of 3: Bob");
  await (await cem.opens(`/d/${group}`)).isConnected();
  await expect(readers).toHaveText("Read by 2 of 3: Bob, Cem");
  await tab.reloads();
  await expect(readers).toHaveCount(0);
  await tab.messages.focus();
  await tab.page.keyboard.press("ArrowUp");
  await expect(readers).toHaveText("Read by 2 of 3: Bob, Cem");
  await expect(tab.message("who is here?").getByTestId("delivery")).toHaveAccessibleName("Read by 2 of 3: Bob, Cem");
});

test("who has read a message is told beside it, and not upon it", async ({ someone, alice, bob }) => {
  const cem = await someone();
  for (const [person, name] of [[alice, "Alice"], [bob, "Bob"], [cem, "Cem"]] as const) {
    await person.registers(name);
  }
  const group = await alice.beginsGroup("Tea", [bob, cem]);
  const his = await bob.opens(`/d/${group}`);
  await his.isConnected();
  const lines = Array.from({ length: 15 }, (_, n) => `line ${n}`);
  for (const line of lines) {
    await alice.says(group, line);
    await his.sees(line);
  }
  const tab = await alice.opens(`/d/${group}`);
  await tab.isConnected();
  await tab.messages.focus();
  for (const line of lines.reverse()) {
    await tab.page.keyboard.press("ArrowUp");
    const [bar, words] = [tab.message(line).getByTestId("actions"), tab.message(line).getByTestId("content")];
    await expect(bar.getByTestId("readers")).toHaveText("Read by 1 of 2: Bob");
    await expect(bar).toBeInViewport({ ratio: 0.9 });
    const [above, below] = [await bar.boundingBox(), await words.boundingBox()];
    expect(above!.y + above!.height, line).toBeLessThanOrEqual(below!.y);
  }
});

test("a receipt is not read aloud", async ({ alice, bob }) => {
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await alice.writesTo(bob);
  const hers = await alice.opens(`/d/${dialog}`);
  await hers.isConnected();
  await hers.sends("hello");
  await hers.seesStored("hello");
  await hers.page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    const list = document.querySelector("[role=log]")!;
    new MutationObserver((changes) => {
      for (const { target, addedNodes } of changes) {
        const element = target instanceof Element ? target : target.parentElement!;
        const live = element.closest("[aria-live]")!.getAttribute("aria-live");
        heard.push(`${live}: ${addedNodes.length} new in ${element.tagName}`);
      }
    }).observe(list, { subtree: true, childList: true, characterData: true });
  });
  await (await bob.opens(`/d/${dialog}`)).isConnected();
  await hers.seesState("hello", "read");
  const heard = await hers.page.evaluate(() => (window as unknown as { heard: string[] }).heard);
  expect(heard.length, "the mark is another").toBeGreaterThan(0);
  expect(heard.filter((change) => !change.startsWith("off: 0 new"))).toEqual([]);
});
