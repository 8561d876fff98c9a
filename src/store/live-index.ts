import { ChangeRing } from './change-ring.ts';
import type { Delta } from './delta.ts';
import type { MailboxId, ModSeq } from './ids.ts';
import type { MailboxIndex } from './mailbox-index.ts';
import type { SqlRow } from './sql/statement.ts';

const noKeywords: readonly string[] = [];

/** A mailbox's entries in memory. Filled by rows in uid order, then kept true by deltas; applying one twice is harmless. */
export class LiveIndex implements MailboxIndex {
  readonly mailboxId: MailboxId;
  length = 0;
  uids = new Uint32Array(16);
  flags = new Uint32Array(16);
  modseqs = new Float64Array(16);
  emailIds = new Float64Array(16);
  highestModseq: ModSeq;
  gone = false;
  users = 0;
  onRelease: () => void = () => {};
  readonly #changes: ChangeRing;
  /** Position of each entry's keywords in `#sets`; made when the first entry has any. */
  #setOf: Uint16Array | undefined;
  #sets: (readonly string[])[] = [noKeywords];
  #setNumbers = new Map<string, number>([['', 0]]);
  #names = new Set<string>();
  /** The same as a list, made when one is new: sessions ask for it with each flag they tell. */
  #nameList: readonly string[] = noKeywords;

  constructor(mailboxId: MailboxId, highestModseq: ModSeq) {
    this.mailboxId = mailboxId;
    this.highestModseq = highestModseq;
    this.#changes = new ChangeRing(highestModseq);
  }

  get keywords(): readonly string[] {
    return this.#nameList;
  }

  keywordsAt(position: number): readonly string[] {
    return this.#setOf === undefined ? noKeywords : (this.#sets[this.#setOf[position] ?? 0] ?? noKeywords);
  }

  find(uid: number): number {
    const position = this.lowerBound(uid);
    return position < this.length && this.uids[position] === uid ? position : -1;
  }

