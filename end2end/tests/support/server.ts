// The server of one story: its own port, its own data folder, stopped and started at will.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const ROOT = resolve(__dirname, "../../..");
// The server has its own settings under this prefix, so what is meant for us alone is kept from it.
const { CONFAB_BINARY, ...ENVIRONMENT } = process.env;
// A server finds the files of its own build only. What the site folder holds tells whose they are: a
// person's release has their hashes in their names, what `cargo leptos end-to-end` builds has not.
const SITE = join(ROOT, "target/site/pkg");
const isRelease = existsSync(SITE) && readdirSync(SITE).some((name) => /^confab\.[^.]+\.wasm$/.test(name));
const BINARY = resolve(ROOT, CONFAB_BINARY ?? `target/${isRelease ? "release" : "debug"}/confab`);

export interface Options {
  demo?: boolean;
  // Settings as the environment names them: { CONFAB_HUB_PRESENCE_GRACE: "2s" }.
  environment?: Record<string, string>;
}

export class Server {
  private process: ChildProcess | undefined;
  private log: string[] = [];

  private constructor(
    private readonly data: string,
    private readonly options: Options,
    private address: string,
  ) {}

  static async start(options: Options = {}): Promise<Server> {
    const data = await mkdtemp(join(tmpdir(), "confab-"));
    const server = new Server(data, options, "127.0.0.1:0");
    await server.start();
    return server;
  }

  get url(): string {
    return `http://${this.address}`;
  }

  // Starts again where it was, with what it had.
  async start(): Promise<void> {
    const flags = ["serve", "--listen", this.address, "--data", this.data, "--site", "target/site"];
    if (!existsSync(BINARY)) {
      throw new Error(`there is no ${BINARY}: build it first (bin/test --only release)`);
    }
    const child = spawn(BINARY, this.options.demo ? [...flags, "--demo"] : flags, {
      cwd: ROOT,
      env: { ...ENVIRONMENT, ...this.options.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = child;
    createInterface({ input: child.stderr }).on("line", (line) => this.log.push(line));
    const lines = createInterface({ input: child.stdout });
    for await (const line of lines) {
      const address = /^listening on http:\/\/(.+)$/.exec(line)?.[1];
      if (address !== undefined) {
        this.address = address;
        return;
      }
    }
    throw new Error(`confab ended before it listened:\n${this.log.join("\n")}`);
  }

  async stop(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    }
  }

  // Ends without a word, as when the power goes.
  async kill(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child && child.exitCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
  }

  // Has a copy of the database made, while the server goes on; where it is.
  async backsUp(): Promise<string> {
    const copy = `${this.data}.backup.db`;
    await this.runs("backup", copy);
    return copy;
  }

  // Puts the copy in the place of the database, while the server is stopped.
  async restores(copy: string): Promise<void> {
    await this.runs("restore", copy);
    await rm(copy);
  }

  private async runs(command: string, copy: string): Promise<void> {
    const child = spawn(BINARY, [command, copy, "--data", this.data], { cwd: ROOT, env: ENVIRONMENT });
    const said: string[] = [];
    child.stderr.on("data", (text) => said.push(String(text)));
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`confab ${command} failed:\n${said.join("")}`);
  }

  // Holds the database's write lock, so that nothing can be stored until the answer is called: byte 120
  // of its -shm file, as SQLite's own writers do (https://www.sqlite.org/walformat.html#wal_locks).
  // Node has no byte locks; perl is everywhere.
  async locksStorage(): Promise<() => Promise<void>> {
    const script = `
      open(my $file, "+<", $ARGV[0]) or die $!;
      my $lock = pack("s s x4 q q i x4", F_WRLCK, 0, 120, 1, 0);
      fcntl($file, F_SETLKW, $lock) or die $!;
      $| = 1; print "locked\\n"; <STDIN>;`;
    const holder = spawn("perl", ["-MFcntl", "-e", script, join(this.data, "confab.db-shm")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await once(holder.stdout, "data");
    return async () => {
      const ended = once(holder, "exit");
      holder.stdin.end();
      await ended;
    };
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.data, { recursive: true, force: true });
  }

  get lines(): string {
    return this.log.join("\n");
  }
}
