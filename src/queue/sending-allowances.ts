import type { AccountId } from '../store/ids.ts';
import type { OutgoingStore } from '../store/queue/outgoing-store.ts';
import type { SenderLimits } from './queue-settings.ts';
import { recipientKey } from './suppression.ts';

/** Which limit of the day a message would go over. spec/protocols.md section 6.10 */
export type SendingRefusal = 'too-many-recipients' | 'too-many-new-recipients';

/** Room for one message. Give it back when the message is in the queue, or will not come. */
export interface SendingAllowance {
  release(): void;
}

interface UnderWay {
  recipients: number;
  unknown: number;
  /** Of those who gave back, in all: who read the store before that may not have seen them in it. */
  released: { recipients: number; unknown: number };
  /** Who reads or holds. */
  users: number;
}

/**
 * What an account may still send today: less what is in the queue, and less what was allowed and is under way, so that sessions
 * that ask at one moment do not go over the limit together. Of this process alone.
 */
export class SendingAllowances {
  readonly #store: Pick<OutgoingStore, 'sent'>;
  readonly #accounts = new Map<AccountId, UnderWay>();

  constructor(store: Pick<OutgoingStore, 'sent'>) {
    this.#store = store;
  }

  async take(
    accountId: AccountId,
    recipients: readonly string[],
    limits: SenderLimits,
    nowMs: number,
  ): Promise<SendingRefusal | SendingAllowance> {
    const mine = this.#use(accountId);
    let isHeld = false;
    try {
      const before = { ...mine.released };
      const sent = await this.#store.sent(accountId, recipients.map(recipientKey), nowMs);
      const other = mine.recipients + mine.released.recipients - before.recipients;
      const otherUnknown = mine.unknown + mine.released.unknown - before.unknown;
      const count = recipients.length;
      if (sent.recipients + other + count > limits.recipientsPerDay) return 'too-many-recipients';
      const { unknown } = sent;
      if (unknown > 0 && sent.firstTime + otherUnknown + unknown > limits.firstTimeRecipientsPerDay) {
        return 'too-many-new-recipients';
      }
      mine.recipients += count;
      mine.unknown += unknown;
      isHeld = true;
      return { release: () => this.#giveBack(accountId, mine, { recipients: count, unknown }) };
    } finally {
      if (!isHeld) this.#leave(accountId, mine);
    }
  }

  #use(accountId: AccountId): UnderWay {
    let found = this.#accounts.get(accountId);
    if (found === undefined) {
      found = { recipients: 0, unknown: 0, released: { recipients: 0, unknown: 0 }, users: 0 };
      this.#accounts.set(accountId, found);
    }
    found.users++;
    return found;
  }

  #giveBack(
    accountId: AccountId,
    mine: UnderWay,
    held: { readonly recipients: number; readonly unknown: number },
  ): void {
    mine.recipients -= held.recipients;
    mine.unknown -= held.unknown;
    mine.released.recipients += held.recipients;
    mine.released.unknown += held.unknown;
    this.#leave(accountId, mine);
  }

  #leave(accountId: AccountId, mine: UnderWay): void {
    if (--mine.users === 0) this.#accounts.delete(accountId);
  }
}
