// Coming in, staying in, and leaving; and document 001's two scenarios.

import { inFrontOrNot } from "./support/front";
import { expect, test } from "./support/story";

const DEMO_PASSWORD = "confab-demo";

test.describe("with the people of document 001", () => {
  test.use({ serverOptions: { demo: true } });

  test("scenario 1: who has the dialog open sees a message at once", async ({ alice, bob }) => {
    const tabs = [];
    for (const [person, login] of [
      [alice, "79111111111"],
      [bob, "79777777777"],
    ] as const) {
      const page = await person.context.newPage();
      const tab = await person.opensIn(page, "/login");
      const form = page.locator("form[action='/login']");
      await form.getByRole("textbox", { name: "Login" }).fill(login);
      await form.getByLabel("Password").fill(DEMO_PASSWORD);
      await form.getByRole("button", { name: "Sign in" }).click();
      await tab.isConnected();
      tabs.push(tab);
    }
    const [first, second] = tabs as [(typeof tabs)[0], (typeof tabs)[0]];
    await first.opensDialog("Мария Иванова");
    await second.opensDialog("Александр Петров");
    await first.sends("Test message");
    await second.sees("Test message");
    await second.sends("И обратно");
    await first.sees("И обратно");
  });

  test("scenario 2: the server restarts while the dialog is open", async ({ alice, bob, server }) => {
    await alice.signsIn("79111111111", DEMO_PASSWORD);
    await bob.signsIn("79777777777", DEMO_PASSWORD);
    const tabs = [await alice.opens("/"), await bob.opens("/")] as const;
    await tabs[0].opensDialog("Мария Иванова");
    await tabs[1].opensDialog("Александр Петров");
    for (const person of [alice, bob]) {
      person.mayComplainOf(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/);
    }
    await tabs[0].isConnected();
    await tabs[1].isConnected();
    await server.stop();
    for (const tab of tabs) await expect(tab.status).not.toHaveAttribute("data-state", "open");
    await server.start();
    for (const tab of tabs) {
      await expect(tab.status).toHaveAttribute("data-state", "open", { timeout: 40_000 });
    }
    await tabs[0].sends("After the restart");
    await tabs[1].sees("After the restart");
  });
});

test("a guest comes in with one click, chooses a name, and keeps the account", async ({ alice, bob }) => {
  const tab = await alice.opens("/");
  await tab.isConnected();
  await tab.sends("as a guest");
  await tab.seesStored("as a guest");
  await tab.page.goto(new URL("/settings", tab.page.url()).href);
  const name = tab.page.locator("form[action='/settings/name']");
  await name.getByRole("textbox").fill("Alice");
  await name.getByRole("button").click();
  await tab.page.goto(new URL("/login", tab.page.url()).href);
  const form = tab.page.locator("form[action='/register']");
  await form.getByRole("textbox", { name: "Login" }).fill("alice@example.org");
  await form.getByRole("textbox", { name: "Name" }).fill("Alice");
  await form.getByLabel("Password").fill("a long walk home");
  await form.getByRole("button").click();
  await tab.isConnected();
  await expect(tab.message("as a guest"), "still hers").toHaveAttribute("data-mine", "");
  const other = await bob.opens("/");
  await other.isConnected();
  await other.page.goto(new URL("/login", other.page.url()).href);
  const sign = other.page.locator("form[action='/login']");
  await sign.getByRole("textbox", { name: "Login" }).fill("Alice@Example.org");
  await sign.getByLabel("Password").fill("a long walk home");
  await sign.getByRole("button").click();
  await other.isConnected();
  await expect(other.message("as a guest")).toHaveAttribute("data-mine", "");
});

test("on the page to sign in on, too, one click makes a guest", async ({ alice, server }) => {
  const page = await alice.context.newPage();
  await page.goto(`${server.url}/login`);
  const tab = await alice.opensIn(page, "/login");
  await page.locator("form[action='/guest']").getByRole("button").click();
  await expect(page).toHaveURL(`${server.url}/`);
  await tab.isConnected();
  await tab.sends("in with one click");
  await tab.seesStored("in with one click");
});

test("a new password is weighed while it is typed", async ({ alice }) => {
  const tab = await alice.opens("/login");
  const form = tab.page.locator("form[action='/register']");
  const password = form.getByLabel("Password");
  await form.getByRole("textbox", { name: "Name" }).fill("Alice Liddell");
  for (const [text, verdict] of [
    ["short", "Too short."],
    ["password1", "Too weak: among the first that anyone would guess."],
    ["a long walk home by the river", "Strong."],
    ["", ""],
  ] as const) {
    await password.fill(text);
    await expect(form.locator("output")).toHaveText(verdict);
  }
});

test("signing out everywhere closes the other device", async ({ alice, someone }) => {
  await alice.registers("Alice");
  const phone = await someone();
  await phone.signsIn("Alice");
  const pocket = await phone.opens("/d/lobby?at=1");
  await pocket.isConnected();
  await pocket.input.focus();
  const desk = await alice.opens("/settings");
  await desk.isConnected();
  await desk.page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(pocket.status).toHaveAttribute("data-state", "closed");
  await expect(pocket.page.getByTestId("toast")).toHaveText("You have been signed out.Sign in");
  await expect(pocket.input, "the toast takes no focus").toBeFocused();
  await expect(pocket.page.getByTestId("sign-in"), "and leads back").toHaveAttribute("href", "/login?to=%2Fd%2Flobby%3Fat%3D1");
  phone.mayComplainOf(/status of 401/);
  const answer = await phone.context.request.get(new URL("/api/me", pocket.page.url()).href);
  expect(answer.status()).toBe(401);
});

