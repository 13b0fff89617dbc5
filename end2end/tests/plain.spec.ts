// The page without JavaScript, in every language, on small screens.

import { expect, test } from "./support/story";

// Without scripts nobody comes for the WASM that the page's head announces.
const PRELOAD_UNUSED = /was preloaded using link preload but not used/;

test("without JavaScript the lobby reads and posts", async ({ someone, server, alice }) => {
  const plain = await someone({ javaScriptEnabled: false });
  plain.mayComplainOf(PRELOAD_UNUSED);
  const page = await plain.context.newPage();
  await page.goto(server.url);
  // What only scripts could make true is not said.
  for (const part of [page.getByTestId("status"), page.getByText(/here$/), page.getByText("Enter sends")]) {
    await expect(part).toBeHidden();
  }
  await page.getByRole("textbox", { name: "Message" }).fill("from a plain form");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page).toHaveURL(`${server.url}/#latest`);
  await expect(page.getByTestId("content")).toHaveText("from a plain form");
  const live = await alice.opens("/");
  await live.sees("from a plain form");
  await live.sends("from a live page");
  await live.seesStored("from a live page");
  await page.getByRole("link", { name: "Show new messages" }).click();
  await expect(page.getByTestId("content").last()).toHaveText("from a live page");
});

test("without JavaScript a refusal keeps what was typed", async ({ someone, server }) => {
  const plain = await someone({ javaScriptEnabled: false });
  plain.mayComplainOf(/status of 422/);
  plain.mayComplainOf(PRELOAD_UNUSED);
  const page = await plain.context.newPage();
  await page.goto(server.url);
  const long = `<b>${"x".repeat(10_001)}`;
  await page.getByRole("textbox", { name: "Message" }).fill(long);
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByTestId("refused")).toHaveText("A message has at most 10000 characters.");
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue(long);
});

for (const { locale, heading, send, people } of [
  { locale: "ru-RU", heading: "Холл", send: "Отправить", people: "здесь 1 человек" },
  { locale: "uk-UA", heading: "Хол", send: "Надіслати", people: "тут 1 людина" },
]) {
  test(`the page speaks ${locale}`, async ({ someone }) => {
    const person = await someone({ locale });
    const tab = await person.opens("/");
    await expect(tab.page.locator("html")).toHaveAttribute("lang", locale.slice(0, 2));
    await expect(tab.page.getByRole("heading", { level: 1 })).toHaveText(heading);
    await expect(tab.page.getByTestId("send")).toHaveText(send);
    await expect(tab.page.getByTestId("people-count")).toHaveText(people);
    await tab.page.getByRole("link", { name: "English" }).click();
    await tab.isAlive();
    await expect(tab.page.getByTestId("send")).toHaveText("Send");
    await tab.isConnected();
    await tab.reloads();
    await expect(tab.page.getByTestId("send")).toHaveText("Send");
  });
}

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1440, height: 900 };

for (const path of ["/", "/d/lobby", "/lab"]) {
  test(`${path} fits phone and desk in every language, light and dark`, async ({ someone }, info) => {
    for (const locale of ["en-GB", "ru-RU", "uk-UA"]) {
      const person = await someone({ viewport: PHONE, locale, hasTouch: true });
      const tab = await person.opens(path);
      await tab.isConnected();
      // A small screen shows the list at `/`, and no box to write in.
      if (path !== "/") {
        await tab.sends(`word ${"long".repeat(60)}`);
      }
      await tab.isEasyToHit();
      for (const viewport of [PHONE, DESK]) {
        for (const colorScheme of ["light", "dark"] as const) {
          await tab.page.setViewportSize(viewport);
          await tab.page.emulateMedia({ colorScheme });
          await tab.fitsItsWidth();
          expect(await tab.isDark()).toBe(colorScheme === "dark");
          const name = `${locale}-${viewport.width}-${colorScheme}`;
          await info.attach(name, { body: await tab.page.screenshot(), contentType: "image/png" });
        }
      }
    }
  });
}

