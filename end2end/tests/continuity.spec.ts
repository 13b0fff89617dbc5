// What was written is delivered once and in its order, whatever becomes of the tab it was written in.

import type { Page } from "@playwright/test";

import { onFrame } from "./support/frames";
import { Line, comesBack } from "./support/line";
import type { Tab } from "./support/person";
import { opensLate } from "./support/storage";
import { expect, test } from "./support/story";

// What says that a message is stored.
const ANSWERS = /"type":"(ack|message:new)"/;

const THREE = ["first", "second", "third"];

// The words of the messages that a page has sent, as often as it has sent them.
function sentBy(page: Page): string[] {
  const sent: string[] = [];
  onFrame(page, "framesent", ({ type, payload }) => {
    if (type === "message:send") sent.push(payload.content);
  });
  return sent;
}

// How many tabs of the browser may send, or wait for their turn to.
function senders(page: Page, which: "held" | "pending"): Promise<number> {
  return page.evaluate(async (which) => (await navigator.locks.query())[which]?.length ?? 0, which);
}

async function seeInOrder(texts: string[], ...tabs: Tab[]): Promise<void> {
  for (const tab of tabs) await tab.seesInOrder(texts);
}

test("three unsent messages survive a reload", async ({ alice, bob }) => {
  const his = await bob.opens("/");
  await his.isConnected();
  const wire = await Line.of(alice, true);
  const tab = await alice.opens("/");
  for (const text of THREE) await tab.sends(text);
  await tab.reloads();
  for (const text of THREE) await tab.seesState(text, "queued");
  await tab.seesInOrder(THREE);
  wire.mends();
  await comesBack(tab);
  for (const text of THREE) await tab.seesStored(text);
  await seeInOrder(THREE, tab, his);
});

test("a tab that is closed leaves what it has not sent to another, and to the next one", async ({ alice, bob }) => {
  const his = await bob.opens("/");
  await his.isConnected();
  const wire = await Line.of(alice, true);
  const other = await alice.opens("/");
  const tab = await alice.opens("/");
  for (const text of THREE) await tab.sends(text);
  for (const text of THREE) await other.seesState(text, "queued");
  await tab.page.close();
  wire.mends();
  await comesBack(other);
  for (const text of THREE) await other.seesStored(text);
  await seeInOrder(THREE, other, his);

  await wire.cuts();
  await other.page.close();
  const last = await alice.opens("/");
  await last.sends("from the last one");
  await expect.poll(() => kept(last.page)).toBe(1);
  await last.page.close();
  wire.mends();
  const next = await alice.opens("/");
  await next.seesStored("from the last one");
  await seeInOrder([...THREE, "from the last one"], next, his);
  await expect.poll(() => kept(next.page)).toBe(0);
});

// How many posts the browser keeps.
function kept(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const request = indexedDB.open("confab");
        request.onsuccess = () => {
          const count = request.result.transaction("outbox").objectStore("outbox").count();
          count.onsuccess = () => resolve(count.result);
        };
      }),
  );
}

test("of two tabs one sends, and both show it; the other takes over", async ({ alice, bob }) => {
  const his = await bob.opens("/");
  await his.isConnected();
  const pages = [await alice.context.newPage(), await alice.context.newPage()] as const;
  const sent = pages.map(sentBy) as [string[], string[]];
  const first = await alice.opensIn(pages[0], "/");
  await expect.poll(() => senders(pages[0], "held")).toBe(1);
  const tabs = [first, await alice.opensIn(pages[1], "/")] as const;
  for (const tab of tabs) await tab.isConnected();
  await tabs[0].sends("first");
  await tabs[1].sends("second");
  await tabs[0].sees("second");
  await tabs[0].sends("third");
  for (const tab of tabs) for (const text of THREE) await tab.seesStored(text);
  await seeInOrder(THREE, ...tabs, his);
  expect(sent, "the first that was there sends everything, once").toEqual([THREE, []]);
  await pages[0].close();
  await expect.poll(() => senders(pages[1], "pending"), "it is its turn").toBe(0);
  await tabs[1].sends("fourth");
  await tabs[1].seesStored("fourth");
  await his.seesInOrder([...THREE, "fourth"]);
  expect(sent[1]).toEqual(["fourth"]);
});

