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
