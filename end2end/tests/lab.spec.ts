// Document 000's checks, on the page that mirrors its demo.

import { SOCKET_FAILED, expect, test } from "./support/story";

test.describe("the connection lab", () => {
  test.use({ serverOptions: { demo: true, environment: { CONFAB_HUB_HEARTBEAT_INTERVAL: "1s" } } });

  test("greets with the client's number, and the heart beats", async ({ alice }) => {
    const lab = await alice.opens("/lab");
    await expect(lab.event("welcome")).toHaveText(/^🔌 Welcome, client #1 \(\d\d:\d\d:\d\d\)$/);
    await expect(lab.event("heartbeat").nth(1)).toHaveText(/^❤️ Server pulse \(\d\d:\d\d:\d\d\)$/);
    await expect(lab.frame("connection_established")).toHaveCount(1);
    await expect(lab.page.locator('[data-testid="state"][data-lit]')).toHaveAttribute("data-state", "open");
    await expect(lab.page.getByRole("img", { name: "States of the connection: Connected" })).toBeVisible();
    await expect(lab.page.getByText("The last 200 frames, and of each the first 2000 characters.")).toBeVisible();
    await expect(lab.page.getByTestId("round-trip")).toHaveText(/^\d+ ms$/);
  });

  test("shows what is said, to oneself and to others", async ({ alice, bob }) => {
    const lab = await alice.opens("/lab");
    const other = await bob.opens("/lab");
    await expect(other.event("heartbeat").first()).toBeVisible();
    await lab.sends("Hello!");
    await expect(lab.event("chat")).toHaveText(/^💬 You: Hello! \(\d\d:\d\d:\d\d\)$/);
    await expect(other.event("chat")).toHaveText(/^💬 Guest \d+: Hello! \(/);
  });

  test("says what is wrong with a wrong address, and finds back", async ({ alice }) => {
    alice.mayComplainOf(SOCKET_FAILED);
    const lab = await alice.opens("/lab");
    await expect(lab.event("welcome")).toHaveCount(1);
    await lab.page.getByRole("button", { name: "Wrong address" }).click();
    await expect(lab.event("error").first()).toHaveText(
      /^❌ Connection error: the server does not answer \(\d\d:\d\d:\d\d\)$/,
    );
    await expect(lab.page.getByTestId("state-detail")).toHaveText("the server does not answer");
    await lab.page.getByTestId("lab-reconnect").click();
    await lab.isConnected();
    await expect(lab.event("welcome")).toHaveCount(2);
  });

  test("comes back as a new client when the server closes after 15 s", async ({ alice }) => {
    const lab = await alice.opens("/lab");
    await expect(lab.event("welcome")).toHaveCount(1);
    await lab.page.getByRole("button", { name: "Server closes after 15 s" }).click();
    await expect(lab.event("welcome")).toHaveCount(2);
    await expect(lab.event("disconnected")).toHaveText(/^❌ Disconnected: closed by the server \(1001\) \(/, {
      timeout: 40_000,
    });
    await expect(lab.page.getByTestId("frame").filter({ hasText: "close 1001 closeAfter is over" })).toHaveCount(1);
    await expect(lab.event("welcome")).toHaveCount(3);
    await expect(lab.event("welcome").first()).toHaveText(/client #3/);
    await lab.isConnected();
  });

  test("mends a dropped connection by itself", async ({ alice }) => {
    const lab = await alice.opens("/lab");
    await expect(lab.event("welcome")).toHaveCount(1);
    await lab.page.getByRole("button", { name: "Drop the connection" }).click();
    await expect(lab.event("disconnected")).toHaveText(/dropped on purpose/);
    await expect(lab.event("welcome")).toHaveCount(2);
  });

  test("hears why a frame was too big", async ({ alice }) => {
    const lab = await alice.opens("/lab");
    await expect(lab.event("welcome")).toHaveCount(1);
    await lab.page.getByRole("button", { name: "Send too big a frame" }).click();
    await expect(lab.event("disconnected")).toHaveText(/^❌ Disconnected: a frame was too big \(1009\) \(/);
    await expect(lab.event("welcome")).toHaveCount(2);
  });

  test("hears only the topics that are ticked", async ({ alice, bob }) => {
    const lab = await alice.opens("/lab");
    const other = await bob.opens("/");
    await other.isConnected();
    await lab.isConnected();
    const subscribed = await lab.frame("subscribe").count();
    await lab.page.getByRole("checkbox", { name: "chat" }).uncheck();
    await expect(lab.frame("unsubscribe")).toHaveCount(1);
    // The beat after the frame shows that the server has taken it in.
    const beats = await lab.event("heartbeat").count();
    await expect(lab.event("heartbeat").nth(beats)).toBeVisible();
    await other.sends("not for the lab");
    await other.seesStored("not for the lab");
    await lab.page.getByRole("checkbox", { name: "chat" }).check();
    await expect(lab.frame("subscribe")).toHaveCount(subscribed + 1);
    const later = await lab.event("heartbeat").count();
    await expect(lab.event("heartbeat").nth(later)).toBeVisible();
    await other.sends("for the lab");
    await expect(lab.event("chat")).toHaveText(/for the lab/);
  });
});
