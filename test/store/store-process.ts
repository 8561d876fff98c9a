/**
 * A process of its own with a store, for tests with several processes on one database: it works at random on an account,
 * keeps book of what it hears, and says what its indexes hold.
 */
import { randomFrom } from '../../bench/corpus.ts';
import type { Change } from '../../src/store/change.ts';
import type { AccountId, MailboxId, ModSeq } from '../../src/store/ids.ts';
import type { MailboxIndex } from '../../src/store/mailbox-index.ts';
import { openStore } from '../../src/store/open-store.ts';
import { CommitUnknown, DatabaseUnavailable, type Store } from '../../src/store/store.ts';

export interface ProcessOptions {
  readonly name: string;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly blobsUrl: string;
  readonly accountId: AccountId;
  /** Open from the start. */
  readonly first: MailboxId;
  /** Opened in the middle of the work. */
  readonly second: MailboxId;
}

export type Request =
  | { readonly do: 'work'; readonly seed: number; readonly steps: number; readonly lanes: number }
  | { readonly do: 'report'; readonly upTo: number }
  | { readonly do: 'close' };

export interface Heard {
  readonly kind: Change['kind'];
  readonly modseq: number;
  readonly own: boolean;
  readonly mailboxId: number;
  readonly uids: readonly number[];
}

export interface Report {
  readonly heard: readonly Heard[];
  readonly indexes: Readonly<Record<number, readonly string[]>>;
  /** What must never be. */
  readonly wrong: readonly string[];
  /** Own writes that were answered. */
  readonly answered: number;
}

/** Each entry of an index as a line. */
export function printIndex(index: MailboxIndex): string[] {
  return Array.from({ length: index.length }, (_each, at) =>
    [index.uids[at], index.emailIds[at], index.flags[at], index.keywordsAt(at).join('+'), index.modseqs[at]].join(' '),
  );
}

class Worker {
  readonly #options: ProcessOptions;
  readonly #store: Store;
  readonly #heard: Heard[] = [];
  readonly #modseqs = new Set<number>();
  readonly #wrong: string[] = [];
  readonly #indexes = new Map<MailboxId, MailboxIndex>();
  #answered = 0;
  #next = 0;

  constructor(options: ProcessOptions, store: Store) {
    this.#options = options;
    this.#store = store;
  }

  async begin(): Promise<void> {
    this.#store.watch(this.#options.accountId, (change) => this.#hear(change));
    await this.#open(this.#options.first);
  }

