import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Change } from './change.ts';
import { flagBits } from './flags.ts';
import type { AccountId } from './ids.ts';
import type { Store } from './store.ts';

const { '\\Seen': seen, '\\Flagged': flagged, '\\Deleted': deleted } = flagBits;

/** What sharing needs of a store; every engine passes this too. `open` gives an empty store. */
export function describeRights(name: string, open: () => Promise<Store>): void {
  describe(`rights on ${name}`, () => {
    let store: Store;
    let count = 0;
    const names = new Map<AccountId, string>();

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    async function newAccount(): Promise<AccountId> {
      const accountName = `sharing${++count}`;
      const { version } = await store.readDirectory();
      const edit = { baseVersion: version, put: [], remove: [], removeAccounts: [] };
      const edited = await store.editDirectory({
        ...edit,
        createAccounts: [{ name: accountName, mailboxes: 'minimal' }],
      });
      const id = edited.ok ? edited.accountIds.get(accountName) : undefined;
      if (id === undefined) throw new Error('account was not made');
      names.set(id, accountName);
      return id;
    }

    test('rights: given, taken away, inherited, carried along, gone with the mailbox and with the account', async () => {
      const owner = await newAccount();
      const bob = await newAccount();
      const bobsName = names.get(bob) ?? '';
      const made = await store.createMailbox({ accountId: owner, name: 'Team' });
      if (!made.ok) throw new Error(made.reason);
      const mailboxId = made.mailbox.id;
      const set = (identifier: string, granteeId: AccountId | undefined, rights: string, how = 'replace' as 'add') =>
        store.setRights({ accountId: owner, mailboxId, identifier, granteeId, how, rights });
      const changes: Change[] = [];
      const unwatch = store.watch(owner, (change) => changes.push(change));
      const everywhere: unknown[] = [];
      const unwatchAll = store.watchMailboxes((ownerId, { what, name }) => {
        if (ownerId === owner || ownerId === bob) everywhere.push([ownerId, what, name]);
      });
      await store.createMailbox({ accountId: bob, name: 'His' });
      expect(await set('bob@example.org', bob, 'wrl')).toEqual({ ok: true });
      expect(await set('bob@example.org', bob, 'lrw')).toEqual({ ok: true });
      unwatch();
      unwatchAll();
      await store.createMailbox({ accountId: bob, name: 'Unheard' });
      expect(everywhere).toEqual([
        [bob, 'created', 'His'],
        [owner, 'changed', 'Team'],
      ]);
      expect(changes).toMatchObject([{ kind: 'mailbox', what: 'changed', mailboxId, name: 'Team' }]);
      await set('bob@example.org', bob, 'si', 'add');
      await set('anyone', undefined, 'lx');
      await set('-bob@example.org', bob, 'x');
      expect(await store.readRights(owner, mailboxId)).toEqual([
        { identifier: '-bob@example.org', granteeId: bob, rights: 'x' },
        { identifier: 'anyone', granteeId: undefined, rights: 'lx' },
        { identifier: 'bob@example.org', granteeId: bob, rights: 'ilrsw' },
      ]);
      const sharedWith = async (grantee: AccountId) =>
        (await store.listShared(grantee, owner)).map(({ mailbox, rights }) => `${mailbox.name} ${rights}`);
      expect(await sharedWith(bob)).toEqual(['Team ilrsw']);
      expect(await sharedWith(owner)).toEqual([]);
      expect(await sharedWith(await newAccount())).toEqual(['Team lx']);
      await store.createMailbox({ accountId: owner, name: 'Team/Plans/Old' });
      expect(await sharedWith(bob)).toEqual(['Team ilrsw', 'Team/Plans ilrsw', 'Team/Plans/Old ilrsw']);
      await store.renameMailbox({ accountId: owner, mailboxId, newName: 'Crew' });
      expect(await sharedWith(bob)).toEqual(['Crew ilrsw', 'Crew/Plans ilrsw', 'Crew/Plans/Old ilrsw']);
      const old = await store.findMailbox(owner, 'Crew/Plans/Old');
      if (old !== undefined) await store.deleteMailbox({ accountId: owner, mailboxId: old.id });
      await set('bob@example.org', bob, 'r', 'remove' as 'add');
      await set('anyone', undefined, '');
      expect(await sharedWith(bob)).toEqual(['Crew ilsw', 'Crew/Plans ilrsw']);
      expect(
        await store.setRights({ accountId: bob, mailboxId, identifier: 'x', granteeId: bob, how: 'add', rights: 'a' }),
      ).toEqual({ ok: false, reason: 'no-such-mailbox' });
      for (let n = 0; n < 98; n++) await set(`n${n}@example.org`, bob, 'l');
      expect(await set('more@example.org', bob, 'l')).toEqual({ ok: false, reason: 'too-many' });
      const { version } = await store.readDirectory();
      await store.editDirectory({
        baseVersion: version,
        put: [],
        remove: [],
        createAccounts: [],
        removeAccounts: [bobsName],
      });
      expect(await store.readRights(owner, mailboxId)).toEqual([]);
    });

    test('what an account holds is counted; replace that may change only some flags leaves the others alone', async () => {
      const account = await newAccount();
      expect(await store.countHoldings(account)).toEqual({ mailboxes: 1, annotationBytes: 0 });
      const at = { accountId: account, mailboxId: undefined };
      await store.setAnnotations({ target: at, values: [{ entry: '/shared/a', value: new Uint8Array(10) }] });
      expect(await store.countHoldings(account)).toEqual({ mailboxes: 1, annotationBytes: 19 });
      const octets = new TextEncoder().encode('Subject: partly\r\n\r\nx\r\n');
      const mailbox = { name: 'INBOX', orInbox: false };
      const values = { flags: seen | flagged, keywords: ['old'], receivedAtMs: 0, prefix: '' };
      const [stored] = await store.append({
        message: { kind: 'octets', octets },
        targets: [{ accountId: account, mailbox, ...values }],
      });
      if (stored?.ok !== true) throw new Error('not stored');
      const { mailboxId, uid } = stored;
      const replace = { accountId: account, mailboxId, uids: [[uid, uid]] as const, how: 'replace' as const };
      const index = await store.openMailbox(account, mailboxId);
      await store.setFlags({ ...replace, flags: deleted, keywords: ['new'], only: { flags: seen, keywords: false } });
      expect([index?.flags[0], index?.keywordsAt(0)]).toEqual([flagged, ['old']]);
      await store.setFlags({ ...replace, flags: seen, keywords: ['new'], only: { flags: seen, keywords: true } });
      expect([index?.flags[0], index?.keywordsAt(0)]).toEqual([flagged | seen, ['new']]);
      const same = await store.setFlags({
        ...replace,
        flags: seen,
        keywords: [],
        only: { flags: seen, keywords: false },
      });
      expect(same.changed).toHaveLength(0);
      index?.release();
    });
  });
}
