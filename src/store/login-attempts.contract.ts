import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LoginAttemptRow } from './login-attempt.ts';
import type { Store } from './store.ts';

/** Every engine passes this. `open` gives an empty store. */
export function describeLoginAttempts(name: string, open: () => Promise<Store>): void {
  describe(`login attempts on ${name}`, () => {
    let store: Store;

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    function row(key: string, more: Partial<LoginAttemptRow> = {}): LoginAttemptRow {
      return {
        ...{ key, account: 'ann', login: 'a@example.org', remoteAddress: '192.0.2.1', localAddress: '192.0.2.2' },
        ...{ tls: 'TLSv1.3', proof: '', protocol: 'imap', client: 'some program', mechanism: 'PLAIN', result: 'ok' },
        ...{ day: 20_000, count: 1, firstAtMs: 1000, lastAtMs: 1000 },
        ...more,
      };
    }

    const read = (account: string, limit = 10, sinceMs = 0) => store.readLoginAttempts({ account, sinceMs, limit });

    test('are counted by key, read by account, and pruned', async () => {
      await store.addLoginAttempts([row('a'), row('b', { result: 'badpassword', lastAtMs: 3000 })]);
      await store.addLoginAttempts([row('a', { count: 4, firstAtMs: 2000, lastAtMs: 5000 })]);
      await store.addLoginAttempts([row('a', { lastAtMs: 4000 })]);
      await store.addLoginAttempts([row('other', { account: 'bob', lastAtMs: 6000 })]);
      const a = row('a', { count: 6, lastAtMs: 5000 });
      const b = row('b', { result: 'badpassword', lastAtMs: 3000 });
      expect(await read('ann')).toEqual([a, b]);
      expect(await read('ann', 1)).toEqual([a]);
      expect(await read('ann', 10, 4000)).toEqual([a]);
      expect((await store.readLoginAttempts({ sinceMs: 5500, limit: 9 })).map((one) => one.key)).toEqual(['other']);
      await store.addLoginAttempts([1, 2, 3].map((n) => row(`f${n}`, { result: 'baduser', lastAtMs: 7000 + n })));
      await store.pruneLoginAttempts({ beforeMs: 3500, lastUseBeforeMs: 0, keepPerAccount: 2 });
      expect((await read('ann')).map(({ key }) => key)).toEqual(['f3', 'f2', 'a']);
    });

    test('the last use of each key and app password stays longer, and can be asked for', async () => {
      const used = (key: string, proof: string, lastAtMs: number, more: Partial<LoginAttemptRow> = {}) =>
        row(key, { account: 'cleo', proof, lastAtMs, ...more });
      await store.addLoginAttempts([
        ...[
          used('k1', 'tls-public-key a', 1000),
          used('k2', 'tls-public-key a', 2000),
          used('p1', 'app-password b', 100),
        ],
        ...[used('n1', '', 2500), used('f1', 'tls-public-key c', 2600, { result: 'logindisabled' })],
        ...[
          used('n2', '', 9000),
          used('n3', '', 9001),
          used('n4', '', 9002),
          used('o', 'tls-public-key a', 500, { account: 'dan' }),
        ],
      ]);
      await store.pruneLoginAttempts({ beforeMs: 5000, lastUseBeforeMs: 50, keepPerAccount: 2 });
      expect((await read('cleo')).map(({ key }) => key)).toEqual(['n4', 'n3', 'k2', 'p1']);
      expect((await read('dan')).map(({ key }) => key)).toEqual(['o']);
      const lastUses = { account: 'cleo', sinceMs: 0, limit: 10, lastUses: true };
      expect((await store.readLoginAttempts(lastUses)).map(({ key }) => key)).toEqual(['k2', 'p1']);
      await store.addLoginAttempts([used('k3', 'tls-public-key a', 9003)]);
      expect((await store.readLoginAttempts(lastUses)).map(({ key }) => key)).toEqual(['k3', 'p1']);
      await store.pruneLoginAttempts({ beforeMs: 5000, lastUseBeforeMs: 200, keepPerAccount: 9 });
      expect((await store.readLoginAttempts(lastUses)).map(({ key }) => key)).toEqual(['k3']);
    });

    test('go with their account', async () => {
      const edit = async (change: {
        createAccounts?: { name: string; mailboxes: 'minimal' }[];
        removeAccounts?: string[];
      }) =>
        store.editDirectory({
          ...{ baseVersion: (await store.readDirectory()).version, put: [], remove: [] },
          ...{ createAccounts: change.createAccounts ?? [], removeAccounts: change.removeAccounts ?? [] },
        });
      await edit({ createAccounts: [{ name: 'eve', mailboxes: 'minimal' }] });
      await store.addLoginAttempts([row('e', { account: 'eve' })]);
      await edit({ removeAccounts: ['eve'] });
      expect(await read('eve')).toEqual([]);
    });
  });
}
