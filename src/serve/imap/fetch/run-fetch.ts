import { parsePartMap } from '../../../mime/part-map.ts';
import type { EmailRow } from '../../../store/email-row.ts';
import { seen } from '../../../store/flags.ts';
import type { MessageReader } from '../../../store/message-reader.ts';
import type { FetchArguments, FetchItem } from '../../../wire/imap/fetch-item.ts';
import { useCondstore } from '../condstore.ts';
import { pageOfRanges } from '../search/page-of.ts';
import { endLimited, limitMessages } from '../message-limit.ts';
import { intersectRanges } from '../search/position-list.ts';
import { countPositions, keepLive, RangeCollector } from '../positions.ts';
import { Bad, Bye, No } from '../refusal.ts';
import type { Done, Reply } from '../respond.ts';
import type { Selected, Session } from '../session.ts';
import type { PositionRanges, View } from '../view.ts';
import { ChunkedOutput } from './chunked-output.ts';
import { UnknownEncoding } from './decoded-part.ts';
import { planFetch, type FetchPlan } from './fetch-plan.ts';
import { noRow, type MessageCursor } from './message-cursor.ts';
import { OpenAhead } from './open-ahead.ts';
import { printUsualHeader, type UsualHeader } from './usual-header.ts';
import { tellVanished } from './tell-vanished.ts';
import { BrokenLiteral, writeOctetItem } from './write-octet-item.ts';

/** FETCH and UID FETCH. RFC 9051 section 6.4.5, RFC 7162 sections 3.1.4 and 3.2.6; after ENABLE UIDONLY RFC 9586. */
export async function runFetch(session: Session, args: FetchArguments, byUid: boolean, reply: Reply): Promise<Done> {
  const selected = session.currentMailbox();
  const { view } = selected;
  checkModifiers(session, args, byUid);
  const asked = byUid ? view.resolveUids(args.set) : view.resolveNumbers(args.set);
  const wantsModseq = args.changedSince !== undefined || args.items.some((item) => item.kind === 'modseq');
  if (wantsModseq) useCondstore(session, reply);
  if (args.vanished) await tellVanished(session, args, reply);
  const changed = args.changedSince === undefined ? asked : changedSince(view, asked, args.changedSince);
  const limited = limitMessages(session, view, args.page === undefined ? changed : pageOfRanges(changed, args.page));
  const { positions } = limited;
  const plan = planFetch(args.items, {
    uid: !session.uidOnly && (byUid || session.qresync),
    modseq: args.changedSince !== undefined || (byUid && session.qresync),
  });
  const run = new FetchRun(session, selected, plan, reply);
  await run.write(positions);
  await run.setSeen();
  return endLimited(run.end(countPositions(positions)), limited, reply);
}

/** FETCH of messages that are new to the client, as it asked for in NOTIFY. RFC 5465 section 5.2; MODSEQ RFC 7162 section 3.2. */
export async function fetchUnasked(
  session: Session,
  items: readonly FetchItem[],
  positions: PositionRanges,
  reply: Reply,
): Promise<void> {
  const plan = planFetch(items, { uid: !session.uidOnly, modseq: session.condstore });
  const run = new FetchRun(session, session.currentMailbox(), plan, reply);
  await run.write(positions);
  await run.setSeen();
}

/** RFC 9394 section 3.3: PARTIAL only with UID FETCH. RFC 7162 section 3.2.6: VANISHED only with UID FETCH, after ENABLE QRESYNC, beside CHANGEDSINCE. */
function checkModifiers(session: Session, args: FetchArguments, byUid: boolean): void {
  const { changedSince: since, vanished, page } = args;
  if (page !== undefined && !byUid) throw new Bad('PARTIAL is for UID FETCH');
  // RFC 9738 section 3.1.
  const { messageLimit = Infinity } = session.options;
  if (page !== undefined && Math.abs(page.last - page.first) >= messageLimit) {
    throw new No('the page is too large', `MESSAGELIMIT ${messageLimit}`);
  }
  if (!vanished) return;
  if (!byUid) throw new Bad('VANISHED is for UID FETCH');
  if (!session.qresync) throw new Bad('VANISHED needs ENABLE QRESYNC');
  if (since === undefined) throw new Bad('VANISHED needs CHANGEDSINCE');
}