  async work(seed: number, steps: number, lanes: number): Promise<void> {
    const random = randomFrom(seed);
    let left = steps;
    const lane = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        if (left === Math.floor(steps / 2)) await this.#tolerate(() => this.#open(this.#options.second));
        await this.#tolerate(() => this.#step(random));
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  async report(upTo: number): Promise<Report> {
    while ((this.#heard.at(-1)?.modseq ?? 0) < upTo) await new Promise((resolve) => setTimeout(resolve, 10));
    await this.#open(this.#options.second);
    const indexes = Object.fromEntries(Array.from(this.#indexes, ([id, index]) => [id, printIndex(index)]));
    return { heard: this.#heard, indexes, wrong: this.#wrong, answered: this.#answered };
  }

  async #open(mailboxId: MailboxId): Promise<void> {
    if (this.#indexes.has(mailboxId)) return;
    const index = await this.#store.openMailbox(this.#options.accountId, mailboxId);
    if (index !== undefined) this.#indexes.set(mailboxId, index);
  }

  #hear(change: Change): void {
    const mailboxId = 'mailboxId' in change ? (change.mailboxId ?? 0) : 0;
    const uids = 'uids' in change ? [...change.uids] : [];
    const { kind, modseq, origin } = change;
    if (origin !== undefined && !origin.startsWith(`${this.#options.name}:`)) this.#wrong.push(`origin ${origin}`);
    this.#heard.push({ kind, modseq, own: origin !== undefined, mailboxId, uids });
    this.#modseqs.add(modseq);
    const index = this.#indexes.get(mailboxId as MailboxId);
    if (index === undefined) return;
    if (index.highestModseq < modseq) this.#wrong.push(`index at ${index.highestModseq} when ${modseq} was told`);
    for (const uid of uids) {
      if (index.find(uid) >= 0 !== (kind !== 'expunged')) this.#wrong.push(`${kind} ${uid} is not in the index`);
    }
  }

  /** The database may go away; nothing else may happen. */
  async #tolerate(step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (error instanceof CommitUnknown || error instanceof DatabaseUnavailable) return;
      this.#wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }

  async #step(random: () => number): Promise<void> {
    const pick = (below: number): number => Math.floor(random() * below);
    const { accountId, first, second, name } = this.#options;
    const [from, to] = pick(4) === 0 ? [second, first] : [first, second];
    const start = pick(60) + 1;
    const uids = [[start, start + pick(4)]] as const;
    const common = { accountId, origin: `${name}:${++this.#next}` };
    switch (pick(8)) {
      case 0:
      case 1:
        return this.#append(common, pick(3) + 1, pick(2) === 0);
      case 2:
      case 3: {
        const how = (['add', 'remove', 'replace'] as const)[pick(3)] ?? 'add';
        const keywords = pick(2) === 0 ? [] : [`word${pick(5)}`, `${name}${pick(3)}`];
        const set = await this.#store.setFlags({
          ...common,
          mailboxId: from,
          uids,
          how,
          flags: 1 << pick(4),
          keywords,
        });
        return this.#check(set.modseq);
      }
      case 4: {
        const copied = await this.#store.copy({ ...common, from, to, uids });
        return this.#check(copied.ok ? copied.modseq : undefined);
      }
      case 5: {
        const moved = await this.#store.move({ ...common, from, to, uids });
        return this.#check(moved.ok ? moved.modseq : undefined);
      }
      case 6: {
        const gone = await this.#store.expunge({ ...common, mailboxId: from, uids, onlyDeleted: pick(2) === 0 });
        return this.#check(gone.modseq);
      }
      default:
        return this.#others(common, pick(4));
    }
  }

  async #append(
    common: { readonly accountId: AccountId; readonly origin: string },
    targets: number,
    toSecond: boolean,
  ): Promise<void> {
    const { accountId, origin } = common;
    const octets = Buffer.from(`Subject: ${origin}\r\nMessage-ID: <${origin}@x>\r\n\r\ntext\r\n`);
    const mailbox = toSecond ? this.#options.second : this.#options.first;
    const target = { accountId, mailbox, flags: 0, keywords: [], receivedAtMs: 0, prefix: '' };
    const message = {
      message: { kind: 'octets', octets },
      targets: Array.from({ length: targets }, () => target),
    } as const;
    const outcomes = await this.#store.append(message, { origin });
    for (const outcome of outcomes) this.#check(outcome.ok ? outcome.modseq : undefined);
  }

  /** Changes that are not about messages. */
  async #others(common: { readonly accountId: AccountId; readonly origin: string }, which: number): Promise<void> {
    const name = `side${this.#options.name}${this.#next}`;
    if (which === 0) {
      await this.#store.setSubscribed({ ...common, name, subscribed: true });
      return;
    }
    if (which === 1) {
      const target = { accountId: common.accountId, mailboxId: undefined };
      await this.#store.setAnnotations({
        ...common,
        target,
        values: [{ entry: '/private/x', value: Buffer.from(name) }],
      });
      return;
    }
    const made = await this.#store.createMailbox({ ...common, name });
    if (!made.ok) return;
    const { id: mailboxId, createdModseq } = made.mailbox;
    this.#check(createdModseq);
    await this.#store.renameMailbox({ ...common, mailboxId, newName: `${name}/renamed` });
    if (which === 2) await this.#store.deleteMailbox({ ...common, mailboxId });
  }

  /** What was answered was heard before. */
  #check(modseq: ModSeq | undefined): void {
    if (modseq === undefined) return;
    this.#answered += 1;
    if (!this.#modseqs.has(modseq)) this.#wrong.push(`${modseq} was answered before it was told`);
  }
}

async function serve(options: ProcessOptions): Promise<void> {
  const { dataDir, databaseUrl, blobsUrl } = options;
  const store = await openStore({ dataDir, databaseUrl, blobsUrl });
  const worker = new Worker(options, store);
  await worker.begin();
  process.on('message', (request: Request) => {
    void answer(request).then((report) => process.send?.(report));
  });
  process.on('disconnect', () => process.exit(1));
  process.send?.('ready');

  async function answer(request: Request): Promise<Report | 'done'> {
    if (request.do === 'work') await worker.work(request.seed, request.steps, request.lanes);
    if (request.do === 'report') return worker.report(request.upTo);
    if (request.do === 'close') {
      await store.close();
      process.removeAllListeners('disconnect');
      process.disconnect?.();
    }
    return 'done';
  }
}

const given = process.argv[2];
if (process.send !== undefined && given?.startsWith('{') === true) await serve(JSON.parse(given) as ProcessOptions);
