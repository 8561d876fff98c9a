import type { ModelMailbox } from './model-mailbox.ts';
import { flagKey } from './operation.ts';
import { expandSet, parseFetch } from './responses.ts';

/** What a client knows of one message. */
export interface KnownMessage {
  uid?: number;
  key?: string;
  modseq?: number;
}

/** What may be said at this moment. */
export interface Moment {
  /** The last write before the client asked. */
  readonly since: number;
  /** EXPUNGE may come. RFC 9051 section 7.5.1. */
  readonly mayExpunge: boolean;
}

/**
 * What a client knows of the mailbox it selected, out of nothing but what the server told. Each response is compared with
 * what it knows and with what the mailbox was while it asked.
 */
export class Mirror {
  readonly truth: ModelMailbox;
  /** By message number, from 0. */
  messages: KnownMessage[] = [];
  readonly readOnly: boolean;
  /** VANISHED instead of EXPUNGE. */
  private readonly vanishes: boolean;
  /** There are no message numbers: which of the unknown messages one is, is not known either. RFC 9586. */
  private readonly uidOnly: boolean;
  /** A check that has to wait until all is announced. */
  private readonly later: (check: () => void) => void;

  constructor(
    truth: ModelMailbox,
    readOnly: boolean,
    { qresync, uidOnly = false }: { readonly qresync: boolean; readonly uidOnly?: boolean },
    later: (check: () => void) => void,
  ) {
    this.truth = truth;
    this.readOnly = readOnly;
    this.vanishes = qresync || uidOnly;
    this.uidOnly = uidOnly;
    this.later = later;
  }

  /** Takes notice of an untagged response; those on other things pass. */
  learn(response: string, moment: Moment): void {
    const numbered = /^\* (\d+) (EXISTS|EXPUNGE|FETCH|UIDFETCH)(?: \(([^]*)\))?$/.exec(response);
    const number = Number(numbered?.[1]);
    if (numbered?.[2] === 'EXISTS') this.exists(number);
    else if (numbered?.[2] === 'EXPUNGE') this.expunge(number, moment);
    else if (numbered?.[2] === 'FETCH') this.fetch(number, numbered[3] ?? '', moment);
    else if (numbered?.[2] === 'UIDFETCH') this.uidFetch(number, numbered[3] ?? '', moment);
    else if (response.startsWith('* VANISHED (EARLIER) ')) this.vanishedEarlier(expandSet(response.slice(21)));
    else if (response.startsWith('* VANISHED ')) for (const uid of expandSet(response.slice(11))) this.vanish(uid);
  }

  /** Message numbers from 1 whose uid is known. */
  knownNumbers(): number[] {
    return this.messages.flatMap(({ uid }, i) => (uid === undefined ? [] : [i + 1]));
  }

  knownUids(): number[] {
    return this.messages.flatMap(({ uid }) => uid ?? []);
  }

  findUid(uid: number): KnownMessage | undefined {
    return this.messages.find((message) => message.uid === uid);
  }

  forgetFlags(uid: number): void {
    const message = this.findUid(uid);
    if (message === undefined) return;
    delete message.key;
    delete message.modseq;
  }

  /** Nothing is under way and the client was told everything: it knows what is there. */
  compare(): void {
    const live = this.truth.live();
    if (live.length !== this.messages.length) {
      throw new Error(`${this.messages.length} messages known in ${this.truth.name}, there are ${live.length}`);
    }
    for (const [i, { uid, key, modseq }] of this.messages.entries()) {
      // Which of the messages one of the unknown is, is not known without numbers.
      const real = (this.uidOnly ? (live.includes(uid ?? 0) ? uid : undefined) : live[i]) ?? 0;
      if (this.uidOnly && uid === undefined) continue;
      if (uid !== undefined && uid !== real) throw new Error(`${i + 1} is ${real}, known as ${uid}`);
      const now = this.truth.lastSeen(real);
      if (key !== undefined && key !== now.key) throw new Error(`flags of ${real} are (${now.key}), known as (${key})`);
      if (modseq !== undefined && modseq !== now.modseq) {
        throw new Error(`modseq of ${real} is ${now.modseq}, known as ${modseq}`);
      }
    }
  }

  private exists(number: number): void {
    if (number < this.messages.length) throw new Error(`EXISTS went down from ${this.messages.length} to ${number}`);
    while (this.messages.length < number) this.messages.push({});
  }

