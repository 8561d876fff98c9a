import type { BlobStore } from '../blob-store.ts';
import type { Engine } from '../engine.ts';
import type { AccountId, MailboxId } from '../ids.ts';
import { query, type Operation, type SqlRow } from '../sql/statement.ts';
import type { TextRequest } from '../store.ts';
import type { Ranked } from '../text-query.ts';
import { BlockCache } from './block-cache.ts';
import { FuzzyNeedle, FuzzySearch } from './fuzzy-needle.ts';
import { likePieces } from './fuzzy-pieces.ts';
import type { MatchRequest } from './match-thread.ts';
import { matchMessage, matchNow, messageTextColumns, openTexts, readFoldedText, sizeColumn } from './message-text.ts';
import { findCandidates } from './signature-block.ts';
import { TextNeedle } from './text-needle.ts';
import { ThreadOnDemand } from './thread-on-demand.ts';
import { hashNeedles } from './trigram-signature.ts';

/** Messages looked at between two looks at the clock, and how long one turn may take. */
const rowsPerRead = 32;
const turnMs = 4;
/** Larger messages are decoded elsewhere: one alone would take longer than a turn. */
const largeBytes = 128 * 1024;

/** What is read of messages, how many at once, and what is made of the rows. */
interface Reading<Opened> {
  readonly columns: string;
  readonly atOnce: number;
  readonly open: (rows: readonly SqlRow[]) => readonly Opened[];
}

/** '' in rows that are older than the way texts are folded now: what they would say is in the message. */
const headReading: Reading<string> = {
  columns: 'm.head',
  atOnce: 500,
  open: (rows) => rows.map(([head]) => String(head)),
};

/** Answers text searches exactly: the index names candidates, each is verified; what it does not cover is looked at. */
export class TextSearch {
  readonly #engine: Engine;
  readonly #blobs: BlobStore;
  readonly #blocks: BlockCache;
  readonly #large: ThreadOnDemand<MatchRequest, boolean>;

  /** `place`: where large blobs lie (see `openBlobStore`). */
  constructor(engine: Engine, blobs: BlobStore, place: string) {
    this.#engine = engine;
    this.#blocks = new BlockCache(engine);
    this.#large = new ThreadOnDemand(new URL('./match-thread.ts', import.meta.url), place);
    this.#blobs = blobs;
  }

  async match(request: TextRequest): Promise<Uint32Array> {
    const needle = new TextNeedle(request.query);
    if (request.query.in !== 'header' && needle.needle === '') return request.uids;
    const candidates = await this.#findCandidates(request.accountId, needle);
    const uids = await this.#engine.read(keepCandidates(request, candidates));
    return needle.headLine >= 0 ? this.#matchHeads(request, uids, needle) : this.#matchTexts(request, uids, needle);
  }

  /**
   * Messages whose words are like those of the query, and how well they match. The index leaves out those that hold no piece of
   * one of the words. Of large bodies only the beginning is decoded, so that none takes long.
   */
  async rank(request: TextRequest): Promise<Ranked> {
    const needle = new FuzzyNeedle(request.query);
    if (needle.words.length === 0) {
      const uids = await this.match(request);
      return { uids, scores: new Uint8Array(uids.length).fill(100) };
    }
    const uids: number[] = [];
    const scores: number[] = [];
    const keep = (uid: number, score: number): void => {
      if (score === 0) return;
      uids.push(uid);
      scores.push(score);
    };
    const candidates = await this.#findLikely(request.accountId, needle);
    const likely = await this.#engine.read(keepCandidates(request, candidates));
    if (needle.headLine >= 0) {
      const old: number[] = [];
      await this.#eachRow(request, likely, headReading, (uid, head) => {
        if (head === '') old.push(uid);
        else keep(uid, needle.scoreHead(head));
      });
      await this.#rankTexts(request, Uint32Array.from(old), needle, keep);
      if (old.length > 0) return inOrder(uids, scores);
    } else {
      await this.#rankTexts(request, likely, needle, keep);
    }
    return { uids: Uint32Array.from(uids), scores: Uint8Array.from(scores) };
  }

  async #rankTexts(
    request: TextRequest,
    uids: Uint32Array,
    needle: FuzzyNeedle,
    keep: (uid: number, score: number) => void,
  ): Promise<void> {
    const reading = { columns: messageTextColumns, atOnce: rowsPerRead, open: openTexts };
    await this.#eachRow(request, uids, reading, async (uid, stored) => {
      const search = new FuzzySearch(needle);
      await readFoldedText(stored, this.#blobs, search);
      keep(uid, search.score);
    });
  }

  /** Emails that may match: those the index names and those it does not cover. Undefined: the needle is too short for it. */
  async #findCandidates(accountId: AccountId, needle: TextNeedle): Promise<ReadonlySet<number> | undefined> {
    const places = hashNeedles(needle.needle);
    if (places === undefined) return undefined;
    const { blocks, pending } = await this.#blocks.read(accountId);
    const candidates = new Set(pending);
    for (const block of blocks) for (const id of findCandidates(block, places, needle.where)) candidates.add(id);
    return candidates;
  }

  /** Emails that may hold a word like each of the needle's. Undefined: the index cannot tell. */
  async #findLikely(accountId: AccountId, needle: FuzzyNeedle): Promise<ReadonlySet<number> | undefined> {
    const wanted: (readonly Uint32Array[])[] = [];
    for (const word of needle.words) {
      const places = likePieces(word)?.map((piece) => hashNeedles(piece));
      if (places?.every((each) => each !== undefined) === true) wanted.push(places);
    }
    if (wanted.length === 0) return undefined;
    const { blocks, pending } = await this.#blocks.read(accountId);
    const where = needle.query.in === 'header' ? 'header' : 'text';
    const candidates = new Set(pending);
    for (const block of blocks) {
      const byWord = wanted.map((pieces) => new Set(pieces.flatMap((places) => findCandidates(block, places, where))));
      for (const id of byWord[0] ?? []) if (byWord.every((ids) => ids.has(id))) candidates.add(id);
    }
    return candidates;
  }

  close(): Promise<void> {
    return this.#large.close();
  }

  async #matchHeads(request: TextRequest, uids: Uint32Array, needle: TextNeedle): Promise<Uint32Array> {
    const found: number[] = [];
    const old: number[] = [];
    await this.#eachRow(request, uids, headReading, (uid, head) => {
      if (head === '') old.push(uid);
      else if (needle.matchesHead(head)) found.push(uid);
    });
    if (old.length > 0) found.push(...(await this.#matchTexts(request, Uint32Array.from(old), needle)));
    return Uint32Array.from(found).sort();
  }

  async #matchTexts(request: TextRequest, uids: Uint32Array, needle: TextNeedle): Promise<Uint32Array> {
    const found: number[] = [];
    const reading = { columns: messageTextColumns, atOnce: rowsPerRead, open: openTexts };
    const wait = async (uid: number, matches: Promise<boolean>): Promise<void> => {
      if (await matches) found.push(uid);
    };
    await this.#eachRow(request, uids, reading, (uid, stored) => {
      if (Number(stored.row[sizeColumn]) > largeBytes)
        return wait(uid, this.#large.ask({ row: stored.row, query: request.query }));
      const matches = matchNow(stored, needle);
      if (matches === undefined) return wait(uid, matchMessage(stored, needle, this.#blobs));
      if (matches) found.push(uid);
      return undefined;
    });
    return Uint32Array.from(found);
  }

  /** Calls `look` with what was read of each message, giving others their turn between. */
  async #eachRow<Opened>(
    { mailboxId, signal }: TextRequest,
    uids: Uint32Array,
    { columns, atOnce, open }: Reading<Opened>,
    look: (uid: number, opened: Opened) => void | Promise<void>,
  ): Promise<void> {
    let turnEnds = performance.now() + turnMs;
    for (let start = 0; start < uids.length; start += atOnce) {
      signal?.throwIfAborted();
      const rows = await this.#engine.read(readRows(mailboxId, uids.subarray(start, start + atOnce), columns));
      for (const [at, opened] of open(rows.map(([, row]) => row)).entries()) {
        const waiting = look(rows[at]?.[0] ?? 0, opened);
        if (waiting !== undefined) await waiting;
        if (performance.now() < turnEnds) continue;
        await new Promise(setImmediate);
        turnEnds = performance.now() + turnMs;
      }
    }
  }
}

