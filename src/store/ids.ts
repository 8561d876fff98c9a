import type { Brand } from '../base/brand.ts';

export type AccountId = Brand<number, 'AccountId'>;
export type MailboxId = Brand<number, 'MailboxId'>;
/** One message in one account, in however many of its mailboxes. */
export type EmailId = Brand<number, 'EmailId'>;
export type ThreadId = Brand<number, 'ThreadId'>;
/** RFC 9051 section 2.3.1.1: 1 to 4294967295, per mailbox, never reused. */
export type Uid = Brand<number, 'Uid'>;
/** RFC 7162: one counter per account; each write operation takes one value and stamps what it touched. */
export type ModSeq = Brand<number, 'ModSeq'>;
/** One recipient of one outgoing message: what is listed, held, tried and settled. */
export type QueueId = Brand<number, 'QueueId'>;