test("a storage that is slow to open is waited for: the tabs agree, and what it kept goes first", async ({ alice, bob }) => {
  const his = await bob.opens("/");
  await his.isConnected();
  const cut = await alice.context.newPage();
  await cut.routeWebSocket(/\/ws/, (socket) => void setTimeout(() => void socket.close({ code: 1013 }), 100));
  await (await alice.opensIn(cut, "/")).sends("kept before");
  await expect.poll(() => kept(cut)).toBe(1);
  await cut.close();

  await opensLate(alice, 3000);
  const pages = [await alice.context.newPage(), await alice.context.newPage()] as const;
  const sent = pages.map(sentBy) as [string[], string[]];
  const tabs = [await alice.opensIn(pages[0], "/"), await alice.opensIn(pages[1], "/")] as const;
  for (const tab of tabs) await tab.isConnected();
  for (const [index, text] of THREE.entries()) {
    await tabs[index % 2]!.sends(text);
    for (const tab of tabs) await tab.seesStored(text);
  }
  await seeInOrder(["kept before", ...THREE], ...tabs, his);
  expect(sent.map((texts) => texts.length).sort(), "one sends").toEqual([0, 4]);
});

test.describe("after a long absence", () => {
  test.use({ serverOptions: { environment: { CONFAB_LIMITS_SENDS_BURST: "1000" } } });

  test("what was stored long ago does not stand below what came after it", async ({ alice, bob }) => {
    await alice.registers("Alice");
    await bob.registers("Bob");
    const dialog = await alice.writesTo(bob);
    const his = await bob.opens(`/d/${dialog}`);
    await his.isConnected();
    const wire = await Line.of(alice);
    const tab = await alice.opens(`/d/${dialog}`);
    await tab.isConnected();
    // Stored, and the answer is lost; then more is said than a page shows.
    wire.loses(ANSWERS);
    await tab.sends("long ago");
    await his.sees("long ago");
    await wire.cuts();
    await tab.seesState("long ago", "unconfirmed");
    for (let number = 1; number <= 60; number++) await bob.says(dialog, `since then ${number}`);
    wire.mends();
    await tab.reloads();
    await tab.isConnected();
    // The page opens at what is new; its end is another page.
    await tab.seesState("long ago", "read");
    await tab.page.getByTestId("new-messages").click();
    await tab.sees("since then 60");
    await expect(tab.message("long ago")).toHaveCount(0);
    await tab.sends("and now");
    await tab.seesState("and now", "read");
    await expect(tab.page.getByTestId("content").last()).toHaveText("and now");
    await expect(tab.message("long ago")).toHaveCount(0);
  });
});

test("what is not confirmed says so until it is, and is one bubble", async ({ alice, bob }) => {
  const his = await bob.opens("/");
  await his.isConnected();
  const wire = await Line.of(alice);
  const tab = await alice.opens("/");
  await tab.isConnected();

  // The connection goes before the server has heard it; nobody can know, not after a reload either.
  wire.loses(/"type":"message:send"/);
  await tab.sends("swallowed");
  await tab.seesState("swallowed", "sending");
  await wire.cuts();
  await tab.seesState("swallowed", "unconfirmed");
  await expect(tab.message("swallowed").getByTestId("delivery")).toHaveAttribute("title", "delivery not confirmed");
  await tab.reloads();
  await tab.seesState("swallowed", "unconfirmed");
  wire.mends();
  await comesBack(tab);
  await tab.seesStored("swallowed");

  // The connection goes before the answer comes.
  wire.loses(ANSWERS);
  await tab.sends("cut off");
  await his.sees("cut off");
  await wire.cuts();
  await tab.seesState("cut off", "unconfirmed");
  wire.mends();
  await comesBack(tab);
  await tab.seesStored("cut off");

  // No answer comes for 5 s, though the line is open.
  wire.loses(ANSWERS);
  await tab.sends("unanswered");
  await tab.seesState("unanswered", "sending");
  await expect(tab.message("unanswered").getByTestId("delivery")).toHaveAttribute("data-state", "unconfirmed", { timeout: 20_000 });
  wire.mends();
  await expect(tab.message("unanswered").getByTestId("delivery")).toHaveAttribute("data-state", "stored", { timeout: 20_000 });
  await tab.seesInOrder(["swallowed", "cut off", "unanswered"]);
  await his.seesInOrder(["swallowed", "cut off", "unanswered"]);
});

