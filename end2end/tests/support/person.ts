// Someone at a browser: what they do and what they see.

import { type BrowserContext, type Locator, type Page, expect } from "@playwright/test";

import { onFrame } from "./frames";
import type { Server } from "./server";

// Begun before a page is opened: kept once the server has told its socket `connected`.
export function connected(page: Page): Promise<void> {
  return new Promise((resolve) => {
    onFrame(page, "framereceived", ({ type }) => {
      if (type === "connected") resolve();
    });
  });
}

export class Tab {
  readonly status: Locator;
  readonly messages: Locator;
  readonly input: Locator;

  constructor(
    readonly page: Page,
    private readonly server: Server,
  ) {
    this.status = page.getByTestId("status");
    this.messages = page.getByTestId("messages");
    this.input = page.getByTestId("input");
  }

  // Opens a page and waits until it answers: a click before that would be lost.
  async opens(path: string): Promise<void> {
    await this.page.goto(this.server.url + path);
    await this.isAlive();
  }

  async reloads(): Promise<void> {
    await this.page.reload();
    await this.isAlive();
  }

  async isAlive(): Promise<void> {
    await expect(this.page.locator("html[data-hydrated]")).toBeAttached();
  }

  async isConnected(): Promise<void> {
    await expect(this.status).toHaveAttribute("data-state", "open");
    // Open is the line; `connected` says that the server has heard what the page wants to hear.
    const people = this.page.getByTestId("people-open");
    if (await people.isVisible()) {
      await expect(people).not.toHaveText("");
    }
  }

  async types(text: string): Promise<void> {
    await this.input.fill(text);
  }

  async sends(text: string): Promise<void> {
    await this.input.fill(text);
    await this.input.press("Enter");
    await expect(this.input).toHaveValue("");
  }

  // The dialog of this name in the list beside the open one.
  dialog(name: string): Locator {
    return this.page.getByTestId("dialog").filter({ has: this.page.getByTestId("dialog-name").getByText(name, { exact: true }) });
  }

  async opensDialog(name: string): Promise<void> {
    await this.dialog(name).click();
    await this.isAt(name);
  }

  // The dialog of this name is open.
  async isAt(name: string): Promise<void> {
    await expect(this.page.getByTestId("dialog-title")).toHaveText(name);
  }

  async seesUnread(name: string, count: number): Promise<void> {
    const badge = this.dialog(name).getByTestId("unread");
    await (count === 0 ? expect(badge).toHaveCount(0) : expect(badge).toHaveText(String(count)));
  }

  // Points at a message and does one of the things that can be done with it.
  async does(what: "reply" | "copy" | "edit" | "delete", text: string): Promise<void> {
    const bubble = this.message(text);
    await bubble.hover();
    await bubble.getByTestId(what).click();
  }

  message(text: string): Locator {
    // By its own words, not by those that it quotes.
    const words = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const content = this.page.getByTestId("content").filter({ hasText: new RegExp(`^${words}$`) });
    return this.page.getByTestId("message").filter({ has: content });
  }

  async doesNotSee(text: string): Promise<void> {
    await expect(this.message(text)).toHaveCount(0);
  }

  // Exactly once: not none, not two.
  async sees(text: string): Promise<void> {
    await expect(this.message(text)).toHaveCount(1);
  }

  async seesInOrder(texts: string[]): Promise<void> {
    await expect(this.page.getByTestId("content")).toHaveText(texts);
  }

  // How far a message of ours is: queued, sending, waiting, failed, stored, delivered, read.
  async seesState(text: string, state: string): Promise<void> {
    await expect(this.message(text).getByTestId("delivery")).toHaveAttribute("data-state", state);
  }

  async seesStored(text: string): Promise<void> {
    await this.seesState(text, "stored");
  }

  async seesPeople(count: number): Promise<void> {
    await expect(this.page.getByTestId("people").locator("li")).toHaveCount(count);
  }

