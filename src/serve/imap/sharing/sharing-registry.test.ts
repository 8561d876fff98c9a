import { expect, test } from 'vitest';
import { silentLog } from '../../../base/log.ts';
import type { AccountId, MailboxId, ModSeq } from '../../../store/ids.ts';
import type { MailboxRight } from '../../../store/mailbox-rights.ts';
import type { Store } from '../../../store/store.ts';
import { SharingRegistry, type SharingListener } from './sharing-registry.ts';

const ada = 1 as AccountId;
const team = 7 as MailboxId;

/** A store of one mailbox of Ada's; `change` says that it changed, and waits until that was looked at. */
function scene() {
  const watchers = new Set<Parameters<Store['watchMailboxes']>[0]>();
  const state: { rights: readonly MailboxRight[] | 'unreadable'; reads: number } = { rights: [], reads: 0 };
  const store: ConstructorParameters<typeof SharingRegistry>[0] = {
    watchMailboxes(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    readRights() {
      state.reads++;
      return state.rights === 'unreadable' ? Promise.reject(new Error('away')) : Promise.resolve(state.rights);
    },
  };
  const change = async (): Promise<void> => {
    const what = { kind: 'mailbox', what: 'changed', name: 'Team', mailboxId: team } as const;
    for (const watcher of watchers) watcher(ada, { ...what, modseq: 1 as ModSeq, origin: 'c9' });
    await new Promise(setImmediate);
  };
  return { registry: new SharingRegistry(store, silentLog), state, watchers, change };
}

function listener(id: number, known: readonly MailboxId[] = []): SharingListener & { readonly heard: unknown[] } {
  const heard: unknown[] = [];
  return {
    accountId: id as AccountId,
    heard,
    knows: (mailboxId) => known.includes(mailboxId),
    sharingChanged: (ownerId, origin) => void heard.push([ownerId, origin]),
  };
}

test('only those whom a change concerns hear of it: grantees, everybody for "anyone", those who know the mailbox', async () => {
  const { registry, state, change } = scene();
  const [owner, bob, eve, former] = [listener(ada), listener(2), listener(3), listener(4, [team])];
  const all = [owner, bob, eve, former];
  for (const one of all) registry.add(one);
  state.rights = [{ identifier: '-bob@example.org', granteeId: bob.accountId, rights: 'l' }];
  await change();
  expect(all.map(({ heard }) => heard.length)).toEqual([0, 1, 0, 1]);
  expect(bob.heard).toEqual([[ada, 'c9']]);
  state.rights = [{ identifier: 'anyone', granteeId: undefined, rights: 'l' }];
  await change();
  expect(all.map(({ heard }) => heard.length)).toEqual([0, 2, 1, 2]);
  expect(state.reads).toBe(2);
});

test('when the rights cannot be read, all look themselves', async () => {
  const { registry, state, change } = scene();
  const bob = listener(2);
  registry.add(bob);
  state.rights = 'unreadable';
  await change();
  expect(bob.heard.length).toBe(1);
});

test('nothing is watched while nobody listens', async () => {
  const { registry, state, watchers, change } = scene();
  const [bob, eve] = [listener(2), listener(3)];
  registry.add(bob);
  registry.add(eve);
  expect(watchers.size).toBe(1);
  registry.remove(bob);
  expect(watchers.size).toBe(1);
  registry.remove(eve);
  expect(watchers.size).toBe(0);
  await change();
  expect(state.reads).toBe(0);
  registry.add(eve);
  expect(watchers.size).toBe(1);
});
