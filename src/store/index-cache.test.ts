import { expect, test } from 'vitest';
import type { Engine } from './engine.ts';
import type { AccountId, MailboxId } from './ids.ts';
import { IndexCache } from './index-cache.ts';
import type { Operation, SqlRow } from './sql/statement.ts';

/** A mailbox that gets one more message after every read. */
class BusyEngine implements Pick<Engine, 'read' | 'follow' | 'unfollow' | 'following'> {
  readonly rows: SqlRow[] = [];
  #modseq = 1;

  read<T>(operation: Operation<T>): Promise<T> {
    let step = operation.next();
    while (step.done !== true) step = operation.next(this.#answer(step.value.sql));
    this.#modseq += 1;
    this.rows.push([this.rows.length + 1, 1, 0, '', this.#modseq]);
    return Promise.resolve(step.value);
  }

  #answer(sql: string): readonly SqlRow[] {
    return sql.includes('highest_modseq') ? [[this.#modseq]] : this.rows.slice();
  }

  follow(): void {}
  unfollow(): void {}
  following(): undefined {}
}

test('an index that is opened amid writes holds nothing newer than the modseq that it tells', async () => {
  const engine = new BusyEngine();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the cache uses no more of an engine
  const cache = new IndexCache(engine as unknown as Engine);
  for (let id = 1; id <= 3; id++) {
    const index = await cache.open(1 as AccountId, id as MailboxId);
    const highest = Math.max(1, ...(index?.modseqs.subarray(0, index.length) ?? []));
    expect(highest).toBe(index?.highestModseq);
  }
});
