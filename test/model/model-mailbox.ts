/** Flags of a message from this modseq on. */
export interface Version {
  readonly modseq: number;
  readonly key: string;
}

interface ModelMessage {
  readonly token: string;
  readonly versions: Version[];
  expungedAt: number | undefined;
}

/** Counts of a mailbox from this modseq on. */
export interface Counts {
  readonly modseq: number;
  readonly total: number;
  readonly uidNext: number;
  readonly unseen: number;
}

/** A mailbox with all that it ever was: what a client is told must have been so while it asked. */
export class ModelMailbox {
  readonly id: number;
  name: string;
  isDeleted = false;
  private uidNext = 1;
  private readonly messages = new Map<number, ModelMessage>();
  private readonly history: Counts[];

  constructor(id: number, name: string, modseq: number) {
    this.id = id;
    this.name = name;
    this.history = [{ modseq, total: 0, uidNext: 1, unseen: 0 }];
  }

  add(uid: number, token: string, key: string, modseq: number): void {
    if (uid < this.uidNext) throw new Error(`uid ${uid} came after ${this.uidNext - 1}`);
    this.uidNext = uid + 1;
    this.messages.set(uid, { token, versions: [{ modseq, key }], expungedAt: undefined });
  }

  setFlags(uid: number, key: string, modseq: number): void {
    const message = this.find(uid);
    if (message.expungedAt !== undefined) throw new Error(`flags of ${uid}, which was gone`);
    message.versions.push({ modseq, key });
  }

  expunge(uid: number, modseq: number): void {
    const message = this.find(uid);
    if (message.expungedAt !== undefined) throw new Error(`${uid} was expunged twice`);
    message.expungedAt = modseq;
  }

  /** A write is done: counts from now on. What one write does in several steps is seen at its end only. */
  note(modseq: number): void {
    let total = 0;
    let unseen = 0;
    for (const { versions, expungedAt } of this.messages.values()) {
      if (expungedAt !== undefined) continue;
      total++;
      if (versions.at(-1)?.key.includes('\\Seen') !== true) unseen++;
    }
    if (this.history.at(-1)?.modseq === modseq) this.history.pop();
    this.history.push({ modseq, total, uidNext: this.uidNext, unseen });
  }

  /** Uids that are there now, ascending. */
  live(): number[] {
    return [...this.messages].filter(([, { expungedAt }]) => expungedAt === undefined).map(([uid]) => uid);
  }

  /** Those of these uids (undefined: of all) that were there just before the write with this modseq. */
  liveAt(modseq: number, asked: readonly number[] | undefined): number[] {
    return (asked ?? [...this.messages.keys()]).filter((uid) => {
      const message = this.messages.get(uid);
      return message !== undefined && (message.expungedAt ?? modseq) >= modseq;
    });
  }

  /** What a message was when it was last there. */
  lastSeen(uid: number): { readonly token: string } & Version {
    const { token, versions } = this.find(uid);
    const last = versions.at(-1);
    if (last === undefined) throw new Error('a message without flags');
    return { token, ...last };
  }

  /** Is it gone, with its mailbox or alone, or was it never there? */
  isGone(uid: number): boolean {
    const message = this.messages.get(uid);
    return this.isDeleted || message === undefined || message.expungedAt !== undefined;
  }

  /** Was it gone already when this write was made? */
  wasGone(uid: number, modseq: number): boolean {
    const message = this.messages.get(uid);
    return message === undefined || (message.expungedAt ?? Infinity) <= modseq;
  }

  expungedSince(modseq: number): number[] {
    return [...this.messages].filter(([, { expungedAt }]) => (expungedAt ?? 0) > modseq).map(([uid]) => uid);
  }

  /** What its flags were at some time from this write on. */
  versionsSince(uid: number, modseq: number): readonly Version[] {
    const { versions } = this.find(uid);
    return versions.filter((version, i) => version.modseq > modseq || (versions[i + 1]?.modseq ?? Infinity) > modseq);
  }

  countsSince(modseq: number): readonly Counts[] {
    const { history } = this;
    return history.filter((counts, i) => counts.modseq > modseq || (history[i + 1]?.modseq ?? Infinity) > modseq);
  }

  private find(uid: number): ModelMessage {
    const message = this.messages.get(uid);
    if (message === undefined) throw new Error(`no message with uid ${uid} ever was in ${this.name}`);
    return message;
  }
}
