// What axe-core has to say of every page: nothing, whatever the impact.

import { readFileSync } from "node:fs";

import type { AxeResults, RunOptions } from "axe-core";

import type { Person, Tab } from "./support/person";
import { expect, test } from "./support/story";

// A page's policy lets no script of another in; what the browser's debugger says is not asked.
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

interface Window {
  axe: { run: (options: RunOptions) => Promise<AxeResults> };
}

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

type Scheme = "light" | "dark";

async function findings(tab: Tab, state: string, scheme: Scheme): Promise<string[]> {
  const { page } = tab;
  expect(await tab.isDark(), `${state} is ${scheme}`).toBe(scheme === "dark");
  await page.evaluate(AXE);
  // In the dark a page is made as it is in the light; only its colours are others.
  const runOnly = scheme === "dark" ? ["color-contrast", "link-in-text-block"] : undefined;
  const options: RunOptions = { resultTypes: ["violations"], runOnly };
  const found: string[] = [];
  for (const viewport of [DESK, PHONE]) {
    await page.setViewportSize(viewport);
    const { violations } = await page.evaluate((options) => (window as unknown as Window).axe.run(options), options);
    for (const { id, impact, nodes } of violations) {
      found.push(...nodes.map((node) => `${state} at ${viewport.width}: ${impact} ${id}: ${node.html}`));
    }
  }
  await page.setViewportSize(DESK);
  return found;
}

// A group in which everything has happened that can happen to a message.
async function livelyGroup(alice: Person, bob: Person): Promise<string> {
  const group = await alice.beginsGroup("Tea", [bob]);
  const messages = `/api/messages/dialog/${group}`;
  const first = await bob.asks(messages, { content: "**Tea** at five? https://example.org" });
  await alice.asks(messages, { content: "`yes`\n```\nlet tea = true;\n```", replyTo: first.messageId });
  await bob.asks(`${messages}/${first.messageId}`, { content: "Tea at six?" }, "PATCH");
  const wrong = await bob.asks(messages, { content: "wrong window" });
  await bob.asks(`${messages}/${wrong.messageId}`, undefined, "DELETE");
  return group;
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`no page gives axe anything to say, ${colorScheme}`, async ({ someone }) => {
    const [alice, bob, nobody] = [await someone({ colorScheme }), await someone(), await someone({ colorScheme })];
    await alice.registers("Alice");
    await bob.registers("Bob");
    const group = await livelyGroup(alice, bob);
    const foreign = await bob.asks("/api/dialogs", { kind: "direct", members: [alice.id] });
    await bob.says(foreign.dialogId, "tea?");
    const tab = await alice.opens(`/d/${group}`);
    const found = await findings(tab, "a group", colorScheme);
    await tab.page.getByTestId("message").last().hover();
    found.push(...(await findings(tab, "a group, with what can be done", colorScheme)));
    await tab.page.getByTestId("details-open").click();
    found.push(...(await findings(tab, "details", colorScheme)));
    await tab.page.keyboard.press("Escape");
    await tab.page.keyboard.press("Control+k");
    await tab.page.keyboard.type("tea");
    await expect(tab.page.getByTestId("result")).not.toHaveCount(0);
    found.push(...(await findings(tab, "palette", colorScheme)));
    alice.mayComplainOf(/status of 403/);
    for (const path of ["/", "/d/none-of-hers", "/settings", "/people", "/search?query=tea", "/lab"]) {
      await tab.opens(path);
      found.push(...(await findings(tab, path, colorScheme)));
    }
    found.push(...(await findings(await nobody.opens("/login"), "/login", colorScheme)));
    expect(found).toEqual([]);
  });
}