/** Those that changed since; expunged messages have no modseq that could tell. */
function changedSince(view: View, positions: PositionRanges, since: number): PositionRanges {
  const changed = new RangeCollector();
  for (const position of intersectRanges(Uint32Array.from(view.changedSince(since)), positions)) changed.add(position);
  return changed.ranges;
}

/** One FETCH under way. */
class FetchRun {
  private readonly session: Session;
  private readonly selected: Selected;
  private readonly view: View;
  private readonly plan: FetchPlan;
  private readonly out: ChunkedOutput;
  private readonly message: MessageCursor;
  /** Positions of messages to be marked as seen. */
  private readonly unseen = new RangeCollector();
  private answered = 0;
  private unknownEncoding = false;

  constructor(session: Session, selected: Selected, plan: FetchPlan, reply: Reply) {
    this.session = session;
    this.selected = selected;
    this.view = selected.view;
    this.plan = plan;
    this.out = new ChunkedOutput(reply);
    this.message = { index: selected.view.index, number: 0, uid: 0, at: 0, row: noRow };
  }

  async write(positions: PositionRanges): Promise<void> {
    if (this.plan.columns === undefined) await this.writeFromIndex(positions);
    else await this.writeFromStore(positions);
    this.out.flush();
  }

  /** FLAGS, UID, MODSEQ: no store, no promise per message. */
  private async writeFromIndex(positions: PositionRanges): Promise<void> {
    for (const [first, last] of positions) {
      for (let position = first; position <= last; position++) {
        this.moveTo(position);
        if (this.message.at < 0) continue;
        this.answered++;
        this.out.add(`${this.printTexts()})\r\n`);
        if ((position & 63) !== 0) continue;
        const pause = this.out.pause();
        if (pause !== undefined) await pause;
        if (this.out.reply.gone) return;
      }
    }
  }

  private async writeFromStore(positions: PositionRanges): Promise<void> {
    const { session, view, plan } = this;
    const selection = {
      accountId: this.selected.ownerId,
      mailboxId: this.selected.mailbox.id,
      uids: view.uidRanges(positions),
      withExpunged: view.hasExpunged(),
    };
    for await (const rows of session.services.store.readEmails(selection, plan.columns ?? {})) {
      if (plan.headers !== undefined) await this.writeHeaders(rows, plan.headers);
      else if (plan.octets.length > 0) await this.writeMessages(rows);
      else this.writeRows(rows);
      const pause = this.out.pause();
      if (pause !== undefined) await pause;
      if (this.out.reply.gone) return;
    }
  }

  private writeRows(rows: readonly EmailRow[]): void {
    for (const row of rows) {
      if (!this.moveToRow(row)) continue;
      this.answered++;
      this.out.add(`${this.printTexts()})\r\n`);
    }
  }

  /** Messages whose usual fields are not kept are opened. */
  private async writeHeaders(rows: readonly EmailRow[], headers: readonly UsualHeader[]): Promise<void> {
    for (let at = 0; at < rows.length && !this.out.reply.gone;) {
      const start = at;
      while (at < rows.length && rows[at]?.usualFields === '') at++;
      if (at > start) await this.writeMessages(rows.slice(start, at));
      for (let row = rows[at]; row !== undefined && row.usualFields !== ''; row = rows[++at]) {
        if (!this.moveToRow(row)) continue;
        this.answered++;
        let line = this.printTexts();
        let separator = line.endsWith('(') ? '' : ' ';
        for (const header of headers) {
          line += separator + printUsualHeader(header, row.usualFields);
          separator = ' ';
        }
        this.out.add(`${line})\r\n`);
      }
    }
  }

