import type { AccountId } from '../ids.ts';

/** What an account learns of an address from how mail to it ended. `address` as `src/queue/suppression.ts` makes it. */
export type RecipientLesson = { readonly accountId: AccountId; readonly address: string } & (
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'failed';
      /** The other side took it first, and sent it back. */
      readonly wasAccepted: boolean;
      readonly reason: string;
      readonly atMs: number;
      /** Failures before this moment are too old to count. */
      readonly countedSinceMs: number;
      /** So many in a row suppress the address; 1: this one does. */
      readonly suppressAt: number;
      readonly suppressedUntilMs: number;
    }
);
