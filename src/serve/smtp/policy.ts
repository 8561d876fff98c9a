import type { Reply } from '../../wire/smtp/reply.ts';

/** When an address is judged: as it is named, or when the message is there. */
export type PolicyStage = 'mail' | 'rcpt' | 'delivery';

/** An answer that a policy forces; `afterMs` to wait before it is given. */
export interface ForcedAnswer {
  readonly reply: Reply;
  readonly afterMs: number;
}

/** Rules of a listener that go before all others. */
export interface SmtpPolicy {
  /** Undefined: no rule, go on. */
  judge(localPart: string, stage: PolicyStage): ForcedAnswer | undefined;
}
