// What happens to a message: it is answered, edited, taken back, delivered, read; and looked for.

import { expect, test } from "./support/story";
import type { Person, Tab } from "./support/person";

// Many messages at once are no flood here.
test.use({ serverOptions: { environment: { CONFAB_LIMITS_SENDS_BURST: "1000" } } });

async function talk(alice: Person, bob: Person): Promise<{ dialog: string; hers: Tab; his: Tab }> {
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await alice.writesTo(bob);
  const [hers, his] = [await alice.opens(`/d/${dialog}`), await bob.opens(`/d/${dialog}`)];
  await hers.isConnected();
  await his.isConnected();
  return { dialog, hers, his };
}

test("an edit and a deletion are seen by someone who is writing, and do not disturb them", async ({ alice, bob }) => {
  const { hers, his } = await talk(alice, bob);
  await hers.sends("See you at five");
  await his.sees("See you at five");
  await his.input.focus();
  await his.page.keyboard.type("half a sent");
  await hers.seesState("See you at five", "read");
  await hers.does("edit", "See you at five");
  await expect(hers.input).toHaveValue("See you at five");
  await hers.sends("See you at six");
  await his.sees("See you at six");
  await expect(his.message("See you at six").getByTestId("edited")).toHaveText("edited");
  await his.page.keyboard.type("ence");
  await hers.does("delete", "See you at six");
  await hers.message("See you at six").getByTestId("delete").click();
  await expect(his.page.getByTestId("deleted")).toHaveCount(1);
  await his.doesNotSee("See you at six");
  await expect(his.input).toBeFocused();
  await expect(his.input).toHaveValue("half a sentence");
  await hers.reloads();
  await expect(hers.page.getByTestId("deleted")).toHaveCount(1);
});

test("a message goes through all its states: queued, stored, delivered, read", async ({ alice, bob, server }) => {
  const { dialog, hers, his } = await talk(alice, bob);
  await his.page.close();
  alice.mayComplainOf(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/);
  await server.stop();
  await expect(hers.status).not.toHaveAttribute("data-state", "open");
  await hers.sends("one");
  await hers.seesState("one", "queued");
  await server.start();
  await expect(hers.message("one").getByTestId("delivery")).toHaveAttribute("data-state", "stored", { timeout: 40_000 });
  const list = await bob.opens("/");
  await list.isConnected();
  await hers.seesState("one", "delivered");
  await list.page.goto(`${server.url}/d/${dialog}`);
  await hers.seesState("one", "read");
});

test("who is typing is told, and not for longer than it is true", async ({ alice, bob }) => {
  const { hers, his } = await talk(alice, bob);
  // Before the first message it is hers alone: he is told nothing of it.
  await hers.sends("Hello");
  await his.sees("Hello");
  const status = his.page.getByTestId("dialog-status");
  await expect(status).toHaveText("online");
  await hers.input.press("H");
  await expect(status).toHaveText("Alice is typing…");
  await expect(status, "after five seconds of silence").toHaveText("online", { timeout: 20_000 });
  await hers.input.press("i");
  await expect(status).toHaveText("Alice is typing…");
  await hers.input.press("Enter");
  await his.sees("Hi");
  await expect(status).toHaveText("online");
});

test("two tabs of one person send at once, and everything stands once and in one order", async ({ alice, bob }) => {
  const { dialog, hers, his } = await talk(alice, bob);
  const other = await alice.opens(`/d/${dialog}`);
  await other.isConnected();
  const texts = (tab: string) => Array.from({ length: 8 }, (_, index) => `${tab} ${index}`);
  const all = async (tab: Tab, name: string) => {
    for (const text of texts(name)) {
      await tab.sends(text);
    }
  };
  await Promise.all([all(hers, "left"), all(other, "right")]);
  for (const text of [...texts("left"), ...texts("right")]) {
    await his.sees(text);
  }
  const order = await his.page.getByTestId("content").allTextContents();
  expect(order.filter((text) => text.startsWith("left"))).toEqual(texts("left"));
  expect(order.filter((text) => text.startsWith("right"))).toEqual(texts("right"));
  await hers.seesInOrder(order);
  await other.seesInOrder(order);
});

