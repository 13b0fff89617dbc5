// The connection breaks, and what people see is true all the same.

import { Door } from "./support/door";
import { comesBack } from "./support/line";
import { Tab } from "./support/person";
import { SOCKET_FAILED, expect, test } from "./support/story";

test("a stopped server is counted down through five attempts, then Reconnect", async ({ alice, server }) => {
  alice.mayComplainOf(SOCKET_FAILED);
  const tab = await alice.opens("/");
  await tab.sends("before");
  await tab.seesStored("before");
  // Noted in the page itself: the first attempts are over sooner than a look from outside may come.
  await tab.page.evaluate(() => {
    const seen = new Set<string>();
    Object.assign(window, { seen });
    const note = () => {
      const text = document.querySelector("[data-testid=countdown]")?.textContent ?? "";
      const attempt = /attempt \d of 5(?= · (next try in \d+ seconds?|trying now)$)/.exec(text);
      if (attempt) seen.add(attempt[0]);
    };
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await server.stop();
  await expect(tab.page.getByTestId("stale")).toHaveText(/^Last updated \d\d:\d\d, reconnecting…$/, { timeout: 20_000 });
  await tab.sends("while it was away");
  await tab.seesState("while it was away", "queued");
  await expect(tab.page.getByTestId("people-open")).toHaveAttribute("data-stale", "");
  const toast = tab.page.getByTestId("toast");
  await expect(toast).toContainText("The server cannot be reached.", { timeout: 80_000 });
  const seen = await tab.page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen]);
  expect(seen).toEqual([1, 2, 3, 4, 5].map((attempt) => `attempt ${attempt} of 5`));
  await server.start();
  await toast.getByRole("button", { name: "Reconnect" }).click();
  await expect(tab.messages).toBeFocused();
  await tab.isConnected();
  await expect(toast).toHaveCount(0);
  await tab.seesStored("while it was away");
  await tab.seesInOrder(["before", "while it was away"]);
});

test("a first socket that nobody answers leaves no page that is taken for true", async ({ alice, bob, server }) => {
  const his = await bob.opens("/");
  await his.sends("before");
  await his.seesStored("before");
  const door = await Door.before(server);
  const tab = new Tab(await alice.context.newPage(), server);
  await tab.page.goto(door.url);
  await tab.sees("before");
  await expect(tab.status).toHaveAttribute("data-state", "connecting");
  await his.sends("meanwhile");
  const stale = tab.page.getByTestId("stale");
  await expect(stale).toHaveText(/^Last updated \d\d:\d\d, reconnecting…$/);
  await tab.doesNotSee("meanwhile");
  door.opens();
  await tab.isConnected();
  await expect(stale).toHaveText("");
  await tab.seesInOrder(["before", "meanwhile"]);
  door.close();
});

test("a killed server comes back, and nothing is lost, doubled or out of order", async ({ alice, bob, server }) => {
  alice.mayComplainOf(SOCKET_FAILED);
  bob.mayComplainOf(SOCKET_FAILED);
  const hers = await alice.opens("/");
  const his = await bob.opens("/");
  await his.isConnected();
  await hers.sends("one");
  await his.sees("one");
  await server.kill();
  await hers.sends("two");
  await hers.sends("three");
  await server.start();
  // By themselves, after 1, 2, 4 or 8 s.
  await expect(his.page.getByTestId("content")).toHaveText(["one", "two", "three"], { timeout: 40_000 });
  await hers.seesInOrder(["one", "two", "three"]);
  await hers.seesStored("three");
});

test("what is unsent survives a reload and is delivered after it, and is not left by mistake", async ({ alice, bob }) => {
  const his = await bob.opens("/");
  await his.isConnected();
  // The page's socket is cut off, HTTP is not: what a proxy that lost its nerve looks like.
  let isCut = true;
  const page = await alice.context.newPage();
  await page.routeWebSocket(/\/ws/, (socket) => {
    if (isCut) {
      // A moment later: Playwright tells the page of no close before the open.
      setTimeout(() => void socket.close({ code: 1013 }), 100);
    } else {
      socket.connectToServer();
    }
  });
  const tab = await alice.opensIn(page, "/");
  await expect(page.getByTestId("reconnecting")).toBeVisible();
  await tab.sends("not yet");
  await tab.seesState("not yet", "queued");

  const asked = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();

  await tab.reloads();
  await tab.seesState("not yet", "queued");
  isCut = false;
  await comesBack(tab);
  await tab.seesStored("not yet");
  await his.sees("not yet");

  page.once("dialog", () => expect(false, "nothing is unsent, and the browser asks").toBe(true));
  await page.close({ runBeforeUnload: true });
  await expect(() => expect(page.isClosed()).toBe(true)).toPass();
});

test("a lost acknowledgement sends no second message", async ({ alice, bob }) => {
  const her = await alice.context.newPage();
  let dropped = 0;
  await her.routeWebSocket(/\/ws/, (page) => {
    const server = page.connectToServer();
    page.onMessage((message) => server.send(message));
    server.onMessage((message) => {
      const isEcho = String(message).includes('"type":"ack"') || String(message).includes('"type":"message:new"');
      if (isEcho && dropped < 2) {
        dropped += 1;
        return;
      }
      page.send(message);
    });
  });
  const his = await bob.opens("/");
  await his.isConnected();
  await her.goto(his.page.url());
  await expect(her.locator("html[data-hydrated]")).toBeAttached();
  await her.getByTestId("input").fill("once");
  await her.getByTestId("input").press("Enter");
  await his.sees("once");
  await expect(her.getByTestId("delivery")).toHaveAttribute("data-state", "stored", { timeout: 30_000 });
  expect(dropped).toBe(2);
  await expect(his.page.getByTestId("message")).toHaveCount(1);
});
