import { choose, someFlags } from './act-on-flags.ts';
import type { Mirror } from './mirror.ts';
import type { ModelClient } from './model-client.ts';
import type { Operation } from './operation.ts';
import { printSet } from './responses.ts';

/**
 * Several commands at once, one of which writes: each answer must be so for what the client knows by then. RFC 9051 section
 * 5.5: none of them uses message numbers, since an answer in front of it may change them.
 */
export async function pipeline(client: ModelClient, mirror: Mirror): Promise<void> {
  const { chance } = client;
  const uids = choose(client, mirror)?.uids ?? [];
  if (uids.length === 0) return;
  const set = printSet(uids);
  const reads = ['NOOP', 'CHECK', `UID FETCH ${set} (FLAGS)`, 'UID FETCH 1:* (UID)', 'UID SEARCH UNSEEN'];
  const flags = chance.some(someFlags);
  const how = chance.pick(['add', 'remove'] as const);
  const writes = {
    store: `UID STORE ${set} ${how === 'add' ? '+' : '-'}FLAGS (${flags.join(' ')})`,
    expunge: `UID EXPUNGE ${set}`,
  };
  const kind = chance.pick(['store', 'store', 'expunge'] as const);
  const asked = new Set(uids);
  const operation: Operation = kind === 'store' ? { kind, how, flags, asked } : { kind: 'expunge', asked };
  const commands = [...chance.some(reads), writes[kind], ...chance.some(reads)];
  await client.runAll(commands, { operation });
}
