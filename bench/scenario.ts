/** The shape of a measurement, and what its code may use. */
import type { MachineLimits } from './machine/limits.ts';
import { append, ImapClient } from './clients/imap-client.ts';
import type { SmtpAddress } from './clients/smtp-client.ts';
import { cpuBetween, cpuTime } from './machine/process-usage.ts';
import { composeMessage, stampMessage } from './corpus.ts';
import type { Target } from './target.ts';

/** What one run of a scenario did. */
export interface Done {
  /** Operations; the report divides by them. */
  readonly ops: number;
  /** Seconds that count, when not all of the run does. */
  readonly seconds?: number;
  /** The server's CPU that counts, milliseconds, when not all of the run's does. */
  readonly serverCpuMs?: number | undefined;
  /** Further figures by name, with the unit in it: `MB/s`, `p95 ms`. */
  readonly figures?: Readonly<Record<string, number>>;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Part of the default set, which takes less than two minutes. */
  readonly quick: boolean;
  /** Whether counting syncs for each operation makes sense. */
  readonly syncs?: boolean;
  /** What the target must have. */
  readonly needs?: 'control' | 'recipients' | 'imaps' | 'pids';
  /** The bound of the machine for this scenario in operations a second, if it is known. */
  readonly bound?: (limits: MachineLimits) => number;
  /** Not measured: fill mailboxes and the like. */
  readonly prepare?: (bench: Bench) => Promise<void>;
  readonly run: (bench: Bench) => Promise<Done>;
}

/** One target under measurement. */
export class Bench {
  readonly target: Target;
  /** All counts of operations are multiplied by this. */
  readonly scale: number;
  static #stamp = Date.now() * 1000;

  constructor(target: Target, scale: number) {
    this.target = target;
    this.scale = scale;
  }

  /** A number of operations, scaled, at least one. */
  count(full: number): number {
    return Math.max(1, Math.round(full * this.scale));
  }

  /** Distinct messages of about `bytes` octets; never the same twice in a process. */
  messages(count: number, bytes = 4096): Buffer[] {
    return Array.from({ length: count }, (_, i) => stampMessage(composeMessage(i, bytes), Bench.#stamp++));
  }

  /** Begins what counts: logins and the like before it do not. The function ends it. */
  async startClock(): Promise<() => { seconds: number; serverCpuMs: number | undefined }> {
    const { target } = this;
    // What the server does after the last answer (the end of another session) is not what is measured.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const [cpu, begun] = [cpuTime(target.pids()), performance.now()];
    return () => {
      const seconds = (performance.now() - begun) / 1000;
      return { seconds, serverCpuMs: cpuBetween(cpu, cpuTime(target.pids())) };
    };
  }

  /** Where mail comes in. */
  smtp(): SmtpAddress {
    if (!this.target.smtp) throw new Skip('it takes no mail by SMTP');
    return this.target.smtp;
  }

  /** A logged-in IMAP connection. */
  async imap(selected?: string): Promise<ImapClient> {
    const client = await ImapClient.connect(this.target.imap);
    await client.login(this.target.user, this.target.password);
    if (selected !== undefined) await client.must(`SELECT "${selected}"`);
    return client;
  }

  /** Runs `work` with a connection and closes it. */
  async withImap<T>(work: (client: ImapClient) => Promise<T>, selected?: string): Promise<T> {
    const client = await this.imap(selected);
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  }

  /** Makes a mailbox hold exactly `count` messages of 4 kB; kept between scenarios. */
  async fill(mailbox: string, count: number): Promise<void> {
    await this.withImap(async (client) => {
      let held = await client.count(mailbox);
      if (held === undefined) {
        await client.must(`CREATE "${mailbox}"`);
        held = 0;
      }
      if (held > count) throw new Error(`${mailbox} holds ${held} messages, more than ${count}`);
      await pipelined(client, mailbox, held, count);
    });
  }

  /** A mailbox that is there and empty. */
  async emptyMailbox(mailbox: string): Promise<void> {
    await this.withImap(async (client) => {
      await client.command(`DELETE "${mailbox}"`);
      await client.must(`CREATE "${mailbox}"`);
    });
  }

  /** Deletes all of INBOX, so that every scenario begins alike. */
  async emptyInbox(): Promise<void> {
    await this.withImap(async (client) => {
      await client.command('STORE 1:* +FLAGS.SILENT (\\Deleted)');
      await client.must('EXPUNGE');
    }, 'INBOX');
  }
}

/** Appends corpus messages number `from` to `to`: a hundred with each command where the server takes several, two under way. */
async function pipelined(client: ImapClient, mailbox: string, from: number, to: number): Promise<void> {
  const [capabilities = ''] = await client.lines('CAPABILITY');
  const batch = / MULTIAPPEND\b/.test(capabilities) ? 100 : 1;
  const underWay: Promise<unknown>[] = [];
  for (let i = from; i < to; i += batch) {
    const count = Math.min(batch, to - i);
    const messages = Array.from({ length: count }, (_each, n) => stampMessage(composeMessage(i + n, 4096), i + n));
    underWay.push(client.must(append(mailbox, messages)));
    if (underWay.length >= (batch > 1 ? 2 : 20)) await underWay.shift();
  }
  await Promise.all(underWay);
}

/** Thrown where a scenario cannot be had from this target; the report says so in one line. */
export class Skip extends Error {
  override readonly name = 'Skip';
}