  lowerBound(uid: number): number {
    let low = 0;
    let high = this.length;
    // Most lookups are for the newest.
    if (high === 0 || (this.uids[high - 1] ?? 0) < uid) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.uids[middle] ?? 0) < uid) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  changedSince(modseq: number): Uint32Array | undefined {
    return this.#changes.since(modseq);
  }

  release(): void {
    this.users -= 1;
    this.onRelease();
  }

  /** Rows of uid, email id, flags, keywords, modseq, with uids above all that are there. */
  load(rows: readonly SqlRow[]): void {
    this.#reserve(this.length + rows.length);
    for (const row of rows) {
      const at = this.length++;
      this.uids[at] = Number(row[0]);
      this.emailIds[at] = Number(row[1]);
      this.flags[at] = Number(row[2]);
      this.#setKeywords(at, String(row[3]));
      this.modseqs[at] = Number(row[4]);
      this.#changes.forget(Number(row[4]));
    }
  }

  apply(delta: Delta): void {
    switch (delta.kind) {
      case 'added':
        this.#add(delta);
        break;
      case 'flags':
        this.#change(delta);
        break;
      case 'expunged':
        this.#remove(delta.uids);
        break;
      case 'mailbox':
        if (delta.what === 'deleted') this.gone = true;
        break;
      case 'account-removed':
        this.gone = true;
        break;
      default:
        return;
    }
    if (delta.modseq > this.highestModseq) this.highestModseq = delta.modseq;
  }

  #add(delta: Extract<Delta, { kind: 'added' }>): void {
    this.#reserve(this.length + delta.uids.length);
    for (let i = 0; i < delta.uids.length; i += 1) {
      const uid = delta.uids[i] ?? 0;
      // A snapshot read after the commit has it already.
      if (this.length > 0 && uid <= (this.uids[this.length - 1] ?? 0)) continue;
      const at = this.length++;
      this.uids[at] = uid;
      this.emailIds[at] = delta.emailIds[i] ?? 0;
      this.flags[at] = delta.flags[i] ?? 0;
      this.modseqs[at] = delta.modseq;
      this.#changes.add(this.uids[at] ?? 0, delta.modseq);
      this.#setKeywords(at, delta.keywords?.[i] ?? '');
    }
  }

  #change(delta: Extract<Delta, { kind: 'flags' }>): void {
    for (let i = 0; i < delta.uids.length; i += 1) {
      const at = this.find(delta.uids[i] ?? 0);
      if (at < 0 || (this.modseqs[at] ?? 0) > delta.modseq) continue;
      this.flags[at] = delta.flags[i] ?? 0;
      this.modseqs[at] = delta.modseq;
      this.#changes.add(this.uids[at] ?? 0, delta.modseq);
      this.#setKeywords(at, delta.keywords?.[i] ?? '');
    }
  }

  /** Copies what stays into new arrays, so that a session may go on reading the ones it has. */
  #remove(gone: Uint32Array): void {
    let first = 0;
    while (first < gone.length && this.find(gone[first] ?? 0) < 0) first += 1;
    if (first === gone.length) return;
    const { uids, flags, modseqs, emailIds, length } = this;
    const setOf = this.#setOf;
    this.#allocate(Math.max(16, length));
    let kept = 0;
    let next = first;
    for (let at = 0; at < length; at += 1) {
      const uid = uids[at] ?? 0;
      while (next < gone.length && (gone[next] ?? 0) < uid) next += 1;
      if (next < gone.length && gone[next] === uid) continue;
      this.uids[kept] = uid;
      this.flags[kept] = flags[at] ?? 0;
      this.modseqs[kept] = modseqs[at] ?? 0;
      this.emailIds[kept] = emailIds[at] ?? 0;
      if (this.#setOf !== undefined && setOf !== undefined) this.#setOf[kept] = setOf[at] ?? 0;
      kept += 1;
    }
    this.length = kept;
  }

  #setKeywords(at: number, joined: string): void {
    if (joined === '' && this.#setOf === undefined) return;
    this.#setOf ??= new Uint16Array(this.uids.length);
    this.#setOf[at] = this.#setNumber(joined);
  }

  #setNumber(joined: string): number {
    const known = this.#setNumbers.get(joined);
    if (known !== undefined) return known;
    if (this.#sets.length > 0xffff) this.#forgetUnusedSets();
    const number = this.#sets.length;
    const names = joined.split(' ');
    for (const name of names) this.#names.add(name);
    if (this.#names.size > this.#nameList.length) this.#nameList = [...this.#names];
    this.#sets.push(names);
    this.#setNumbers.set(joined, number);
    return number;
  }

  /** More than 65,535 combinations were seen; those no entry has now make room. */
  #forgetUnusedSets(): void {
    const setOf = this.#setOf ?? new Uint16Array();
    const old = this.#sets;
    this.#sets = [noKeywords];
    this.#setNumbers = new Map([['', 0]]);
    for (let at = 0; at < this.length; at += 1) setOf[at] = this.#setNumber(old[setOf[at] ?? 0]?.join(' ') ?? '');
  }

  #reserve(needed: number): void {
    if (needed <= this.uids.length) return;
    const { uids, flags, modseqs, emailIds } = this;
    const setOf = this.#setOf;
    this.#allocate(Math.max(needed, Math.ceil(uids.length * 1.5)));
    this.uids.set(uids);
    this.flags.set(flags);
    this.modseqs.set(modseqs);
    this.emailIds.set(emailIds);
    if (setOf !== undefined) this.#setOf?.set(setOf);
  }

  #allocate(capacity: number): void {
    this.uids = new Uint32Array(capacity);
    this.flags = new Uint32Array(capacity);
    this.modseqs = new Float64Array(capacity);
    this.emailIds = new Float64Array(capacity);
    if (this.#setOf !== undefined) this.#setOf = new Uint16Array(capacity);
  }
}