  // The page does not scroll sideways, and nothing to read or to press is cut off at the right.
  async fitsItsWidth(): Promise<void> {
    const beyond = await this.page.evaluate(() => {
      const parts = [document.documentElement, ...document.querySelectorAll("a, button, textarea, h1, h2, p, li, label")];
      const isBeyond = (part: Element) => part.getBoundingClientRect().right > innerWidth + 1;
      const names = parts.filter(isBeyond).map((part) => part.outerHTML.slice(0, 100));
      return document.documentElement.scrollWidth > innerWidth ? ["the page", ...names] : names;
    });
    expect(beyond).toEqual([]);
  }

  // What a finger is to hit is as large as a fingertip (WCAG 2.5.5).
  async isEasyToHit(): Promise<void> {
    const targets = this.page.locator("button:visible, nav a:visible, [role=group] a:visible, label:visible");
    const small = await targets.evaluateAll((all) =>
      all.filter((target) => target.getBoundingClientRect().height < 44).map((target) => target.outerHTML),
    );
    expect(small).toEqual([]);
  }

  // Whether the page's background is a dark one.
  async isDark(): Promise<boolean> {
    const colour = await this.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [red, green, blue] = colour.match(/\d+/g)!.map(Number);
    return red! + green! + blue! < 3 * 128;
  }

  event(kind: string): Locator {
    return this.page.locator(`[data-testid="event"][data-event="${kind}"]`);
  }

  frame(type: string): Locator {
    return this.page.getByTestId("frame").filter({ hasText: `"type":"${type}"` });
  }
}

// What everyone in the stories signs in with.
const PASSWORD = "a long walk home";

export class Person {
  id = "";
  private readonly allowed: RegExp[] = [];
  private readonly complaints: string[] = [];

  constructor(
    readonly context: BrowserContext,
    private readonly server: Server,
  ) {
    context.on("page", (page) => {
      page.on("pageerror", (error) => this.complaints.push(`page error: ${error.message}`));
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") {
          this.complaints.push(`console ${message.type()}: ${message.text()}`);
        }
      });
    });
  }

  async opens(path: string): Promise<Tab> {
    return this.opensIn(await this.context.newPage(), path);
  }

  // Comes in with an account; this browser stays in.
  async registers(name: string, login = name): Promise<void> {
    const me = await this.asks("/api/auth/register", { login, name, password: PASSWORD });
    this.id = me.id;
  }

  // The same person in another browser.
  async signsIn(login: string, password = PASSWORD): Promise<void> {
    const me = await this.asks("/api/auth/login", { login, password });
    this.id = me.id;
  }

  // Begins a dialog with another, or finds it.
  async writesTo(other: Person): Promise<string> {
    const dialog = await this.asks("/api/dialogs", { kind: "direct", members: [other.id] });
    return dialog.dialogId;
  }

  async beginsGroup(title: string, others: Person[]): Promise<string> {
    const members = others.map((other) => other.id);
    const dialog = await this.asks("/api/dialogs", { kind: "group", title, members });
    return dialog.dialogId;
  }

  // Says something as a script of theirs would.
  async says(dialog: string, content: string): Promise<void> {
    await this.asks(`/api/messages/dialog/${dialog}`, { content });
  }

  // Asks the server as a page of theirs does.
  async asks(path: string, data: unknown, method = "POST"): Promise<any> {
    const headers = { origin: this.server.url };
    const answer = await this.context.request.fetch(this.server.url + path, { method, data, headers });
    const body = await answer.json();
    expect(body.success, JSON.stringify(body)).toBe(true);
    return body.data;
  }

  // In a page whose traffic the story has a hand in.
  async opensIn(page: Page, path: string): Promise<Tab> {
    const tab = new Tab(page, this.server);
    await tab.opens(path);
    return tab;
  }

  // The browser itself complains of a socket that cannot be opened; a story that breaks the
  // connection says so beforehand.
  mayComplainOf(pattern: RegExp): void {
    this.allowed.push(pattern);
  }

  hasNothingToComplainOf(): void {
    const rest = this.complaints.filter((text) => !this.allowed.some((pattern) => pattern.test(text)));
    expect(rest, "console and page errors").toEqual([]);
  }
}