  private expunge(number: number, { mayExpunge }: Moment): void {
    if (this.vanishes) throw new Error('EXPUNGE after ENABLE QRESYNC or UIDONLY');
    if (!mayExpunge) throw new Error('EXPUNGE while numbers are in use');
    const [gone] = this.messages.splice(number - 1, 1);
    if (gone === undefined) throw new Error(`EXPUNGE of ${number}, which is not there`);
    if (gone.uid !== undefined) this.mustBeGone(gone.uid);
  }

  private vanish(uid: number): void {
    if (!this.vanishes) throw new Error('VANISHED without ENABLE QRESYNC');
    const at = this.placeOf(uid);
    if (at < 0) throw new Error(`VANISHED ${uid}, which is not there`);
    this.messages.splice(at, 1);
    this.mustBeGone(uid);
  }

  private vanishedEarlier(uids: readonly number[]): void {
    for (const uid of uids) {
      if (this.findUid(uid) !== undefined) throw new Error(`VANISHED (EARLIER) ${uid}, which the client has`);
      this.mustBeGone(uid);
    }
  }

  /** Uids ascend: one that is not known is one of the unknown between its neighbours, which are all alike. */
  private placeOf(uid: number): number {
    const known = this.messages.findIndex((message) => message.uid === uid);
    if (known >= 0) return known;
    if (this.uidOnly) return this.messages.findIndex((message) => message.uid === undefined);
    const after = this.messages.findIndex((message) => (message.uid ?? 0) > uid);
    const end = after < 0 ? this.messages.length : after;
    return this.messages[end - 1]?.uid === undefined ? end - 1 : -1;
  }

  private mustBeGone(uid: number): void {
    this.later(() => {
      if (!this.truth.isGone(uid)) throw new Error(`${uid} was said to be gone and is there`);
    });
  }

  /** One that is not known is one of the unknown, whichever. */
  private uidFetch(uid: number, data: string, moment: Moment): void {
    if (!this.uidOnly) throw new Error('UIDFETCH without ENABLE UIDONLY');
    if (this.findUid(uid) === undefined) {
      const unknown = this.placeOf(uid);
      if (unknown < 0) throw new Error(`UIDFETCH of ${uid}, which is not there`);
      this.messages.splice(unknown, 1);
      const after = this.messages.findIndex((message) => (message.uid ?? 0) > uid);
      this.messages.splice(after < 0 ? this.messages.length : after, 0, { uid });
    }
    this.fetch(this.messages.findIndex((message) => message.uid === uid) + 1, `UID ${uid} ${data}`, moment);
  }

  private fetch(number: number, data: string, { since }: Moment): void {
    const message = this.messages[number - 1];
    if (message === undefined) throw new Error(`FETCH of ${number}, which is not there`);
    const { uid = message.uid, flags, modseq, token } = parseFetch(data);
    if (uid === undefined) return;
    if (message.uid === undefined) this.learnUid(number, uid);
    else if (message.uid !== uid) throw new Error(`${number} is ${message.uid}, now said to be ${uid}`);
    if (token !== undefined && token !== this.truth.lastSeen(uid).token) throw new Error(`${uid} is another message`);
    const possible = this.truth.versionsSince(uid, since);
    const key = flags === undefined ? undefined : flagKey(flags);
    const isPossible = possible.some(
      (version) => (key ?? version.key) === version.key && (modseq ?? version.modseq) === version.modseq,
    );
    if (!isPossible) {
      const seen = possible.map((version) => `${version.modseq} (${version.key})`).join(', ');
      throw new Error(`FETCH says ${modseq} (${key}) of ${uid}, it was ${seen}`);
    }
    if (key !== undefined) message.key = key;
    if (modseq !== undefined) message.modseq = modseq;
    // Flags that came without their modseq make that unknown.
    else if (key !== undefined) delete message.modseq;
  }

  private learnUid(number: number, uid: number): void {
    const before = this.messages.slice(0, number - 1).findLast((each) => each.uid !== undefined)?.uid ?? 0;
    const after = this.messages.slice(number).find((each) => each.uid !== undefined)?.uid ?? Infinity;
    if (uid <= before || uid >= after) throw new Error(`uid ${uid} of ${number} is out of order`);
    const message = this.messages[number - 1];
    if (message !== undefined) message.uid = uid;
  }
}
