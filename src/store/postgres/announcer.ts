import type { Log } from '../../base/log.ts';
import { maxPayloadOctets, notify } from './notify.ts';
import type { PostgresDriver } from './postgres-driver.ts';

/** Beyond this a change is only named; who needs it reads it in the log. */
const maxRecordOctets = 2000;
const payloadsPerTransaction = 50;
/** When the database is away for longer, the rest is left to the checks of the other processes. */
const maxWaiting = 20_000;

/** What another process said. */
export type Announcement =
  | {
      readonly kind: 'change';
      readonly accountId: number;
      readonly modseq: number;
      readonly record: string | undefined;
    }
  | { readonly kind: 'directory'; readonly version: number };

/**
 * Tells the other processes of commits, after them and in batches: NOTIFY within the transactions themselves would make
 * all commits of the server wait for each other. Losing one is harmless, as every process looks again after a while.
 */
export class Announcer {
  readonly #driver: Pick<PostgresDriver, 'write'>;
  readonly #channel: string;
  readonly #process: string;
  readonly #log: Log;
  #lines: string[] = [];
  #sending: Promise<void> | undefined;

  /** @param driver with a connection of its own, so that announcements do not queue behind writes */
  constructor(driver: Pick<PostgresDriver, 'write'>, channel: string, process: string, log: Log) {
    this.#driver = driver;
    this.#channel = channel;
    this.#process = process;
    this.#log = log;
  }

  change(accountId: number, modseq: number, record: string): void {
    this.#add(Buffer.byteLength(record) <= maxRecordOctets ? record : `[${accountId},${modseq}]`);
  }

  directory(version: number): void {
    this.#add(`directory ${version}`);
  }

  /** Resolves when all is told. */
  async finish(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
  }

  #add(line: string): void {
    if (this.#lines.length >= maxWaiting) this.#lines = [];
    this.#lines.push(line);
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
  }

  async #send(): Promise<void> {
    // What else is committed in this turn goes along.
    await new Promise(setImmediate);
    while (this.#lines.length > 0) {
      const payloads = this.#takePayloads();
      const channel = this.#channel;
      try {
        await this.#driver.write(function* () {
          for (const payload of payloads) yield* notify(channel, payload);
        });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#log.warn('other processes could not be told of changes; they find them later', { reason });
      }
    }
  }

  #takePayloads(): readonly string[] {
    const payloads: string[] = [];
    let payload = this.#process;
    let octets = payload.length;
    let taken = 0;
    for (const line of this.#lines) {
      const more = Buffer.byteLength(line) + 1;
      if (octets + more > maxPayloadOctets) {
        payloads.push(payload);
        if (payloads.length === payloadsPerTransaction) break;
        payload = this.#process;
        octets = payload.length;
      }
      payload += `\n${line}`;
      octets += more;
      taken += 1;
    }
    if (payloads.length < payloadsPerTransaction) payloads.push(payload);
    this.#lines.splice(0, taken);
    return payloads;
  }
}

/** What a payload says; undefined: it is of this process itself. Lines that cannot be read are left out. */
export function readPayload(payload: string, ownProcess: string): readonly Announcement[] | undefined {
  const [process, ...lines] = payload.split('\n');
  if (process === ownProcess) return undefined;
  return lines.flatMap((line): Announcement[] => {
    const directory = /^directory (\d+)$/.exec(line);
    if (directory !== null) return [{ kind: 'directory', version: Number(directory[1]) }];
    const change = /^\[(\d+),(\d+)([,\]])/.exec(line);
    if (change === null) return [];
    const record = change[3] === ',' ? line : undefined;
    return [{ kind: 'change', accountId: Number(change[1]), modseq: Number(change[2]), record }];
  });
}
