// The page without JavaScript, in every language, on small screens.

import { expect, test } from "./support/story";

// Without scripts nobody comes for the WASM that the page's head announces.
const PRELOAD_UNUSED = /was preloaded using link preload but not used/;

test("without JavaScript the lobby reads and posts", async ({ someone, server, alice }) => {
  const plain = await someone({ javaScriptEnabled: false });
  plain.mayComplainOf(PRELOAD_UNUSED);
  const page = await plain.context.newPage();
  await page.goto(server.url);
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

for (const path of ["/", "/lab"]) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`${path} fits a small screen in ${colorScheme}`, async ({ someone }, info) => {
      const person = await someone({ viewport: { width: 390, height: 844 }, colorScheme });
      const tab = await person.opens(path);
      await tab.isConnected();
      await tab.sends(`word ${"long".repeat(60)}`);
      const width = await tab.page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(390);
      await info.attach("screenshot", { body: await tab.page.screenshot(), contentType: "image/png" });
    });
  }
}

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
