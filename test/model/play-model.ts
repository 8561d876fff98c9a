import type { Stage, Actor } from '../transcripts/imap-stage.ts';
import { beginIdle, endIdle, noop, notify } from './act-on-events.ts';
import { fetch, learnNew, store } from './act-on-flags.ts';
import { create, mailboxNames, remove, rename, status } from './act-on-mailboxes.ts';
import { append, copyOrMove, deliver, expunge, replace } from './act-on-messages.ts';
import { search } from './act-on-search.ts';
import { leave, select } from './act-on-selection.ts';
import { Chance } from './chance.ts';
import { allRights, ModelClient, type Habits } from './model-client.ts';
import { pipeline } from './act-pipelined.ts';
import { Model } from './model.ts';

/** How to play. */
export interface Play {
  readonly seed: number;
  readonly clients: number;
  /** Commands of each client until all stop and what they know is compared. */
  readonly turns: number;
  readonly rounds: number;
  /** All at once, or one command after the other, which is the same each time. */
  readonly parallel: boolean;
}

const habits: readonly Habits[] = [
  { condstore: false, qresync: false, rev2: false },
  { condstore: true, qresync: true, rev2: false },
  { condstore: true, qresync: false, rev2: false },
  { condstore: true, qresync: true, rev2: true },
  { condstore: true, qresync: true, rev2: true, uidOnly: true },
  { condstore: true, qresync: true, rev2: false, isGuest: true },
  { condstore: false, qresync: false, rev2: false, isGuest: true, uidOnly: true },
];

/** Clients of several kinds do what they like on one account; how many commands they sent. @throws Error with all that was said at last when something contradicts. */
export async function playModel(stage: Stage, play: Play): Promise<number> {
  const actor = await stage.newActor();
  const model = new Model();
  const trail: string[] = [];
  await actor.addNeighbour('guest');
  for (const { id, name } of await stage.store.listMailboxes(actor.accountId)) {
    model.add(id, name);
    const anyone = { identifier: 'anyone', granteeId: undefined, how: 'replace', rights: allRights } as const;
    await stage.store.setRights({ accountId: actor.accountId, mailboxId: id, ...anyone });
  }
  const broken: unknown[] = [];
  const unwatch = stage.store.watch(actor.accountId, (change) => {
    trail.push(
      `${change.modseq} = ${JSON.stringify(change, (_key, value: unknown) => (value instanceof Uint32Array ? value.join() : value))}`,
    );
    try {
      model.hear(change);
    } catch (error) {
      broken.push(error);
    }
  });
  const chance = new Chance(play.seed);
  const clients = Array.from({ length: play.clients }, (_each, i) => {
    const kind = habits[i % habits.length] ?? habits[0];
    if (kind === undefined) throw new Error('no habits');
    return new ModelClient(`c${i}`, actor, model, new Chance(play.seed * 31 + i), kind, trail);
  });
  try {
    for (const client of clients) await client.start();
    for (let round = 0; round < play.rounds; round++) {
      await playRound(clients, chance, play);
      if (broken.length > 0) throw broken[0];
      await settle(clients, model);
      if (broken.length > 0) throw broken[0];
    }
    await compareAfterwards(actor, model);
    const bugs = actor.logged.filter((line) => line.startsWith('command failed'));
    if (bugs.length > 0) throw new Error(bugs[0]);
    return clients.reduce((sum, { tags }) => sum + tags, 0);
  } catch (error) {
    const said = trail.slice(-3000).join('\n');
    const reason = broken[0] ?? error;
    throw new Error(`seed ${play.seed}: ${reason instanceof Error ? reason.stack : String(reason)}\n${said}`, {
      cause: reason,
    });
  } finally {
    unwatch();
    for (const client of clients) client.connection.end();
  }
}

