// People in the lobby.

import { expect, test } from "./support/story";

test("two people chat both ways", async ({ alice, bob }) => {
  const hers = await alice.opens("/");
  const his = await bob.opens("/");
  await hers.isConnected();
  await his.isConnected();
  await hers.sends("Привіт, Bob!");
  await his.sees("Привіт, Bob!");
  await his.sends("Hello, Alice!");
  await hers.sees("Hello, Alice!");
  await hers.seesStored("Привіт, Bob!");
  await hers.seesInOrder(["Привіт, Bob!", "Hello, Alice!"]);
  await his.seesInOrder(["Привіт, Bob!", "Hello, Alice!"]);
});

test("what was said is there after a reload, before the socket is", async ({ alice }) => {
  const tab = await alice.opens("/");
  await tab.sends("remember me");
  await tab.seesStored("remember me");
  const response = await alice.context.request.get(tab.page.url());
  expect(await response.text()).toContain("remember me");
  await tab.reloads();
  await tab.sees("remember me");
});

test("a bubble is there at once and is stored a moment later", async ({ alice }) => {
  const tab = await alice.opens("/");
  await tab.isConnected();
  // In the same task as the key: nothing has come back from anywhere yet.
  const states = await tab.page.evaluate(() => {
    const input = document.querySelector<HTMLTextAreaElement>("[data-testid=input]")!;
    input.value = "at once";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.form!.requestSubmit();
    return new Promise<string[]>((resolve) => {
      requestAnimationFrame(() => {
        const signs = document.querySelectorAll("[data-testid=delivery]");
        resolve([...signs].map((sign) => sign.getAttribute("data-state")!));
      });
    });
  });
  expect(states).toHaveLength(1);
  await tab.seesStored("at once");
});

test("many messages keep their order and stand once each", async ({ alice, bob }) => {
  const hers = await alice.opens("/");
  const his = await bob.opens("/");
  await hers.isConnected();
  await his.isConnected();
  const texts = Array.from({ length: 25 }, (_, index) => `number ${index}`);
  for (const text of texts) {
    await hers.sends(text);
  }
  await his.seesInOrder(texts);
  await hers.seesInOrder(texts);
});

test.describe("where one may be gone for a while", () => {
  // A busy machine takes longer than the second of the default to load a page. That one who stays away
  // has left is told elsewhere (`server/tests/server/people.rs`).
  test.use({ serverOptions: { environment: { CONFAB_HUB_PRESENCE_GRACE: "1m" } } });

  test("a reload is no leave for the other person", async ({ alice, bob }) => {
    const hers = await alice.opens("/lab");
    await hers.isConnected();
    const his = await bob.opens("/");
    await his.isConnected();
    await expect(hers.frame("joined")).toHaveCount(1);
    await his.reloads();
    await his.isConnected();
    await his.sends("still here");
    await expect(hers.event("chat")).toHaveText(/still here/);
    await expect(hers.frame("disconnected")).toHaveCount(0);
    await expect(hers.frame("joined")).toHaveCount(1);
  });
});

test("two tabs are one person", async ({ alice, bob }) => {
  const first = await alice.opens("/");
  await first.seesPeople(1);
  const second = await alice.opens("/");
  await second.seesPeople(1);
  const his = await bob.opens("/");
  await his.seesPeople(2);
  await first.seesPeople(2);
  await first.sends("from the first tab");
  await second.sees("from the first tab");
  await second.seesStored("from the first tab");
  await first.page.close();
  await his.seesPeople(2);
  await second.page.close();
  await his.seesPeople(1);
});

test("HTML and wild text are text", async ({ alice, bob }) => {
  const hers = await alice.opens("/");
  const his = await bob.opens("/");
  await his.isConnected();
  const wild = '<img src=x onerror="window.broken=1"><b>bold</b> & </script> \u202eright to left';
  await hers.sends(wild);
  await his.sees(wild);
  await his.reloads();
  await his.sees(wild);
  expect(await his.page.evaluate(() => "broken" in window)).toBe(false);
});

test("a blank or endless message is refused and nothing typed is lost", async ({ alice }) => {
  const tab = await alice.opens("/");
  await tab.isConnected();
  await tab.types("   ");
  await tab.input.press("Enter");
  await expect(tab.page.getByTestId("refused")).toHaveText("There is nothing to send: the message is empty.");
  const long = "x".repeat(10_001);
  await tab.types(long);
  await tab.input.press("Enter");
  await expect(tab.page.getByTestId("refused")).toHaveText("A message has at most 10000 characters.");
  await expect(tab.input).toHaveValue(long);
  await tab.types("short enough");
  await tab.input.press("Enter");
  await tab.seesStored("short enough");
});

test("what is typed survives a reload", async ({ alice }) => {
  const tab = await alice.opens("/");
  // A socket that is left while it opens makes Chromium complain.
  await tab.isConnected();
  await tab.types("half a thought");
  await tab.reloads();
  await expect(tab.input).toHaveValue("half a thought");
});

test("Shift+Enter starts a line, Enter sends", async ({ alice }) => {
  const tab = await alice.opens("/");
  await tab.isConnected();
  await tab.input.pressSequentially("one");
  await tab.input.press("Shift+Enter");
  await tab.input.pressSequentially("two");
  await tab.input.press("Enter");
  await expect(tab.page.getByTestId("content")).toHaveText("one\ntwo", { useInnerText: true });
});

test("who reads back is not pulled to the end, and is told what is new", async ({ alice, bob }) => {
  const hers = await alice.opens("/");
  const his = await bob.opens("/");
  await his.isConnected();
  for (let index = 0; index < 20; index += 1) {
    await hers.sends(`line ${index}\n\n\nend ${index}`);
  }
  await expect(his.page.getByTestId("message")).toHaveCount(20);
  await his.message("line 3\n\n\nend 3").evaluate((message) => message.scrollIntoView({ block: "start" }));
  const place = () => his.message("line 3\n\n\nend 3").evaluate((message) => message.getBoundingClientRect().top);
  const before = await place();
  const button = his.page.getByTestId("new-messages");
  await expect(button).toBeVisible();
  await hers.sends("news");
  await expect(button).toHaveText("1 new message");
  expect(Math.abs((await place()) - before)).toBeLessThanOrEqual(2);
  await button.click();
  await expect(his.messages).toBeFocused();
  await expect(his.message("news")).toBeInViewport();
});

test("history is not read aloud, what comes after it is", async ({ alice, bob }) => {
  const hers = await alice.opens("/");
  await hers.sends("from before");
  await hers.seesStored("from before");
  const page = await bob.context.newPage();
  // Noted in the page: what the log says of itself whenever a message enters it.
  await page.addInitScript(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    new MutationObserver((changes) => {
      for (const change of changes) {
        for (const node of change.addedNodes) {
          const log = (node.parentElement ?? undefined)?.closest("[role=log]");
          if (log && node instanceof HTMLLIElement && node.dataset.testid === "message") {
            heard.push(`${log.getAttribute("aria-live")}: ${node.querySelector("[data-testid=content]")?.textContent}`);
          }
        }
      }
    }).observe(document, { subtree: true, childList: true });
  });
  const his = await bob.opensIn(page, "/");
  await his.isConnected();
  await expect(his.messages).toHaveAttribute("aria-live", "polite");
  await hers.sends("news");
  await his.sees("news");
  const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard);
  expect(heard.filter((line) => line.startsWith("polite"))).toEqual(["polite: news"]);
});
