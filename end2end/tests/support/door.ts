// A way to the server on which sockets get no answer until they are let in, neither yes nor no: as with a
// network that swallows what it does not know. Pages pass.

import { once } from "node:events";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";

import type { Server } from "./server";

export class Door {
  private readonly waiting: (() => void)[] = [];
  private isOpen = false;
  private readonly ends = new Set<Socket>();
  private readonly listener = createServer((from) => this.comes(from));

  private constructor(private readonly server: Server) {}

  static async before(server: Server): Promise<Door> {
    const door = new Door(server);
    door.listener.listen(0, "127.0.0.1");
    await once(door.listener, "listening");
    return door;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.listener.address() as AddressInfo).port}`;
  }

  private comes(from: Socket): void {
    this.keeps(from);
    from.once("data", (first) => {
      from.pause();
      const passes = () => this.passes(from, first);
      if (this.isOpen || !first.toString("latin1").startsWith("GET /ws")) passes();
      else this.waiting.push(passes);
    });
  }

  private passes(from: Socket, first: Buffer): void {
    const to = connect(Number(new URL(this.server.url).port), "127.0.0.1");
    this.keeps(to);
    to.write(first);
    from.pipe(to).pipe(from);
  }

  private keeps(end: Socket): void {
    this.ends.add(end);
    end.on("close", () => this.ends.delete(end));
    // Either end may go as it likes; the other hears of it by the pipe.
    end.on("error", () => end.destroy());
  }

  // Who waits is let in, and so is whoever comes.
  opens(): void {
    this.isOpen = true;
    this.waiting.splice(0).forEach((passes) => passes());
  }

  close(): void {
    this.listener.close();
    this.ends.forEach((end) => end.destroy());
  }
}