function inOrder(uids: readonly number[], scores: readonly number[]): Ranked {
  const order = [...uids.keys()].sort((a, b) => (uids[a] ?? 0) - (uids[b] ?? 0));
  return {
    uids: Uint32Array.from(order, (at) => uids[at] ?? 0),
    scores: Uint8Array.from(order, (at) => scores[at] ?? 0),
  };
}

/** Of the requested uids those whose email may match; all when the index cannot tell. */
function* keepCandidates(request: TextRequest, candidates: ReadonlySet<number> | undefined): Operation<Uint32Array> {
  const { mailboxId, uids } = request;
  const lowest = uids[0];
  const highest = uids.at(-1);
  if (candidates === undefined || lowest === undefined || highest === undefined) return uids;
  const kept: number[] = [];
  let at = 0;
  const entries = yield* entriesOf(mailboxId, lowest, highest, candidates);
  for (const [uid, emailId] of entries) {
    while (at < uids.length && (uids[at] ?? 0) < uid) at += 1;
    if (uids[at] === uid && candidates.has(emailId)) kept.push(uid);
  }
  return Uint32Array.from(kept);
}

/** uid and email id of entries of the mailbox, in uid order: looked up by candidate when these are few. */
function* entriesOf(
  mailboxId: MailboxId,
  lowest: number,
  highest: number,
  candidates: ReadonlySet<number>,
): Operation<readonly (readonly [uid: number, emailId: number])[]> {
  const found: (readonly [number, number])[] = [];
  if (candidates.size > 2000) {
    const rows = yield* query(
      'SELECT uid, email_id FROM entry WHERE mailbox_id = ? AND uid BETWEEN ? AND ? ORDER BY uid',
      ...[mailboxId, lowest, highest],
    );
    for (const row of rows) found.push([Number(row[0]), Number(row[1])]);
    return found;
  }
  for (const emailId of candidates) {
    const rows = yield* query('SELECT uid FROM entry WHERE email_id = ? AND mailbox_id = ?', emailId, mailboxId);
    for (const row of rows) found.push([Number(row[0]), emailId]);
  }
  return found.sort(([a], [b]) => a - b);
}

/** The columns of these messages; those that are gone are left out. */
function* readRows(
  mailboxId: MailboxId,
  uids: Uint32Array,
  columns: string,
): Operation<readonly (readonly [uid: number, row: SqlRow])[]> {
  const marks = Array.from(uids, () => '?').join(', ');
  const blob = columns.includes('b.') ? 'CROSS JOIN blob b' : '';
  const rows = yield* query(
    `SELECT e.uid, ${columns} FROM entry e CROSS JOIN email m ${blob} WHERE e.mailbox_id = ? AND e.uid IN (${marks}) ` +
      `AND m.id = e.email_id ${blob === '' ? '' : 'AND b.id = m.blob_id'} ORDER BY e.uid`,
    ...[mailboxId, ...uids],
  );
  return rows.map((row) => [Number(row[0]), row.slice(1)] as const);
}
