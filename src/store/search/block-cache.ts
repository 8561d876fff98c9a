import type { Engine } from '../engine.ts';
import type { AccountId } from '../ids.ts';
import type { Dialect } from '../sql/dialect.ts';
import { first, query, type Operation, type SqlRow } from '../sql/statement.ts';

/** Octets of index blocks kept in memory; about 100,000 messages. */
const maxBytes = 24 * 1024 * 1024;
/** In one statement. */
const idsPerRead = 32;

/** What the index of an account says at one moment. */
export interface IndexSnapshot {
  readonly blocks: readonly Uint8Array[];
  /** Emails that no block covers yet. */
  readonly pending: readonly number[];
}

/** Blocks of the text index that were read lately. A block never changes: a new one gets a new number. */
export class BlockCache {
  readonly #engine: Engine;
  /** In order of last use. */
  readonly #blocks = new Map<number, Uint8Array>();
  #bytes = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Reads which blocks there are, and those of them that are not in memory. */
  async read(accountId: AccountId): Promise<IndexSnapshot> {
    const known = this.#blocks;
    const { found, pending } = await this.#engine.read(readIndex(this.#engine.dialect, accountId, known));
    for (const [id, block] of found) this.#keep(id, block);
    return { blocks: Array.from(found.values()), pending };
  }

  #keep(id: number, block: Uint8Array): void {
    if (!this.#blocks.delete(id)) this.#bytes += block.length;
    this.#blocks.set(id, block);
    for (const [oldest, octets] of this.#blocks) {
      if (this.#bytes <= maxBytes) return;
      this.#blocks.delete(oldest);
      this.#bytes -= octets.length;
    }
  }
}

/** One snapshot: the pending emails and every block, from memory where possible. */
function* readIndex(
  dialect: Dialect,
  accountId: AccountId,
  known: ReadonlyMap<number, Uint8Array>,
): Operation<{ readonly found: ReadonlyMap<number, Uint8Array>; readonly pending: readonly number[] }> {
  const pending = yield* readPending(dialect, accountId);
  const ids = yield* query('SELECT id FROM search_block WHERE account_id = ?', accountId);
  const found = new Map<number, Uint8Array>();
  const missing: number[] = [];
  for (const row of ids) {
    const id = Number(row[0]);
    const block = known.get(id);
    if (block === undefined) missing.push(id);
    else found.set(id, block);
  }
  for (let start = 0; start < missing.length; start += idsPerRead) {
    // Always the same number of values, so that one prepared statement serves.
    const wanted = Array.from({ length: idsPerRead }, (_each, i) => missing[start + i] ?? 0);
    const marks = wanted.map(() => '?').join(', ');
    const rows = yield* query(`SELECT id, octets FROM search_block WHERE id IN (${marks})`, ...wanted);
    for (const [id, octets] of rows) if (octets instanceof Uint8Array) found.set(Number(id), octets);
  }
  return { found, pending: pending.map((row) => Number(row[0])) };
}

/** Where more wait than this (the index is made anew), the entries of the account are looked at instead of all those emails. */
const scannedWaiting = 4000;

function* readPending({ queuesForSearch }: Dialect, accountId: AccountId): Operation<readonly SqlRow[]> {
  if (queuesForSearch) return yield* query('SELECT email_id FROM search_pending WHERE account_id = ?', accountId);
  const row = yield* first("SELECT value, (SELECT max(id) FROM email) FROM counter WHERE name = 'indexed'");
  const [indexed, newest] = [Number(row?.[0] ?? 0), Number(row?.[1] ?? 0)];
  if (newest <= indexed) return [];
  return newest - indexed <= scannedWaiting
    ? yield* query('SELECT id FROM email WHERE id > ? AND account_id = ?', indexed, accountId)
    : yield* query(
        'SELECT DISTINCT e.email_id FROM mailbox b CROSS JOIN entry e ' +
          'WHERE b.account_id = ? AND e.mailbox_id = b.id AND e.email_id > ?',
        ...[accountId, indexed],
      );
}
