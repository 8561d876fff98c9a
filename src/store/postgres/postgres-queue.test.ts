import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgresIfPossible } from '../../../test/servers/postgres.ts';
import { openStore } from '../open-store.ts';
import { endsOf, newOutgoing } from '../queue/test-outgoing.ts';
import type { Store } from '../store.ts';
import type { StoreOptions } from '../store-options.ts';
import { verifyStore } from '../verify/verify-store.ts';

const server = await startPostgresIfPossible();

/** Two stores on one database, as two processes have them, that empty one queue. */
describe.skipIf(server === undefined)('two processes on one queue', () => {
  const stores: Store[] = [];
  let options: StoreOptions;

  beforeAll(async () => {
    const databaseUrl = await server?.createDatabase();
    if (databaseUrl === undefined) throw new Error('no server');
    const blobsUrl = await mkdtemp(join(tmpdir(), 'posthorn-blobs-'));
    for (let i = 0; i < 2; i += 1) {
      options = { dataDir: await mkdtemp(join(tmpdir(), 'posthorn-queue-')), databaseUrl, blobsUrl };
      stores.push(await openStore(options));
    }
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
    expect((await verifyStore(options)).problems).toEqual([]);
  });

  function storeOf(index: number): Store {
    const store = stores[index % 2];
    if (store === undefined) throw new Error('not open');
    return store;
  }

  test('never claim the same entry, and end each once', async () => {
    const messages = Array.from({ length: 100 }, (_each, index) =>
      newOutgoing(`message ${index % 20}`, [`a${index}@one.example`, `b${index}@two.example`, `c${index}@one.example`]),
    );
    await Promise.all(messages.map((message, index) => storeOf(index).outgoing.enqueue([message])));
    const taken: number[] = [];
    const settled: number[] = [];
    const drain = async (store: Store, owner: string): Promise<void> => {
      let idle = 0;
      while (idle < 3) {
        const wants = ['one.example', 'two.example'].map((domain) => ({ domain, limit: 7 }));
        const rows = await store.outgoing.claim({
          owner,
          nowMs: 1000,
          leaseUntilMs: 9000,
          wants,
          retryAfterMs: [5000],
        });
        const ids = rows.map(({ id }) => id);
        taken.push(...ids);
        const kept = { owner, later: [], released: [], messages: [], history: { endedAtMs: 2000 } };
        settled.push(...(await store.outgoing.settle({ ...kept, done: endsOf(ids) })));
        idle = rows.length === 0 ? idle + 1 : 0;
      }
    };
    await Promise.all(stores.flatMap((store, index) => [1, 2].map((run) => drain(store, `process ${index}.${run}`))));
    expect(taken).toHaveLength(300);
    expect(new Set(taken).size).toBe(300);
    expect(settled.toSorted((a, b) => a - b)).toEqual(taken.toSorted((a, b) => a - b));
    expect(await stores[0]?.outgoing.count({})).toBe(0);
    expect(await stores[1]?.outgoing.history({}, { limit: 1000 })).toHaveLength(300);
  });
});
