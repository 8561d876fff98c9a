/** What one writer may expect of its mailboxes after a crash: the state before its last command, or after it. */
import type { ImapSession } from '../e2e/harness/imap-session.ts';

export interface ModelMessage {
  /** Value of the X-Id field. */
  readonly id: string;
  readonly flags: readonly string[];
  /** Undefined where the answer that told it never came. */
  readonly uid: number | undefined;
}

/** Mailbox name to its messages. */
export type Model = ReadonlyMap<string, readonly ModelMessage[]>;

/** Replaces some mailboxes of a model; undefined removes one. */
export function withMailboxes(
  model: Model,
  changes: Readonly<Record<string, readonly ModelMessage[] | undefined>>,
): Model {
  const next = new Map(model);
  for (const [name, messages] of Object.entries(changes)) {
    if (messages === undefined) next.delete(name);
    else next.set(name, messages);
  }
  return next;
}

/** Reads the mailboxes whose names begin with `prefix`. */
export async function readModel(imap: ImapSession, prefix: string): Promise<Model> {
  const model = new Map<string, readonly ModelMessage[]>();
  const listed = await imap.ok(`LIST "" "${prefix}*"`);
  for (const { line } of listed.untagged) {
    const name = /^\* LIST \([^)]*\) (?:"."|NIL) "?([^"]+?)"?(?: \(.*\))?$/.exec(line)?.[1];
    if (name !== undefined) model.set(name, await readMailbox(imap, name));
  }
  return model;
}

/** All messages of a mailbox by ascending uid. */
export async function readMailbox(imap: ImapSession, name: string): Promise<ModelMessage[]> {
  const selected = await imap.ok(`EXAMINE "${name}"`);
  if (selected.untagged.some(({ line }) => line === '* 0 EXISTS')) return [];
  const fetched = await imap.ok('UID FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS (X-ID)])');
  return fetched.untagged
    .filter(({ line }) => / FETCH /.test(line))
    .map(({ line, literals }) => ({
      uid: Number(/UID (\d+)/.exec(line)?.[1]),
      flags: (/FLAGS \(([^)]*)\)/.exec(line)?.[1] ?? '')
        .split(' ')
        .filter((flag) => flag !== '' && flag !== '\\Recent'),
      id: /X-Id: (\S+)/i.exec(literals[0]?.toString('latin1') ?? line)?.[1] ?? `? ${line}`,
    }));
}

/** How `found` differs from `wanted`; empty if it does not. Uids that were never told match any. */
export function compareModels(wanted: Model, found: Model): string[] {
  const differences: string[] = [];
  for (const name of new Set([...wanted.keys(), ...found.keys()])) {
    const [a, b] = [wanted.get(name), found.get(name)];
    if (!a || !b) differences.push(`${name} is ${a ? 'gone' : 'there, but should not be'}`);
    else differences.push(...compareMailbox(name, a, b));
  }
  return differences;
}

function compareMailbox(name: string, wanted: readonly ModelMessage[], found: readonly ModelMessage[]): string[] {
  const print = (m: ModelMessage): string => `${m.id} (${[...m.flags].sort().join(' ')})`;
  const [a, b] = [wanted.map(print).sort(), found.map(print).sort()];
  const uids = new Map(found.map((message) => [message.id, message.uid]));
  return [
    ...a.filter((text) => !b.includes(text)).map((text) => `${name}: ${text} is missing`),
    ...b.filter((text) => !a.includes(text)).map((text) => `${name}: ${text} is too much`),
    ...wanted
      .filter(({ id, uid }) => uid !== undefined && uids.has(id) && uids.get(id) !== uid)
      .map(({ id, uid }) => `${name}: ${id} had uid ${uid}, now ${uids.get(id)}`),
  ];
}
