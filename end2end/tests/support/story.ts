// A story: a server, and people who come to it. Whatever the browser complains of fails the story.

import { type BrowserContextOptions, test as base } from "@playwright/test";

import { Person } from "./person";
import { type Options, Server } from "./server";

export { expect } from "@playwright/test";

interface Story {
  // How this story's server is started.
  serverOptions: Options;
  server: Server;
  // Someone new, in a browser of their own.
  someone: (options?: BrowserContextOptions) => Promise<Person>;
  alice: Person;
  bob: Person;
}

export const test = base.extend<Story>({
  serverOptions: [{}, { option: true }],
  server: async ({ serverOptions }, use, info) => {
    const server = await Server.start(serverOptions);
    await use(server);
    await server.remove();
    if (info.status !== info.expectedStatus) {
      await info.attach("server log", { body: server.lines, contentType: "text/plain" });
    }
  },
  someone: async ({ browser, server, contextOptions }, use) => {
    const people: Person[] = [];
    await use(async (options) => {
      const context = await browser.newContext({ locale: "en-GB", ...contextOptions, ...options });
      const person = new Person(context, server);
      people.push(person);
      return person;
    });
    for (const person of people) {
      await person.context.close();
      person.hasNothingToComplainOf();
    }
  },
  alice: async ({ someone }, use) => use(await someone()),
  bob: async ({ someone }, use) => use(await someone()),
});

// What Chromium writes when a socket cannot be opened.
export const SOCKET_FAILED = /WebSocket connection to .* failed/;
