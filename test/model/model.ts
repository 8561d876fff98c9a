import type { Change } from '../../src/store/change.ts';
import { ModelMailbox } from './model-mailbox.ts';
import { applyFlags, flagKey, type Operation } from './operation.ts';

/**
 * What is in an account, out of what clients asked for and the order in which the store says that it was done. It never
 * reads the store: flags come from the commands, copies from their sources.
 */
export class Model {
  readonly mailboxes = new Map<number, ModelMailbox>();
  /** Of the last write. */
  modseq = 0;
  /** What each client is doing, by the origin that its writes carry. */
  readonly operations = new Map<string, Operation>();
  private deferred: (() => void)[] = [];

  /** Takes over a mailbox that was there from the start. */
  add(id: number, name: string): void {
    this.mailboxes.set(id, new ModelMailbox(id, name, this.modseq));
  }

  mailbox(id: number): ModelMailbox {
    const found = this.mailboxes.get(id);
    if (found === undefined) throw new Error(`no mailbox ${id} in the model`);
    return found;
  }

  /** Names of those that are there. */
  names(): string[] {
    return [...this.mailboxes.values()].filter(({ isDeleted }) => !isDeleted).map(({ name }) => name);
  }

  /** A check that may look at what is announced only later: reads see a commit a moment before it is announced. */
  later(check: () => void): void {
    this.deferred.push(check);
  }

  /** Nothing is under way any more. */
  settle(): void {
    for (const check of this.deferred.splice(0)) check();
  }

  hear(change: Change): void {
    if (change.modseq < this.modseq) throw new Error(`modseq went back from ${this.modseq} to ${change.modseq}`);
    this.modseq = change.modseq;
    const operation = this.operations.get(change.origin ?? '');
    switch (change.kind) {
      case 'added':
        this.added(change, operation);
        break;
      case 'flags':
        this.flagged(change, operation);
        break;
      case 'expunged':
        this.expunged(change, operation);
        break;
      case 'mailbox':
        this.named(change);
        break;
      default:
        break;
    }
  }

  private added({ mailboxId, uids, modseq }: Change & { readonly kind: 'added' }, operation?: Operation): void {
    const mailbox = this.mailbox(mailboxId);
    if (operation?.kind === 'append') {
      for (const uid of uids) {
        const message = operation.messages[operation.uids.length];
        if (message === undefined) throw new Error('more messages than were appended');
        operation.uids.push(uid);
        mailbox.add(uid, message.token, flagKey(message.flags), modseq);
      }
    } else if (operation?.kind === 'copy' || operation?.kind === 'move') {
      const source = this.mailbox(operation.from);
      const sources = source.liveAt(modseq, operation.asked);
      if (sources.length !== uids.length) {
        throw new Error(`${operation.kind} of ${sources.join()} made ${uids.length} messages: ${uids.join()}`);
      }
      for (const [i, uid] of uids.entries()) {
        const from = sources[i] ?? 0;
        const { token, key } = source.lastSeen(from);
        operation.pairs.push([from, uid]);
        mailbox.add(uid, token, key, modseq);
      }
    } else {
      throw new Error(`messages came by ${operation?.kind}`);
    }
    mailbox.note(modseq);
  }

  private flagged({ mailboxId, uids, modseq }: Change & { readonly kind: 'flags' }, operation?: Operation): void {
    if (operation?.kind !== 'store') throw new Error(`flags were changed by ${operation?.kind}`);
    const mailbox = this.mailbox(mailboxId);
    for (const uid of uids) {
      const { key, modseq: before } = mailbox.lastSeen(uid);
      const after = flagKey(applyFlags(new Set(key.split(' ').filter(Boolean)), operation.how, operation.flags));
      if (after === key) throw new Error(`flags of ${uid} were said to change and did not: ${key}`);
      if (before > (operation.unchangedSince ?? Infinity)) throw new Error(`UNCHANGEDSINCE was passed over for ${uid}`);
      if (operation.asked?.has(uid) === false) throw new Error(`flags of ${uid} were not to change`);
      mailbox.setFlags(uid, after, modseq);
    }
    mailbox.note(modseq);
  }

  private expunged({ mailboxId, uids, modseq }: Change & { readonly kind: 'expunged' }, operation?: Operation): void {
    const mailbox = this.mailbox(mailboxId);
    if (operation?.kind === 'expunge') {
      for (const uid of uids) {
        if (!mailbox.lastSeen(uid).key.includes('\\Deleted')) throw new Error(`${uid} was expunged without \\Deleted`);
        if (operation.asked?.has(uid) === false) throw new Error(`${uid} was not to be expunged`);
      }
    } else if (operation?.kind === 'move') {
      const moved = mailbox.liveAt(modseq, operation.asked);
      if (moved.join() !== [...uids].join()) throw new Error(`MOVE of ${moved.join()} took ${uids.join()}`);
    } else if (operation?.kind === 'append') {
      if (uids.join() !== String(operation.replaces)) throw new Error(`REPLACE took ${uids.join()}`);
    } else {
      throw new Error(`messages were expunged by ${operation?.kind}`);
    }
    for (const uid of uids) mailbox.expunge(uid, modseq);
    mailbox.note(modseq);
  }

  private named({ mailboxId, what, name, modseq }: Change & { readonly kind: 'mailbox' }): void {
    if (what === 'created') this.mailboxes.set(mailboxId, new ModelMailbox(mailboxId, name, modseq));
    else if (what === 'renamed') this.mailbox(mailboxId).name = name;
    else if (what === 'deleted') this.mailbox(mailboxId).isDeleted = true;
  }
}
