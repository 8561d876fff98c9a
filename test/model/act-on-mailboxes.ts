import { checkStatus } from './check-status.ts';
import { allRights, type ModelClient } from './model-client.ts';

/** Few, so that clients meet in them. */
export const mailboxNames = ['INBOX', 'A', 'B', 'C', 'A/x'] as const;

export async function create(client: ModelClient): Promise<void> {
  const name = client.nameOf(client.chance.pick(mailboxNames));
  const answer = await client.run(`CREATE ${name}`, { operation: { kind: 'names' } });
  // Guests cannot make what has no parent, and have the rights of the parent else.
  if (answer.status === 'OK' && client.habits.isGuest !== true) await client.run(`SETACL ${name} anyone ${allRights}`);
}

/** DELETE; a client that is in there leaves. */
export async function remove(client: ModelClient): Promise<void> {
  const name = client.nameOf(client.chance.pick(mailboxNames));
  const left = client.mirror;
  const answer = await client.run(`DELETE ${name}`, { operation: { kind: 'names' } });
  if (answer.status === 'OK' && answer.untagged.some((line) => line.startsWith('* OK [CLOSED]'))) {
    if (left?.truth.isDeleted !== true) throw new Error('CLOSED without need');
    client.mirror = undefined;
  }
}

/** RENAME; of INBOX, its messages move and it stays (RFC 9051 section 6.3.6). */
export async function rename(client: ModelClient): Promise<void> {
  const from = client.chance.pick(mailboxNames);
  const to = client.chance.pick(mailboxNames);
  if (from === to) return;
  const inbox = [...client.model.mailboxes.values()].find((each) => each.name === 'INBOX');
  const moves = { kind: 'move', from: inbox?.id ?? 0, asked: undefined, pairs: [] } as const;
  const operation = from === 'INBOX' ? { ...moves, pairs: [] } : ({ kind: 'names' } as const);
  await client.run(`RENAME ${client.nameOf(from)} ${client.nameOf(to)}`, { operation });
}

/** STATUS tells counts that were so at one moment, all of the same one. */
export async function status(client: ModelClient): Promise<void> {
  const name = client.nameOf(client.chance.pick(mailboxNames));
  const answer = await client.run(`STATUS ${name} (MESSAGES UIDNEXT UNSEEN MAILBOXID)`);
  for (const response of answer.untagged) if (answer.status === 'OK') checkStatus(client.model, response, answer.since);
}