async function playRound(clients: readonly ModelClient[], chance: Chance, { turns, parallel }: Play): Promise<void> {
  if (!parallel) {
    for (let left = turns * clients.length; left > 0; left--) await takeTurn(chance.pick(clients));
    return;
  }
  await Promise.all(
    clients.map(async (client) => {
      for (let left = turns; left > 0; left--) {
        await takeTurn(client);
        // Those that are not asked for anything let others go first.
        if (client.chance.oneIn(3)) await new Promise(setImmediate);
      }
    }),
  );
}

async function takeTurn(client: ModelClient): Promise<void> {
  const { chance } = client;
  if (client.gone) await client.restart();
  if (client.idling) {
    await client.listen();
    if (!client.gone && client.chance.oneIn(2)) await endIdle(client);
    return;
  }
  if (chance.oneIn(4)) await client.listen();
  if (client.gone) return;
  if (client.mirror === undefined) await actOutside(client);
  else await actInside(client);
}

async function actOutside(client: ModelClient): Promise<void> {
  const { chance } = client;
  const name = chance.pick(mailboxNames);
  switch (chance.below(12)) {
    case 0:
      return create(client);
    case 1:
      return chance.oneIn(2) ? remove(client) : rename(client);
    case 2:
      return append(client, name);
    case 3:
      return deliver(client, name);
    case 4:
      return status(client);
    case 5:
      return beginIdle(client);
    default:
      return select(client);
  }
}

async function actInside(client: ModelClient): Promise<void> {
  const { chance, mirror } = client;
  if (mirror === undefined) return;
  const name = chance.pick(mailboxNames);
  switch (chance.below(28)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return store(client, mirror);
    case 4:
    case 5:
    case 6:
      return fetch(client, mirror);
    case 7:
      return copyOrMove(client, mirror, name);
    case 8:
    case 9:
      return expunge(client, mirror);
    case 10:
    case 11:
      return search(client, mirror);
    case 12:
      return replace(client, mirror, name);
    case 13:
      return leave(client);
    case 14:
      return select(client);
    case 15:
      return beginIdle(client);
    case 16:
      return notify(client);
    case 17:
    case 18:
      return append(client, name);
    case 19:
      return deliver(client, name);
    case 20:
      return status(client);
    case 21:
      return chance.pick([create, create, remove, rename])(client);
    case 22:
      return learnNew(client, mirror);
    case 23:
    case 24:
      return pipeline(client, mirror);
    default:
      return noop(client);
  }
}

/** Nothing is under way: everyone is told everything, and then knows what there is. */
async function settle(clients: readonly ModelClient[], model: Model): Promise<void> {
  for (const client of clients) {
    if (client.gone) await client.restart();
    else if (client.idling) await endIdle(client);
  }
  for (const client of clients) if (!client.gone && client.mirror?.readOnly === false) await expungeNothing(client);
  for (const client of clients) {
    if (client.gone) continue;
    if (client.hears !== 'default') await notify(client, client.habits.condstore ? 'all' : 'delayed');
    if (!client.gone) await noop(client);
  }
  model.settle();
  for (const client of clients) client.mirror?.compare();
  for (const client of clients) {
    if (client.gone || client.mirror === undefined) continue;
    await learnNew(client, client.mirror);
    client.mirror.compare();
  }
}

/** What waits for a command is done before all are compared. */
async function expungeNothing(client: ModelClient): Promise<void> {
  await client.run('CHECK');
}

/** What a client that comes new finds is what the model has. */
async function compareAfterwards(actor: Actor, model: Model): Promise<void> {
  const client = new ModelClient(
    'last',
    actor,
    model,
    new Chance(1),
    { condstore: true, qresync: true, rev2: false },
    [],
  );
  await client.start();
  for (const mailbox of model.mailboxes.values()) {
    if (mailbox.isDeleted) continue;
    const answer = await client.run(`STATUS ${mailbox.name} (MESSAGES UIDNEXT UNSEEN HIGHESTMODSEQ MAILBOXID)`);
    if (answer.status !== 'OK') throw new Error(`${mailbox.name} is not there`);
  }
  client.connection.end();
}