test("the longest names and words fit a phone, and so does what one does with them", async ({ someone, alice }) => {
  const wide = "W".repeat(40);
  await alice.registers(wide);
  const person = await someone({ viewport: PHONE, hasTouch: true });
  await person.registers("Bob");
  const group = await person.beginsGroup("W".repeat(100), [alice]);
  await alice.says(group, `${"W".repeat(300)}\n\`\`\`\n${"code ".repeat(60)}\n\`\`\`\nhttps://example.org/${"w".repeat(200)}`);
  const tab = await person.opens(`/d/${group}`);
  await tab.isConnected();
  await tab.sends(`long${"long".repeat(60)}`);
  await tab.seesStored(`long${"long".repeat(60)}`);
  await tab.fitsItsWidth();
  await tab.page.getByTestId("message").last().getByRole("article").tap();
  await expect(tab.page.getByTestId("actions")).toBeInViewport();
  await tab.page.getByTestId("reply").tap();
  await tab.fitsItsWidth();
  await tab.page.getByTestId("details-open").tap();
  await expect(tab.page.getByTestId("remove")).toBeVisible();
  await tab.fitsItsWidth();
  const details = tab.page.getByTestId("details");
  expect(await details.evaluate((window) => window.scrollWidth - window.clientWidth), "nor is it wider inside").toBe(0);
  await tab.opens("/");
  await tab.fitsItsWidth();
});

test("on a phone, too, one sees who is here, with keys alone", async ({ someone }) => {
  const person = await someone({ viewport: PHONE });
  const tab = await person.opens("/d/lobby");
  const [open, list] = [tab.page.getByTestId("people-open"), tab.page.getByTestId("people")];
  await expect(open).toHaveAccessibleName("1 person here");
  await expect(list).toBeHidden();
  await open.press("Enter");
  await expect(list).toBeInViewport();
  await expect(list).toContainText("You");
  await tab.page.keyboard.press("Escape");
  await expect(list).toBeHidden();
  await tab.page.setViewportSize(DESK);
  await open.press("Enter");
  await expect(list).toBeInViewport();
});

