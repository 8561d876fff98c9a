import type { ModSeq } from '../../store/ids.ts';
import type { FlagsSet, SetFlags } from '../../store/store.ts';
import type { ImapReader } from '../../wire/imap/imap-reader.ts';
import { printNumbers, type SequenceSet } from '../../wire/imap/sequence-set.ts';
import { useCondstore } from './condstore.ts';
import { fetchHead } from './fetch-head.ts';
import { ChunkedOutput } from './fetch/chunked-output.ts';
import { parseFlags, printFlags } from './flag-text.ts';
import { endLimited, limitMessages } from './message-limit.ts';
import { countPositions, keepLive } from './positions.ts';
import { UntoldChanges } from './untold-changes.ts';
import type { Done, Reply } from './respond.ts';
import type { Selected, Session } from './session.ts';
import { noPermission } from './sharing/access.ts';
import { permittedChange } from './sharing/flag-rights.ts';
import { tellKeywords } from './tell.ts';
import type { PositionRanges, View } from './view.ts';

/** The arguments of STORE and UID STORE. */
export interface StoreArguments {
  readonly set: SequenceSet;
  /** RFC 7162 section 3.1.3. */
  readonly unchangedSince: number | undefined;
  readonly how: SetFlags['how'];
  readonly silent: boolean;
  readonly flags: readonly string[];
}

/**
 * store = "STORE" SP sequence-set [SP "(" "UNCHANGEDSINCE" SP mod-sequence-valzer ")"] SP store-att-flags. RFC 9051
 * section 9, RFC 7162 section 7.
 */
export function expectStore(r: ImapReader): StoreArguments {
  r.expectSpace();
  const set = r.expectSequenceSet();
  r.expectSpace();
  let unchangedSince: number | undefined;
  if (r.takeChar('(')) {
    if (!r.takeWord('UNCHANGEDSINCE')) r.fail('UNCHANGEDSINCE');
    r.expectSpace();
    unchangedSince = r.expectNumber64();
    r.expectChar(')');
    r.expectSpace();
  }
  const how = r.takeChar('+') ? 'add' : r.takeChar('-') ? 'remove' : 'replace';
  const silent = r.takeWord('FLAGS.SILENT');
  if (!silent && !r.takeWord('FLAGS')) r.fail('FLAGS');
  r.expectSpace();
  return { set, unchangedSince, how, silent, flags: expectFlags(r) };
}

/** flag-list / (flag *(SP flag)). RFC 9051 section 9, store-att-flags. */
function expectFlags(r: ImapReader): string[] {
  if (r.peek() === 40) return r.expectFlagList();
  const flags = [r.expectFlag()];
  while (r.takeSpace()) flags.push(r.expectFlag());
  return flags;
}

/** STORE and UID STORE: one write for all messages. RFC 9051 section 6.4.6, RFC 7162 section 3.1.3. */
export async function storeFlags(session: Session, args: StoreArguments, byUid: boolean, reply: Reply): Promise<Done> {
  const selected = session.writableMailbox();
  const { view } = selected;
  const { flags, keywords } = parseFlags(args.flags);
  const permitted = permittedChange(args.how, { flags, keywords }, selected.rights);
  if (permitted === undefined) throw noPermission();
  const asked = byUid ? view.resolveUids(args.set) : view.resolveNumbers(args.set);
  if (args.unchangedSince !== undefined) useCondstore(session, reply);
  const limited = limitMessages(session, view, keepLive(view, asked).live);
  const { positions: live } = limited;
  if (live.length === 0) return end(view, asked, none, byUid);
  const untold = args.silent ? new UntoldChanges(view, live) : undefined;
  const done = await session.services.store.setFlags({
    accountId: selected.ownerId,
    mailboxId: selected.mailbox.id,
    uids: view.uidRanges(live),
    how: args.how,
    ...permitted,
    ...(args.unchangedSince === undefined ? {} : { unchangedSince: args.unchangedSince as ModSeq }),
    origin: session.origin,
  });
  await answer(session, selected, { live, done, more: untold?.after({ how: args.how, flags, keywords }) }, reply);
  return endLimited(end(view, asked, done, byUid), limited, reply);
}

const none: FlagsSet = { modseq: undefined, changed: new Uint32Array(0), modified: new Uint32Array(0) };

/** What a STORE did; `more`: only with SILENT, messages whose flags others changed too. */
interface Stored {
  readonly live: PositionRanges;
  readonly done: FlagsSet;
  readonly more: PositionRanges | undefined;
}

/**
 * The new flags of all named messages, also of those that had them already; SILENT: only their modseqs (RFC 7162
 * section 3.1.3), and in full those that were left alone or that hold more news. What was said here is not told again.
 */
async function answer(session: Session, { view }: Selected, stored: Stored, reply: Reply): Promise<void> {
  const { live, done, more } = stored;
  if (done.modseq !== undefined) view.ignore(done.modseq);
  tellKeywords(view, reply);
  const out = new ChunkedOutput(reply);
  if (more === undefined) await printAll(session, view, live, out);
  else {
    if (session.condstore) await printAll(session, view, view.positionsOf(done.changed), out, true);
    await printAll(session, view, view.positionsOf(done.modified), out);
    await printAll(session, view, more, out);
  }
  out.flush();
}

async function printAll(
  session: Session,
  view: View,
  positions: PositionRanges,
  out: ChunkedOutput,
  onlyModseq = false,
): Promise<void> {
  const { index } = view;
  for (const [first, last] of positions) {
    for (let position = first; position <= last; position++) {
      const at = view.indexPosition(position);
      if (at < 0) continue;
      const flags = onlyModseq ? '' : `FLAGS ${printFlags(index, at)}`;
      const modseq = session.condstore ? `MODSEQ (${index.modseqs[at] ?? 0})` : '';
      const separator = flags === '' || modseq === '' ? '' : ' ';
      out.add(`${fetchHead(session, position, view.uidAt(position))}${flags}${separator}${modseq})\r\n`);
      if ((position & 63) !== 0) continue;
      const pause = out.pause();
      if (pause !== undefined) await pause;
      if (out.reply.gone) return;
    }
  }
}

/** MODIFIED: those left alone (RFC 7162 section 3.1.3). EXPUNGEISSUED: some were not there any more (RFC 5530 section 3). */
function end(view: View, asked: PositionRanges, { modified }: FlagsSet, byUid: boolean): Done {
  if (modified.length > 0) {
    const named = byUid ? modified : modified.map((uid) => view.find(uid) + 1).filter((number) => number > 0);
    return { code: `MODIFIED ${printNumbers(named)}`, text: 'some messages had changed' };
  }
  return countPositions(asked) > countPositions(keepLive(view, asked).live) ? { code: 'EXPUNGEISSUED' } : {};
}
