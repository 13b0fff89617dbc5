// The sockets of all of a person's tabs, in the story's hand: HTTP is another matter, so pages load.

import type { WebSocketRoute } from "@playwright/test";

import type { Person, Tab } from "./person";

export class Line {
  // What the server said, by type.
  readonly heard: string[] = [];
  private readonly open: { page: WebSocketRoute; server: WebSocketRoute }[] = [];
  // What waits because the line is slow.
  private waiting: (() => void)[] | undefined;
  // Which frames get lost.
  private lost: RegExp | undefined;

  private constructor(private isCut: boolean) {}

  static async of(person: Person, isCut = false): Promise<Line> {
    const line = new Line(isCut);
    await person.context.routeWebSocket(/\/ws/, (socket) => line.opens(socket));
    return line;
  }

  private opens(page: WebSocketRoute): void {
    if (this.isCut) {
      // A moment later: Playwright tells the page of no close before the open.
      setTimeout(() => void page.close({ code: 1013 }), 100);
      return;
    }
    const server = page.connectToServer();
    this.open.push({ page, server });
    page.onMessage((frame) => this.passes(frame, server));
    server.onMessage((frame) => {
      this.heard.push(JSON.parse(String(frame)).type);
      this.passes(frame, page);
    });
  }

  private passes(frame: string | Buffer, to: WebSocketRoute): void {
    if (this.lost?.test(String(frame))) return;
    if (this.waiting) this.waiting.push(() => to.send(frame));
    else to.send(frame);
  }

  // Frames like these get lost, in both directions.
  loses(lost: RegExp): void {
    this.lost = lost;
  }

  // What is open breaks, and nothing opens.
  async cuts(): Promise<void> {
    this.isCut = true;
    for (const { page, server } of this.open.splice(0)) {
      await server.close({ code: 1000 });
      await page.close({ code: 1013 });
    }
  }

  // Everything opens and arrives again.
  mends(): void {
    this.isCut = false;
    this.lost = undefined;
  }

  // Nothing arrives anywhere until it is let go.
  holds(): void {
    this.waiting = [];
  }

  letsGo(): void {
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    waiting.forEach((pass) => pass());
  }
}

export async function comesBack(tab: Tab): Promise<void> {
  // Pressing Reconnect would be too late now and then: the page tries by itself.
  await tab.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await tab.isConnected();
}