test("with keys alone one gets past the header, to the messages, writes and sends", async ({ alice }) => {
  const tab = await alice.opens("/");
  await tab.isConnected();
  await tab.page.keyboard.press("Tab");
  const skip = tab.page.getByRole("link", { name: "Skip to the messages" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await tab.page.keyboard.press("Enter");
  await expect(tab.messages).toBeFocused();
  await tab.page.keyboard.press("Tab");
  await expect(tab.input).toBeFocused();
  await tab.page.keyboard.type("with Enter");
  await tab.page.keyboard.press("Enter");
  await tab.seesStored("with Enter");
  await expect(tab.input).toBeFocused();
  await tab.page.keyboard.type("with the button");
  await tab.page.keyboard.press("Tab");
  await expect(tab.page.getByTestId("send")).toBeFocused();
  await tab.page.keyboard.press("Enter");
  await tab.seesStored("with the button");
  await tab.page.getByRole("link", { name: "Lab", exact: true }).press("Enter");
  await tab.isAlive();
  await tab.page.keyboard.press("Tab");
  await expect(skip).toBeFocused();
});

test("who changes the language in the lab stays there", async ({ alice }) => {
  const lab = await alice.opens("/lab");
  await lab.isConnected();
  await expect(lab.page.getByText("Only on a server that runs with --demo")).toBeVisible();
  await lab.page.getByRole("link", { name: "RU, Русский" }).click();
  await expect(lab.page.locator("html")).toHaveAttribute("lang", "ru");
  expect(new URL(lab.page.url()).pathname).toBe("/lab");
});

test("the time of a message is the viewer's", async ({ someone, server }) => {
  const kyiv = await someone({ timezoneId: "Europe/Kyiv" });
  const tab = await kyiv.opens("/");
  await tab.sends("what time is it");
  await tab.seesStored("what time is it");
  const shown = await tab.message("what time is it").locator("time").first();
  const expected = await tab.page.evaluate(
    (at) => new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(new Date(at!)),
    await shown.getAttribute("datetime"),
  );
  await expect(shown).toHaveText(expected);
  expect(server.url).toContain("127.0.0.1");
});

test("a day begins where the viewer's does", async ({ someone, alice, server }) => {
  await alice.context.request.get(server.url);
  await alice.says("lobby", "on which day?");
  const said = new Date();
  // Two clocks, twelve hours later: for one it was in the morning of that day, for the other in the evening.
  const places = [
    { hour: 6, day: "Today" },
    { hour: 18, day: "Yesterday" },
  ];
  for (const { hour, day } of places) {
    // The names of these zones count to the west.
    const east = ((hour - said.getUTCHours() + 36) % 24) - 12;
    const timezoneId = `Etc/GMT${east > 0 ? "-" : "+"}${Math.abs(east)}`;
    const person = await someone({ timezoneId });
    const page = await person.context.newPage();
    await page.clock.setFixedTime(new Date(said.getTime() + 12 * 3_600_000));
    const tab = await person.opensIn(page, "/d/lobby");
    await expect(tab.page.getByTestId("day")).toHaveText(day);
  }
});

test.describe("a long history, without JavaScript", () => {
  test.use({ serverOptions: { environment: { CONFAB_LIMITS_SENDS_BURST: "1000" } } });

  test("one reads back, and lands on what one looked for", async ({ someone, server, alice }) => {
    await alice.registers("Alice");
    for (let number = 1; number <= 120; number++) {
      await alice.says("lobby", number === 7 ? "the blue umbrella" : `line ${number}`);
    }
    const plain = await someone({ javaScriptEnabled: false });
    plain.mayComplainOf(PRELOAD_UNUSED);
    const page = await plain.context.newPage();
    await page.goto(`${server.url}/d/lobby`);
    await expect(page.getByTestId("content").first()).toHaveText("line 71");
    await page.getByRole("link", { name: "Older messages" }).click();
    await expect(page.locator("#m71")).toBeInViewport();
    await expect(page.getByText("line 60", { exact: true })).toBeAttached();
    await page.getByRole("link", { name: "Show new messages" }).click();
    await expect(page.getByText("line 120", { exact: true })).toBeInViewport();
    await page.goto(`${server.url}/search?query=umbrella`);
    await page.getByTestId("found-message").getByRole("link").click();
    await expect(page.getByText("the blue umbrella")).toBeInViewport();
    const live = await alice.opens("/d/lobby");
    await expect(live.page.getByTestId("earlier"), "scripts fetch it by themselves").toBeHidden();
  });
});

test("with colours of one's own, what is open, in focus, there and read is still told", async ({ alice, bob }) => {
  await alice.registers("Alice");
  await bob.registers("Bob");
  const dialog = await alice.writesTo(bob);
  const tab = await alice.opens(`/d/${dialog}`);
  await tab.page.emulateMedia({ forcedColors: "active" });
  await tab.isConnected();
  await tab.sends("hello");
  await (await bob.opens(`/d/${dialog}`)).isConnected();
  await tab.seesState("hello", "read");
  const style = (part: ReturnType<typeof tab.dialog>, name: "outlineStyle" | "textDecorationLine" | "backgroundColor") =>
    part.evaluate((element, name) => getComputedStyle(element)[name], name);
  expect(await style(tab.dialog("Bob"), "outlineStyle")).toBe("solid");
  expect(await style(tab.message("hello").getByRole("article"), "outlineStyle")).toBe("solid");
  expect(await style(tab.message("hello").getByTestId("delivery"), "textDecorationLine")).toBe("underline");
  const [page, dot] = [tab.page.locator("body"), tab.dialog("Bob").getByTestId("presence")];
  expect(await style(dot, "backgroundColor")).not.toBe(await style(page, "backgroundColor"));
  await tab.input.focus();
  expect(await style(tab.input, "outlineStyle")).toBe("solid");
});