test("without JavaScript one signs in, opens a dialog, reads and writes", async ({ someone, server, alice, bob }) => {
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await alice.writesTo(bob);
  await alice.says(dialog, "for whoever has no scripts");
  const plain = await someone({ javaScriptEnabled: false });
  plain.mayComplainOf(/was preloaded using link preload but not used/);
  const page = await plain.context.newPage();
  await page.goto(`${server.url}/login`);
  const form = page.locator("form[action='/login']");
  await form.getByRole("textbox", { name: "Login" }).fill("Bob");
  await form.getByLabel("Password").fill("a long walk home");
  await form.getByRole("button").click();
  await page.getByRole("link", { name: /Alice/ }).click();
  await expect(page.getByTestId("content")).toHaveText("for whoever has no scripts");
  await page.getByRole("textbox", { name: "Message" }).fill("from a plain form");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page).toHaveURL(new RegExp(`/d/${dialog}#latest$`));
  await expect(page.getByTestId("content")).toHaveText(["for whoever has no scripts", "from a plain form"]);
  const hers = await alice.opens(`/d/${dialog}`);
  await hers.sees("from a plain form");
});

test("everything is done with the keyboard alone", async ({ alice, bob, someone }) => {
  const cem = await someone();
  await alice.registers("Alice");
  await bob.registers("Bob");
  await cem.registers("Cem");
  for (const other of [bob, cem]) {
    await alice.says(await alice.writesTo(other), "hello");
  }
  const tab = await alice.opens("/");
  const { keyboard } = tab.page;
  await tab.isConnected();
  await keyboard.press("Control+k");
  await keyboard.type("Bob");
  await expect(tab.page.getByTestId("result").first()).toContainText("Bob");
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await tab.isAt("Bob");
  await expect(tab.input).toBeFocused();
  await keyboard.type("first line");
  await keyboard.press("Shift+Enter");
  await keyboard.type("second line");
  await keyboard.press("Enter");
  await expect(tab.page.getByTestId("content").last()).toHaveText("first line\nsecond line", { useInnerText: true });
  await expect(tab.page.getByTestId("delivery").last()).toHaveAttribute("data-state", /stored|delivered/);
  await keyboard.press("ArrowUp");
  await expect(tab.page.getByTestId("composing")).toBeVisible();
  await keyboard.press("Escape");
  await expect(tab.page.getByTestId("composing")).toBeHidden();
  await keyboard.press("ArrowUp");
  await keyboard.press("End");
  await keyboard.type(", better");
  await keyboard.press("Enter");
  await expect(tab.page.getByTestId("edited").last()).toHaveText("edited");
  await expect(tab.input).toBeFocused();
  const order = await tab.page.getByTestId("dialog-name").allTextContents();
  await keyboard.press("Alt+ArrowDown");
  await tab.isAt(order[order.indexOf("Bob") + 1]!);
  await keyboard.press("Alt+ArrowUp");
  await tab.isAt("Bob");
  await tab.page.getByTestId("messages").focus();
  await keyboard.press("?");
  await expect(tab.page.getByTestId("keys")).toBeVisible();
  await keyboard.press("Escape");
  await expect(tab.page.getByTestId("keys")).toBeHidden();
});

test("what one has not sent does not go out under the name of who signs in next", async ({ alice, bob, server }) => {
  alice.mayComplainOf(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/);
  await alice.registers("Alice");
  await bob.registers("Bob");
  const page = await alice.context.newPage();
  let mayOpen = Promise.resolve();
  await page.routeWebSocket(/\/ws/, async (socket) => {
    await mayOpen;
    socket.connectToServer();
  });
  const tab = await alice.opensIn(page, "/");
  await tab.isConnected();
  // In the same browser, and before the page has found its way back.
  let letIn = () => {};
  mayOpen = new Promise((resolve) => (letIn = resolve));
  await server.stop();
  await expect(tab.status).not.toHaveAttribute("data-state", "open");
  await tab.sends("hers alone");
  await tab.seesState("hers alone", "queued");
  await tab.types("her draft");
  await server.start();
  await alice.signsIn("Bob");
  const becomesHis = page.waitForEvent("load");
  letIn();
  await becomesHis;
  await tab.isAlive();
  await tab.isConnected();
  await expect(tab.input).toHaveValue("");
  await tab.doesNotSee("hers alone");
  await page.goto(`${server.url}/login`);
  const form = page.locator("form[action='/login']");
  await form.getByRole("textbox", { name: "Login" }).fill("Alice");
  await form.getByLabel("Password").fill("a long walk home");
  await form.getByRole("button").click();
  await tab.isAlive();
  await tab.seesStored("hers alone");
  await expect(tab.message("hers alone")).toHaveAttribute("data-mine", "");
  await expect(tab.input).toHaveValue("her draft");
});

for (const before of ["a guest", "Alice"]) {
  test(`a tab of ${before} becomes the page of who signs in in another tab`, async ({ alice, bob }) => {
    await bob.registers("Bob");
    await bob.says("lobby", "mine, says Bob");
    if (before === "Alice") {
      await alice.registers("Alice");
    }
    const { tab, turns } = await inFrontOrNot(alice, "/");
    await tab.isConnected();
    await expect(tab.message("mine, says Bob")).not.toHaveAttribute("data-mine");
    const other = await alice.opens("/login");
    const form = other.page.locator("form[action='/login']");
    await form.getByRole("textbox", { name: "Login" }).fill("Bob");
    await form.getByLabel("Password").fill("a long walk home");
    await form.getByRole("button").click();
    await other.isConnected();
    await expect(tab.page.getByTestId("sign-in")).toBeVisible();
    await turns("blurred", false);
    await expect(tab.message("mine, says Bob")).toHaveAttribute("data-mine", "");
    await tab.isConnected();
  });
}