test("a reply quotes what it answers, follows its edits, and leads to it", async ({ alice, bob }) => {
  const { dialog, hers, his } = await talk(alice, bob);
  await alice.says(dialog, "the question");
  for (let index = 0; index < 60; index++) {
    await alice.says(dialog, `line ${index}`);
  }
  // Until the server knows that he has read them, a reload begins at the first that is new.
  await expect.poll(async () => (await bob.asks(`/api/dialogs/${dialog}`, undefined, "GET")).dialog.unread).toBe(0);
  await his.reloads();
  await his.isConnected();
  await his.sees("line 59");
  await his.doesNotSee("the question");
  await his.messages.hover();
  await his.page.mouse.wheel(0, -20_000);
  await his.sees("the question");
  await his.does("reply", "the question");
  await his.sends("the answer");
  const quote = hers.message("the answer").getByTestId("quote");
  await expect(quote).toContainText("the question");
  await hers.reloads();
  await hers.message("the answer").getByTestId("quote").click();
  await expect(hers.message("the question")).toBeInViewport();
  await hers.does("edit", "the question");
  await hers.sends("the better question");
  await expect(his.message("the answer").getByTestId("quote")).toContainText("the better question");
});

test("what was said is found, with what was looked for marked, and one gets there", async ({ alice, bob }) => {
  const { dialog, hers } = await talk(alice, bob);
  await alice.says(dialog, "the blue umbrella stands at the door");
  for (let index = 0; index < 60; index++) {
    await alice.says(dialog, `line ${index}`);
  }
  await hers.page.goto(new URL("/", hers.page.url()).href);
  await hers.isAlive();
  await hers.page.keyboard.press("Control+k");
  const palette = hers.page.getByTestId("palette");
  await palette.getByTestId("palette-field").fill("umbrel");
  const hit = palette.getByTestId("result").filter({ hasText: "umbrella" });
  await expect(hit.locator("mark")).toHaveText("umbrella");
  await hit.click();
  await hers.isAt("Bob");
  await expect(hers.message("the blue umbrella stands at the door")).toBeInViewport();
  await hers.page.keyboard.press("Control+k");
  await palette.getByTestId("palette-field").fill("Bob");
  await expect(palette.getByTestId("result").filter({ hasText: "Bob" }).first()).toBeVisible();
});

test("mark-up is shown as what it means, and never as HTML", async ({ alice, bob }) => {
  const { hers, his } = await talk(alice, bob);
  await hers.sends("**bold** _italic_ `code` <i>no</i> https://example.org/a?b=c javascript:alert(1)");
  const content = his.page.getByTestId("content");
  await expect(content.locator("strong")).toHaveText("bold");
  await expect(content.locator("em")).toHaveText("italic");
  await expect(content.locator("code")).toHaveText("code");
  await expect(content.locator("i")).toHaveCount(0);
  const link = content.getByRole("link");
  await expect(link).toHaveCount(1);
  await expect(link).toHaveAttribute("href", "https://example.org/a?b=c");
  await expect(link).toHaveAttribute("rel", "noopener noreferrer nofollow");
});

test("what is copied is what was written", async ({ alice, bob }) => {
  await alice.context.grantPermissions(["clipboard-read"]);
  const { dialog, hers } = await talk(alice, bob);
  await bob.says(dialog, "**bold** and\n`code`");
  const bubble = hers.page.getByTestId("message");
  await hers.input.focus();
  await bubble.hover();
  await bubble.getByTestId("copy").click();
  await expect(hers.page.getByTestId("said")).toHaveText("Copied");
  expect(await hers.page.evaluate(() => navigator.clipboard.readText())).toBe("**bold** and\n`code`");
  await expect(bubble.getByTestId("copy")).toBeFocused();
});

test("Enter belongs to the input method as long as it composes", async ({ alice, bob }) => {
  const { hers } = await talk(alice, bob);
  const debug = await hers.page.context().newCDPSession(hers.page);
  await hers.input.focus();
  await debug.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
  await expect(hers.input).toHaveValue("にほん");
  // In the midst of a composition; and as Safari says it, after the end of one.
  await hers.page.evaluate(() => {
    const heard = new Promise<boolean>((resolve) => {
      document.addEventListener("keydown", (event) => resolve(event.isComposing), { once: true });
    });
    Object.assign(window, { heard });
  });
  await debug.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 });
  const heard = hers.page.evaluate(() => (window as unknown as { heard: Promise<boolean> }).heard);
  expect(await heard, "the browser says that it composes").toBe(true);
  await debug.send("Input.insertText", { text: "日本" });
  await debug.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Enter", code: "Enter", windowsVirtualKeyCode: 229 });
  await expect(hers.input).toHaveValue("日本");
  await hers.input.press("Enter");
  await hers.seesInOrder(["日本"]);
});