  private async writeMessages(rows: readonly EmailRow[]): Promise<void> {
    const { store } = this.session.services;
    const opened = new OpenAhead(rows, (some) =>
      store.openMessages(
        this.selected.ownerId,
        some.map((row) => row.emailId),
      ),
    );
    try {
      for (const row of rows) {
        const reader = await opened.next();
        if (reader === undefined) continue;
        try {
          if (this.moveToRow(row)) await this.writeMessage(reader);
        } finally {
          reader.close();
        }
        const pause = this.out.pause();
        if (pause !== undefined) await pause;
        if (this.out.reply.gone) return;
      }
    } finally {
      opened.close();
    }
  }

  private async writeMessage(reader: MessageReader): Promise<void> {
    const root = parsePartMap(reader.partMap);
    if (!root.ok) throw new Error('stored part map cannot be read');
    const position = this.message.number - 1;
    let lead = this.printTexts();
    if (!lead.endsWith('(')) lead += ' ';
    const isEmpty = lead.endsWith('(');
    for (const item of this.plan.octets) {
      try {
        await writeOctetItem(this.out, reader, root.value, item, lead);
        lead = ' ';
      } catch (error) {
        if (error instanceof BrokenLiteral) this.giveUp(error);
        if (!(error instanceof UnknownEncoding)) throw error;
        this.unknownEncoding = true;
      }
      if (this.out.reply.gone) return;
    }
    if (lead !== ' ' && isEmpty) return;
    this.out.add(lead === ' ' ? ')\r\n' : `${lead.trimEnd()})\r\n`);
    this.answered++;
    if (this.plan.setsSeen) this.noteUnseen(position);
  }

  private giveUp(error: BrokenLiteral): never {
    this.session.log.error('message cannot be read', { uid: this.message.uid, answer: 'BYE' }, error);
    throw new Bye('message cannot be read', 'UNAVAILABLE');
  }

  private noteUnseen(position: number): void {
    const at = this.view.indexPosition(position);
    if (at >= 0 && ((this.view.index.flags[at] ?? 0) & seen) === 0) this.unseen.add(position);
  }

  private moveTo(position: number): void {
    const { message, view } = this;
    message.number = position + 1;
    message.uid = view.uidAt(position);
    message.at = view.indexPosition(position);
  }

  /** False for messages that this client was not told of, or was told that they are gone. */
  private moveToRow(row: EmailRow): boolean {
    const next = this.message.number;
    const position = this.view.uidAt(next) === row.uid && next < this.view.length ? next : this.view.find(row.uid);
    if (position < 0) return false;
    this.moveTo(position);
    this.message.row = row;
    return true;
  }

  /** `* 5 FETCH (UID 7 FLAGS (\Seen)`, without the end. */
  private printTexts(): string {
    const { message, plan } = this;
    let out = this.session.uidOnly ? `* ${message.uid} UIDFETCH (` : `* ${message.number} FETCH (`;
    let separator = '';
    for (const print of plan.texts) {
      const text = print(message);
      if (text === '') continue;
      out += separator + text;
      separator = ' ';
    }
    return out;
  }

  /** One write for all messages, after they were sent: what the client did not get stays unseen. */
  async setSeen(): Promise<void> {
    // RFC 4314 section 4, FETCH.
    if (this.unseen.ranges.length === 0 || this.selected.readOnly || !this.selected.rights.includes('s')) return;
    await this.session.services.store.setFlags({
      accountId: this.selected.ownerId,
      mailboxId: this.selected.mailbox.id,
      uids: this.view.uidRanges(keepLive(this.view, this.unseen.ranges).live),
      how: 'add',
      flags: seen,
      keywords: [],
      origin: this.session.origin,
    });
  }

  /** RFC 5530 section 3, EXPUNGEISSUED: some of the messages are no longer there. */
  end(asked: number): Done {
    if (this.unknownEncoding) throw new No('transfer encoding is unknown', 'UNKNOWN-CTE');
    return this.answered < asked ? { code: 'EXPUNGEISSUED' } : {};
  }
}
