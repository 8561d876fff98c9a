import { attempt } from '../../wire/imap/read.ts';
import { ImapReader } from '../../wire/imap/imap-reader.ts';
import { TooManyKeywords } from '../../store/operations/intern-keywords.ts';
import { StorageFull } from '../../store/store.ts';
import type { Command, Prepared } from './command.ts';
import { commandsByName } from './command-table.ts';
import { isHiddenCommand } from './hidden-capabilities.ts';
import { isOutage } from './outage.ts';
import { Bad, Bye, ConnectionEnded, No } from './refusal.ts';
import type { Done, Ending, Reply } from './respond.ts';
import type { Session } from './session.ts';
import { tellChanges, tellNoMoreKeywords } from './tell.ts';
import type { Unanswered } from './unanswered.ts';

/** What a command line turned out to be. */
export type Reading =
  | { readonly kind: 'command'; readonly tag: string; readonly entry: Command; readonly run: Prepared }
  /** Answer BAD. `tag` is `*` when there was none to be read (RFC 9051 section 7.1, BAD). */
  | { readonly kind: 'bad'; readonly tag: string; readonly text: string; readonly recognised: boolean };

/** Reads a whole command: tag, name, arguments. Never throws. */
export function readCommand(text: string, session: Session): Reading {
  const r = new ImapReader(text, { utf8: session.utf8 });
  const head = attempt(() => {
    const tag = r.expectTag();
    r.expectSpace();
    return tag;
  });
  if (!head.ok) return { kind: 'bad', tag: '*', text: 'expected a tag and a command', recognised: false };
  const tag = head.value;
  const name = attempt(() => expectName(r));
  if (!name.ok) return { kind: 'bad', tag, text: 'expected a command', recognised: false };
  const entry = commandsByName.get(name.value);
  if (entry === undefined) return { kind: 'bad', tag, text: 'no such command', recognised: false };
  if (isHiddenCommand(session, entry, commandsByName)) {
    return { kind: 'bad', tag, text: 'no such command', recognised: true };
  }
  if (!entry.states.includes(session.state)) {
    return { kind: 'bad', tag, text: wrongState(entry, session), recognised: true };
  }
  const prepared = attempt(() => entry.prepare(r));
  if (prepared.ok) return { kind: 'command', tag, entry, run: prepared.value };
  const { expected, at } = prepared.error;
  return { kind: 'bad', tag, text: `${entry.name}: expected ${expected} at ${at}`, recognised: true };
}

/** True when a text begins like a command that takes over message literals. */
export function takesMessage(head: string): boolean {
  const name = /^[^ ]{1,256} (UID [a-z]{1,20}|[a-z]{1,20}) /i.exec(head)?.[1];
  return name !== undefined && commandsByName.get(name.toUpperCase())?.takesMessage === true;
}

function expectName(r: ImapReader): string {
  const name = r.expectKeyword();
  if (name !== 'UID') return name;
  r.expectSpace();
  return `UID ${r.expectKeyword()}`;
}

function wrongState(entry: Command, session: Session): string {
  if (session.state === 'not-authenticated') return 'log in first';
  return entry.states.includes('selected') ? 'select a mailbox first' : 'not after login';
}

/**
 * Runs a command and writes its tagged answer, after what it has to tell of the mailbox and after the answers of earlier
 * commands. The one place that turns refusals and bugs into answers.
 */
export async function runCommand(
  session: Session,
  reply: Reply,
  tag: string,
  entry: Command,
  run: Prepared,
  unanswered: Unanswered,
): Promise<Ending> {
  try {
    if (session.uidOnly) refuseNumbers(entry);
    const done = (await run(session, reply)) ?? {};
    if (done.later !== undefined) {
      const { outcome, bytes } = done.later;
      await unanswered.add({ outcome, bytes, finish: () => finish(session, reply, tag, entry, outcome) });
      return session.ending ? { kind: 'ended' } : { kind: 'started' };
    }
    if (unanswered.size > 0) await unanswered.answerAll();
    return await accomplish(session, reply, tag, entry, done);
  } catch (error) {
    if (unanswered.size > 0) await unanswered.answerAll();
    return refuse(session, reply, tag, entry, error);
  }
}

async function finish(
  session: Session,
  reply: Reply,
  tag: string,
  entry: Command,
  outcome: Promise<Done>,
): Promise<Ending> {
  try {
    return await accomplish(session, reply, tag, entry, await outcome);
  } catch (error) {
    return refuse(session, reply, tag, entry, error);
  }
}

/** After ENABLE UIDONLY, of a command and its UID form only the latter may be used; EXPUNGE names no messages. RFC 9586. */
function refuseNumbers({ name }: Command): void {
  if (name === 'EXPUNGE' || !commandsByName.has(`UID ${name}`)) return;
  throw new Bad(`message numbers are not used here, but UID ${name}`, 'UIDREQUIRED');
}

async function accomplish(session: Session, reply: Reply, tag: string, entry: Command, done: Done): Promise<Ending> {
  if (session.ending && reply.gone) return { kind: 'ended' };
  await tell(session, reply, entry);
  reply.write(`${tag} OK ${codeText(done.code)}${done.text ?? `${entry.name} completed`}\r\n`);
  return { kind: 'done', after: done.after };
}

function tell(session: Session, reply: Reply, entry: Command): Promise<void> | undefined {
  return entry.tells === 'nothing' ? undefined : tellChanges(session, reply, entry.tells === 'all');
}

function codeText(code: string | undefined): string {
  return code === undefined ? '' : `[${code}] `;
}

async function refuse(session: Session, reply: Reply, tag: string, entry: Command, error: unknown): Promise<Ending> {
  if (error instanceof ConnectionEnded || (session.ending && reply.gone)) return { kind: 'ended' };
  if (error instanceof Bye) return sayBye(session, error);
  const isFull = error instanceof StorageFull || error instanceof TooManyKeywords;
  const known = error instanceof No || error instanceof Bad || isFull;
  if (isOutage(error)) session.log.warn('command failed', { command: entry.name, reason: String(error) });
  else if (!known) session.log.error('command failed', { command: entry.name, answer: 'NO [SERVERBUG]' }, error);
  const bad = error instanceof Bad;
  const { code, text } = answerOf(error);
  try {
    await tell(session, reply, entry);
    if (error instanceof TooManyKeywords) tellNoMoreKeywords(session, reply);
  } catch (second) {
    if (second instanceof Bye) return sayBye(session, second);
    throw second;
  }
  reply.write(`${tag} ${bad ? 'BAD' : 'NO'} ${codeText(code)}${text}\r\n`);
  return { kind: bad ? 'bad' : 'no' };
}

function answerOf(error: unknown): { code: string | undefined; text: string } {
  if (error instanceof No || error instanceof Bad) return { code: error.code, text: error.message };
  if (error instanceof TooManyKeywords) return { code: 'LIMIT', text: 'no more keywords in this account' };
  if (error instanceof StorageFull) return { code: 'UNAVAILABLE', text: 'no room on the server, try again later' };
  if (isOutage(error)) return { code: 'UNAVAILABLE', text: 'storage is away, try again later' };
  return { code: 'SERVERBUG', text: 'internal error' };
}

function sayBye(session: Session, bye: Bye): Ending {
  session.sink.write(`* BYE ${codeText(bye.code)}${bye.message}\r\n`);
  session.sink.close();
  session.ending = true;
  return { kind: 'ended' };
}
