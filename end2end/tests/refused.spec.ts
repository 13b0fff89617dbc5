// The server does not take a message, and says so.

import type { Page } from "@playwright/test";

import { onFrame } from "./support/frames";
import { expect, test } from "./support/story";

// What the server has refused to the page, by name.
function refusalsOf(page: Page): string[] {
  const refusals: string[] = [];
  onFrame(page, "framereceived", ({ type, payload }) => {
    if (type === "nack") refusals.push(payload.clientId);
  });
  return refusals;
}

test.describe("a database that is locked", () => {
  test.use({ serverOptions: { environment: { CONFAB_STORE_BUSY_TIMEOUT: "100ms" } } });

  test("refuses for now; Retry stores the message once, and so does waiting", async ({ alice, bob, server }) => {
    const page = await alice.context.newPage();
    const refusals = refusalsOf(page);
    const hers = await alice.opensIn(page, "/");
    const his = await bob.opens("/");
    await hers.isConnected();
    await his.isConnected();
    for (const [text, isHurried] of [["hurried", true], ["patient", false]] as const) {
      const unlock = await server.locksStorage();
      refusals.length = 0;
      await hers.sends(text);
      await hers.seesState(text, "waiting");
      await expect(hers.message(text)).toContainText("The server could not store the message.");
      await expect(hers.message(text).getByRole("button", { name: `Discard: ${text}` })).toBeVisible();
      // It is tried by itself after 1, 2 and 4 s: who is to be in a hurry needs the last of them.
      if (isHurried) await expect.poll(() => refusals.length).toBe(3);
      // Once it works again, everybody's page fetches anew (document 004).
      const anew = his.page.waitForRequest("**/api/messages/dialog/lobby");
      await unlock();
      if (isHurried) {
        await hers.message(text).getByRole("button", { name: `Retry: ${text}` }).click();
        await expect(hers.messages).toBeFocused();
      }
      await hers.seesStored(text);
      await his.sees(text);
      await anew;
    }
    await hers.seesInOrder(["hurried", "patient"]);
    await his.seesInOrder(["hurried", "patient"]);
  });
});

test("a message refused for good waits for its author: Retry sends it anew, Discard forgets it", async ({ alice, bob }) => {
  const his = await bob.opens("/");
  await his.isConnected();
  const page = await alice.context.newPage();
  // A server of another mind: it takes a text only when it is sent the second time.
  const refused = new Set<string>();
  await page.routeWebSocket(/\/ws/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((frame) => {
      const { type, payload } = JSON.parse(String(frame));
      if (type !== "message:send" || refused.has(payload.content)) {
        server.send(frame);
        return;
      }
      refused.add(payload.content);
      const nack = { clientId: payload.clientId, code: "internal", message: "no", retry: false };
      socket.send(JSON.stringify({ type: "nack", payload: nack }));
    });
    server.onMessage((frame) => socket.send(frame));
  });
  const tab = await alice.opensIn(page, "/");
  await tab.isConnected();
  await tab.sends("retried");
  await tab.sends("discarded");
  for (const text of ["retried", "discarded"]) {
    await tab.seesState(text, "failed");
    await expect(tab.message(text)).toContainText("Something went wrong on the server. Try again.");
  }
  await tab.page.getByRole("button", { name: "Retry: retried" }).click();
  await tab.seesStored("retried");
  await tab.page.getByRole("button", { name: "Discard: discarded" }).press("Enter");
  await expect(tab.messages).toBeFocused();
  await tab.seesInOrder(["retried"]);
  await his.seesInOrder(["retried"]);
  await tab.reloads();
  await tab.seesInOrder(["retried"]);
});