test("frames that come twice and in another order are one bubble each, in theirs", async ({ alice, bob }) => {
  const page = await alice.context.newPage();
  await page.routeWebSocket(/\/ws/, (socket) => {
    const server = socket.connectToServer();
    const waiting: (string | Buffer)[] = [];
    socket.onMessage((frame) => server.send(frame));
    server.onMessage((frame) => {
      if (!ANSWERS.test(String(frame))) {
        socket.send(frame);
        return;
      }
      waiting.push(frame);
      if (waiting.length === 2) {
        for (const late of waiting.splice(0).reverse()) {
          socket.send(late);
          socket.send(late);
        }
      }
    });
  });
  const tab = await alice.opensIn(page, "/");
  await tab.isConnected();
  const his = await bob.opens("/");
  await his.isConnected();
  await tab.sends("hers");
  await tab.seesStored("hers");
  for (const text of ["one", "two", "three", "four"]) await his.sends(text);
  await his.seesStored("four");
  await tab.seesInOrder(["hers", "one", "two", "three", "four"]);
  await his.seesInOrder(["hers", "one", "two", "three", "four"]);
});

test("what was refused stays so, keeps its name with its words, and is another with others", async ({ alice, bob }) => {
  const his = await bob.opens("/");
  await his.isConnected();
  const page = await alice.context.newPage();
  const names: Record<string, string[]> = {};
  const taken = new Set(["better"]);
  await page.routeWebSocket(/\/ws/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((frame) => {
      const { type, payload } = JSON.parse(String(frame));
      if (type === "message:send") {
        (names[payload.content] ??= []).push(payload.clientId);
      }
      if (type !== "message:send" || taken.has(payload.content)) {
        server.send(frame);
        return;
      }
      const nack = { clientId: payload.clientId, code: "internal", message: "no", retry: false };
      socket.send(JSON.stringify({ type: "nack", payload: nack }));
    });
    server.onMessage((frame) => socket.send(frame));
  });
  const tab = await alice.opensIn(page, "/");
  await tab.isConnected();
  await tab.sends("as it is");
  await tab.seesState("as it is", "failed");
  await tab.sends("worse");
  await tab.seesState("worse", "failed");
  await tab.reloads();
  await tab.isConnected();
  await tab.seesState("as it is", "failed");
  expect(names["as it is"], "not sent again by itself").toHaveLength(1);
  await expect(tab.message("as it is")).toContainText("Something went wrong on the server. Try again.");
  taken.add("as it is");
  await page.getByRole("button", { name: "Retry: as it is" }).click();
  await tab.seesStored("as it is");
  expect(new Set(names["as it is"]).size, "the same name").toBe(1);

  await tab.types("a draft");
  await page.getByRole("button", { name: "Edit: worse" }).click();
  await expect(tab.input).toHaveValue("worse");
  await tab.input.fill("better");
  await tab.input.press("Enter");
  await expect(tab.input).toHaveValue("a draft");
  await tab.seesStored("better");
  await tab.doesNotSee("worse");
  expect(names["better"]).not.toEqual(names["worse"]);
  await his.seesInOrder(["as it is", "better"]);
});

test("a browser that keeps nothing loses nothing as long as the tab lives, and asks before it goes", async ({ alice, bob }) => {
  const his = await bob.opens("/");
  await his.isConnected();
  await alice.context.addInitScript(() => {
    Object.defineProperty(window, "indexedDB", {
      get() {
        throw new DOMException("not in a private window", "SecurityError");
      },
    });
  });
  const wire = await Line.of(alice, true);
  const tab = await alice.opens("/");
  await tab.sends("kept by the tab");
  const asked = tab.page.waitForEvent("dialog");
  await tab.page.close({ runBeforeUnload: true });
  await (await asked).dismiss();
  await tab.reloads();
  await tab.seesState("kept by the tab", "queued");
  wire.mends();
  await comesBack(tab);
  await tab.seesStored("kept by the tab");
  await his.seesInOrder(["kept by the tab"]);
});

test("a tab that should send and sleeps holds up nobody for long", async ({ alice, bob, server }) => {
  await alice.registers("Alice");
  // Chromium asks for an icon of a page that names none.
  alice.mayComplainOf(/status of 404/);
  const his = await bob.opens("/");
  await his.isConnected();
  // A page that holds the lock and does nothing.
  const sleeper = await alice.context.newPage();
  await sleeper.goto(`${server.url}/api/me`);
  await sleeper.evaluate((name) => {
    void navigator.locks.request(name, () => new Promise(() => {}));
  }, `outbox/${alice.id}/`);
  const tab = await alice.opens("/");
  await tab.isConnected();
  await tab.sends("not held up");
  await tab.seesState("not held up", "queued");
  await expect(his.message("not held up")).toHaveCount(1, { timeout: 30_000 });
  await tab.seesInOrder(["not held up"]);
});
