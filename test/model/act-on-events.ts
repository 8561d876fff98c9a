import { checkStatus } from './check-status.ts';
import type { Hears, ModelClient } from './model-client.ts';

/** NOOP: all is told, and so the client may resynchronise from the highest modseq that it saw. */
export async function noop(client: ModelClient): Promise<void> {
  const answer = await client.run('NOOP');
  const { mirror, hears, habits } = client;
  if (answer.status !== 'OK' || mirror === undefined || !habits.condstore) return;
  if (hears === 'nothing' || hears === 'no-flags') return;
  const seen = mirror.messages.map(({ modseq }) => modseq ?? 0);
  client.syncedModseq = Math.max(client.syncedModseq, ...seen);
}

/** IDLE begins; what comes is heard in later turns, until DONE. */
export async function beginIdle(client: ModelClient): Promise<void> {
  const since = client.model.modseq;
  client.note('> IDLE');
  client.idling = true;
  const said = await client.connection.send('idle IDLE\r\n');
  client.hearLines(said, since);
}

export async function endIdle(client: ModelClient): Promise<void> {
  const since = client.model.modseq;
  client.note('> DONE');
  const said = await client.connection.send('DONE\r\n');
  client.hearLines(said, since);
  client.idling = false;
}

const rules: { readonly [hears in Exclude<Hears, 'default'>]: string } = {
  all: 'SET STATUS (selected (MessageNew (UID FLAGS MODSEQ) MessageExpunge FlagChange)) (personal (MessageNew MessageExpunge FlagChange MailboxName))',
  delayed: 'SET (selected-delayed (MessageNew (UID FLAGS) MessageExpunge FlagChange)) (subscribed (MailboxName))',
  'no-flags': 'SET (selected (MessageNew (UID) MessageExpunge)) (subtree A (MessageNew MessageExpunge FlagChange))',
  nothing: 'NONE',
};

/** NOTIFY: from now on more is told, or less. */
export async function notify(client: ModelClient, wanted?: Exclude<Hears, 'default'>): Promise<void> {
  const hears = wanted ?? client.chance.pick(['all', 'all', 'delayed', 'no-flags', 'nothing'] as const);
  if (!client.habits.condstore && hears === 'all') return;
  const answer = await client.run(`NOTIFY ${rules[hears]}`);
  if (answer.status !== 'OK') return;
  client.hears = hears;
  for (const response of answer.untagged) checkStatus(client.model, response, answer.since);
}
