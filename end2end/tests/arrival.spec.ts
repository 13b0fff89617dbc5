// What comes with the page: shown at once, and asked for a second time only if it has changed.

import type { Page } from "@playwright/test";

import { connected } from "./support/person";
import { expect, test } from "./support/story";

// What a page asks the server for besides itself and its files.
function questions(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/")) {
      asked.push(`${request.method()} ${pathname}`);
    }
  });
  return asked;
}

for (const place of ["the lobby", "a dialog"]) {
  test(`a page that came with ${place} asks for nothing of it again`, async ({ alice, bob }) => {
    await alice.registers("Alice");
    await bob.registers("Bob");
    const dialog = await alice.writesTo(bob);
    await bob.says(dialog, "before");
    const page = await alice.context.newPage();
    const asked = questions(page);
    const isGreeted = connected(page);
    const hers = await alice.opensIn(page, place === "a dialog" ? `/d/${dialog}` : "/");
    // What Bob says later comes by the socket, and is no change between the page and the socket.
    await isGreeted;
    await bob.says(dialog, "after");
    await expect(hers.dialog("Bob").getByTestId("preview")).toHaveText("after");
    expect(asked).toEqual([]);
  });
}

test("what happens between the page and its socket is on the screen", async ({ alice, bob }) => {
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await alice.writesTo(bob);
  await alice.says(dialog, "hello");
  const page = await alice.context.newPage();
  const asked = questions(page);
  let letIn = () => {};
  const held = new Promise<void>((resolve) => (letIn = resolve));
  await page.routeWebSocket(/\/ws/, async (socket) => {
    await held;
    socket.connectToServer();
  });
  const hers = await alice.opensIn(page, `/d/${dialog}`);
  await hers.seesState("hello", "stored");
  await bob.asks(`/api/dialogs/${dialog}/read`, { seq: 1 });
  const group = await bob.beginsGroup("Walks", [alice]);
  await bob.says(group, "On Sunday?");
  letIn();
  await hers.isConnected();
  await hers.seesState("hello", "read");
  await expect(hers.dialog("Walks").getByTestId("preview")).toHaveText(/On Sunday\?/);
  expect(asked.sort()).toEqual(["GET /api/dialogs", `GET /api/dialogs/${dialog}`]);
});

test("a dialog opened before the socket is as true as the one that came with the page", async ({ alice, bob, someone }) => {
  const cem = await someone();
  for (const [person, name] of [[alice, "Alice"], [bob, "Bob"], [cem, "Cem"]] as const) {
    await person.registers(name);
  }
  const [first, second] = [await alice.writesTo(bob), await alice.writesTo(cem)];
  await alice.says(first, "to Bob");
  await alice.says(second, "to Cem");
  const page = await alice.context.newPage();
  let letIn = () => {};
  const held = new Promise<void>((resolve) => (letIn = resolve));
  await page.routeWebSocket(/\/ws/, async (socket) => {
    await held;
    socket.connectToServer();
  });
  let letCome = () => {};
  const late = new Promise<void>((resolve) => (letCome = resolve));
  await page.route(`**/api/messages/dialog/${second}`, async (route) => {
    await late;
    await route.continue();
  });
  const hers = await alice.opensIn(page, `/d/${first}`);
  const details = page.waitForResponse(`**/api/dialogs/${second}`);
  await hers.opensDialog("Cem");
  await (await details).finished();
  await cem.asks(`/api/dialogs/${second}/read`, { seq: 1 });
  letIn();
  await hers.isConnected();
  letCome();
  await hers.seesState("to Cem", "read");
});
